//! A network that loses and delays packets by seeded chance.

use super::sender::Packet;

/// What every packet takes at least.
const LEAST_DELAY_US: u64 = 30_000;

/// How losses come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pattern {
    /// Each packet by itself.
    Random,
    /// Three packets in a row.
    Threes,
}

impl Pattern {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Threes => "threes",
        }
    }
}

/// The network.
#[derive(Debug, Clone, Copy)]
pub struct Network {
    pub pattern: Pattern,
    pub loss_percent: u32,
    /// Each packet is delayed by up to this much more, evenly distributed; so packets overtake each other.
    pub jitter_ms: u32,
}

/// Every network of the table.
pub fn all() -> Vec<Network> {
    let mut networks = Vec::new();
    for jitter_ms in [20, 40, 80] {
        networks.push(Network { pattern: Pattern::Random, loss_percent: 0, jitter_ms });
        for pattern in [Pattern::Random, Pattern::Threes] {
            networks.extend([5, 10, 20].map(|loss_percent| Network { pattern, loss_percent, jitter_ms }));
        }
    }
    networks
}

impl Network {
    pub fn name(&self) -> String {
        format!("{}{}-{}ms", self.pattern.name(), self.loss_percent, self.jitter_ms)
    }

    /// What of the packets arrives, and when; in the order of sending.
    pub fn carry(&self, packets: Vec<Packet>, seed: u64) -> Vec<Packet> {
        // Loss and delay have chances of their own, so that the same packets are lost at any jitter.
        let mut luck = Chance::new(seed * 2 + 1);
        let mut delay = Chance::new(seed * 2 + 2);
        let likelihood = f64::from(self.loss_percent) / 100.0;
        let begins = match self.pattern {
            Pattern::Random => likelihood,
            // Of every 1/begins + 3 − 1 packets three are lost.
            Pattern::Threes => likelihood / (3.0 - 2.0 * likelihood),
        };
        let mut losing = 0;
        packets
            .into_iter()
            .filter_map(|mut packet| {
                packet.arrival_us += LEAST_DELAY_US + (delay.next() * f64::from(self.jitter_ms) * 1000.0) as u64;
                if losing == 0 && luck.next() < begins {
                    losing = if self.pattern == Pattern::Threes { 3 } else { 1 };
                }
                let is_lost = losing > 0;
                losing -= i32::from(is_lost);
                (!is_lost).then_some(packet)
            })
            .collect()
    }
}

/// A little generator, so that a run is the same every time.
struct Chance(u64);

impl Chance {
    fn new(seed: u64) -> Self {
        let mut chance = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        for _ in 0..8 {
            chance.next();
        }
        chance
    }

    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / (1_u64 << 31) as f64
    }
}

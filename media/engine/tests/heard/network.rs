//! A network between the two ends that loses, delays and reorders packets by seeded chance.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// What a network does to packets. Those delayed differently overtake each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    pub lost_percent: u32,
    pub most_delay_ms: u32,
}

impl Network {
    pub const GOOD: Network = Network { lost_percent: 0, most_delay_ms: 0 };
    pub const BAD: Network = Network { lost_percent: 3, most_delay_ms: 40 };
    pub const GONE: Network = Network { lost_percent: 100, most_delay_ms: 0 };
}

/// Packets on their way, and the chance that decides about them.
pub struct Wire {
    pub network: Network,
    random: u32,
    flying: Vec<(Instant, SocketAddr, Vec<u8>)>,
}

impl Wire {
    pub fn new(seed: u32) -> Wire {
        Wire { network: Network::GOOD, random: seed, flying: Vec::new() }
    }

    fn chance(&mut self, below: u32) -> u32 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 17;
        self.random ^= self.random << 5;
        if below == 0 { 0 } else { self.random % below }
    }

    pub fn take(&mut self, address: SocketAddr, bytes: &[u8]) {
        if self.chance(100) >= self.network.lost_percent {
            let delay = Duration::from_millis(u64::from(self.chance(self.network.most_delay_ms)));
            self.flying.push((Instant::now() + delay, address, bytes.to_vec()));
        }
    }

    pub fn arrived(&mut self) -> Option<(SocketAddr, Vec<u8>)> {
        let now = Instant::now();
        let at = self.flying.iter().position(|(at, ..)| *at <= now)?;
        let (_, address, bytes) = self.flying.remove(at);
        Some((address, bytes))
    }

    pub fn next(&self) -> Option<Instant> {
        self.flying.iter().map(|(at, ..)| *at).min()
    }
}

//! Learns from packets' delays how long a packet must be held so that nearly all others come in time.

use super::{JitterConfig, UNITS_PER_MS};

/// The delay aimed at lets this part of the packets come in time.
const QUANTILE: f32 = 0.96;
/// What a packet's weight becomes with each further packet: half after 3 s.
const FORGETTING: f32 = 0.9955;
/// Resolution of the delays learnt.
const BIN_UNITS: i64 = 5 * UNITS_PER_MS;
/// Delays of up to 320 ms are told apart.
const BINS: usize = 64;
/// The fastest packet of the last one to two of these spans defines "without delay", so that a drifting clock or a
/// changed route is followed.
const BASE_SPAN_UNITS: i64 = 2_500 * UNITS_PER_MS;
/// With loss above this, an Opus packet is held until the next one, which carries its copy, has come.
const FEC_LOSS: f32 = 0.01;
const FEC_DELAY_MS: u16 = 40;

/// Delay statistics of one stream.
#[derive(Debug, Clone)]
pub(super) struct Arrivals {
    histogram: [f32; BINS],
    observed: u32,
    /// Least relative delay of the present span and of the one before it.
    least: Option<(i64, i64)>,
    span_ends: i64,
    loss: f32,
    jitter_units: f32,
    last_relative: Option<i64>,
    min_units: i64,
    max_units: i64,
}

impl Arrivals {
    pub(super) fn new(config: &JitterConfig) -> Self {
        let min_units = i64::from(config.min_delay_ms) * UNITS_PER_MS;
        let max_units = (i64::from(config.max_delay_ms) * UNITS_PER_MS).max(min_units);
        Self {
            histogram: [0.0; BINS],
            observed: 0,
            least: None,
            span_ends: 0,
            loss: 0.0,
            jitter_units: 0.0,
            last_relative: None,
            min_units,
            max_units,
        }
    }

    /// Takes in a packet that arrived at `arrival` and stands at `start` on the timeline.
    pub(super) fn observe(&mut self, arrival: i64, start: i64) {
        let relative = arrival.saturating_sub(start);
        self.lower_base(arrival, relative);
        let delay = relative.saturating_sub(self.base().unwrap_or(relative)).max(0);
        let bin = usize::try_from(delay / BIN_UNITS).unwrap_or(BINS).min(BINS - 1);
        let kept = FORGETTING.min(1.0 - 1.0 / (self.observed as f32 + 1.0));
        for weight in &mut self.histogram {
            *weight *= kept;
        }
        self.histogram[bin] += 1.0 - kept;
        self.observed = self.observed.saturating_add(1);
        if let Some(last) = self.last_relative {
            let change = relative.saturating_sub(last).unsigned_abs() as f32;
            self.jitter_units += (change - self.jitter_units) / 16.0;
        }
        self.last_relative = Some(relative);
    }

    /// Takes in that `missing` packets are absent before one that arrived.
    pub(super) fn observe_loss(&mut self, missing: u32) {
        for _ in 0..missing.min(50) {
            self.loss += (1.0 - self.loss) * 0.01;
        }
        self.loss *= 0.99;
    }

    /// Arrival time minus timeline of the fastest recent packet; `None` before the first.
    pub(super) fn base(&self) -> Option<i64> {
        self.least.map(|(present, before)| present.min(before))
    }

    /// The delay to aim at.
    pub(super) fn target(&self, has_fec: bool) -> i64 {
        let floor = if has_fec && self.loss > FEC_LOSS {
            (i64::from(FEC_DELAY_MS) * UNITS_PER_MS).max(self.min_units)
        } else {
            self.min_units
        };
        self.quantile().max(floor).min(self.max_units)
    }

    pub(super) fn jitter_ms(&self) -> f32 {
        self.jitter_units / UNITS_PER_MS as f32
    }

    /// The clock of the source jumped: delays so far remain a fair picture of the network, the last one does not
    /// compare with the next.
    pub(super) fn forget_last(&mut self) {
        self.last_relative = None;
    }

    fn quantile(&self) -> i64 {
        let mut below = 0.0;
        for (bin, weight) in self.histogram.iter().enumerate() {
            below += weight;
            if below >= QUANTILE {
                return if bin == 0 { 0 } else { (bin as i64 + 1) * BIN_UNITS };
            }
        }
        if self.observed == 0 { 0 } else { BINS as i64 * BIN_UNITS }
    }

    fn lower_base(&mut self, arrival: i64, relative: i64) {
        let (present, before) = self.least.unwrap_or_else(|| {
            self.span_ends = arrival.saturating_add(BASE_SPAN_UNITS);
            (relative, relative)
        });
        if arrival < self.span_ends {
            self.least = Some((present.min(relative), before));
        } else if arrival < self.span_ends.saturating_add(BASE_SPAN_UNITS) {
            self.span_ends = arrival.saturating_add(BASE_SPAN_UNITS);
            self.least = Some((relative, present));
        } else {
            // A pause of a whole span or more: what was before it says nothing any more.
            self.span_ends = arrival.saturating_add(BASE_SPAN_UNITS);
            self.least = Some((relative, relative));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(delays_ms: impl IntoIterator<Item = i64>) -> Arrivals {
        let mut arrivals = Arrivals::new(&JitterConfig::default());
        for (n, delay) in delays_ms.into_iter().enumerate() {
            let start = n as i64 * 960;
            arrivals.observe(start + (1000 + delay) * UNITS_PER_MS, start);
        }
        arrivals
    }

    fn target_ms(arrivals: &Arrivals) -> i64 {
        arrivals.target(false) / UNITS_PER_MS
    }

    #[test]
    fn a_steady_stream_wants_the_least() {
        assert_eq!(target_ms(&after([0; 100])), 20);
        assert_eq!(target_ms(&after([])), 20);
    }

    #[test]
    fn spread_arrivals_want_nearly_their_spread() {
        let target = target_ms(&after((0..500).map(|n| n * 37 % 100)));
        assert!((95..=105).contains(&target), "{target}");
        assert_eq!(target_ms(&after((0..500).map(|n| n * 37 % 1000))), 200);
    }

    #[test]
    fn a_bad_time_is_forgotten() {
        let bad = (0..200).map(|n| n * 37 % 150);
        assert!(target_ms(&after(bad.clone())) > 130);
        assert_eq!(target_ms(&after(bad.chain([0; 1_000]))), 20);
    }

    #[test]
    fn a_slow_clock_is_followed() {
        // 300 ppm: 6 µs a packet, over five minutes.
        let arrivals = after((0..15_000).map(|n| n * 6 / 1000));
        assert_eq!(target_ms(&arrivals), 20);
    }

    #[test]
    fn loss_holds_opus_until_the_copy_comes() {
        let mut arrivals = after([0; 100]);
        for n in 0..200 {
            arrivals.observe_loss(u32::from(n % 20 == 0));
        }
        assert_eq!(arrivals.target(true) / UNITS_PER_MS, 40);
        assert_eq!(arrivals.target(false) / UNITS_PER_MS, 20);
    }

    #[test]
    fn absurd_times_do_no_harm() {
        let mut arrivals = Arrivals::new(&JitterConfig::default());
        for (arrival, start) in [(i64::MAX, i64::MIN), (i64::MIN, i64::MAX), (0, 0), (i64::MAX, i64::MAX)] {
            arrivals.observe(arrival, start);
            arrivals.observe_loss(u32::MAX);
            let _ = arrivals.target(true);
        }
    }
}

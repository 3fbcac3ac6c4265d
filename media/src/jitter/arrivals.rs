//! Learns from packets' delays how long a packet must be held so that nearly all others come in time.

use super::{JitterConfig, UNITS_PER_MS};

/// How many milliseconds of delay one percent of missed frames is worth. The E-model (ITU-T G.107) would pay more,
/// but it judges a call that is otherwise good, and delay adds up along the way.
const MS_PER_PERCENT: f32 = 20.0;
/// What a packet's weight becomes with each further packet: half after 3 s.
const FORGETTING: f32 = 0.9955;
/// Resolution of the delays learnt.
const BIN_UNITS: i64 = 5 * UNITS_PER_MS;
/// Delays of up to 320 ms are told apart.
const BINS: usize = 64;
/// The fastest packet of the last one to two of these spans defines "without delay", so that a drifting clock or a
/// changed route is followed.
const BASE_SPAN_UNITS: i64 = 2_500 * UNITS_PER_MS;

/// Delay statistics of one stream.
#[derive(Debug, Clone)]
pub(super) struct Arrivals {
    histogram: [f32; BINS],
    observed: u32,
    /// Least relative delay of the present span and of the one before it.
    least: Option<(i64, i64)>,
    span_ends: i64,
    /// The largest delay wanted in the present span and in the one before it.
    wanted: (i64, i64),
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
            wanted: (min_units, min_units),
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
        self.count(relative);
        if let Some(last) = self.last_relative {
            let change = relative.saturating_sub(last).unsigned_abs() as f32;
            self.jitter_units += (change - self.jitter_units) / 16.0;
        }
        self.last_relative = Some(relative);
    }

    /// Takes in that a frame that is missing, and stands at `start`, could be had from a packet that arrived at
    /// `arrival`: waiting for it is worth as much as waiting for one that is late.
    pub(super) fn observe_copy(&mut self, arrival: i64, start: i64) {
        self.count(arrival.saturating_sub(start));
    }

    /// Arrival time minus timeline of the fastest recent packet; `None` before the first.
    pub(super) fn base(&self) -> Option<i64> {
        self.least.map(|(present, before)| present.min(before))
    }

    /// The delay to aim at. It rises at once and falls when less was wanted for a while: each change is stretched
    /// sound, and a network between two minds would have it stretched to and fro.
    pub(super) fn target(&self) -> i64 {
        self.wanted.0.max(self.wanted.1)
    }

    pub(super) fn jitter_ms(&self) -> f32 {
        self.jitter_units / UNITS_PER_MS as f32
    }

    /// The clock of the source jumped: delays so far remain a fair picture of the network, the last one does not
    /// compare with the next.
    pub(super) fn forget_last(&mut self) {
        self.last_relative = None;
    }

    fn count(&mut self, relative: i64) {
        let delay = relative.saturating_sub(self.base().unwrap_or(relative)).max(0);
        let bin = usize::try_from(delay / BIN_UNITS).unwrap_or(BINS).min(BINS - 1);
        let kept = FORGETTING.min(1.0 - 1.0 / (self.observed as f32 + 1.0));
        for weight in &mut self.histogram {
            *weight *= kept;
        }
        self.histogram[bin] += 1.0 - kept;
        self.observed = self.observed.saturating_add(1);
        self.wanted.0 = self.wanted.0.max(self.cheapest());
    }

    /// The delay at which waiting and missed frames together cost least.
    fn cheapest(&self) -> i64 {
        let mut missed = 1.0;
        let mut best = (f32::MAX, self.min_units);
        for (bin, weight) in self.histogram.iter().enumerate() {
            missed -= weight;
            let delay = if bin == 0 { 0 } else { (bin as i64 + 1) * BIN_UNITS };
            let delay = delay.clamp(self.min_units, self.max_units);
            let cost = delay as f32 / UNITS_PER_MS as f32 + missed.max(0.0) * 100.0 * MS_PER_PERCENT;
            if cost < best.0 {
                best = (cost, delay);
            }
        }
        best.1
    }

    fn lower_base(&mut self, arrival: i64, relative: i64) {
        let (present, before) = self.least.unwrap_or_else(|| {
            self.span_ends = arrival.saturating_add(BASE_SPAN_UNITS);
            (relative, relative)
        });
        if arrival < self.span_ends {
            self.least = Some((present.min(relative), before));
            return;
        }
        self.wanted = (self.min_units, self.wanted.0);
        if arrival < self.span_ends.saturating_add(BASE_SPAN_UNITS) {
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
        arrivals.target() / UNITS_PER_MS
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
    fn copies_are_waited_for_when_enough_is_lost() {
        for (every, expected_ms) in [(10, 65), (20, 65), (100, 20)] {
            let mut arrivals = after([0; 100]);
            for n in 100..400 {
                let start = n * 960;
                arrivals.observe(start + 1000 * UNITS_PER_MS, start);
                if n % every == 0 {
                    arrivals.observe_copy(start + 1000 * UNITS_PER_MS, start - 3 * 960);
                }
            }
            assert_eq!(target_ms(&arrivals), expected_ms, "one lost in {every}");
        }
    }

    #[test]
    fn absurd_times_do_no_harm() {
        let mut arrivals = Arrivals::new(&JitterConfig::default());
        for (arrival, start) in [(i64::MAX, i64::MIN), (i64::MIN, i64::MAX), (0, 0), (i64::MAX, i64::MAX)] {
            arrivals.observe(arrival, start);
            arrivals.observe_copy(start, arrival);
            let _ = arrivals.target();
        }
    }
}

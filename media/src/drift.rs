//! Two clocks that are never quite the same, kept together: how much faster a buffer has to be filled or emptied so
//! that it holds what it should.
//!
//! It looks at the buffer's level and nothing else. A sound card is off by up to 100 parts in a million, bad ones by
//! 300; the speed it asks for stays far below what an ear notices.

/// The level is looked at through a filter this slow, because blocks come and go earlier and later.
const SMOOTHED_OVER_S: f64 = 0.5;
/// Parts in a million for each millisecond too much: half of an error is gone after 3 s.
const PROPORTIONAL_PPM: f64 = 250.0;
/// The same for each second that the error lasts, a quarter of the square of the above: no overshoot to speak of.
const INTEGRAL_PPM: f64 = 16.0;
/// A fifth of a percent, a thirtieth of a semitone.
const MOST_PPM: f64 = 2_000.0;
/// What lasts is the difference of two clocks, and none is further off than this.
const MOST_LASTING_PPM: f64 = 1_000.0;

/// Steers the speed at which a buffer is filled.
#[derive(Debug, Clone)]
pub struct DriftControl {
    target_ms: f64,
    smoothed_ms: Option<f64>,
    lasting_ppm: f64,
}

impl DriftControl {
    /// A control that aims at `target_ms` of sound in the buffer.
    #[must_use]
    pub const fn new(target_ms: f64) -> Self {
        Self { target_ms, smoothed_ms: None, lasting_ppm: 0.0 }
    }

    /// Aims at another level from now on; what is known of the clocks stays.
    pub const fn aim_at(&mut self, target_ms: f64) {
        self.target_ms = target_ms;
    }

    /// The level aimed at, in milliseconds.
    #[must_use]
    pub const fn target_ms(&self) -> f64 {
        self.target_ms
    }

    /// The level of late, in milliseconds; none before the first was seen.
    #[must_use]
    pub const fn level_ms(&self) -> Option<f64> {
        self.smoothed_ms
    }

    /// Notes that the buffer was emptied or cut on purpose and its level begins anew.
    pub const fn jumped(&mut self) {
        self.smoothed_ms = None;
    }

    /// Takes in the level (what there is to play, a block being played counted by its rest), seen `elapsed_s` after the last one, and returns the speed in parts in a million: positive
    /// where the buffer is too full and what fills it should make fewer samples.
    pub fn observe(&mut self, level_ms: f64, elapsed_s: f64) -> f64 {
        let smoothed = match self.smoothed_ms {
            Some(smoothed) => smoothed + (level_ms - smoothed) * (elapsed_s / SMOOTHED_OVER_S).min(1.0),
            None => level_ms,
        };
        self.smoothed_ms = Some(smoothed);
        let excess_ms = smoothed - self.target_ms;
        // While the speed is at its bound the integral would only learn how long that takes.
        if (PROPORTIONAL_PPM * excess_ms).abs() < MOST_PPM {
            let lasting = self.lasting_ppm + INTEGRAL_PPM * excess_ms * elapsed_s;
            self.lasting_ppm = lasting.clamp(-MOST_LASTING_PPM, MOST_LASTING_PPM);
        }
        (PROPORTIONAL_PPM * excess_ms + self.lasting_ppm).clamp(-MOST_PPM, MOST_PPM)
    }
}

#[cfg(test)]
#[path = "drift_tests.rs"]
mod tests;

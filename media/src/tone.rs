//! Tones that a network makes: ringback, busy, and plain sines for tests.

use crate::level::sine_amplitude;
use std::f32::consts::TAU;

/// The usual level of a call-progress tone.
pub const TONE_DBFS: f32 = -16.0;

/// When a tone sounds: milliseconds on and off, alternating, repeated for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cadence {
    /// Without a pause.
    Continuous,
    /// On for the first figure, off for the second.
    OnOff {
        /// Milliseconds of sound.
        on_ms: u32,
        /// Milliseconds of silence.
        off_ms: u32,
    },
}

/// A tone of one frequency with a cadence; made sample by sample, its edges ramped over 4 ms so that none clicks.
#[derive(Debug, Clone)]
pub struct Tone {
    rate_hz: u32,
    amplitude: f32,
    phase: f32,
    phase_step: f32,
    on_samples: u32,
    period_samples: u32,
    position: u32,
}

impl Tone {
    /// A tone of `hz` at `dbfs` RMS, at a sampling rate of `rate_hz` (1 to 192,000; others are brought within).
    #[must_use]
    pub fn new(hz: f32, dbfs: f32, cadence: Cadence, rate_hz: u32) -> Self {
        let rate_hz = rate_hz.clamp(1, 192_000);
        let samples = |ms: u32| u32::try_from(u64::from(ms) * u64::from(rate_hz) / 1000).unwrap_or(u32::MAX / 2);
        let (on_samples, off_samples) = match cadence {
            Cadence::Continuous => (0, 0),
            Cadence::OnOff { on_ms, off_ms } => (samples(on_ms), samples(off_ms)),
        };
        let hz = if hz.is_finite() { hz.clamp(0.0, rate_hz as f32 / 2.0) } else { 0.0 };
        Self {
            rate_hz,
            amplitude: sine_amplitude(dbfs),
            phase: 0.0,
            phase_step: TAU * hz / rate_hz as f32,
            on_samples,
            period_samples: on_samples.saturating_add(off_samples),
            position: 0,
        }
    }

    /// A sine without end.
    #[must_use]
    pub fn sine(hz: f32, dbfs: f32, rate_hz: u32) -> Self {
        Self::new(hz, dbfs, Cadence::Continuous, rate_hz)
    }

    /// China's ringback (GB/T 3380): 450 Hz, 1 s on, 4 s off.
    #[must_use]
    pub fn ringback(rate_hz: u32) -> Self {
        Self::new(450.0, TONE_DBFS, Cadence::OnOff { on_ms: 1000, off_ms: 4000 }, rate_hz)
    }

    /// China's busy tone (GB/T 3380): 450 Hz, 350 ms on, 350 ms off.
    #[must_use]
    pub fn busy(rate_hz: u32) -> Self {
        Self::new(450.0, TONE_DBFS, Cadence::OnOff { on_ms: 350, off_ms: 350 }, rate_hz)
    }

    /// China's congestion tone (GB/T 3380): 450 Hz, 700 ms on, 700 ms off.
    #[must_use]
    pub fn congestion(rate_hz: u32) -> Self {
        Self::new(450.0, TONE_DBFS, Cadence::OnOff { on_ms: 700, off_ms: 700 }, rate_hz)
    }

    /// Starts the cadence over.
    pub fn restart(&mut self) {
        self.position = 0;
        self.phase = 0.0;
    }

    /// Fills `out` with what comes next.
    pub fn fill(&mut self, out: &mut [i16]) {
        for sample in out {
            *sample = (self.envelope() * self.amplitude * self.phase.sin()).round() as i16;
            self.phase += self.phase_step;
            if self.phase >= TAU {
                self.phase -= TAU;
            }
            if self.period_samples > 0 {
                self.position += 1;
                if self.position >= self.period_samples {
                    self.position = 0;
                }
            }
        }
    }

    fn envelope(&self) -> f32 {
        if self.period_samples == 0 {
            return 1.0;
        }
        if self.position >= self.on_samples {
            return 0.0;
        }
        let ramp = (self.rate_hz / 250).max(1);
        let from_edge = self.position.min(self.on_samples - 1 - self.position);
        (from_edge as f32 / ramp as f32).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::rms_dbfs;

    fn crossings(samples: &[i16]) -> usize {
        samples.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count()
    }

    #[test]
    fn a_sine_has_its_frequency_and_level() {
        let mut samples = [0; 16_000];
        Tone::sine(440.0, -20.0, 16_000).fill(&mut samples);
        assert!(crossings(&samples).abs_diff(440) <= 1);
        assert!((rms_dbfs(&samples) + 20.0).abs() < 0.05);
    }

    #[test]
    fn ringback_sounds_one_second_in_five() {
        let mut samples = vec![0; 80_000];
        Tone::ringback(8_000).fill(&mut samples);
        for start in [0, 40_000] {
            assert!((rms_dbfs(&samples[start + 100..start + 7_900]) - TONE_DBFS).abs() < 0.1);
            assert!(samples[start + 8_000..start + 40_000].iter().all(|&sample| sample == 0));
        }
        let steepest = samples.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max();
        assert!(steepest < Some(2_800), "a click of {steepest:?}");
    }

    #[test]
    fn odd_arguments_are_brought_within() {
        let mut samples = [0; 100];
        for hz in [f32::NAN, f32::INFINITY, -5.0, 1e30] {
            Tone::new(hz, f32::NAN, Cadence::OnOff { on_ms: 0, off_ms: 0 }, 0).fill(&mut samples);
            Tone::new(hz, 40.0, Cadence::OnOff { on_ms: u32::MAX, off_ms: u32::MAX }, u32::MAX).fill(&mut samples);
        }
    }
}

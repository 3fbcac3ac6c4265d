//! Resampling between any two rates at a speed that may change from block to block, by parts in a million: for sound
//! cards, whose clocks are never quite the same.
//!
//! [`crate::resample`] is for ratios that are exact and stay; it is cheaper, and gives whole blocks for whole blocks.

use crate::resample::filter::{Phases, between};
use crate::resample::{UnsupportedRatio, dot};

/// Filters kept for positions between two input samples; between two filters it interpolates, which leaves an error
/// below that of 16 bits.
const PHASES: usize = 128;
/// Input samples taken in at a time.
const BLOCK: usize = 480;
/// Rates served: a telephone's to a studio's.
const RATES_HZ: std::ops::RangeInclusive<u32> = 4_000..=384_000;

/// Converts a stream of samples from one rate to another, a little faster or slower as told.
#[derive(Debug, Clone)]
pub struct Varispeed {
    /// Input samples that pass for each output sample when neither clock is off.
    nominal: f64,
    step: f64,
    filters: Phases,
    /// The last `taps - 1` samples of the past, then the block at hand.
    line: Vec<f32>,
    /// Where the next output stands, in input samples from the start of the line.
    position: f64,
}

impl Varispeed {
    /// Makes a resampler at its nominal speed.
    ///
    /// # Errors
    /// [`UnsupportedRatio`] if a rate is below 4 kHz or above 384 kHz.
    pub fn new(from_hz: u32, to_hz: u32) -> Result<Self, UnsupportedRatio> {
        if !RATES_HZ.contains(&from_hz) || !RATES_HZ.contains(&to_hz) {
            return Err(UnsupportedRatio { from_hz, to_hz });
        }
        let nominal = f64::from(from_hz) / f64::from(to_hz);
        let filters = between(PHASES, nominal);
        Ok(Self { nominal, step: nominal, line: vec![0.0; filters.taps - 1 + BLOCK], filters, position: 0.0 })
    }

    /// Lets the input pass faster by `ppm` parts in a million, slower if negative: fewer, or more, samples come out.
    pub fn set_speed_ppm(&mut self, ppm: f64) {
        self.step = self.nominal * (1.0 + ppm.clamp(-50_000.0, 50_000.0) / 1e6);
    }

    /// How long the filter holds sound back, in input samples.
    #[must_use]
    pub fn delay_samples(&self) -> f64 {
        self.filters.delay
    }

    /// The most samples that `input` more of them can make.
    #[must_use]
    pub fn max_output(&self, input: usize) -> usize {
        (input as f64 / self.nominal * 1.06).ceil() as usize + 1
    }

    /// Converts `input` into the start of `out` and returns how many samples that made.
    ///
    /// What does not fit `out` is lost; give it [`Varispeed::max_output`] of room.
    pub fn process(&mut self, input: &[i16], out: &mut [i16]) -> usize {
        let past = self.filters.taps - 1;
        let mut made = 0;
        for block in input.chunks(BLOCK) {
            for (slot, &sample) in self.line[past..].iter_mut().zip(block) {
                *slot = f32::from(sample);
            }
            let end = block.len() as f64;
            while self.position < end {
                let at = self.position as usize;
                let between = (self.position - at as f64) * PHASES as f64;
                let phase = (between as usize).min(PHASES - 1);
                let sum = self.filtered(at, phase, (between - phase as f64) as f32);
                if let Some(slot) = out.get_mut(made) {
                    *slot = (sum + 0.5_f32.copysign(sum)) as i16;
                    made += 1;
                }
                self.position += self.step;
            }
            self.position -= end;
            self.line.copy_within(block.len()..block.len() + past, 0);
        }
        made
    }

    fn filtered(&self, at: usize, phase: usize, share: f32) -> f32 {
        let Phases { taps, coefficients, .. } = &self.filters;
        let samples = &self.line[at..at + taps];
        let filter = |phase: usize| &coefficients[phase * taps..(phase + 1) * taps];
        let (before, after) = (dot(samples, filter(phase)), dot(samples, filter(phase + 1)));
        before + (after - before) * share
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::level::rms_dbfs;
    use crate::tone::Tone;

    fn convert(from_hz: u32, to_hz: u32, hz: f32, ppm: f64, block: usize) -> Vec<i16> {
        let mut input = vec![0; from_hz as usize];
        Tone::sine(hz, -12.0, from_hz).fill(&mut input);
        let mut varispeed = Varispeed::new(from_hz, to_hz).unwrap();
        varispeed.set_speed_ppm(ppm);
        let mut out = Vec::new();
        for chunk in input.chunks(block) {
            let mut room = vec![0; varispeed.max_output(chunk.len())];
            let made = varispeed.process(chunk, &mut room);
            out.extend_from_slice(&room[..made]);
        }
        out
    }

    /// How far any sample is from what the two before it foretell, against the amplitude.
    fn worst_break(samples: &[i16], hz: f64, rate_hz: f64) -> f64 {
        let ahead = 2.0 * (std::f64::consts::TAU * hz / rate_hz).cos();
        let off = |w: &[i16]| (f64::from(w[2]) - ahead * f64::from(w[1]) + f64::from(w[0])).abs();
        samples.windows(3).map(off).fold(0.0, f64::max) / 11_600.0
    }

    #[test]
    fn a_tone_stays_a_tone_between_any_rates() {
        for (from_hz, to_hz) in
            [(16_000, 48_000), (16_000, 44_100), (48_000, 16_000), (44_100, 16_000), (16_000, 16_000)]
        {
            for ppm in [0.0, 300.0, -300.0] {
                let out = convert(from_hz, to_hz, 1_000.0, ppm, from_hz as usize / 100);
                let expected = f64::from(to_hz) / (1.0 + ppm / 1e6);
                assert!((out.len() as f64 - expected).abs() < 2.0, "{from_hz} to {to_hz}, {ppm}: {}", out.len());
                let steady = &out[to_hz as usize / 10..to_hz as usize * 9 / 10];
                assert!((rms_dbfs(steady) + 12.0).abs() < 0.1, "{from_hz} to {to_hz}: {}", rms_dbfs(steady));
                let heard_hz = 1_000.0 * (1.0 + ppm / 1e6);
                let broken = worst_break(steady, heard_hz, f64::from(to_hz));
                assert!(broken < 0.001, "{from_hz} to {to_hz}, {ppm}: {broken}");
            }
        }
    }

    #[test]
    fn what_the_slower_rate_cannot_carry_is_gone() {
        let out = convert(48_000, 16_000, 9_500.0, 0.0, 480);
        assert!(rms_dbfs(&out[1_600..]) < -66.0, "{}", rms_dbfs(&out[1_600..]));
    }

    #[test]
    fn block_size_changes_nothing() {
        let whole = convert(16_000, 44_100, 777.0, 120.0, 16_000);
        for block in [1, 7, 160, 481] {
            assert_eq!(convert(16_000, 44_100, 777.0, 120.0, block), whole, "{block}");
        }
    }

    #[test]
    fn impossible_rates_and_short_buffers_do_no_harm() {
        assert!(Varispeed::new(0, 8_000).is_err());
        assert!(Varispeed::new(8_000, 1_000_000).is_err());
        let mut varispeed = Varispeed::new(8_000, 48_000).unwrap();
        assert_eq!(varispeed.process(&[1; 160], &mut [0; 10]), 10);
        assert_eq!(varispeed.process(&[], &mut [0; 10]), 0);
    }
}

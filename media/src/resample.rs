//! Fixed-ratio resampling, streaming: a polyphase FIR filter for 8, 16 and 48 kHz (and any other ratio of small
//! whole numbers, such as 44.1 to 48 kHz).

pub(crate) mod filter;

use std::sync::Arc;

use filter::Phases;

/// Input samples taken in at a time.
const BLOCK: usize = 480;
/// Ratios with larger terms than this would need absurd tables.
const MAX_TERM: usize = 480;

/// Says that two rates cannot be converted into each other here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no resampling from {from_hz} to {to_hz} Hz")]
pub struct UnsupportedRatio {
    /// Input rate.
    pub from_hz: u32,
    /// Output rate.
    pub to_hz: u32,
}

/// Converts a stream of samples from one rate to another.
#[derive(Debug, Clone)]
pub struct Resampler {
    up: usize,
    down: usize,
    /// `up` filters.
    phases: Arc<Phases>,
    /// The last `taps - 1` samples of the past, then the block at hand.
    line: Vec<f32>,
    phase: usize,
    /// Input samples of the next block that no output starts at.
    skip: usize,
}

impl Resampler {
    /// Makes a resampler; the same rate twice copies.
    ///
    /// # Errors
    /// [`UnsupportedRatio`] if a rate is zero or the reduced ratio has a term above 480.
    pub fn new(from_hz: u32, to_hz: u32) -> Result<Self, UnsupportedRatio> {
        let refused = UnsupportedRatio { from_hz, to_hz };
        if from_hz == 0 || to_hz == 0 {
            return Err(refused);
        }
        let common = greatest_common_divisor(from_hz, to_hz);
        let (up, down) = ((to_hz / common) as usize, (from_hz / common) as usize);
        if up > MAX_TERM || down > MAX_TERM {
            return Err(refused);
        }
        let phases = filter::of_ratio(up, down);
        Ok(Self { up, down, line: vec![0.0; phases.taps - 1 + BLOCK], phases, phase: 0, skip: 0 })
    }

    /// The most samples that `input` more of them can make.
    #[must_use]
    pub const fn max_output(&self, input: usize) -> usize {
        input.saturating_mul(self.up).div_ceil(self.down) + 1
    }

    /// How long the filter holds sound back, in input samples.
    #[must_use]
    pub fn delay_samples(&self) -> f64 {
        self.phases.delay
    }

    /// Converts `input` into the start of `out` and returns how many samples that made.
    ///
    /// Whole blocks of 20 ms give whole blocks of 20 ms. What does not fit `out` is lost; give it
    /// [`Resampler::max_output`] of room.
    pub fn process(&mut self, input: &[i16], out: &mut [i16]) -> usize {
        if self.up == self.down {
            return out.iter_mut().zip(input).map(|(to, &from)| *to = from).count();
        }
        let mut made = 0;
        let Phases { taps, coefficients, .. } = &*self.phases;
        let past = taps - 1;
        for block in input.chunks(BLOCK) {
            for (slot, &sample) in self.line[past..].iter_mut().zip(block) {
                *slot = f32::from(sample);
            }
            let mut at = self.skip;
            while at < block.len() {
                let filter = &coefficients[self.phase * taps..(self.phase + 1) * taps];
                let sum = dot(&self.line[at..at + taps], filter);
                if let Some(slot) = out.get_mut(made) {
                    // Rounds; `round` is a call on plain x86-64. The cast saturates.
                    *slot = (sum + 0.5_f32.copysign(sum)) as i16;
                    made += 1;
                }
                self.phase += self.down;
                at += self.phase / self.up;
                self.phase %= self.up;
            }
            self.skip = at - block.len();
            self.line.copy_within(block.len()..block.len() + past, 0);
        }
        made
    }

    /// Forgets the past, for a new stream.
    pub fn reset(&mut self) {
        self.line.fill(0.0);
        self.phase = 0;
        self.skip = 0;
    }
}

/// Eight running sums let the compiler use vectors without reordering anything behind our back.
pub(crate) fn dot(samples: &[f32], filter: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 8];
    for (window, taps) in samples.chunks_exact(8).zip(filter.chunks_exact(8)) {
        for lane in 0..8 {
            sums[lane] += window[lane] * taps[lane];
        }
    }
    // In pairs: one after the other, each addition would wait for the last, which costs more than the filter.
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

const fn greatest_common_divisor(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::f64::consts::PI;

    use super::*;
    use crate::level::rms_dbfs;
    use crate::tone::Tone;

    const PAIRS: [(u32, u32); 6] =
        [(8_000, 16_000), (8_000, 48_000), (16_000, 48_000), (16_000, 8_000), (48_000, 8_000), (48_000, 16_000)];

    fn convert(from_hz: u32, to_hz: u32, input: &[i16], block: usize) -> Vec<i16> {
        let mut resampler = Resampler::new(from_hz, to_hz).unwrap();
        let mut out = Vec::new();
        for chunk in input.chunks(block) {
            let mut room = vec![0; resampler.max_output(chunk.len())];
            let made = resampler.process(chunk, &mut room);
            out.extend_from_slice(&room[..made]);
        }
        out
    }

    /// Level of what is left of a tone when the best-fitting sine of its frequency is taken out.
    fn residue_dbfs(samples: &[i16], hz: f64, rate_hz: u32) -> f32 {
        let (mut sin_sum, mut cos_sum) = (0.0, 0.0);
        let angle = |n: usize| 2.0 * PI * hz * n as f64 / f64::from(rate_hz);
        for (n, &sample) in samples.iter().enumerate() {
            sin_sum += f64::from(sample) * angle(n).sin();
            cos_sum += f64::from(sample) * angle(n).cos();
        }
        let scale = 2.0 / samples.len() as f64;
        let rest: Vec<i16> = samples
            .iter()
            .enumerate()
            .map(|(n, &s)| {
                (f64::from(s) - scale * (sin_sum * angle(n).sin() + cos_sum * angle(n).cos())).round() as i16
            })
            .collect();
        rms_dbfs(&rest)
    }

    #[test]
    fn speech_frequencies_pass_clean_at_their_level() {
        for (from_hz, to_hz) in PAIRS {
            for hz in [300.0_f32, 1000.0, 2000.0, 3300.0] {
                let mut input = vec![0; from_hz as usize];
                Tone::sine(hz, -12.0, from_hz).fill(&mut input);
                let out = convert(from_hz, to_hz, &input, from_hz as usize / 50);
                assert_eq!(out.len(), to_hz as usize);
                let steady = &out[to_hz as usize / 10..to_hz as usize / 10 + to_hz as usize / 2];
                let level = rms_dbfs(steady);
                assert!((level + 12.0).abs() < 0.3, "{from_hz}→{to_hz} {hz} Hz: {level}");
                let residue = residue_dbfs(steady, f64::from(hz), to_hz);
                assert!(residue < -70.0, "{from_hz}→{to_hz} {hz} Hz: residue {residue}");
            }
        }
    }

    #[test]
    fn what_the_slower_rate_cannot_carry_is_gone() {
        for (from_hz, to_hz, hz) in [(16_000, 8_000, 5_000.0), (48_000, 8_000, 4_600.0), (48_000, 16_000, 9_500.0)] {
            let mut input = vec![0; from_hz as usize];
            Tone::sine(hz, -6.0, from_hz).fill(&mut input);
            let out = convert(from_hz, to_hz, &input, from_hz as usize / 50);
            let level = rms_dbfs(&out[to_hz as usize / 10..]);
            assert!(level < -66.0, "{from_hz}→{to_hz} {hz} Hz: {level}");
        }
    }

    #[test]
    fn block_size_changes_nothing() {
        let mut input = vec![0; 16_000];
        Tone::sine(777.0, -12.0, 16_000).fill(&mut input);
        for (from_hz, to_hz) in [(16_000, 48_000), (48_000, 8_000), (44_100, 48_000)] {
            let whole = convert(from_hz, to_hz, &input, input.len());
            for block in [1, 7, 160, 481] {
                assert_eq!(convert(from_hz, to_hz, &input, block), whole, "{from_hz}→{to_hz} by {block}");
            }
        }
    }

    #[test]
    fn twenty_milliseconds_give_twenty_milliseconds() {
        for (from_hz, to_hz) in PAIRS {
            let mut resampler = Resampler::new(from_hz, to_hz).unwrap();
            let input = vec![0; from_hz as usize / 50];
            for _ in 0..20 {
                assert_eq!(resampler.process(&input, &mut [0; 2_000]), to_hz as usize / 50);
            }
        }
    }

    #[test]
    fn full_scale_saturates_instead_of_wrapping() {
        let square: Vec<i16> = (0..8_000).map(|n| if n / 10 % 2 == 0 { i16::MAX } else { i16::MIN }).collect();
        let out = convert(8_000, 48_000, &square, 160);
        let steepest = out.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max();
        assert!(steepest < Some(25_000), "{steepest:?}");
    }

    #[test]
    fn impossible_ratios_and_short_buffers_do_no_harm() {
        assert!(Resampler::new(0, 8_000).is_err());
        assert!(Resampler::new(8_000, 0).is_err());
        assert!(Resampler::new(8_000, 47_999).is_err());
        let mut resampler = Resampler::new(8_000, 48_000).unwrap();
        assert_eq!(resampler.process(&[1; 160], &mut [0; 10]), 10);
        assert_eq!(resampler.process(&[], &mut [0; 10]), 0);
        assert_eq!(Resampler::new(8_000, 8_000).unwrap().process(&[1, 2, 3], &mut [0; 2]), 2);
    }
}

//! Sound as samples: reading and writing WAV, changing rate, measuring level.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::RATE_HZ;

/// Mono sound at one rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound {
    /// Samples a second.
    pub rate_hz: u32,
    /// The samples.
    pub samples: Vec<i16>,
}

impl Sound {
    /// Samples at 8 kHz.
    pub fn new(samples: Vec<i16>) -> Sound {
        Sound { rate_hz: RATE_HZ, samples }
    }

    /// Silence of this length at 8 kHz.
    pub fn silence(milliseconds: usize) -> Sound {
        Sound::new(vec![0; milliseconds * RATE_HZ as usize / 1000])
    }

    /// A tone at 8 kHz, −10 dBFS.
    pub fn tone(hz: f32, milliseconds: usize) -> Sound {
        let step = std::f32::consts::TAU * hz / RATE_HZ as f32;
        let samples = (0..milliseconds * RATE_HZ as usize / 1000).map(|n| ((n as f32 * step).sin() * 10_362.0) as i16);
        Sound::new(samples.collect())
    }

    /// The channels of a WAV file, 16-bit or float.
    pub fn channels(path: &Path) -> Result<Vec<Sound>> {
        let mut reader = hound::WavReader::open(path).with_context(|| format!("reading {}", path.display()))?;
        let spec = reader.spec();
        let interleaved: Vec<i16> = match (spec.sample_format, spec.bits_per_sample) {
            (hound::SampleFormat::Int, 16) => reader.samples::<i16>().collect::<Result<_, _>>()?,
            (hound::SampleFormat::Float, 32) => reader
                .samples::<f32>()
                .map(|sample| sample.map(|value| (value * 32767.0).clamp(-32768.0, 32767.0) as i16))
                .collect::<Result<_, _>>()?,
            other => bail!("{}: {other:?} is not a kind of WAV this reads", path.display()),
        };
        let count = usize::from(spec.channels.max(1));
        Ok((0..count)
            .map(|channel| Sound {
                rate_hz: spec.sample_rate,
                samples: interleaved.iter().skip(channel).step_by(count).copied().collect(),
            })
            .collect())
    }

    /// The only, or first, channel of a WAV file.
    pub fn read(path: &Path) -> Result<Sound> {
        Sound::channels(path)?.into_iter().next().context("a WAV file without channels")
    }

    /// Writes a mono WAV file, 16 bits.
    pub fn write(&self, path: &Path) -> Result<()> {
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: self.rate_hz,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(path, spec).with_context(|| format!("writing {}", path.display()))?;
        for sample in &self.samples {
            writer.write_sample(*sample)?;
        }
        Ok(writer.finalize()?)
    }

    /// The same sound at another rate, by a windowed sinc.
    pub fn at(&self, rate_hz: u32) -> Sound {
        if rate_hz == self.rate_hz {
            return self.clone();
        }
        let ratio = f64::from(self.rate_hz) / f64::from(rate_hz);
        // Below the lower of the two Nyquist frequencies, or the folded part would be heard.
        let cutoff = (1.0 / ratio).min(1.0) * 0.94;
        let reach = (16.0 / cutoff).ceil() as isize;
        let length = (self.samples.len() as f64 / ratio) as usize;
        let weight = |distance: f64| {
            let window = 0.5 + 0.5 * (std::f64::consts::PI * distance / (reach as f64 + 1.0)).cos();
            cutoff * sinc(cutoff * distance) * window
        };
        // Where a new sample lies between two old ones repeats after as many samples as the rates have no divisor for.
        let divisor = greatest_common_divisor(self.rate_hz, rate_hz);
        let (old, new) = ((self.rate_hz / divisor) as usize, (rate_hz / divisor) as usize);
        let kernels: Vec<Vec<f64>> = (0..new)
            .map(|phase| {
                let fraction = (phase * old % new) as f64 / new as f64;
                (-reach..=reach).map(|tap| weight(fraction - tap as f64)).collect()
            })
            .collect();
        let samples = (0..length).map(|n| {
            let first = (n * old / new) as isize - reach;
            let taps = kernels[n % new].iter().enumerate();
            let heard = taps.filter_map(|(tap, weight)| {
                let sample = self.samples.get(usize::try_from(first + tap as isize).ok()?)?;
                Some(f64::from(*sample) * weight)
            });
            heard.sum::<f64>().clamp(-32768.0, 32767.0) as i16
        });
        Sound { rate_hz, samples: samples.collect() }
    }

    /// Length in milliseconds.
    pub fn milliseconds(&self) -> u64 {
        self.samples.len() as u64 * 1000 / u64::from(self.rate_hz.max(1))
    }

    /// The piece from one moment to another; what lies outside is left out.
    pub fn piece(&self, from_ms: u64, to_ms: u64) -> Sound {
        let index = |ms: u64| ((ms.saturating_mul(u64::from(self.rate_hz)) / 1000) as usize).min(self.samples.len());
        Sound {
            rate_hz: self.rate_hz,
            samples: self.samples[index(from_ms)..index(to_ms).max(index(from_ms))].to_vec(),
        }
    }

    /// Root mean square over all of it, dB below full scale; −127 for silence.
    pub fn level_dbfs(&self) -> f32 {
        let power: f64 = self.samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
        let mean = power / self.samples.len().max(1) as f64;
        if mean < 0.1 { -127.0 } else { (10.0 * (mean / 32768f64.powi(2)).log10()) as f32 }
    }

    /// The longest stretch that stays below this level, in steps of 20 ms.
    pub fn longest_silence_ms(&self, below_dbfs: f32) -> u64 {
        let (mut longest, mut present) = (0, 0);
        for start in (0..self.milliseconds()).step_by(20) {
            present = if self.piece(start, start + 20).level_dbfs() < below_dbfs { present + 20 } else { 0 };
            longest = longest.max(present);
        }
        longest
    }
}

fn greatest_common_divisor(one: u32, other: u32) -> u32 {
    if other == 0 { one.max(1) } else { greatest_common_divisor(other, one % other) }
}

fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-9 { 1.0 } else { (std::f64::consts::PI * x).sin() / (std::f64::consts::PI * x) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_keeps_its_level_through_a_change_of_rate() {
        let tone = Sound::tone(1000.0, 500);
        let there = tone.at(48_000);
        assert_eq!(there.samples.len(), 24_000);
        assert!((there.level_dbfs() - tone.level_dbfs()).abs() < 0.2);
        let back = there.at(8000);
        let worst = tone.samples[100..3900].iter().zip(&back.samples[100..]).map(|(a, b)| (a - b).abs()).max();
        assert!(worst < Some(200), "{worst:?}");
    }

    #[test]
    fn what_a_lower_rate_cannot_carry_is_gone() {
        let high = Sound { rate_hz: 48_000, ..Sound::tone(1000.0, 6000) };
        assert!(high.at(8000).level_dbfs() < -60.0, "6 kHz does not fold into the telephone band");
    }

    #[test]
    fn silence_is_measured() {
        let mut sound = Sound::tone(400.0, 300);
        sound.samples.extend(Sound::silence(200).samples);
        sound.samples.extend(Sound::tone(400.0, 100).samples);
        assert_eq!(sound.longest_silence_ms(-50.0), 200);
        assert!((sound.piece(0, 300).level_dbfs() + 13.0).abs() < 0.3);
    }
}

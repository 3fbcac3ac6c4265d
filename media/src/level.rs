//! How loud samples are, in decibels below full scale.

/// The level given to digital silence.
pub const SILENCE_DBFS: f32 = -127.0;

/// The RMS level of `samples`, −127 to 0 dBFS, where 0 is the RMS of a full-scale square wave.
///
/// A full-scale sine is therefore −3.01 dBFS, as in RFC 6464 and most meters of telephony.
#[must_use]
pub fn rms_dbfs(samples: &[i16]) -> f32 {
    if samples.is_empty() {
        return SILENCE_DBFS;
    }
    let energy: u64 = samples.iter().map(|&sample| u64::from(i32::from(sample).unsigned_abs().pow(2))).sum();
    let mean = energy as f64 / samples.len() as f64;
    to_dbfs(mean.sqrt() / 32_768.0)
}

/// The level of the largest sample, −127 to 0 dBFS.
#[must_use]
pub fn peak_dbfs(samples: &[i16]) -> f32 {
    let peak = samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0);
    to_dbfs(f64::from(peak) / 32_768.0)
}

/// The amplitude, 0 to 32,767, of a sine whose RMS level is `dbfs`.
#[must_use]
pub fn sine_amplitude(dbfs: f32) -> f32 {
    (32_768.0 * 10_f32.powf(dbfs / 20.0) * std::f32::consts::SQRT_2).clamp(0.0, 32_767.0)
}

fn to_dbfs(ratio: f64) -> f32 {
    if ratio <= 0.0 { SILENCE_DBFS } else { ((20.0 * ratio.log10()) as f32).clamp(SILENCE_DBFS, 0.0) }
}

/// A meter for the eye: jumps up with the sound, falls slowly.
#[derive(Debug, Clone, Copy)]
pub struct LevelMeter {
    shown_dbfs: f32,
    fall_db: f32,
}

impl LevelMeter {
    /// Makes a meter that falls by `fall_db_per_second`, fed every `interval_ms`.
    #[must_use]
    pub fn new(fall_db_per_second: f32, interval_ms: u32) -> Self {
        Self { shown_dbfs: SILENCE_DBFS, fall_db: fall_db_per_second.abs() * interval_ms as f32 / 1000.0 }
    }

    /// Takes the next frame in and returns the level to show.
    pub fn feed(&mut self, samples: &[i16]) -> f32 {
        self.shown_dbfs = rms_dbfs(samples).max(self.shown_dbfs - self.fall_db).max(SILENCE_DBFS);
        self.shown_dbfs
    }

    /// The level shown last.
    #[must_use]
    pub const fn shown_dbfs(&self) -> f32 {
        self.shown_dbfs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_levels() {
        assert!((rms_dbfs(&[i16::MIN; 160]) - 0.0).abs() < 0.001);
        assert!((rms_dbfs(&[3277; 160]) + 20.0).abs() < 0.01);
        assert!((peak_dbfs(&[0, -16_384, 5]) + 6.02).abs() < 0.01);
        assert!((rms_dbfs(&[0; 160]) - SILENCE_DBFS).abs() < 0.001);
        assert!((rms_dbfs(&[]) - SILENCE_DBFS).abs() < 0.001);
        assert!((peak_dbfs(&[]) - SILENCE_DBFS).abs() < 0.001);
    }

    #[test]
    fn the_meter_rises_at_once_and_falls_slowly() {
        let mut meter = LevelMeter::new(50.0, 20);
        assert!((meter.feed(&[3277; 160]) + 20.0).abs() < 0.01);
        assert!((meter.feed(&[0; 160]) + 21.0).abs() < 0.01);
        assert!((meter.feed(&[32767; 160])).abs() < 0.01);
        for _ in 0..200 {
            meter.feed(&[0; 160]);
        }
        assert!((meter.shown_dbfs() - SILENCE_DBFS).abs() < 0.001);
    }
}

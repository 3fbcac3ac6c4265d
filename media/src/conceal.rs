//! Fills losses of G.711 and G.722 with the last pitch periods of the voice, fading, in the manner of ITU-T G.711
//! Appendix I.
//!
//! Unlike the appendix it adds no delay: the step at the start of a loss is taken out by a decaying offset instead
//! of an overlap with sound held back.

use crate::pitch;

/// Everything here is in samples at 8 kHz; at 16 kHz it is twice as much.
const RATE_HZ: usize = 8_000;
const MOST_SCALE: usize = 2;
/// Voices have periods of 5 to 15 ms.
const LEAST_LAG: usize = 40;
const MOST_LAG: usize = 120;
/// Two windows of this length are compared to find the period.
const WINDOW: usize = 160;
/// Three of the longest periods and a quarter more.
const HISTORY: usize = MOST_LAG * 3 + MOST_LAG / 4;
/// After each 10 ms of loss one period more is repeated, up to three; so a long loss buzzes less.
const STEP: usize = RATE_HZ / 100;
const MOST_PERIODS: usize = 3;
/// The first 10 ms are at full level; at 60 ms all is silent.
const FADE_FROM: usize = STEP;
const SILENT_FROM: usize = STEP * 6;
/// The longest overlap with the sound that comes back: 10 ms.
const MOST_OVERLAP: usize = STEP;

/// Conceals the losses of one stream at 8 or 16 kHz.
///
/// Pass every decoded frame through [`Concealer::hear`] and ask [`Concealer::conceal`] for every lost one.
#[derive(Debug, Clone)]
pub struct Concealer {
    /// 1 at 8 kHz, 2 at 16 kHz.
    scale: usize,
    history: [i16; HISTORY * MOST_SCALE],
    pattern: [i16; MOST_LAG * MOST_PERIODS * MOST_SCALE],
    lag: usize,
    periods: usize,
    /// Where in the pattern the next sample stands.
    at: usize,
    /// Samples concealed in a row.
    lost: usize,
    /// What the first sample of the loss is off by.
    step: f32,
}

impl Default for Concealer {
    fn default() -> Self {
        Self::new()
    }
}

impl Concealer {
    /// Makes a concealer at 8 kHz that has heard silence so far.
    #[must_use]
    pub const fn new() -> Self {
        Self::scaled(1)
    }

    /// The same at 16 kHz.
    #[must_use]
    pub const fn wide() -> Self {
        Self::scaled(2)
    }

    const fn scaled(scale: usize) -> Self {
        Self {
            scale,
            history: [0; HISTORY * MOST_SCALE],
            pattern: [0; MOST_LAG * MOST_PERIODS * MOST_SCALE],
            lag: LEAST_LAG * scale,
            periods: 1,
            at: 0,
            lost: 0,
            step: 0.0,
        }
    }

    /// Takes in a frame that arrived; right after a loss its beginning is overlapped with the concealment.
    pub fn hear(&mut self, frame: &mut [i16]) {
        if self.lost > 0 {
            let overlap = (self.lag / 4 + self.lost / (STEP * self.scale) * 32 * self.scale)
                .min(MOST_OVERLAP * self.scale)
                .min(frame.len());
            for (n, sample) in frame.iter_mut().take(overlap).enumerate() {
                let share = (n + 1) as f32 / (overlap + 1) as f32;
                let made_up = f32::from(self.next_sample());
                *sample = (made_up * (1.0 - share) + f32::from(*sample) * share).round() as i16;
            }
            self.lost = 0;
        }
        self.remember(frame);
    }

    /// Fills `out` with what might have been said.
    pub fn conceal(&mut self, out: &mut [i16]) {
        if self.lost == 0 {
            self.begin();
        }
        for sample in out.iter_mut() {
            *sample = self.next_sample();
        }
    }

    /// Whether all that comes next is silence.
    #[must_use]
    pub const fn is_faded(&self) -> bool {
        self.lost >= SILENT_FROM * self.scale
    }

    /// Forgets the past, for a new stream.
    pub fn reset(&mut self) {
        *self = Self::scaled(self.scale);
    }

    /// What was heard last, the newest sample at its end.
    fn heard(&self) -> &[i16] {
        &self.history[..HISTORY * self.scale]
    }

    fn begin(&mut self) {
        let scale = self.scale;
        let (least, most) = (LEAST_LAG * scale, MOST_LAG * scale);
        let found = pitch::find(self.heard(), (HISTORY - WINDOW) * scale, WINDOW * scale, least, most, 2 * scale);
        self.lag = found.map_or(least, |period| period.lag);
        self.periods = 1;
        self.at = 0;
        let newest = HISTORY * scale - 1;
        self.step = f32::from(self.history[newest]) - f32::from(self.history[newest - self.lag]);
        self.build_pattern();
    }

    /// Copies the last periods and blends their end with what stood before them, so that they repeat without a
    /// seam.
    fn build_pattern(&mut self) {
        let length = self.lag * self.periods;
        let quarter = self.lag / 4;
        let until = HISTORY * self.scale;
        let from = until - length;
        self.pattern[..length].copy_from_slice(&self.history[from..until]);
        for n in 0..quarter {
            let share = (n + 1) as f32 / (quarter + 1) as f32;
            let end = f32::from(self.history[until - quarter + n]);
            let before = f32::from(self.history[from - quarter + n]);
            self.pattern[length - quarter + n] = (end * (1.0 - share) + before * share).round() as i16;
        }
    }

    fn next_sample(&mut self) -> i16 {
        let (step, silent_from) = (STEP * self.scale, SILENT_FROM * self.scale);
        if self.lost >= silent_from {
            self.lost = self.lost.saturating_add(1).min(silent_from * 2);
            return 0;
        }
        let wanted = (self.lost / step + 1).min(MOST_PERIODS);
        if wanted > self.periods && self.at.is_multiple_of(self.lag) {
            // At the end of a period both patterns go on alike.
            self.periods = wanted;
            self.build_pattern();
            self.at = 0;
        }
        let mut sample = f32::from(self.pattern[self.at]);
        self.at = (self.at + 1) % (self.lag * self.periods);
        let quarter = (self.lag / 4).max(1);
        if self.lost < quarter {
            sample += self.step * (1.0 - (self.lost + 1) as f32 / (quarter + 1) as f32);
        }
        let fade_from = FADE_FROM * self.scale;
        let faded = self.lost.saturating_sub(fade_from) as f32 / (silent_from - fade_from) as f32;
        self.lost += 1;
        (sample * (1.0 - faded)).round() as i16
    }

    fn remember(&mut self, frame: &[i16]) {
        let until = HISTORY * self.scale;
        let kept = frame.len().min(until);
        self.history.copy_within(kept..until, 0);
        self.history[until - kept..until].copy_from_slice(&frame[frame.len() - kept..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::rms_dbfs;
    use crate::tone::Tone;

    fn steepest(samples: &[i16]) -> i32 {
        samples.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max().unwrap_or(0)
    }

    /// A tone with the given frames of 20 ms lost.
    fn with_losses(hz: f32, frames: usize, lost: &[usize]) -> Vec<i16> {
        let mut tone = Tone::sine(hz, -12.0, 8_000);
        let mut concealer = Concealer::new();
        let mut heard = Vec::new();
        for n in 0..frames {
            let mut frame = [0; 160];
            tone.fill(&mut frame);
            if lost.contains(&n) {
                concealer.conceal(&mut frame);
            } else {
                concealer.hear(&mut frame);
            }
            heard.extend_from_slice(&frame);
        }
        heard
    }

    #[test]
    fn a_lost_frame_of_a_voice_is_hardly_heard() {
        for hz in [90.0, 133.0, 210.0, 317.0] {
            let whole = with_losses(hz, 20, &[]);
            let heard = with_losses(hz, 20, &[10]);
            assert!(steepest(&heard) < steepest(&whole) * 3 / 2 + 300, "{hz} Hz: a click of {}", steepest(&heard));
            let level = rms_dbfs(&heard[1600..1760]);
            assert!((level + 12.0).abs() < 2.0, "{hz} Hz: {level}");
        }
    }

    #[test]
    fn wideband_is_concealed_alike() {
        let mut tone = Tone::sine(210.0, -12.0, 16_000);
        let (mut concealer, mut heard) = (Concealer::wide(), Vec::new());
        for n in 0..20 {
            let mut frame = [0; 320];
            tone.fill(&mut frame);
            if n == 10 {
                concealer.conceal(&mut frame);
            } else {
                concealer.hear(&mut frame);
            }
            heard.extend_from_slice(&frame);
        }
        let level = rms_dbfs(&heard[3_200..3_520]);
        assert!((level + 12.0).abs() < 2.0, "{level}");
        assert!(steepest(&heard) < steepest(&heard[..3_000]) * 3 / 2 + 200, "a click of {}", steepest(&heard));
    }

    #[test]
    fn a_long_loss_fades_and_ends_in_silence() {
        let heard = with_losses(150.0, 20, &[10, 11, 12, 13, 14]);
        let level = |frame: usize| rms_dbfs(&heard[frame * 160..(frame + 1) * 160]);
        assert!(level(10) > level(11) && level(11) > level(12));
        assert!(heard[13 * 160..15 * 160].iter().all(|&sample| sample == 0));
        assert!(steepest(&heard) < 2_000, "{}", steepest(&heard));
        assert!((level(16) + 12.0).abs() < 0.5);
    }

    #[test]
    fn loss_before_any_sound_is_silence() {
        let mut concealer = Concealer::new();
        let mut out = [7; 320];
        concealer.conceal(&mut out);
        assert_eq!(out, [0; 320]);
    }

    #[test]
    fn frames_of_any_length_do_no_harm() {
        let mut concealer = Concealer::new();
        for length in [0, 1, 79, 80, 481, 5_000] {
            let mut frame = vec![i16::MAX; length];
            concealer.hear(&mut frame);
            concealer.conceal(&mut frame);
            concealer.conceal(&mut frame[..length / 2]);
            concealer.hear(&mut frame);
        }
        concealer.conceal(&mut vec![0; 100_000]);
        assert!(concealer.is_faded());
    }
}

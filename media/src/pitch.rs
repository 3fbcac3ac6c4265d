//! Finds the period of a voice: how far back a stretch of sound resembles itself.

/// The best match found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Period {
    /// Samples from one repetition to the next.
    pub(crate) lag: usize,
    /// How alike they are, −1 to 1.
    pub(crate) likeness: f32,
}

/// Finds the lag between `least` and `most` at which `sound[at..at + window]` is most like what stands `lag`
/// before it. Coarse first, on every `stride`-th sample and lag, then exact around the best.
///
/// Returns `None` if `sound` does not reach far enough.
pub(crate) fn find(
    sound: &[i16],
    at: usize,
    window: usize,
    least: usize,
    most: usize,
    stride: usize,
) -> Option<Period> {
    if at < most || least > most || sound.len() < at + window || window == 0 {
        return None;
    }
    let stride = stride.max(1);
    let coarse = best(sound, at, window, (least..=most).step_by(stride), stride)?;
    let around = coarse.lag.saturating_sub(stride).max(least)..=(coarse.lag + stride).min(most);
    best(sound, at, window, around, 1)
}

fn best(sound: &[i16], at: usize, window: usize, lags: impl Iterator<Item = usize>, stride: usize) -> Option<Period> {
    lags.map(|lag| Period { lag, likeness: likeness(sound, at, window, lag, stride) })
        .reduce(|best, next| if next.likeness > best.likeness { next } else { best })
}

/// Normalised correlation; silence resembles nothing.
fn likeness(sound: &[i16], at: usize, window: usize, lag: usize, stride: usize) -> f32 {
    let (mut cross, mut now_energy, mut then_energy) = (0.0_f32, 0.0_f32, 0.0_f32);
    let now = sound[at..at + window].iter().step_by(stride);
    let then = sound[at - lag..at - lag + window].iter().step_by(stride);
    for (&now, &then) in now.zip(then) {
        let (now, then) = (f32::from(now), f32::from(then));
        cross += now * then;
        now_energy += now * now;
        then_energy += then * then;
    }
    let energy = (now_energy * then_energy).sqrt();
    if energy < 1.0 { 0.0 } else { cross / energy }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::tone::Tone;

    #[test]
    fn a_tone_repeats_after_its_period() {
        let mut sound = [0; 400];
        Tone::sine(100.0, -12.0, 8_000).fill(&mut sound);
        let period = find(&sound, 240, 160, 40, 120, 2).unwrap();
        assert_eq!(period.lag, 80);
        assert!(period.likeness > 0.99);
    }

    #[test]
    fn too_little_sound_has_no_period() {
        assert_eq!(find(&[0; 100], 50, 60, 10, 40, 2), None);
        assert_eq!(find(&[0; 100], 30, 60, 10, 40, 2), None);
        assert_eq!(find(&[], 0, 0, 0, 0, 0), None);
    }
}

//! Shortens or lengthens speech by one period of the voice, so that a jitter buffer's delay can change unheard.

use crate::pitch;

/// Sound this alike after one period can lose or repeat it.
const ALIKE: f32 = 0.85;
/// Below this RMS (−54 dBFS) nothing can be heard anyway.
const QUIET_RMS: f32 = 65.0;

/// Makes `sound` shorter by one period where it repeats itself, or by `most` where it is quiet or `force` asks.
///
/// Returns how many samples remain at its start; all of them, if no place was found. `most` is the largest cut, at
/// most half of `sound`.
pub(crate) fn shorten(sound: &mut [i16], least: usize, most: usize, stride: usize, force: bool) -> usize {
    let Some(lag) = cut(sound, least, most, stride, force) else { return sound.len() };
    // x[0..lag] fades into x[lag..2·lag], and the rest follows.
    for n in 0..lag {
        sound[n] = blend(sound[n], sound[n + lag], n, lag);
    }
    sound.copy_within(lag * 2.., lag);
    sound.len() - lag
}

/// Makes the first `length` samples of `buffer` longer by one period, in the room behind them.
///
/// Returns the new length; `length`, if no place was found or there is no room.
pub(crate) fn lengthen(
    buffer: &mut [i16],
    length: usize,
    least: usize,
    most: usize,
    stride: usize,
    force: bool,
) -> usize {
    let Some(sound) = buffer.get(..length) else { return length };
    let Some(lag) = cut(sound, least, most, stride, force) else { return length };
    if buffer.len() < length + lag {
        return length;
    }
    // x[0..lag], then x[lag..2·lag] fading into x[0..lag], then x[lag..].
    buffer.copy_within(lag..length, lag * 2);
    for n in 0..lag {
        buffer[lag + n] = blend(buffer[lag * 2 + n], buffer[n], n, lag);
    }
    length + lag
}

/// The length of a piece at the start of `sound` that may be taken out or repeated.
fn cut(sound: &[i16], least: usize, most: usize, stride: usize, force: bool) -> Option<usize> {
    let most = most.min(sound.len() / 2);
    if most < least || most == 0 {
        return None;
    }
    let energy: f32 = sound.iter().map(|&sample| f32::from(sample) * f32::from(sample)).sum();
    if (energy / sound.len() as f32).sqrt() < QUIET_RMS {
        return Some(most);
    }
    let window = sound.len() - most;
    let found = pitch::find(sound, most, window.min(most * 2), least, most, stride)?;
    (force || found.likeness >= ALIKE).then_some(found.lag)
}

fn blend(from: i16, to: i16, n: usize, length: usize) -> i16 {
    let share = (n + 1) as f32 / (length + 1) as f32;
    (f32::from(from) * (1.0 - share) + f32::from(to) * share).round() as i16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tone::Tone;

    fn tone(hz: f32) -> [i16; 640] {
        let mut sound = [0; 640];
        Tone::sine(hz, -12.0, 16_000).fill(&mut sound[..320]);
        sound
    }

    fn steepest(samples: &[i16]) -> i32 {
        samples.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max().unwrap_or(0)
    }

    #[test]
    fn one_period_goes_without_a_click() {
        for hz in [110.0, 200.0, 350.0] {
            let mut sound = tone(hz);
            let before = steepest(&sound[..320]);
            let left = shorten(&mut sound[..320], 40, 160, 4, false);
            assert!((160..=280).contains(&left), "{hz} Hz: {left} left");
            assert!(steepest(&sound[..left]) <= before * 5 / 4, "{hz} Hz");
        }
    }

    #[test]
    fn one_period_comes_without_a_click() {
        for hz in [110.0, 200.0, 350.0] {
            let mut sound = tone(hz);
            let before = steepest(&sound[..320]);
            let longer = lengthen(&mut sound, 320, 40, 160, 4, false);
            assert!((360..=480).contains(&longer), "{hz} Hz: {longer}");
            assert!(steepest(&sound[..longer]) <= before * 5 / 4, "{hz} Hz");
        }
    }

    #[test]
    fn noise_stays_as_it_is_unless_forced() {
        let mut state = 1_u32;
        let mut noise = [0_i16; 640];
        for sample in &mut noise {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *sample = (state >> 18) as i16;
        }
        let (mut first, mut second, mut third) = (noise, noise, noise);
        assert_eq!(shorten(&mut first[..320], 40, 160, 4, false), 320);
        assert!(shorten(&mut second[..320], 40, 160, 4, true) < 320);
        assert_eq!(lengthen(&mut third, 320, 40, 160, 4, false), 320);
        assert!(lengthen(&mut noise, 320, 40, 160, 4, true) > 320);
    }

    #[test]
    fn silence_gives_the_most() {
        assert_eq!(shorten(&mut [0; 320], 40, 160, 4, false), 160);
        assert_eq!(lengthen(&mut [0; 480], 320, 40, 160, 4, false), 480);
    }

    #[test]
    fn too_little_room_or_sound_changes_nothing() {
        assert_eq!(lengthen(&mut [0; 400], 320, 40, 160, 4, false), 320);
        assert_eq!(lengthen(&mut [0; 4], 320, 40, 160, 4, false), 320);
        assert_eq!(shorten(&mut [0; 30], 40, 160, 4, true), 30);
        assert_eq!(shorten(&mut [], 0, 0, 0, true), 0);
    }
}

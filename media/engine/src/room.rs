//! What a rehearsal's take says of the room: how loud it is, and what comes back from the loudspeaker to the microphone.
//!
//! The sound that is looked for is a soft rushing, because noise has one clear peak when it is compared with itself.

use cordboard_media::level::{peak_dbfs, rms_dbfs};

use crate::cleaning::{Cleaner, Cleaning};
use crate::rehearsal::{Rehearsal, Take};

const HZ: usize = Rehearsal::RATE_HZ as usize;
/// 20 ms.
const PACKET: usize = HZ / 50;
/// The canceller needs a second or two to learn the room; the last second is judged.
const PROBE: usize = 3 * HZ;
/// After it, what is still on the way is waited for.
const TAIL: usize = HZ * 6 / 10;
const PROBE_RMS: f32 = 1_500.0;
/// Compared at a quarter of the rate, which costs a sixteenth and still tells a quarter of a millisecond.
const COARSE: usize = 4;
/// What is not the probe is as like it as this at most; 12,000 samples of noise differ from it by far less.
const LIKE: f64 = 0.08;
/// A sample this close to full scale was cut off.
const FULL: u16 = 32_500;

/// How loud something is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loudness {
    /// Mean level, −127 to 0 dBFS.
    pub rms_dbfs: f32,
    /// The level of the quietest tenth of it: the noise between words.
    pub floor_dbfs: f32,
    /// The largest sample.
    pub peak_dbfs: f32,
    /// Samples cut off at full scale, percent.
    pub clipped_percent: f32,
    /// Whether every sample is the same: no microphone that hears a room does that.
    pub lifeless: bool,
}

/// What came back from the loudspeaker.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EchoFound {
    /// How long it took.
    pub delay_ms: f32,
    /// How loud it was at the microphone, dBFS, with whatever else was heard.
    pub heard_dbfs: f32,
    /// How loud that was after cleaning.
    pub left_dbfs: f32,
}

/// Returns the sound to be played, and the silence to listen through after it.
pub fn probe_sound() -> Vec<i16> {
    let mut state = 0x2545_f491_u32;
    let mut noise = move || {
        // Numerical Recipes' generator; the upper bits are noise enough for an ear.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 8_388_608.0 - 1.0
    };
    // Two samples' mean takes the edge off.
    let mut last = 0.0;
    let scale = PROBE_RMS / (1.0_f32 / 6.0).sqrt();
    let sound = (0..PROBE).map(|n| {
        let fresh = noise();
        let soft = (fresh + std::mem::replace(&mut last, fresh)) / 2.0;
        // It swells and sinks like breath, four times a second, so that the canceller sees both.
        let swell = 0.75 - 0.25 * (n as f32 * 8.0 * std::f32::consts::PI / HZ as f32).cos();
        (soft * swell * scale).clamp(-30_000.0, 30_000.0) as i16
    });
    sound.chain(std::iter::repeat_n(0, TAIL)).collect()
}

/// Measures how loud `samples` are, at [`Rehearsal::RATE_HZ`].
pub fn loudness(samples: &[i16]) -> Loudness {
    let clipped = samples.iter().filter(|sample| sample.unsigned_abs() >= FULL).count();
    let mut blocks: Vec<f32> = samples.chunks_exact(PACKET).map(rms_dbfs).collect();
    blocks.sort_by(f32::total_cmp);
    Loudness {
        rms_dbfs: rms_dbfs(samples),
        floor_dbfs: blocks.get(blocks.len() / 10).copied().unwrap_or_else(|| rms_dbfs(samples)),
        peak_dbfs: peak_dbfs(samples),
        clipped_percent: 100.0 * clipped as f32 / samples.len().max(1) as f32,
        lifeless: samples.windows(2).all(|pair| pair[0] == pair[1]),
    }
}

/// Looks for what was played in what was heard, and cleans it as a call would. None: it is not to be heard.
pub fn echo_in(take: &Take, cleaning: Cleaning) -> Option<EchoFound> {
    let (played, heard) = (coarse(&take.played), coarse(&take.heard));
    let sounding = PROBE / COARSE;
    let probe = played.get(..sounding)?;
    let energy = |samples: &[f32]| samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>();
    let probe_energy = energy(probe);
    let mut best = (0, 0.0);
    for lag in 0..heard.len().checked_sub(sounding)? {
        let part = heard.get(lag..lag + sounding)?;
        let dot: f64 = probe.iter().zip(part).map(|(one, other)| f64::from(one * other)).sum();
        let likeness = dot.abs() / (probe_energy * energy(part)).sqrt().max(1.0);
        if likeness > best.1 {
            best = (lag, likeness);
        }
    }
    let (lag, likeness) = best;
    if likeness < LIKE {
        return None;
    }
    let delay_ms = (lag * COARSE) as f32 * 1_000.0 / HZ as f32;
    let cleaned = cleaned(take, cleaning);
    let from = PROBE - HZ + lag * COARSE;
    let judged = |samples: &[i16]| samples.get(from..from + HZ).map_or(f32::MIN, rms_dbfs);
    Some(EchoFound { delay_ms, heard_dbfs: judged(&take.heard), left_dbfs: judged(&cleaned) })
}

/// Only what takes echo out: noise and gain would change what is compared.
fn cleaned(take: &Take, cleaning: Cleaning) -> Vec<i16> {
    let mut cleaner = Cleaner::new(Cleaning { echo: cleaning.echo, ..Cleaning::NONE });
    let mut cleaned = take.heard.clone();
    for (played, heard) in take.played.chunks_exact(PACKET).zip(cleaned.chunks_exact_mut(PACKET)) {
        cleaner.hear(played);
        cleaner.clean(heard);
    }
    cleaned
}

fn coarse(samples: &[i16]) -> Vec<f32> {
    let mean = |few: &[i16]| few.iter().map(|sample| f32::from(*sample)).sum::<f32>() / COARSE as f32;
    samples.chunks_exact(COARSE).map(mean).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn take_with(delay: usize, gain: f32) -> Take {
        let played = probe_sound();
        let mut hum = cordboard_media::tone::Tone::sine(130.0, -55.0, Rehearsal::RATE_HZ);
        let mut heard = vec![0; played.len()];
        hum.fill(&mut heard);
        for (n, sample) in heard.iter_mut().enumerate().skip(delay) {
            *sample += (f32::from(played[n - delay]) * gain) as i16;
        }
        Take { played, heard, ..Take::default() }
    }

    #[test]
    fn an_echo_is_found_where_it_is_and_taken_out() {
        for delay_ms in [5.0_f32, 62.0, 180.0] {
            let echo = echo_in(&take_with((delay_ms * 16.0) as usize, 0.3), Cleaning::default()).unwrap();
            assert!((echo.delay_ms - delay_ms).abs() < 1.0, "{echo:?}");
            assert!((echo.heard_dbfs + 39.5).abs() < 2.0, "{echo:?}");
            assert!(echo.left_dbfs < echo.heard_dbfs - 10.0, "{echo:?}");
        }
    }

    #[test]
    fn without_the_canceller_it_is_left() {
        let echo = echo_in(&take_with(800, 0.3), Cleaning::NONE).unwrap();
        assert!((echo.left_dbfs - echo.heard_dbfs).abs() < 0.1, "{echo:?}");
    }

    #[test]
    fn what_is_not_heard_is_not_found() {
        assert_eq!(echo_in(&take_with(800, 0.0), Cleaning::default()), None);
    }

    #[test]
    fn loudness_knows_silence_noise_and_what_is_cut_off() {
        assert!(loudness(&[0; 16_000]).lifeless);
        let mut tone = vec![0; 16_000];
        cordboard_media::tone::Tone::sine(300.0, -20.0, 16_000).fill(&mut tone);
        let found = loudness(&tone);
        assert!(!found.lifeless && (found.rms_dbfs + 20.0).abs() < 0.5 && found.clipped_percent == 0.0, "{found:?}");
        let cut: Vec<i16> = tone.iter().map(|sample| (i32::from(*sample) * 20).clamp(-32_768, 32_767) as i16).collect();
        assert!(loudness(&cut).clipped_percent > 50.0);
        tone[8_000..].fill(3);
        assert!(loudness(&tone).floor_dbfs < -70.0, "{:?}", loudness(&tone));
    }
}

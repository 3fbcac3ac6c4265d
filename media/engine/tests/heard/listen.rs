//! Judging what was heard: which words, how late, how much of them, and how clean.

use cordboard_media::level::rms_dbfs;

/// A voice of its own: a pitch that wanders and syllables that come and go, different for every `seed`, so that no
/// two mouths can be taken for each other.
pub fn speech(seed: u32, seconds: f32, rate_hz: u32) -> Vec<i16> {
    let mut random = seed.wrapping_mul(2_654_435_761) | 1;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        f64::from(random % 10_000) / 10_000.0
    };
    let total = (seconds * rate_hz as f32) as usize;
    let mut samples = Vec::with_capacity(total);
    while samples.len() < total {
        let syllable = (rate_hz as f64 * (0.08 + 0.15 * next())) as usize;
        let pause = (rate_hz as f64 * (0.02 + 0.08 * next())) as usize;
        let (pitch, glide) = (110.0 + 140.0 * next(), 0.85 + 0.3 * next());
        let (first, second) = (350.0 + 500.0 * next(), 900.0 + 1_300.0 * next());
        let mut phase = 0.0_f64;
        for n in 0..syllable {
            let through = n as f64 / syllable as f64;
            let hz = pitch * (1.0 + (glide - 1.0) * through);
            phase += hz / f64::from(rate_hz);
            let swell = (std::f64::consts::PI * through).sin();
            let voice: f64 = (1..=16)
                .map(|harmonic| {
                    let at = hz * f64::from(harmonic);
                    let weight =
                        1.0 / (1.0 + ((at - first) / 120.0).powi(2)) + 0.6 / (1.0 + ((at - second) / 180.0).powi(2));
                    weight * (std::f64::consts::TAU * phase * f64::from(harmonic)).sin()
                })
                .sum();
            samples.push((5_000.0 * swell * voice).clamp(-30_000.0, 30_000.0) as i16);
        }
        samples.extend(std::iter::repeat_n(0, pause));
    }
    samples.truncate(total);
    samples
}

/// How well `heard` matches a piece of `said`, by correlation of what they have in common.
#[derive(Debug, Clone, Copy)]
pub struct Match {
    /// 1 is the same words, 0 others.
    pub likeness: f64,
    /// Where in `heard` the piece begins.
    pub at: usize,
}

/// Finds `said` in `heard`.
pub fn find(said: &[i16], heard: &[i16]) -> Match {
    // Coarse search on every eighth offset, then the neighbourhood of the best.
    let reach = heard.len().saturating_sub(said.len());
    let coarse = (0..=reach).step_by(4).map(|at| (likeness(said, &heard[at..], 3), at));
    let best = coarse.fold((f64::MIN, 0), |best, next| if next.0 > best.0 { next } else { best });
    let fine = (best.1.saturating_sub(8)..=(best.1 + 8).min(reach)).map(|at| (likeness(said, &heard[at..], 1), at));
    let (likeness, at) = fine.fold((f64::MIN, 0), |best, next| if next.0 > best.0 { next } else { best });
    Match { likeness, at }
}

/// How much of `said` is in `heard`: the part of its stretches of 150 ms that are found near where they should be.
/// A gap, a wrong word or another voice shows; a buffer that now and then makes a pause shorter does not.
pub fn part_heard(said: &[i16], heard: &[i16], rate_hz: u32) -> f64 {
    let (length, slack) = (rate_hz as usize * 3 / 20, rate_hz as usize / 5);
    let whole = find(said, heard);
    let (mut found, mut all) = (0, 0);
    for start in (0..said.len().saturating_sub(length)).step_by(length) {
        let stretch = &said[start..start + length];
        if rms_dbfs(stretch) < -40.0 {
            continue;
        }
        all += 1;
        let from = (whole.at + start).saturating_sub(slack).min(heard.len());
        let to = (whole.at + start + length + slack).min(heard.len());
        if to - from >= length && find(stretch, &heard[from..to]).likeness > 0.8 {
            found += 1;
        }
    }
    f64::from(found) / f64::from(all.max(1))
}

fn likeness(said: &[i16], heard: &[i16], stride: usize) -> f64 {
    let (mut both, mut own, mut other) = (0.0, 1e-9, 1e-9);
    for (said, heard) in said.iter().zip(heard).step_by(stride) {
        let (said, heard) = (f64::from(*said), f64::from(*heard));
        both += said * heard;
        own += said * said;
        other += heard * heard;
    }
    both / (own * other).sqrt()
}

/// The longest time `heard` is below −50 dBFS, milliseconds.
pub fn longest_silence_ms(heard: &[i16], rate_hz: u32) -> usize {
    let block = rate_hz as usize / 200;
    let (mut longest, mut present) = (0, 0);
    for piece in heard.chunks(block) {
        present = if rms_dbfs(piece) < -50.0 { present + 5 } else { 0 };
        longest = longest.max(present);
    }
    longest
}

/// The strongest break in a tone of `hz`: how far any sample is from what the two before it foretell, as a part of
/// the amplitude. A clean tone has none, a click is 0.3 and more.
pub fn worst_break(heard: &[i16], hz: f64, rate_hz: u32) -> f64 {
    let peak = heard.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0).max(1);
    let ahead = 2.0 * (std::f64::consts::TAU * hz / f64::from(rate_hz)).cos();
    let off = |three: &[i16]| {
        (f64::from(three[2]) - ahead * f64::from(three[1]) + f64::from(three[0])).abs() / f64::from(peak)
    };
    heard.windows(3).map(off).fold(0.0, f64::max)
}

mod tests {
    use super::*;

    #[test]
    fn the_same_words_are_found_and_others_are_not() {
        let (alice, bob) = (speech(1, 2.0, 16_000), speech(2, 2.0, 16_000));
        let mut heard = vec![0; 5_000];
        heard.extend(alice.iter().map(|sample| sample / 2));
        heard.extend([0; 3_000]);
        let found = find(&alice, &heard);
        assert!(found.likeness > 0.99 && found.at == 5_000, "{found:?}");
        assert!(part_heard(&alice, &heard, 16_000) > 0.99);
        assert!(find(&bob, &heard).likeness < 0.4, "{:?}", find(&bob, &heard));
        assert!(part_heard(&bob, &heard, 16_000) < 0.4, "{}", part_heard(&bob, &heard, 16_000));
        heard[15_000..25_000].fill(0);
        let part = part_heard(&alice, &heard, 16_000);
        assert!((0.5..0.8).contains(&part), "a gap shows: {part}");
    }
}

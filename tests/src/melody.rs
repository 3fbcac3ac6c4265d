//! Words of 60 ms, each a tone of its own: what three packets carry. Speech hides a lost syllable from most judges; here
//! each word that was lost is missing.

use cordboard_ear::{RATE_HZ, Sound};

/// How long a word is.
const WORD_MS: usize = 60;
/// Tones far enough apart for 20 ms to tell them.
const TONES_HZ: [f32; 8] = [500.0, 700.0, 900.0, 1_100.0, 1_300.0, 1_500.0, 1_700.0, 1_900.0];
/// What is looked at, and how often.
const WINDOW_MS: usize = 20;
const STEP_MS: usize = 10;

/// A row of words to be said over and over; no two beside each other are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Melody {
    words: Vec<u8>,
}

impl Melody {
    /// Makes a row of so many words, the same for the same seed.
    pub fn new(seed: u64, count: usize) -> Melody {
        let mut lottery = seed | 1;
        let mut words: Vec<u8> = Vec::with_capacity(count);
        while words.len() < count {
            lottery ^= lottery << 13;
            lottery ^= lottery >> 7;
            lottery ^= lottery << 17;
            let word = (lottery % TONES_HZ.len() as u64) as u8;
            let beside = [words.last(), words.first().filter(|_| words.len() + 1 == count)];
            if !beside.contains(&Some(&word)) {
                words.push(word);
            }
        }
        Melody { words }
    }

    /// The whole row once.
    pub fn sound(&self) -> Sound {
        let length = WORD_MS * RATE_HZ as usize / 1_000;
        let samples = self.words.iter().flat_map(|word| {
            let step = std::f32::consts::TAU * TONES_HZ[usize::from(*word)] / RATE_HZ as f32;
            (0..length).map(move |n| {
                // 5 ms in and out, so that no word begins with a click.
                let edge = (n.min(length - 1 - n) as f32 / (length as f32 / 12.0)).min(1.0);
                ((n as f32 * step).sin() * 10_000.0 * edge) as i16
            })
        });
        Sound::new(samples.collect())
    }

    /// How much of the row, said over and over, is in a piece of what was heard: 0 to 1. The piece may begin anywhere in
    /// the row, and be stretched a little here and there.
    pub fn share_in(&self, heard: &Sound) -> f64 {
        let heard = heard.at(RATE_HZ);
        let said = heard.milliseconds() as usize / WORD_MS;
        let words = words_in(&heard.samples);
        let rounds = |start: usize| self.words.iter().cycle().skip(start).take(said).copied().collect::<Vec<u8>>();
        let best = (0..self.words.len()).map(|start| in_common(&rounds(start), &words)).max().unwrap_or(0);
        if said == 0 { 0.0 } else { best as f64 / said as f64 }
    }
}

/// The words in a piece of sound, in order.
fn words_in(samples: &[i16]) -> Vec<u8> {
    let (window, step) = (WINDOW_MS * RATE_HZ as usize / 1_000, STEP_MS * RATE_HZ as usize / 1_000);
    let tones: Vec<Option<u8>> = samples.windows(window).step_by(step).map(tone_of).collect();
    let mut words = Vec::new();
    for run in tones.chunk_by(|one, other| one == other) {
        let (Some(Some(tone)), length_ms) = (run.first(), run.len() * STEP_MS) else { continue };
        // Two windows of one tone may be the seam between others; a run of two words is two of them.
        if length_ms >= 2 * STEP_MS {
            words
                .extend(std::iter::repeat_n(*tone, ((length_ms + WINDOW_MS) as f32 / WORD_MS as f32).round() as usize));
        }
    }
    words
}

fn tone_of(window: &[i16]) -> Option<u8> {
    let energy: f32 = window.iter().map(|sample| f32::from(*sample).powi(2)).sum();
    let of = |hz: f32| {
        let step = std::f32::consts::TAU * hz / RATE_HZ as f32;
        let (sin, cos) = window.iter().enumerate().fold((0.0, 0.0), |(sin, cos), (n, sample)| {
            let (s, c) = (n as f32 * step).sin_cos();
            (sin + s * f32::from(*sample), cos + c * f32::from(*sample))
        });
        (sin * sin + cos * cos) * 2.0 / window.len() as f32
    };
    let powers = TONES_HZ.map(of);
    let (tone, power) = powers.iter().enumerate().max_by(|one, other| one.1.total_cmp(other.1))?;
    let audible = energy > window.len() as f32 * 500.0_f32.powi(2);
    (audible && *power > energy * 0.6).then_some(tone as u8)
}

/// The length of the longest row of words that both have in this order.
fn in_common(said: &[u8], heard: &[u8]) -> usize {
    let mut row = vec![0; heard.len() + 1];
    for word in said {
        let mut corner = 0;
        for (at, other) in heard.iter().enumerate() {
            let above = row[at + 1];
            row[at + 1] = if word == other { corner + 1 } else { above.max(row[at]) };
            corner = above;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn said_twice(melody: &Melody) -> Vec<i16> {
        let mut samples = melody.sound().samples;
        samples.extend(samples.clone());
        samples
    }

    #[test]
    fn what_was_said_is_heard_whole_from_anywhere() {
        let melody = Melody::new(7, 100);
        let samples = said_twice(&melody);
        let piece = Sound::new(samples[12_345..12_345 + 6 * RATE_HZ as usize].to_vec());
        assert!(melody.share_in(&piece) >= 0.98, "{}", melody.share_in(&piece));
        assert!(Melody::new(8, 100).share_in(&piece) < 0.6, "another row is not this one");
        assert!(melody.share_in(&Sound::silence(6_000)) < 0.01);
    }

    #[test]
    fn each_lost_word_is_missed() {
        let melody = Melody::new(7, 100);
        let mut samples = said_twice(&melody);
        let word = WORD_MS * RATE_HZ as usize / 1_000;
        for lost in (0..200).step_by(10) {
            // What a concealment does at its best: the word before goes on.
            let before: Vec<i16> = samples[(lost.max(1) - 1) * word..lost.max(1) * word].to_vec();
            samples[lost * word..(lost + 1) * word].copy_from_slice(&before);
        }
        let share = melody.share_in(&Sound::new(samples));
        assert!((0.85..0.93).contains(&share), "{share}");
    }
}

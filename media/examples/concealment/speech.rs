//! Recorded speech, cut into items of a telephone conversation's pace.

use cordboard_media::g722;
use cordboard_media::wav;
use std::path::Path;

/// Speech that is scored in one item.
const SCORED_SECONDS: usize = 8;
/// Speech before it, in which a receiver learns what the network is like.
const WARM_UP_SECONDS: usize = 6;
/// Silence between prompts.
const PAUSE_MS: usize = 300;
/// Prompts shorter than this are single words.
const SHORTEST_MS: usize = 1_500;

/// One item.
pub struct Item {
    pub samples: Vec<i16>,
    /// Samples before what is scored.
    pub warm_up: usize,
}

impl Item {
    pub fn scored(&self) -> &[i16] {
        &self.samples[self.warm_up..]
    }
}

/// The first `count` items made of the folder's prompts, the same each time.
pub fn items(folder: &Path, rate_hz: u32, count: usize) -> Vec<Item> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".g722").map(str::to_owned))
        .collect();
    names.sort();
    let rate = rate_hz as usize;
    let mut prompts = names.iter().filter_map(|name| prompt(folder, name, rate_hz));
    let mut speech = |seconds: usize| {
        let mut samples = Vec::new();
        while samples.len() < rate * seconds {
            samples.extend(prompts.next()?);
            samples.extend(vec![0; rate * PAUSE_MS / 1000]);
        }
        // Whole frames, so that both rates are cut at the same places.
        samples.truncate(samples.len() / (rate / 50) * (rate / 50));
        Some(samples)
    };
    let mut all = Vec::new();
    while all.len() < count {
        let (Some(mut samples), Some(scored)) = (speech(WARM_UP_SECONDS), speech(SCORED_SECONDS)) else { break };
        let warm_up = samples.len();
        samples.extend(scored);
        all.push(Item { samples, warm_up });
    }
    all
}

fn prompt(folder: &Path, name: &str, rate_hz: u32) -> Option<Vec<i16>> {
    let codes = std::fs::read(folder.join(format!("{name}.g722"))).ok()?;
    // Both rates leave out the same prompts.
    if codes.len() < SHORTEST_MS * 8 {
        return None;
    }
    if rate_hz == 16_000 {
        let mut samples = vec![0; codes.len() * 2];
        g722::Decoder::new().decode(&codes, &mut samples);
        return Some(samples);
    }
    let file = std::fs::File::open(folder.join(format!("{name}.wav"))).ok()?;
    let sound = wav::read(std::io::BufReader::new(file)).ok()?;
    (sound.rate_hz == rate_hz).then(|| sound.to_mono())
}

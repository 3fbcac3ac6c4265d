//! Recorded speech of three people, from Debian's Asterisk prompts in wideband.

use std::path::{Path, PathBuf};

use cordboard_media::g722;

use crate::HZ;

const SOUNDS: &str = "/usr/share/asterisk/sounds";
/// Shorter prompts are single words, longer ones are read without a pause.
const LENGTHS: std::ops::Range<usize> = 3 * HZ / 4..HZ * 4;
const PAUSE: usize = HZ * 3 / 10;

/// Who talks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    Allison,
    Carlo,
    June,
}

impl Person {
    fn folder(self) -> PathBuf {
        Path::new(SOUNDS).join(match self {
            Person::Allison => "en_US_f_Allison",
            Person::Carlo => "it_IT_m_Carlo",
            Person::June => "fr_CA_f_June",
        })
    }

    /// Whether the recordings of this person are on this machine.
    pub fn is_here(self) -> bool {
        self.folder().join("vm-options.g722").exists()
    }

    /// Talks for so long, starting at another prompt for each `place`, at this level while words are spoken.
    pub fn talks(self, place: usize, seconds: usize, dbfs: f64) -> Vec<i16> {
        let mut prompts: Vec<PathBuf> = std::fs::read_dir(self.folder())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            // Of sounds that are no speech these are all that are long enough.
            .filter(|path| path.extension().is_some_and(|end| end == "g722"))
            .filter(|path| !["tone", "monkeys"].iter().any(|word| path.to_string_lossy().contains(word)))
            .filter(|path| LENGTHS.contains(&(path.metadata().unwrap().len() as usize)))
            .collect();
        prompts.sort();
        let first = place * prompts.len() / 5;
        prompts.rotate_left(first);
        let mut speech = Vec::new();
        for prompt in prompts {
            if speech.len() >= seconds * HZ {
                break;
            }
            let codes = std::fs::read(prompt).unwrap();
            let mut samples = vec![0; codes.len() * 2];
            g722::Decoder::new().decode(&codes, &mut samples);
            speech.extend(samples);
            speech.extend([0; PAUSE]);
        }
        speech.truncate(seconds * HZ);
        at_level(&speech, dbfs)
    }
}

/// The same as loud as this while words are spoken.
pub fn at_level(samples: &[i16], dbfs: f64) -> Vec<i16> {
    let gain = 10.0_f64.powf((dbfs - spoken_dbfs(samples)) / 20.0);
    samples.iter().map(|sample| (f64::from(*sample) * gain).clamp(-32_768.0, 32_767.0) as i16).collect()
}

/// How loud the blocks of 20 ms are that are not much quieter than the loudest.
fn spoken_dbfs(samples: &[i16]) -> f64 {
    let block = HZ / 50;
    let power = |block: &[i16]| block.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / block.len() as f64;
    let powers: Vec<f64> = samples.chunks_exact(block).map(power).collect();
    let loudest = powers.iter().copied().fold(0.0, f64::max);
    let spoken: Vec<f64> = powers.into_iter().filter(|power| *power > loudest / 1_000.0).collect();
    10.0 * (spoken.iter().sum::<f64>() / spoken.len() as f64 / 32_768.0_f64.powi(2)).log10()
}

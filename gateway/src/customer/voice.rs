//! What customers say: the recorded speech that is shipped, or a file.

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result};
use cordboard_media::{resample::Resampler, wav};

/// Speech at 8 kHz.
#[derive(Debug, Clone)]
pub struct Voice {
    /// Samples.
    pub samples: Arc<[i16]>,
}

impl Voice {
    /// Reads a WAV file of any rate and brings it to 8 kHz.
    ///
    /// # Errors
    /// The file's, with its name.
    pub fn read(path: &Path) -> Result<Self> {
        let about = || format!("speech {}", path.display());
        let file = File::open(path).with_context(about)?;
        let wav = wav::read(std::io::BufReader::new(file)).with_context(about)?;
        let mono = wav.to_mono();
        let samples = if wav.rate_hz == 8_000 { mono } else { resample(&mono, wav.rate_hz).with_context(about)? };
        Ok(Self { samples: samples.into() })
    }

    /// All speech of a folder, in the order of names.
    ///
    /// # Errors
    /// None readable.
    pub fn read_folder(folder: &Path) -> Result<Vec<Self>> {
        let entries =
            std::fs::read_dir(folder).with_context(|| format!("customers' speech in {}", folder.display()))?;
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "wav"));
        paths.sort();
        let voices = paths.iter().map(|path| Self::read(path)).collect::<Result<Vec<_>>>()?;
        anyhow::ensure!(!voices.is_empty(), "{} holds no WAV file", folder.display());
        Ok(voices)
    }
}

fn resample(samples: &[i16], from_hz: u32) -> Result<Vec<i16>> {
    let mut resampler = Resampler::new(from_hz, 8_000)?;
    let mut out = vec![0; resampler.max_output(samples.len())];
    let written = resampler.process(samples, &mut out);
    out.truncate(written);
    Ok(out)
}

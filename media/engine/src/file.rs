//! Files and tones in place of a microphone, a file in place of a loudspeaker.

mod recording;
mod speech;
mod tone;

use std::path::Path;

use crate::sound::{Silence, SoundError, SoundSource};

pub use recording::HeardFile;
pub use speech::SpeechFile;
pub use tone::Tone;

/// Rate of files that are said and heard: wideband, as much as any leg of a call carries.
pub(crate) const FILE_HZ: u32 = 16_000;

/// Makes a source of what a person typed: `silence`, `tone:HZ`, `FILE.wav` (once a call, from its beginning) or
/// `loop:FILE.wav` (over and over).
///
/// # Errors
/// When the words name no sound, or the file cannot be read.
pub fn source_named(words: &str) -> Result<Box<dyn SoundSource>, SoundError> {
    if words == "silence" {
        return Ok(Box::new(Silence));
    }
    if let Some(hz) = words.strip_prefix("tone:") {
        let tone = hz.parse().ok().and_then(Tone::new);
        return Ok(Box::new(tone.ok_or_else(|| SoundError::NotASound(words.to_owned()))?));
    }
    if let Some(path) = words.strip_prefix("loop:") {
        return Ok(Box::new(SpeechFile::read(Path::new(path), true)?));
    }
    if words.is_empty() {
        return Err(SoundError::NotASound(words.to_owned()));
    }
    Ok(Box::new(SpeechFile::read(Path::new(words), false)?))
}

fn file_error(path: &Path, reason: impl std::fmt::Display) -> SoundError {
    SoundError::File { path: path.display().to_string(), reason: reason.to_string() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn words_name_sounds() {
        assert_eq!(source_named("silence").unwrap().rate_hz(), 8_000);
        assert_eq!(source_named("tone:440").unwrap().rate_hz(), FILE_HZ);
        for words in ["", "tone:", "tone:x", "tone:19", "tone:8001", "tone:-1", "tone:NaN", "loop:", "/nowhere.wav"] {
            assert!(source_named(words).is_err(), "{words}");
        }
    }
}

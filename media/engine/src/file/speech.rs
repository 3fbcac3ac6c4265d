//! A WAV file as a mouth.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use cordboard_media::resample::{Resampler, UnsupportedRatio};
use cordboard_media::wav;

use super::{FILE_HZ, file_error};
use crate::sound::{SoundError, SoundSource};

/// A recording said from its beginning in every call, once or over and over.
#[derive(Debug, Clone)]
pub struct SpeechFile {
    samples: Arc<[i16]>,
    position: usize,
    over_and_over: bool,
}

impl SpeechFile {
    /// Reads a WAV file of any rate, mono or stereo (mixed to one).
    ///
    /// # Errors
    /// When the file cannot be read, is no WAV that [`wav::read`] knows, or is empty.
    pub fn read(path: &Path, over_and_over: bool) -> Result<SpeechFile, SoundError> {
        let file = File::open(path).map_err(|error| file_error(path, error))?;
        let recording = wav::read(BufReader::new(file)).map_err(|error| file_error(path, error))?;
        let mono = recording.to_mono();
        if mono.is_empty() {
            return Err(file_error(path, "it is empty"));
        }
        let samples = at_file_rate(mono, recording.rate_hz).map_err(|error| file_error(path, error))?;
        Ok(SpeechFile { samples: samples.into(), position: 0, over_and_over })
    }
}

fn at_file_rate(samples: Vec<i16>, rate_hz: u32) -> Result<Vec<i16>, UnsupportedRatio> {
    if rate_hz == FILE_HZ {
        return Ok(samples);
    }
    match Resampler::new(rate_hz, FILE_HZ) {
        Ok(resampler) => Ok(convert(resampler, &samples)),
        // 11,025 Hz has no ratio of small numbers to 16,000; twice that has.
        Err(_) => {
            let doubled = convert(Resampler::new(rate_hz, rate_hz.saturating_mul(2))?, &samples);
            Ok(convert(Resampler::new(rate_hz.saturating_mul(2), FILE_HZ)?, &doubled))
        }
    }
}

fn convert(mut resampler: Resampler, samples: &[i16]) -> Vec<i16> {
    let mut converted = vec![0; resampler.max_output(samples.len())];
    let made = resampler.process(samples, &mut converted);
    converted.truncate(made);
    converted
}

impl SoundSource for SpeechFile {
    fn rate_hz(&self) -> u32 {
        FILE_HZ
    }

    fn begin(&mut self) {
        self.position = 0;
    }

    fn pull(&mut self, frame: &mut [i16]) {
        for sample in frame {
            if self.over_and_over && self.position >= self.samples.len() {
                self.position = 0;
            }
            *sample = self.samples.get(self.position).copied().unwrap_or(0);
            self.position = self.position.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn write(path: &Path, channels: u16, rate_hz: u32, frames: usize) {
        let samples = vec![16_384; frames * usize::from(channels)];
        wav::write(File::create(path).unwrap(), rate_hz, channels, &samples).unwrap();
    }

    #[test]
    fn every_common_form_is_said_once_a_call() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("half.wav");
        for channels in [1, 2] {
            for rate_hz in [8_000, 11_025, 16_000, 44_100, 48_000] {
                write(&path, channels, rate_hz, rate_hz as usize / 10);
                let mut speech = SpeechFile::read(&path, false).unwrap();
                let mut frame = vec![0; 1_600];
                speech.pull(&mut frame);
                assert!((16_200..16_600).contains(&frame[800]), "{rate_hz}: {}", frame[800]);
                speech.pull(&mut frame);
                assert!(frame[1..].iter().all(|sample| *sample == 0), "{rate_hz}: said once");
                speech.begin();
                speech.pull(&mut frame);
                assert!(frame[800] > 16_000, "{rate_hz}: said again in the next call");
            }
        }
    }

    #[test]
    fn a_loop_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("loop.wav");
        write(&path, 1, 16_000, 100);
        let mut speech = SpeechFile::read(&path, true).unwrap();
        let mut frame = vec![0; 1_000];
        speech.pull(&mut frame);
        assert!(frame.iter().all(|sample| *sample == 16_384));
    }

    #[test]
    fn garbage_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bad.wav");
        for bytes in [&b""[..], b"RIFF", b"RIFF\xff\xff\xff\xffWAVEfmt ", &[0; 44], &[0xff; 4_000]] {
            std::fs::write(&path, bytes).unwrap();
            assert!(SpeechFile::read(&path, false).is_err());
        }
    }
}

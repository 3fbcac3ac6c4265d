//! A WAV file as an ear: 16 kHz, mono, growing on disk, whole whenever it is looked at.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::{FILE_HZ, file_error};
use crate::sound::{SoundError, SoundSink};

const HEADER_BYTES: u32 = 44;
/// How much sound may be missing after a kill.
const WRITTEN_EVERY: usize = FILE_HZ as usize / 5;
/// Four hours at 16 kHz; a WAV header counts to 4 GiB, a disk to less.
const MOST_BYTES: u32 = 4 * 3_600 * FILE_HZ * 2;

/// What the agent heard, all calls one after another; nothing is written between calls.
#[derive(Debug)]
pub struct HeardFile {
    file: File,
    path: PathBuf,
    waiting: Vec<u8>,
    written_bytes: u32,
    broken: bool,
}

impl HeardFile {
    /// Creates the file, replacing one that is there.
    ///
    /// # Errors
    /// When it cannot be created or written.
    pub fn create(path: &Path) -> Result<HeardFile, SoundError> {
        let mut file = File::create(path).map_err(|error| file_error(path, error))?;
        file.write_all(&header(0)).map_err(|error| file_error(path, error))?;
        Ok(HeardFile {
            file,
            path: path.to_owned(),
            waiting: Vec::with_capacity(WRITTEN_EVERY * 4),
            written_bytes: 0,
            broken: false,
        })
    }

    fn write_out(&mut self) {
        if self.broken || self.waiting.is_empty() {
            return;
        }
        if let Err(error) = self.append() {
            tracing::error!(%error, path = %self.path.display(), "what is heard can no longer be written");
            self.broken = true;
        }
        self.waiting.clear();
    }

    fn append(&mut self) -> std::io::Result<()> {
        if self.written_bytes.saturating_add(self.waiting.len() as u32) > MOST_BYTES {
            return Err(std::io::Error::other("four hours are enough"));
        }
        self.file.seek(SeekFrom::Start(u64::from(HEADER_BYTES + self.written_bytes)))?;
        self.file.write_all(&self.waiting)?;
        self.written_bytes += self.waiting.len() as u32;
        // Sound first, then the header that counts it: cut off in between, the file is short but right.
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&header(self.written_bytes))
    }
}

impl SoundSink for HeardFile {
    fn rate_hz(&self) -> u32 {
        FILE_HZ
    }

    fn take(&mut self, frame: &[i16]) {
        if self.broken {
            return;
        }
        self.waiting.extend(frame.iter().flat_map(|sample| sample.to_le_bytes()));
        if self.waiting.len() >= WRITTEN_EVERY * 2 {
            self.write_out();
        }
    }

    fn close(&mut self) {
        self.write_out();
    }
}

impl Drop for HeardFile {
    fn drop(&mut self) {
        self.write_out();
    }
}

fn header(data_bytes: u32) -> [u8; HEADER_BYTES as usize] {
    let mut header = [0; HEADER_BYTES as usize];
    let fields: [(usize, &[u8]); 13] = [
        (0, b"RIFF"),
        (4, &(data_bytes + HEADER_BYTES - 8).to_le_bytes()),
        (8, b"WAVE"),
        (12, b"fmt "),
        (16, &16_u32.to_le_bytes()),
        (20, &1_u16.to_le_bytes()),
        (22, &1_u16.to_le_bytes()),
        (24, &FILE_HZ.to_le_bytes()),
        (28, &(FILE_HZ * 2).to_le_bytes()),
        (32, &2_u16.to_le_bytes()),
        (34, &16_u16.to_le_bytes()),
        (36, b"data"),
        (40, &data_bytes.to_le_bytes()),
    ];
    for (at, bytes) in fields {
        header[at..at + bytes.len()].copy_from_slice(bytes);
    }
    header
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_file_is_right_while_it_grows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("heard.wav");
        let mut heard = HeardFile::create(&path).unwrap();
        assert_eq!(hound::WavReader::open(&path).unwrap().len(), 0);
        let mut taken = 0;
        for frame in 0..100_i16 {
            heard.take(&[frame; 320]);
            taken += 320;
            let reader = hound::WavReader::open(&path).unwrap();
            assert_eq!((reader.spec().sample_rate, reader.spec().channels), (16_000, 1));
            assert!(taken - reader.len() as usize <= WRITTEN_EVERY);
        }
        heard.close();
        let samples: Vec<i16> = hound::WavReader::open(&path).unwrap().into_samples().map(Result::unwrap).collect();
        assert_eq!(samples.len(), 32_000);
        assert_eq!((samples[0], samples[31_999]), (0, 99));
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        assert!(HeardFile::create(Path::new("/nowhere/at/all.wav")).is_err());
    }
}

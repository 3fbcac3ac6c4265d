//! WAV files: reads 8- and 16-bit PCM and G.711, mono or stereo, writes 16-bit PCM.
//!
//! Works over [`Read`] and [`Write`]; opening files is the caller's. Headers are tolerated as real programs write
//! them: unknown chunks, sizes of 0 or 0xFFFFFFFF from programs that could not seek back, a tail cut off.

use crate::g711::Law;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// The longest sound that is read: ten minutes of stereo at 48 kHz, more than any prompt.
pub const MAX_SAMPLES: usize = 10 * 60 * 48_000 * 2;

const FORMAT_PCM: u16 = 1;
const FORMAT_ALAW: u16 = 6;
const FORMAT_ULAW: u16 = 7;
const FORMAT_EXTENSIBLE: u16 = 0xFFFE;

/// Sound as read from a file, its channels interleaved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wav {
    /// Samples per second and channel.
    pub rate_hz: u32,
    /// 1 or 2.
    pub channels: u16,
    /// All samples, left before right.
    pub samples: Vec<i16>,
}

/// Says why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum WavError {
    /// Reading failed.
    #[error("the sound file could not be read")]
    Io(#[from] io::Error),
    /// It does not begin as a WAV file does, or has no sound in it.
    #[error("this is not a WAV file")]
    NotWav,
    /// It is one, of a kind that is not read here.
    #[error("WAV of format {format}, {channels} channels, {bits} bits, {rate_hz} Hz is not supported")]
    Unsupported {
        /// The format tag.
        format: u16,
        /// Channels.
        channels: u16,
        /// Bits a sample.
        bits: u16,
        /// Samples a second.
        rate_hz: u32,
    },
    /// It is longer than [`MAX_SAMPLES`].
    #[error("the sound file is too long")]
    TooLong,
}

impl Wav {
    /// One channel of it: both mixed if there are two.
    #[must_use]
    pub fn to_mono(&self) -> Vec<i16> {
        if self.channels < 2 {
            return self.samples.clone();
        }
        let mixed = self.samples.chunks_exact(2).map(|pair| i32::from(pair[0]).midpoint(i32::from(pair[1])) as i16);
        mixed.collect()
    }

    /// How long it lasts.
    #[must_use]
    pub fn duration_ms(&self) -> u64 {
        let frames = self.samples.len() as u64 / u64::from(self.channels.max(1));
        frames * 1000 / u64::from(self.rate_hz.max(1))
    }
}

/// Reads a whole file.
///
/// # Errors
/// [`WavError`]: what is wrong with it.
pub fn read(mut source: impl Read) -> Result<Wav, WavError> {
    let mut riff = [0; 12];
    fill(&mut source, &mut riff)?;
    if &riff[..4] != b"RIFF" || &riff[8..] != b"WAVE" {
        return Err(WavError::NotWav);
    }
    let mut format = None;
    loop {
        let mut chunk = [0; 8];
        fill(&mut source, &mut chunk)?;
        let size = u32::from_le_bytes([chunk[4], chunk[5], chunk[6], chunk[7]]);
        match &chunk[..4] {
            b"fmt " => format = Some(Format::read(&mut source, size)?),
            b"data" => return format.ok_or(WavError::NotWav)?.read_sound(source, size),
            _ => {
                let padded = u64::from(size) + u64::from(size & 1);
                io::copy(&mut source.by_ref().take(padded), &mut io::sink())?;
            }
        }
    }
}

/// Fills `bytes` or says that the file ends too early to be a WAV file.
fn fill(source: &mut impl Read, bytes: &mut [u8]) -> Result<(), WavError> {
    source.read_exact(bytes).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => WavError::NotWav,
        _ => WavError::Io(error),
    })
}

struct Format {
    tag: u16,
    channels: u16,
    rate_hz: u32,
    bits: u16,
}

impl Format {
    fn read(source: &mut impl Read, size: u32) -> Result<Self, WavError> {
        let mut chunk = [0; 40];
        let kept = (size as usize).min(chunk.len());
        if kept < 16 {
            return Err(WavError::NotWav);
        }
        fill(source, &mut chunk[..kept])?;
        let padded = u64::from(size) + u64::from(size & 1);
        io::copy(&mut source.by_ref().take(padded - kept as u64), &mut io::sink())?;
        let half = |at: usize| u16::from_le_bytes([chunk[at], chunk[at + 1]]);
        let tag = if half(0) == FORMAT_EXTENSIBLE && kept >= 26 { half(24) } else { half(0) };
        let rate_hz = u32::from_le_bytes([chunk[4], chunk[5], chunk[6], chunk[7]]);
        let format = Self { tag, channels: half(2), rate_hz, bits: half(14) };
        let known = matches!((tag, format.bits), (FORMAT_PCM, 8 | 16) | (FORMAT_ALAW | FORMAT_ULAW, 8));
        if !known || !matches!(format.channels, 1 | 2) || !(1_000..=192_000).contains(&rate_hz) {
            return Err(WavError::Unsupported { format: tag, channels: format.channels, bits: format.bits, rate_hz });
        }
        Ok(format)
    }

    fn read_sound(&self, source: impl Read, size: u32) -> Result<Wav, WavError> {
        let bytes_per_sample = usize::from(self.bits / 8);
        let limit = (MAX_SAMPLES * bytes_per_sample) as u64;
        let announced = if size == 0 { u64::from(u32::MAX) } else { u64::from(size) };
        let mut bytes = Vec::new();
        source.take(announced.min(limit + 1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limit {
            return Err(WavError::TooLong);
        }
        bytes.truncate(
            bytes.len() / (bytes_per_sample * usize::from(self.channels))
                * bytes_per_sample
                * usize::from(self.channels),
        );
        let samples = match (self.tag, self.bits) {
            (FORMAT_ALAW, _) => bytes.iter().map(|&code| Law::A.decode(code)).collect(),
            (FORMAT_ULAW, _) => bytes.iter().map(|&code| Law::Mu.decode(code)).collect(),
            (_, 8) => bytes.iter().map(|&byte| (i16::from(byte) - 128) << 8).collect(),
            _ => bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect(),
        };
        Ok(Wav { rate_hz: self.rate_hz, channels: self.channels, samples })
    }
}

/// Writes 16-bit PCM piece by piece; [`WavWriter::finish`] puts the lengths into the header.
#[derive(Debug)]
pub struct WavWriter<W: Write + Seek> {
    out: W,
    data_bytes: u64,
    scratch: Vec<u8>,
}

/// Samples converted to bytes at a time.
const WRITE_BLOCK_SAMPLES: usize = 4_096;

impl<W: Write + Seek> WavWriter<W> {
    /// Begins a file. Until it is finished its header says that the length is unknown.
    ///
    /// # Errors
    /// What writing said.
    pub fn new(mut out: W, rate_hz: u32, channels: u16) -> io::Result<Self> {
        out.write_all(&header(rate_hz, channels, u64::from(u32::MAX)))?;
        Ok(Self { out, data_bytes: 0, scratch: Vec::with_capacity(WRITE_BLOCK_SAMPLES * 2) })
    }

    /// Appends samples, interleaved if there are two channels.
    ///
    /// # Errors
    /// What writing said.
    pub fn write(&mut self, samples: &[i16]) -> io::Result<()> {
        for block in samples.chunks(WRITE_BLOCK_SAMPLES) {
            self.scratch.clear();
            self.scratch.extend(block.iter().flat_map(|sample| sample.to_le_bytes()));
            self.out.write_all(&self.scratch)?;
            self.data_bytes += self.scratch.len() as u64;
        }
        Ok(())
    }

    /// Writes the lengths into the header, flushes, and gives the file back.
    ///
    /// # Errors
    /// What writing said.
    pub fn finish(mut self) -> io::Result<W> {
        let data_bytes = u32::try_from(self.data_bytes).unwrap_or(u32::MAX);
        self.out.seek(SeekFrom::Start(4))?;
        self.out.write_all(&data_bytes.saturating_add(36).to_le_bytes())?;
        self.out.seek(SeekFrom::Start(40))?;
        self.out.write_all(&data_bytes.to_le_bytes())?;
        self.out.seek(SeekFrom::End(0))?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Writes a whole file of 16-bit PCM.
///
/// # Errors
/// What writing said.
pub fn write(mut out: impl Write, rate_hz: u32, channels: u16, samples: &[i16]) -> io::Result<()> {
    out.write_all(&header(rate_hz, channels, samples.len() as u64 * 2))?;
    let mut bytes = Vec::with_capacity(WRITE_BLOCK_SAMPLES * 2);
    for block in samples.chunks(WRITE_BLOCK_SAMPLES) {
        bytes.clear();
        bytes.extend(block.iter().flat_map(|sample| sample.to_le_bytes()));
        out.write_all(&bytes)?;
    }
    out.flush()
}

fn header(rate_hz: u32, channels: u16, data_bytes: u64) -> [u8; 44] {
    let data_bytes = u32::try_from(data_bytes).unwrap_or(u32::MAX);
    let mut bytes = [0; 44];
    bytes[..4].copy_from_slice(b"RIFF");
    bytes[4..8].copy_from_slice(&data_bytes.saturating_add(36).to_le_bytes());
    bytes[8..16].copy_from_slice(b"WAVEfmt ");
    bytes[16..20].copy_from_slice(&16_u32.to_le_bytes());
    bytes[20..22].copy_from_slice(&FORMAT_PCM.to_le_bytes());
    bytes[22..24].copy_from_slice(&channels.to_le_bytes());
    bytes[24..28].copy_from_slice(&rate_hz.to_le_bytes());
    bytes[28..32].copy_from_slice(&rate_hz.saturating_mul(u32::from(channels) * 2).to_le_bytes());
    bytes[32..34].copy_from_slice(&channels.saturating_mul(2).to_le_bytes());
    bytes[34..36].copy_from_slice(&16_u16.to_le_bytes());
    bytes[36..40].copy_from_slice(b"data");
    bytes[40..44].copy_from_slice(&data_bytes.to_le_bytes());
    bytes
}

#[cfg(test)]
#[path = "wav_tests.rs"]
mod tests;

//! Files as this crate, another crate and careless programs write them.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use hound::{SampleFormat, WavSpec};
use std::io::Cursor;

fn by_hound(channels: u16, rate_hz: u32, bits: u16, samples: &[i32]) -> Vec<u8> {
    let spec = WavSpec { channels, sample_rate: rate_hz, bits_per_sample: bits, sample_format: SampleFormat::Int };
    let mut file = Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut file, spec).unwrap();
    samples.iter().for_each(|&sample| writer.write_sample(sample).unwrap());
    writer.finalize().unwrap();
    file.into_inner()
}

#[test]
fn reads_what_another_program_writes() {
    let wav = read(&by_hound(2, 48_000, 16, &[1, -2, 32_767, -32_768])[..]).unwrap();
    assert_eq!(wav, Wav { rate_hz: 48_000, channels: 2, samples: vec![1, -2, 32_767, -32_768] });
    let wav = read(&by_hound(1, 8_000, 8, &[0, 127, -128])[..]).unwrap();
    assert_eq!(wav, Wav { rate_hz: 8_000, channels: 1, samples: vec![0, 127 << 8, -128 << 8] });
}

#[test]
fn another_program_reads_what_is_written() {
    let samples: Vec<i16> = (0..10_000).map(|n| (n * 7 - 30_000) as i16).collect();
    let mut whole = Vec::new();
    write(&mut whole, 16_000, 2, &samples).unwrap();
    let mut pieces = WavWriter::new(Cursor::new(Vec::new()), 16_000, 2).unwrap();
    samples.chunks(777).for_each(|piece| pieces.write(piece).unwrap());
    assert_eq!(pieces.finish().unwrap().into_inner(), whole);
    let reader = hound::WavReader::new(&whole[..]).unwrap();
    assert_eq!((reader.spec().sample_rate, reader.spec().channels), (16_000, 2));
    let read_back: Vec<i16> = reader.into_samples().map(|sample| sample.unwrap()).collect();
    assert_eq!(read_back, samples);
    assert_eq!(read(&whole[..]).unwrap().samples, samples);
}

/// A file of the given format chunk, chunks before the sound, announced length and sound.
fn file(format: [u16; 8], before: &[u8], announced: u32, sound: &[u8]) -> Vec<u8> {
    let mut bytes = b"RIFF\0\0\0\0WAVE".to_vec();
    bytes.extend(before);
    bytes.extend(b"fmt \x10\0\0\0");
    format.iter().for_each(|half| bytes.extend(half.to_le_bytes()));
    bytes.extend(b"data");
    bytes.extend(announced.to_le_bytes());
    bytes.extend(sound);
    bytes
}

const PCM_16: [u16; 8] = [1, 1, 8_000, 0, 16_000, 0, 2, 16];

#[test]
fn careless_headers_are_understood() {
    for announced in [0, 4, u32::MAX] {
        let wav = read(&file(PCM_16, b"LIST\x03\0\0\0abc\0", announced, &[1, 0, 2, 0])[..]).unwrap();
        assert_eq!(wav.samples, [1, 2], "announced {announced}");
    }
    // A tail cut within a sample.
    assert_eq!(read(&file(PCM_16, b"", 400, &[1, 0, 2])[..]).unwrap().samples, [1]);
}

#[test]
fn both_laws_of_g711_are_read() {
    let alaw = read(&file([6, 1, 8_000, 0, 8_000, 0, 1, 8], b"", 2, &[0xAA, 0xD5])[..]).unwrap();
    assert_eq!(alaw.samples, [32_256, 8]);
    let ulaw = read(&file([7, 1, 8_000, 0, 8_000, 0, 1, 8], b"", 2, &[0x80, 0xFF])[..]).unwrap();
    assert_eq!(ulaw.samples, [32_124, 0]);
}

#[test]
fn what_is_not_read_is_named() {
    for (bytes, wanted) in [
        (b"".to_vec(), "this is not a WAV file"),
        (b"RIFF\0\0\0\0AVI ".to_vec(), "this is not a WAV file"),
        (file(PCM_16, b"", 0, b"")[..20].to_vec(), "this is not a WAV file"),
        (
            file([3, 2, 44_100, 0, 0, 0, 8, 32], b"", 0, b""),
            "WAV of format 3, 2 channels, 32 bits, 44100 Hz is not supported",
        ),
        (
            file([1, 3, 8_000, 0, 0, 0, 6, 16], b"", 0, b""),
            "WAV of format 1, 3 channels, 16 bits, 8000 Hz is not supported",
        ),
    ] {
        assert_eq!(read(&bytes[..]).unwrap_err().to_string(), wanted);
    }
}

#[test]
fn mono_is_the_middle_of_both() {
    let wav = Wav { rate_hz: 8_000, channels: 2, samples: vec![100, 300, -32_768, -32_768, 32_767, 32_767] };
    assert_eq!(wav.to_mono(), [200, -32_768, 32_767]);
    assert_eq!(Wav { rate_hz: 8_000, channels: 1, samples: vec![0; 80] }.duration_ms(), 10);
}

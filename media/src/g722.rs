//! G.722 at 64 kbit/s: wideband sound, 16 kHz, in the bytes of a telephone call (ITU-T G.722, mode 1).
//!
//! Its RTP clock is 8000 although it has 16,000 samples a second: an error of RFC 1890 that RFC 3551 §4.5.2 keeps, so
//! that 20 ms are 160 bytes and 160 units, as with G.711, but 320 samples.

use audio_codec::Encoder as _;
use audio_codec::g722::{G722Decoder, G722Encoder};
use std::fmt;

/// The sampling rate of its sound.
pub const RATE_HZ: u32 = 16_000;
/// Samples in 20 ms.
pub const FRAME_SAMPLES: usize = 320;
/// Bytes in 20 ms.
pub const FRAME_BYTES: usize = 160;
/// A byte that decodes to silence once the decoder is at rest: the least step of both bands.
pub const SILENCE: u8 = 0xFD;
/// Samples by which encoder and decoder together hold sound back: their two quadrature filters of 24 taps.
pub const DELAY_SAMPLES: usize = 22;

/// Encodes mono speech at 16 kHz.
pub struct Encoder {
    inner: G722Encoder,
}

impl Encoder {
    /// Sets up an encoder.
    #[must_use]
    pub fn new() -> Self {
        Self { inner: G722Encoder::new() }
    }

    /// Encodes as many pairs of samples as `samples` holds and `out` has room for, and returns the bytes made.
    pub fn encode(&mut self, samples: &[i16], out: &mut [u8]) -> usize {
        let bytes = (samples.len() / 2).min(out.len());
        self.inner.encode_into(&samples[..bytes * 2], &mut out[..bytes]).unwrap_or(0)
    }

    /// Forgets all past sound, for a new stream.
    pub fn reset(&mut self) {
        *self = Self::new();
    }
}

impl Default for Encoder {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Encoder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Encoder").finish_non_exhaustive()
    }
}

/// Decodes to mono sound at 16 kHz. Any bytes decode to something.
pub struct Decoder {
    inner: G722Decoder,
}

impl Decoder {
    /// Sets up a decoder.
    #[must_use]
    pub fn new() -> Self {
        Self { inner: G722Decoder::new() }
    }

    /// Decodes as many bytes as `out` has room for, two samples each, and returns the samples made.
    pub fn decode(&mut self, codes: &[u8], out: &mut [i16]) -> usize {
        let bytes = codes.len().min(out.len() / 2);
        self.inner.decode_frame_into(&codes[..bytes], &mut out[..bytes * 2]).unwrap_or(0)
    }

    /// Forgets all past sound, for a new stream.
    pub fn reset(&mut self) {
        *self = Self::new();
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Decoder").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::rms_dbfs;
    use crate::tone::Tone;

    fn round_trip(sound: &[i16]) -> Vec<i16> {
        let (mut encoder, mut decoder) = (Encoder::new(), Decoder::new());
        let mut heard = Vec::new();
        for frame in sound.chunks_exact(FRAME_SAMPLES) {
            let (mut codes, mut out) = ([0; FRAME_BYTES], [0; FRAME_SAMPLES]);
            assert_eq!(encoder.encode(frame, &mut codes), FRAME_BYTES);
            assert_eq!(decoder.decode(&codes, &mut out), FRAME_SAMPLES);
            heard.extend_from_slice(&out);
        }
        heard
    }

    #[test]
    fn tones_of_both_bands_keep_their_level() {
        for hz in [300.0, 1_000.0, 3_000.0, 5_000.0, 6_500.0] {
            let mut sound = vec![0; 16_000];
            Tone::sine(hz, -15.0, RATE_HZ).fill(&mut sound);
            let heard = round_trip(&sound);
            let level = rms_dbfs(&heard[4_000..]);
            assert!((level + 15.0).abs() < 1.0, "{hz} Hz: {level}");
            let error: Vec<i16> =
                heard[4_000..].iter().zip(&sound[4_000 - DELAY_SAMPLES..]).map(|(a, b)| a - b).collect();
            assert!(rms_dbfs(&error) < level - 12.0, "{hz} Hz: error {}", rms_dbfs(&error));
        }
    }

    #[test]
    fn silence_stays_silent_and_any_bytes_decode() {
        assert!(rms_dbfs(&round_trip(&[0; 3_200])) < -70.0);
        let mut rest = [0; 3_200];
        Decoder::new().decode(&[SILENCE; 1_600], &mut rest);
        assert!(rms_dbfs(&rest) < -90.0, "{}", rms_dbfs(&rest));
        let mut decoder = Decoder::new();
        let codes: Vec<u8> = (0..=255).cycle().take(5_000).collect();
        assert_eq!(decoder.decode(&codes, &mut [0; 10_000]), 10_000);
        decoder.reset();
    }

    #[test]
    fn lengths_that_do_not_fit_stop_at_the_shorter() {
        let (mut encoder, mut decoder) = (Encoder::new(), Decoder::new());
        assert_eq!(encoder.encode(&[0; 321], &mut [0; 200]), 160);
        assert_eq!(encoder.encode(&[0; 320], &mut [0; 10]), 10);
        assert_eq!(decoder.decode(&[0; 160], &mut [0; 100]), 100);
        assert_eq!(decoder.decode(&[], &mut []), 0);
    }
}

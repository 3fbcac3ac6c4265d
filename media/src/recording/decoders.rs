//! The decoders of one side of a recording, each made when the side first speaks its codec.

use crate::Codec;
use crate::g711::Law;
use crate::g722;
use crate::opus_codec::Decoder;
use crate::resample::Resampler;

/// The longest packet: 120 ms at 8 kHz.
pub(super) const MOST_SAMPLES: usize = 960;

/// Decodes to 8 kHz, which is what a recording holds.
#[derive(Debug, Default)]
pub(super) struct Decoders {
    opus: Option<Decoder>,
    wide: Option<(g722::Decoder, Resampler)>,
}

impl Decoders {
    /// Decodes into `sound`, which is empty; false if the payload cannot be decoded.
    pub(super) fn decode(&mut self, codec: Codec, payload: &[u8], sound: &mut Vec<i16>) -> bool {
        match codec {
            Codec::Pcma => sound.extend(payload.iter().map(|&code| Law::A.decode(code))),
            Codec::Pcmu => sound.extend(payload.iter().map(|&code| Law::Mu.decode(code))),
            Codec::G722 => {
                if self.wide.is_none() {
                    let narrowed = Resampler::new(g722::RATE_HZ, 8_000);
                    self.wide = narrowed.ok().map(|narrowed| (g722::Decoder::new(), narrowed));
                }
                let Some((decoder, narrowed)) = self.wide.as_mut() else { return false };
                let mut wide = [0; MOST_SAMPLES * 2];
                let made = decoder.decode(payload, &mut wide);
                sound.resize(narrowed.max_output(made), 0);
                let count = narrowed.process(&wide[..made], sound);
                sound.truncate(count);
            }
            Codec::Opus => {
                if self.opus.is_none() {
                    self.opus = Decoder::new(8_000).ok();
                }
                let Some(decoder) = self.opus.as_mut() else { return false };
                sound.resize(MOST_SAMPLES, 0);
                let made = decoder.decode(payload, sound);
                sound.truncate(made.unwrap_or(0));
                return made.is_ok();
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::rms_dbfs;
    use crate::tone::Tone;

    #[test]
    fn wideband_is_recorded_at_its_level_and_length() {
        let (mut encoder, mut decoders) = (g722::Encoder::new(), Decoders::default());
        let mut tone = Tone::sine(1_000.0, -15.0, g722::RATE_HZ);
        let mut recorded = Vec::new();
        for _ in 0..50 {
            let (mut frame, mut codes, mut sound) = ([0; 320], [0; 160], Vec::new());
            tone.fill(&mut frame);
            encoder.encode(&frame, &mut codes);
            assert!(decoders.decode(Codec::G722, &codes, &mut sound));
            assert_eq!(sound.len(), 160);
            recorded.extend(sound);
        }
        assert!((rms_dbfs(&recorded[1_000..]) + 15.0).abs() < 0.5);
    }
}

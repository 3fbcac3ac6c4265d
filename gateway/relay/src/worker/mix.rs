//! What is decoded here, and what is made of it for those whom a packet cannot simply be passed to.
//!
//! A decoder serves everybody on this worker who needs its source at its rate; a mix is made once a tick for all who
//! hear the same sources, and encoded once a codec.

use std::collections::HashMap;

use cordboard_media::Codec;
use cordboard_media::g722;
use cordboard_media::jitter::JitterConfig;
use cordboard_media::mixer::add_saturating;
use cordboard_media::opus_codec::{Encoder, EncoderSettings};
use cordboard_media::playout::{PlayoutConfig, PlayoutDecoder};

use crate::endpoint::EndpointId;

/// 20 ms at the highest rate used here.
pub(super) const WIDE_FRAME: usize = 320;
/// Loss that in-band FEC prepares for, percent.
const EXPECTED_LOSS: u8 = 10;
/// Packets a decoder keeps, and the longest payload: plenty for speech, little for memory.
const KEPT_PACKETS: u16 = 32;
const PAYLOAD_CAP: u16 = 700;

/// All sources being decoded, by rate.
pub(super) type Decodings = HashMap<(EndpointId, u32), Decoding>;

/// A source being decoded.
pub(super) struct Decoding {
    rate_hz: u32,
    decoder: PlayoutDecoder,
    pcm: [i16; WIDE_FRAME],
    sounding: bool,
}

impl Decoding {
    /// `opus` says whether the source may speak it: a decoder for it takes 20 kB.
    pub fn new(rate_hz: u32, opus: bool) -> Option<Self> {
        let jitter = JitterConfig { capacity: KEPT_PACKETS, max_payload_bytes: PAYLOAD_CAP, ..JitterConfig::default() };
        let config = PlayoutConfig { opus, jitter, ..PlayoutConfig::at(rate_hz) };
        match PlayoutDecoder::new(&config) {
            Ok(decoder) => Some(Self { rate_hz, decoder, pcm: [0; WIDE_FRAME], sounding: false }),
            Err(error) => {
                tracing::error!(%error, rate_hz, "no decoder");
                None
            }
        }
    }

    pub fn push(&mut self, now_us: u64, sound: &super::traffic::Sound<'_>) {
        match sound.with_copies {
            Some(payload) => {
                // The copies are of the stream's own Opus; it was read once before, so there is no error to tell of.
                let opus = |pt| (pt == sound.header.payload_type).then_some(sound.codec);
                let _ = self.decoder.push_redundant(now_us, &sound.header, payload, opus);
            }
            None => {
                self.decoder.push(now_us, &sound.header, sound.codec, sound.payload);
            }
        }
    }

    /// Decodes the next 20 ms.
    pub fn pull(&mut self, now_us: u64) {
        let frame = (self.rate_hz / 50) as usize;
        let played = self.decoder.pull(now_us, &mut self.pcm[..frame]);
        self.sounding = played.heard + played.concealed > 0;
    }
}

/// What makes two mixes the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MixKey {
    /// Sorted.
    pub sources: Vec<EndpointId>,
    pub rate_hz: u32,
    /// Whether its Opus carries FEC: for a lossy network whose desk takes no copies.
    pub fec: bool,
}

impl MixKey {
    /// Samples in a frame of 20 ms.
    pub const fn frame(&self) -> usize {
        (self.rate_hz / 50) as usize
    }
}

/// One mix.
pub(super) struct Mix {
    pub key: MixKey,
    pub listeners: Vec<EndpointId>,
    /// Made when the first listener needs Opus.
    pub encoder: Option<Encoder>,
    /// Made when the first listener needs G.722.
    pub g722: Option<g722::Encoder>,
    pub pcm: [i16; WIDE_FRAME],
    pub sounding: bool,
}

impl Mix {
    pub fn new(key: MixKey) -> Self {
        Self { key, listeners: Vec::with_capacity(4), encoder: None, g722: None, pcm: [0; WIDE_FRAME], sounding: false }
    }

    pub fn frame(&self) -> usize {
        self.key.frame()
    }

    pub fn want_encoder(&mut self) {
        if self.encoder.is_some() {
            return;
        }
        let speech = EncoderSettings::speech(self.key.rate_hz);
        let settings = if self.key.fec { speech.with_fec(EXPECTED_LOSS) } else { speech };
        match Encoder::new(&settings) {
            Ok(encoder) => self.encoder = Some(encoder),
            Err(error) => tracing::error!(%error, "no encoder"),
        }
    }

    /// Adds up what its sources said in this tick.
    pub fn sum(&mut self, decodings: &Decodings) {
        let frame = self.frame();
        self.pcm.fill(0);
        self.sounding = false;
        for source in &self.key.sources {
            if let Some(decoding) = decodings.get(&(*source, self.key.rate_hz)).filter(|decoding| decoding.sounding) {
                self.sounding = true;
                add_saturating(&mut self.pcm[..frame], &decoding.pcm[..frame]);
            }
        }
    }
}

/// How a listener gets its sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// Packets pass as they come.
    Pass,
    /// A mix is made for it.
    Make(Make),
}

/// A listener's part in a mix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Make {
    pub codec: Codec,
    pub fade: Fade,
    /// Packets will pass again once the fade is over.
    pub then_pass: bool,
}

/// Going over from one of a desk's two streams to the other (media: 40 ms crossfade, then two silent frames).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fade {
    /// Nothing fades.
    Steady,
    /// The decoder is filling; until it sounds, packets still pass.
    Warming,
    /// Both streams are sent, the old one fading out.
    Crossing { old: Codec, step: u8 },
    /// The old stream gets silence.
    Settling { old: Codec, left: u8 },
}

/// Frames of a crossfade.
pub(super) const CROSSING: u8 = 2;
/// Silent frames behind it.
pub(super) const SETTLING: u8 = 2;

impl Output {
    /// Whether a packet may pass as it is.
    pub(super) fn passes(self) -> bool {
        match self {
            Output::Pass => true,
            Output::Make(make) => match make.fade {
                Fade::Warming => true,
                Fade::Settling { .. } => make.then_pass,
                Fade::Steady | Fade::Crossing { .. } => false,
            },
        }
    }
}

/// Applies a linear ramp from `from` to `to` (0 to 1) over a frame.
pub(super) fn ramp(pcm: &[i16], from: f32, to: f32, out: &mut [i16]) {
    let step = (to - from) / pcm.len().max(1) as f32;
    for (index, (sample, out)) in pcm.iter().zip(out).enumerate() {
        *out = (f32::from(*sample) * (from + step * index as f32)) as i16;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_halves_of_a_crossfade_add_up() {
        let pcm = [10_000_i16; 160];
        let (mut rising, mut falling) = ([0; 160], [0; 160]);
        ramp(&pcm, 0.0, 0.5, &mut rising);
        ramp(&pcm, 1.0, 0.5, &mut falling);
        assert!(rising.iter().zip(falling).all(|(up, down)| (up + down - 10_000).abs() <= 2));
        assert_eq!(rising[0], 0);
    }
}

//! What the agent says, frame by frame: from the source's samples to packets on their way up.

use std::time::Duration;

use bytes::Bytes;
use cordboard_media::Codec;
use cordboard_media::g711::{encode_alaw_slice, encode_ulaw_slice};
use cordboard_media::opus_codec::{Encoder, EncoderSettings, MAX_PACKET_BYTES};
use cordboard_media::redundancy::{Distances, Packer};
use cordboard_media::resample::Resampler;

use crate::codec::{REDUNDANT_OPUS, payload_type};
use crate::peer::UplinkPacket;

/// One packet every 20 ms.
pub(crate) const FRAME: Duration = Duration::from_millis(20);
/// Opus is used where packets get lost, so its own error correction is on where there is no better.
const EXPECTED_LOSS_PERCENT: u8 = 5;
/// Which frames are sent once more: the last, for single losses, and the third to last, for three in a row. Chosen by
/// measurement: `docs/decisions/0006-copies-of-frames-against-loss.md`.
const COPIES: [usize; 2] = [1, 3];
/// The longest payload that no network breaks in two.
const MOST_PAYLOAD_BYTES: usize = 1_200;
/// 20 ms at 48 kHz, the most a frame can have.
const MOST_SAMPLES: usize = 960;

/// Encodes one source's frames, in whichever codec is wanted at the moment.
pub(crate) struct Voice {
    source_hz: u32,
    codec: Codec,
    narrowed: Option<Resampler>,
    widened: Option<Resampler>,
    encoder: Option<Encoder>,
    clock: StreamClock,
    sequence: u16,
    /// What makes copies, where the gateway takes them.
    copies: Option<Packer>,
    samples: [i16; MOST_SAMPLES],
    packet: [u8; MAX_PACKET_BYTES],
    packed: [u8; MOST_PAYLOAD_BYTES],
}

impl Voice {
    /// A voice at the source's rate; it starts in PCMA.
    pub(crate) fn new(source_hz: u32) -> Voice {
        Voice {
            source_hz,
            codec: Codec::Pcma,
            narrowed: resampler(source_hz, 8_000),
            widened: resampler(source_hz, opus_hz(source_hz)),
            encoder: None,
            clock: StreamClock { timestamp: rand::random(), last_tick: None },
            sequence: rand::random(),
            copies: None,
            samples: [0; MOST_SAMPLES],
            packet: [0; MAX_PACKET_BYTES],
            packed: [0; MOST_PAYLOAD_BYTES],
        }
    }

    /// Returns the samples of the source's frame.
    pub(crate) fn frame_samples(&self) -> usize {
        self.source_hz as usize / 50
    }

    /// Returns the codec in use.
    pub(crate) fn codec(&self) -> Codec {
        self.codec
    }

    /// Changes the codec from the next frame on.
    pub(crate) fn use_codec(&mut self, codec: Codec) {
        if codec != self.codec {
            tracing::debug!(?codec, "codec upwards");
            self.codec = codec;
        }
    }

    /// Says whether Opus goes with copies of earlier frames, which the gateway must have agreed to.
    pub(crate) fn send_copies(&mut self, agreed: bool) {
        if agreed != self.copies.is_some() {
            self.copies = agreed.then(|| Packer::new(Distances::of(&COPIES)));
            self.encoder = None;
        }
    }

    /// Makes a packet of `tick` out of bytes that are sent as they are.
    pub(crate) fn pass(&mut self, codec: Codec, payload: &[u8], tick: u64) -> UplinkPacket {
        self.use_codec(codec);
        let (timestamp, after_pause) = self.clock.advance(tick, codec);
        self.sequence = self.sequence.wrapping_add(1);
        if let Some(copies) = &mut self.copies {
            copies.reset();
        }
        let payload = Bytes::copy_from_slice(payload);
        UplinkPacket {
            payload_type: payload_type(codec),
            marker: after_pause,
            sequence: self.sequence,
            timestamp,
            payload,
        }
    }

    /// Encodes the frame of `tick`, which counts 20 ms of wall-clock time whether or not anything is sent.
    pub(crate) fn encode(&mut self, frame: &[i16], tick: u64) -> Option<UplinkPacket> {
        let length = match self.codec {
            Codec::Pcma => {
                let samples = resample(self.narrowed.as_mut(), frame, &mut self.samples);
                encode_alaw_slice(samples, &mut self.packet)
            }
            Codec::Pcmu => {
                let samples = resample(self.narrowed.as_mut(), frame, &mut self.samples);
                encode_ulaw_slice(samples, &mut self.packet)
            }
            // No desk offers it, so no gateway can wish for it.
            Codec::G722 => return None,
            Codec::Opus => {
                let samples = resample(self.widened.as_mut(), frame, &mut self.samples);
                let encoder = match &mut self.encoder {
                    Some(encoder) => encoder,
                    none => none.insert(opus_encoder(self.source_hz, self.copies.is_none())?),
                };
                encoder
                    .encode(samples, &mut self.packet)
                    .inspect_err(|error| tracing::warn!(%error, "a frame could not be encoded"))
                    .ok()?
            }
        };
        let (timestamp, after_pause) = self.clock.advance(tick, self.codec);
        self.sequence = self.sequence.wrapping_add(1);
        let encoded = &self.packet[..length];
        let (payload_type, payload) = match &mut self.copies {
            Some(copies) if self.codec == Codec::Opus => {
                if after_pause {
                    copies.reset();
                }
                match copies.pack(payload_type(Codec::Opus), timestamp, encoded, &mut self.packed) {
                    Ok(length) => (REDUNDANT_OPUS, &self.packed[..length]),
                    // A frame that leaves no room for its header goes alone.
                    Err(_) => (payload_type(Codec::Opus), encoded),
                }
            }
            Some(copies) => {
                copies.reset();
                (payload_type(self.codec), encoded)
            }
            None => (payload_type(self.codec), encoded),
        };
        let payload = Bytes::copy_from_slice(payload);
        Some(UplinkPacket { payload_type, marker: after_pause, sequence: self.sequence, timestamp, payload })
    }
}

/// Timestamps of one stream whose payload type may change: each step counts in the clock of the packet it leads to,
/// and pauses count like sound, or the receiver would take them for network delay.
struct StreamClock {
    timestamp: u32,
    last_tick: Option<u64>,
}

impl StreamClock {
    /// Returns the timestamp of `tick` and whether it follows a pause.
    fn advance(&mut self, tick: u64, codec: Codec) -> (u32, bool) {
        let Some(last) = self.last_tick.replace(tick) else { return (self.timestamp, true) };
        let ticks = tick.saturating_sub(last);
        self.timestamp = self.timestamp.wrapping_add((ticks as u32).wrapping_mul(codec.units_per_20_ms()));
        (self.timestamp, ticks != 1)
    }
}

/// Wideband where the source has it: no leg of a telephone call carries more.
fn opus_hz(source_hz: u32) -> u32 {
    source_hz.min(16_000)
}

fn opus_encoder(source_hz: u32, fec: bool) -> Option<Encoder> {
    let speech = EncoderSettings::speech(opus_hz(source_hz));
    let settings = if fec { speech.with_fec(EXPECTED_LOSS_PERCENT) } else { speech };
    Encoder::new(&settings).inspect_err(|error| tracing::error!(%error, "Opus cannot be used")).ok()
}

fn resampler(from_hz: u32, to_hz: u32) -> Option<Resampler> {
    if from_hz == to_hz {
        return None;
    }
    Resampler::new(from_hz, to_hz)
        .inspect_err(|error| tracing::error!(%error, from_hz, to_hz, "a source of a strange rate"))
        .ok()
}

fn resample<'a>(resampler: Option<&mut Resampler>, frame: &'a [i16], room: &'a mut [i16; MOST_SAMPLES]) -> &'a [i16] {
    match resampler {
        Some(resampler) => {
            let made = resampler.process(frame, room);
            &room[..made]
        }
        None => frame,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn time_goes_on_while_nothing_is_sent() {
        let mut voice = Voice::new(16_000);
        let first = voice.encode(&[0; 320], 100).unwrap();
        let second = voice.encode(&[0; 320], 101).unwrap();
        let later = voice.encode(&[0; 320], 151).unwrap();
        assert!(first.marker && !second.marker && later.marker);
        assert_eq!(second.timestamp.wrapping_sub(first.timestamp), 160);
        assert_eq!(later.timestamp.wrapping_sub(second.timestamp), 50 * 160);
        assert_eq!(later.sequence.wrapping_sub(first.sequence), 2);
    }

    #[test]
    fn a_change_of_codec_counts_in_the_new_clock() {
        let mut voice = Voice::new(16_000);
        let alaw = voice.encode(&[0; 320], 1).unwrap();
        voice.use_codec(Codec::Opus);
        let opus = voice.encode(&[0; 320], 2).unwrap();
        voice.use_codec(Codec::Pcmu);
        let mulaw = voice.encode(&[0; 320], 3).unwrap();
        assert_eq!((alaw.payload_type, opus.payload_type, mulaw.payload_type), (8, 111, 0));
        assert_eq!(alaw.payload.len(), 160);
        assert_eq!(opus.timestamp.wrapping_sub(alaw.timestamp), 960);
        assert_eq!(mulaw.timestamp.wrapping_sub(opus.timestamp), 160);
        assert!(!opus.marker);
    }

    #[test]
    fn opus_goes_with_copies_where_they_were_agreed() {
        use cordboard_media::redundancy::blocks;
        let mut voice = Voice::new(16_000);
        voice.send_copies(true);
        assert_eq!(voice.encode(&[0; 320], 1).unwrap().payload_type, 8, "G.711 goes as it is");
        voice.use_codec(Codec::Opus);
        for (tick, copies) in [(2, 0), (3, 1), (4, 1), (5, 2), (6, 2), (60, 0), (61, 1)] {
            let packet = voice.encode(&[0; 320], tick).unwrap();
            assert_eq!(packet.payload_type, REDUNDANT_OPUS);
            let blocks = blocks(&packet.payload).unwrap();
            assert_eq!((blocks.frame().payload_type, blocks.copies().count()), (111, copies), "tick {tick}");
        }
        voice.send_copies(false);
        assert_eq!(voice.encode(&[0; 320], 62).unwrap().payload_type, 111);
    }

    #[test]
    fn every_rate_of_source_is_encoded() {
        for source_hz in [8_000, 16_000, 48_000] {
            let mut voice = Voice::new(source_hz);
            let frame = vec![0; voice.frame_samples()];
            for codec in [Codec::Pcma, Codec::Opus, Codec::Pcmu] {
                voice.use_codec(codec);
                for tick in 0..3 {
                    let packet = voice.encode(&frame, tick).unwrap();
                    assert_eq!(codec.duration_units(&packet.payload), Some(codec.units_per_20_ms()));
                }
            }
        }
    }
}

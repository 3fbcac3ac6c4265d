//! From mouth to ear: where the time goes, stage by stage.
//!
//! A desk knows its own stages and the way to the gateway and back. From its mouth to another desk's ear takes its
//! [`Delay::up_ms`], half of both round trips, and the other's [`Delay::down_ms`].

use cordboard_media::Codec;

/// The delays of one desk's stages, milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Delay {
    /// From a sound at the microphone until the path has its frame, when nothing is late.
    pub capture_ms: f32,
    /// Gathering 20 ms and encoding them.
    pub packetise_ms: f32,
    /// From a packet's arrival, when nothing is late, until its sound is taken out of the jitter buffer.
    pub jitter_buffer_ms: f32,
    /// From there to the loudspeaker.
    pub playback_ms: f32,
}

impl Delay {
    /// From the microphone to the network.
    pub fn up_ms(&self) -> f32 {
        self.capture_ms + self.packetise_ms
    }

    /// From the network to the loudspeaker.
    pub fn down_ms(&self) -> f32 {
        self.jitter_buffer_ms + self.playback_ms
    }
}

/// What a packet gathers, 20 ms.
const PACKET_MS: f32 = 20.0;
/// Opus looks ahead by 6.5 ms for speech, of which its decoder gives nothing back (RFC 6716 §2).
const OPUS_LOOKS_AHEAD_MS: f32 = 6.5;
/// The filter between a wideband source and a codec at 8 kHz, and the one back: of minimum phase, 1.6 samples at 8 kHz.
const NARROW_MS: f32 = 0.2;
/// The two filters of G.722 that part the bands and join them: 22 samples at 16 kHz (§5.2.1).
const G722_FILTERS_MS: f32 = 1.4;

/// How long a sample waits in a packet that is being made, and in what it takes to make and unmake it.
pub(crate) fn packetise_ms(codec: Option<Codec>, said_hz: u32) -> f32 {
    PACKET_MS
        + match codec {
            Some(Codec::Opus) => OPUS_LOOKS_AHEAD_MS,
            Some(Codec::Pcma | Codec::Pcmu) if said_hz > 8_000 => 2.0 * NARROW_MS,
            Some(Codec::G722) => G722_FILTERS_MS,
            Some(Codec::Pcma | Codec::Pcmu) | None => 0.0,
        }
}

//! The payload types under which this desk always offers its three codecs, and redundant Opus.

use cordboard_media::Codec;

/// The codecs of a desk's line, in the order they are offered.
pub(crate) const OFFERED: [Codec; 3] = [Codec::Opus, Codec::Pcma, Codec::Pcmu];

/// The payload type of Opus with copies of earlier frames (RFC 2198), `red/48000/2`; 63 as browsers have it.
pub(crate) const REDUNDANT_OPUS: u8 = 63;

/// Returns the payload type a codec is offered under.
pub(crate) fn payload_type(codec: Codec) -> u8 {
    match codec {
        Codec::Opus => 111,
        Codec::Pcma => 8,
        Codec::Pcmu => 0,
        // Not among those offered: towards desks wideband is Opus.
        Codec::G722 => 9,
    }
}

/// Returns the codec offered under a payload type.
pub(crate) fn codec_of(payload_type_received: u8) -> Option<Codec> {
    OFFERED.into_iter().find(|codec| payload_type(*codec) == payload_type_received)
}

//! The codecs that a call's sound may travel in, and the arithmetic of their RTP clocks.

/// Names a codec of speech; telephone events are not one, see [`crate::dtmf`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Codec {
    /// G.711 A-law, RTP payload type 8.
    Pcma,
    /// G.711 µ-law, RTP payload type 0.
    Pcmu,
    /// G.722 at 64 kbit/s, wideband, RTP payload type 9.
    G722,
    /// Opus (RFC 6716), a dynamic payload type.
    Opus,
}

impl Codec {
    /// The clock of its RTP timestamps: 8000 for G.711 and, by an old error, for G.722 (RFC 3551 §4.5.2); 48000 for
    /// Opus at any bandwidth (RFC 7587 §4.1).
    #[must_use]
    pub const fn clock_hz(self) -> u32 {
        match self {
            Self::Pcma | Self::Pcmu | Self::G722 => 8_000,
            Self::Opus => 48_000,
        }
    }

    /// Whether it may carry sound above 4 kHz.
    #[must_use]
    pub const fn is_wide(self) -> bool {
        match self {
            Self::Pcma | Self::Pcmu => false,
            Self::G722 | Self::Opus => true,
        }
    }

    /// The payload type that RFC 3551 fixes, if it fixes one.
    #[must_use]
    pub const fn static_payload_type(self) -> Option<u8> {
        match self {
            Self::Pcma => Some(8),
            Self::Pcmu => Some(0),
            Self::G722 => Some(9),
            Self::Opus => None,
        }
    }

    /// The name in `a=rtpmap`.
    #[must_use]
    pub const fn sdp_name(self) -> &'static str {
        match self {
            Self::Pcma => "PCMA",
            Self::Pcmu => "PCMU",
            Self::G722 => "G722",
            Self::Opus => "opus",
        }
    }

    /// Timestamp units that 20 ms take: 160 or 960.
    #[must_use]
    pub const fn units_per_20_ms(self) -> u32 {
        self.clock_hz() / 50
    }

    /// How long the sound in `payload` lasts, in units of this codec's RTP clock; `None` if the payload is
    /// empty or not of this codec.
    #[must_use]
    pub fn duration_units(self, payload: &[u8]) -> Option<u32> {
        match self {
            Self::Pcma | Self::Pcmu | Self::G722 => u32::try_from(payload.len()).ok().filter(|&length| length > 0),
            Self::Opus => crate::opus_codec::duration_units(payload),
        }
    }

    /// The number under which recordings keep the codec; never reused for another.
    #[must_use]
    pub const fn tag(self) -> u8 {
        match self {
            Self::Pcma => 8,
            Self::Pcmu => 0,
            Self::G722 => 9,
            Self::Opus => 111,
        }
    }

    /// The codec that [`Codec::tag`] names.
    #[must_use]
    pub const fn from_tag(tag: u8) -> Option<Self> {
        match tag {
            8 => Some(Self::Pcma),
            0 => Some(Self::Pcmu),
            9 => Some(Self::G722),
            111 => Some(Self::Opus),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Codec;

    #[test]
    fn tags_come_back() {
        for codec in [Codec::Pcma, Codec::Pcmu, Codec::G722, Codec::Opus] {
            assert_eq!(Codec::from_tag(codec.tag()), Some(codec));
        }
        assert_eq!(Codec::from_tag(10), None);
    }

    #[test]
    fn twenty_milliseconds_of_g711_and_g722_are_160_bytes() {
        assert_eq!(Codec::Pcma.duration_units(&[0; 160]), Some(Codec::Pcma.units_per_20_ms()));
        assert_eq!(Codec::G722.duration_units(&[0; 160]), Some(Codec::G722.units_per_20_ms()));
        assert_eq!(Codec::Pcmu.duration_units(&[]), None);
    }
}

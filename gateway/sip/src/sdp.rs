//! Session descriptions (RFC 8866): what was read of one, tolerant of what real peers send and bounded in everything.
//!
//! It owns text and structure. What two descriptions mean together is [`crate::offer_answer`]'s.

mod parse;
mod write;

use std::net::IpAddr;

use crate::media::Direction;

pub(crate) use parse::{SdpError, parse};
pub(crate) use write::{Origin, Section, offered, write};

/// A description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    /// Session id and version of `o=`, as text: peers write numbers of any length.
    pub(crate) origin: String,
    pub(crate) media: Vec<Media>,
}

/// One `m=` section, with what it inherits from the session level filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Media {
    /// `audio`, `video` …
    pub(crate) kind: String,
    pub(crate) port: u16,
    /// `RTP/AVP` …
    pub(crate) protocol: String,
    /// Formats in order of preference, as text.
    pub(crate) formats: Vec<String>,
    /// `c=`; `None` when it is missing or no IP address.
    pub(crate) address: Option<IpAddr>,
    pub(crate) rtpmap: Vec<RtpMap>,
    pub(crate) direction: Direction,
    pub(crate) ptime_ms: Option<u16>,
}

/// `a=rtpmap`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RtpMap {
    pub(crate) payload_type: u8,
    pub(crate) encoding: String,
    pub(crate) rate_hz: u32,
}

impl Media {
    pub(crate) fn is_rejected(&self) -> bool {
        self.port == 0
    }

    /// Encoding and rate of a format: from rtpmap, or the static assignment (RFC 3551 §6).
    pub(crate) fn encoding(&self, payload_type: u8) -> Option<(&str, u32)> {
        match self.rtpmap.iter().find(|map| map.payload_type == payload_type) {
            Some(map) => Some((map.encoding.as_str(), map.rate_hz)),
            None => match payload_type {
                0 => Some(("PCMU", 8_000)),
                8 => Some(("PCMA", 8_000)),
                9 => Some(("G722", 8_000)),
                _ => None,
            },
        }
    }
}

//! What the shell says about an endpoint: its name, its far side, and what it is to hear.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};
use std::net::SocketAddr;

use cordboard_media::Codec;

/// One stream of sound into and out of the gateway: a trunk leg's RTP or a desk's WebRTC connection.
///
/// Chosen by the shell, unique while the relay runs. Values above [`EndpointId::MAX`] are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndpointId(pub u64);

impl EndpointId {
    /// The largest id; what lies above names the relay's own sockets.
    pub const MAX: u64 = (1 << 48) - 1;
}

/// A map by endpoint, looked into several times a packet. Ids come from the shell, not from the network, so that a
/// hash need not resist anybody.
pub(crate) type ById<T> = HashMap<EndpointId, T, BuildHasherDefault<IdHasher>>;

/// Spreads an id by one multiplication (Fibonacci hashing).
#[derive(Debug, Default)]
pub(crate) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, id: u64) {
        let spread = (self.0 ^ id).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = spread ^ (spread >> 32);
    }
}

impl fmt::Display for EndpointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The far side of a trunk leg, as negotiated by SDP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remote {
    /// Where SDP says its RTP is; an unspecified address or port 0 means that nothing is to be sent.
    pub addr: SocketAddr,
    /// The codec in use, both ways: G.711 or G.722. Opus is refused on trunks.
    pub codec: Codec,
    /// The codec's payload type.
    pub pt: u8,
    /// Payload type of telephone events (RFC 4733), if the far side takes them.
    pub dtmf_pt: Option<u8>,
    /// Milliseconds of sound a packet the far side wishes; 20 unless it said otherwise. What is made here is
    /// always sent in packets of 20 ms, what is forwarded keeps its length.
    pub ptime_ms: u16,
    /// Whether we may send sound: false while the far side holds us.
    pub may_send: bool,
}

/// Names a recording's files: letters, digits, `-`, `_` and `.`, not starting with a dot, at most 128 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordingId(String);

impl RecordingId {
    /// Checks a name; `None` if it could leave the folder or confuse a file system.
    pub fn new(name: &str) -> Option<Self> {
        let fits = !name.is_empty()
            && name.len() <= 128
            && !name.starts_with('.')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        fits.then(|| Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an endpoint hears.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Hear {
    /// Nothing.
    #[default]
    Silence,
    /// Prompts one after the other, then [`PromptEnded`](crate::RelayEvent::PromptEnded), then silence.
    Prompts {
        /// To report with. A new plan with the same number goes on where the old one was.
        play: u64,
        /// Names in the library, `zh-CN/welcome`.
        names: Vec<String>,
    },
    /// The library's `music`, for ever.
    Music,
    /// Ringback tone of the Chinese network (450 Hz, 1 s in 5), for ever.
    Ringback,
    /// Other endpoints, mixed if several. Who is muted is simply not in the list.
    Endpoints(Vec<EndpointId>),
}

/// Everything wished of one endpoint. The newest revision wins; older ones are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// Grows with every plan of this endpoint.
    pub revision: u64,
    /// What it hears.
    pub hear: Hear,
    /// Records a trunk leg under this name: channel 1 what it says, channel 2 what it hears. Ignored on desks.
    pub record: Option<RecordingId>,
}

/// What is known of an endpoint's traffic, for the curious and for tests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EndpointStats {
    /// Sound packets accepted from the far side.
    pub packets_in: u64,
    /// Sound packets sent to it.
    pub packets_out: u64,
    /// Packets dropped because they came from somewhere else.
    pub dropped_foreign: u64,
    /// Packets dropped because they were no RTP or had an unexpected payload type.
    pub dropped_unfit: u64,
    /// The worker it lives on.
    pub worker: usize,
    /// The source that trunk sound comes from, once latched.
    pub latched: Option<SocketAddr>,
}

#[cfg(test)]
mod tests {
    use super::RecordingId;

    #[test]
    fn recording_names_stay_in_their_folder() {
        for good in ["job-1234", "job-0c7b0d3e-9a52-4a1c", "a.b"] {
            assert!(RecordingId::new(good).is_some(), "{good}");
        }
        for bad in ["", ".", "..", ".hidden", "a/b", "a\\b", "a b", "a\0", "ü", &"x".repeat(129)] {
            assert!(RecordingId::new(bad).is_none(), "{bad}");
        }
    }
}

//! What is negotiated about sound: the words in which this crate and its user speak of SDP.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// A codec that can be negotiated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Codec {
    /// G.711 A-law, static payload type 8.
    Pcma,
    /// G.711 µ-law, static payload type 0.
    Pcmu,
    /// G.722 at 64 kbit/s, wideband, static payload type 9; its clock in SDP is 8000 (RFC 3551 §4.5.2).
    G722,
}

impl Codec {
    /// The static payload type (RFC 3551 §6).
    pub fn static_payload_type(self) -> u8 {
        match self {
            Self::Pcma => 8,
            Self::Pcmu => 0,
            Self::G722 => 9,
        }
    }

    pub(crate) fn encoding(self) -> &'static str {
        match self {
            Self::Pcma => "PCMA",
            Self::Pcmu => "PCMU",
            Self::G722 => "G722",
        }
    }
}

/// Who may send sound, seen from the side that says it (RFC 3264 §5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Both ways.
    #[default]
    SendRecv,
    /// The speaker sends and does not listen.
    SendOnly,
    /// The speaker listens and does not send.
    RecvOnly,
    /// Neither.
    Inactive,
}

impl Direction {
    /// Whether the side that says it sends.
    pub fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    /// Whether the side that says it listens.
    pub fn listens(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }

    /// The direction with these two properties.
    pub fn of(sends: bool, listens: bool) -> Self {
        match (sends, listens) {
            (true, true) => Self::SendRecv,
            (true, false) => Self::SendOnly,
            (false, true) => Self::RecvOnly,
            (false, false) => Self::Inactive,
        }
    }

    /// The same stream seen from the other end.
    pub fn reversed(self) -> Self {
        Self::of(self.listens(), self.sends())
    }

    /// What is left when both sides have had their say; both seen from the same end.
    pub fn and(self, other: Self) -> Self {
        Self::of(self.sends() && other.sends(), self.listens() && other.listens())
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }
}

/// Our end of the sound of a dialog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalMedia {
    /// Where we receive RTP: the address that is put into SDP.
    pub addr: SocketAddr,
    /// What we take, the one we like best first. Never empty. Telephone events (RFC 4733) are always offered beside
    /// it, with payload type 101.
    pub codecs: Vec<Codec>,
    /// What we wish to do.
    pub direction: Direction,
}

/// The far end of the sound of a dialog, as negotiated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteMedia {
    /// Where the far side wants its RTP. The address may be `0.0.0.0` while it holds; then `direction` does not send.
    pub addr: SocketAddr,
    /// What was agreed, with the payload type on the wire; the first is what to send. We answer offers with one codec
    /// only, so two stand here only when the far side answered ours with two.
    pub codecs: Vec<(Codec, u8)>,
    /// Payload type of telephone events, if agreed.
    pub dtmf_pt: Option<u8>,
    /// Packet length the far side wishes for, in milliseconds; 20 when it does not say.
    pub ptime_ms: u16,
    /// What **we** may do: [`Direction::SendRecv`] is a normal call; [`Direction::RecvOnly`] means the far side does
    /// not listen (it holds us, perhaps with music): send nothing; [`Direction::SendOnly`] means it listens but will
    /// not send; [`Direction::Inactive`] means neither.
    pub direction: Direction,
}

impl RemoteMedia {
    /// Whether the far side has put us on hold: it does not listen.
    pub fn held_by_far_side(&self) -> bool {
        !self.direction.sends()
    }
}

#[cfg(test)]
mod tests {
    use super::Direction;

    #[test]
    fn directions_turn_and_meet() {
        assert_eq!(Direction::SendOnly.reversed(), Direction::RecvOnly);
        assert_eq!(Direction::SendRecv.and(Direction::RecvOnly), Direction::RecvOnly);
        assert_eq!(Direction::SendOnly.and(Direction::RecvOnly), Direction::Inactive);
    }
}

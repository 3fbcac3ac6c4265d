//! A trunk leg: one pair of UDP sockets, plain RTP, and what is believed of whom it talks to.

use std::net::{IpAddr, SocketAddr};
use std::sync::PoisonError;

use cordboard_media::rtp::{self, RtpHeader};
use cordboard_media::{Codec, dtmf};
use mio::net::UdpSocket;

use crate::endpoint::Remote;
use crate::line::Line;
use crate::ports::PortPair;
use crate::slot::Tally;

/// What a datagram turned out to be.
pub(crate) enum Arrived<'a> {
    /// Sound in the negotiated codec.
    Sound(RtpHeader, Codec, &'a [u8]),
    /// A packet of a key; the digit comes with the first that says it.
    Key(RtpHeader, Option<char>),
    /// It comes from elsewhere.
    Foreign,
    /// It is no RTP, or of no payload type that was agreed.
    Unfit,
}

/// Sound is latched to one source: the first from the address SDP promised, then for good to the exact port it named
/// if that speaks at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Latch {
    /// Only this address may latch; `None` takes the first that comes (behind NAT).
    Open(Option<IpAddr>),
    /// The source.
    To(SocketAddr),
}

/// Keys that are believed in a second.
const KEYS_PER_SECOND: u8 = 20;

/// The codec of an incoming payload type: the agreed one, or G.711 by its static number (RFC 3551), because a far
/// side may change among what SDP listed.
fn codec_of(pt: u8, remote: &Remote) -> Option<Codec> {
    if pt == remote.pt {
        return Some(remote.codec);
    }
    [Codec::Pcma, Codec::Pcmu].into_iter().find(|codec| codec.static_payload_type() == Some(pt))
}

/// The leg's sockets and streams.
pub(crate) struct Trunk {
    pub socket: UdpSocket,
    /// Held so that nobody else gets the port; what arrives there is left to the kernel to drop.
    _rtcp: std::net::UdpSocket,
    behind_nat: bool,
    remote: Option<Remote>,
    latch: Latch,
    pub line: Line,
    keys_in: dtmf::Receiver,
    keys_since_us: u64,
    keys_counted: u8,
    pub keys_out: dtmf::Sender,
}

impl Trunk {
    pub fn new(pair: PortPair, behind_nat: bool, now_us: u64, random: u64, ssrc: u32) -> Self {
        Self {
            socket: UdpSocket::from_std(pair.rtp),
            _rtcp: pair.rtcp,
            behind_nat,
            remote: None,
            latch: Latch::Open(None),
            line: Line::new(ssrc, 8_000, now_us, random),
            keys_in: dtmf::Receiver::new(),
            keys_since_us: 0,
            keys_counted: 0,
            keys_out: dtmf::Sender::new(8_000),
        }
    }

    pub fn remote(&self) -> Option<Remote> {
        self.remote
    }

    /// The codec sent, once known and allowed.
    pub fn codec(&self) -> Option<Codec> {
        self.remote.filter(|remote| remote.may_send && self.target().is_some()).map(|remote| remote.codec)
    }

    /// Takes what SDP says. A new address opens the latch again; the same one keeps it.
    pub fn set_remote(&mut self, remote: Remote) {
        if self.remote.map(|old| old.addr) != Some(remote.addr) {
            self.latch = Latch::Open((!self.behind_nat).then(|| remote.addr.ip()));
        }
        self.remote = Some(remote);
    }

    /// Where sound goes: symmetric once latched, else where SDP says.
    fn target(&self) -> Option<SocketAddr> {
        let remote = self.remote?;
        match self.latch {
            Latch::To(source) => Some(source),
            Latch::Open(_) => Some(remote.addr).filter(|addr| addr.port() != 0 && !addr.ip().is_unspecified()),
        }
    }

    /// Judges a datagram.
    pub fn accept<'a>(&mut self, now_us: u64, from: SocketAddr, datagram: &'a [u8], tally: &Tally) -> Arrived<'a> {
        let judged = self.judge(now_us, from, datagram, tally);
        match &judged {
            Arrived::Sound(..) => Tally::count(&tally.packets_in),
            Arrived::Foreign => Tally::count(&tally.dropped_foreign),
            Arrived::Unfit => Tally::count(&tally.dropped_unfit),
            Arrived::Key(..) => {}
        }
        judged
    }

    fn judge<'a>(&mut self, now_us: u64, from: SocketAddr, datagram: &'a [u8], tally: &Tally) -> Arrived<'a> {
        let Some(remote) = self.remote else { return Arrived::Foreign };
        let expected = match self.latch {
            // Whom SDP named to the port always comes before a neighbour who was merely first: a call that an earlier
            // gateway lost may still be sending to this port.
            Latch::To(source) => source == from || remote.addr == from,
            Latch::Open(Some(promised)) => promised == from.ip(),
            Latch::Open(None) => true,
        };
        if !expected {
            return Arrived::Foreign;
        }
        let Ok((header, payload)) = rtp::parse(datagram) else { return Arrived::Unfit };
        let is_key = Some(header.payload_type) == remote.dtmf_pt;
        let codec = codec_of(header.payload_type, &remote);
        let Some(codec) = codec.filter(|_| !payload.is_empty()).or(is_key.then_some(remote.codec)) else {
            return Arrived::Unfit;
        };
        if self.latch != Latch::To(from) {
            self.latch = Latch::To(from);
            *tally.latched.lock().unwrap_or_else(PoisonError::into_inner) = Some(from);
        }
        if is_key {
            let digit = self.keys_in.receive(&header, payload).filter(|_| self.may_press(now_us));
            return Arrived::Key(header, digit);
        }
        Arrived::Sound(header, codec, payload)
    }

    /// Nobody presses more keys than this; a flood of them is not worth anybody's time.
    fn may_press(&mut self, now_us: u64) -> bool {
        if now_us.saturating_sub(self.keys_since_us) > 1_000_000 {
            (self.keys_since_us, self.keys_counted) = (now_us, 0);
        }
        self.keys_counted = self.keys_counted.saturating_add(1);
        self.keys_counted <= KEYS_PER_SECOND
    }

    /// Sends one packet, made in `packet`; returns its length.
    pub fn send(&self, header: &RtpHeader, payload: &[u8], packet: &mut [u8], tally: &Tally) -> Option<usize> {
        let target = self.target()?;
        let length = header.write_packet(payload, packet).ok()?;
        // A full send buffer or an unreachable far side loses the packet, as the network would.
        let _ = self.socket.send_to(packet.get(..length)?, target);
        Tally::count(&tally.packets_out);
        Some(length)
    }
}

//! A desk's connection: str0m in RTP mode behind one small door, so that nothing else in the relay knows it.

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use cordboard_media::Codec;
use cordboard_media::redundancy::{Distances, Packer};
use cordboard_media::rtp::RtpHeader;
use mio::net::UdpSocket;
use str0m::media::Pt;
use str0m::net::{Protocol, Receive};
use str0m::rtp::{RtpPacket, RtpWrite};
use str0m::{Event, IceConnectionState, Input, Output, Rtc};

use crate::line::Line;
use crate::offer::{Agreed, DownLine};
use crate::quality::DeskQuality;

/// A desk that sends nothing at all for this long is lost: its connectivity checks come every two seconds or so.
const SILENCE_LIMIT: Duration = Duration::from_secs(6);
/// Polls in a row without progress after which a connection is given up rather than the worker.
const POLL_LIMIT: usize = 4_096;
/// The shortest time str0m may ask to wait.
const SHORTEST_WAIT: Duration = Duration::from_millis(1);
/// Which frames go down once more where the network loses: decision 0006 has the measurements.
const COPIES: [usize; 2] = [1, 3];
/// The longest payload with copies: no network breaks it in two.
const MOST_PAYLOAD_BYTES: usize = 1_200;
/// Addresses a desk may be known by at a time.
pub(crate) const ADDRESSES_CAP: usize = 8;

/// One outgoing stream of the connection.
pub(crate) struct DownStream {
    pub agreed: DownLine,
    pub line: Line,
    /// Makes copies, where they were agreed on.
    packer: Option<Box<Packer>>,
}

/// What a payload type that arrives carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carried {
    /// One frame.
    Frame(Codec),
    /// A frame of Opus with copies of earlier ones (RFC 2198).
    WithCopies,
}

/// What the desk's connection is known to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Answered, not connected yet.
    Connecting,
    /// Sound can pass.
    Connected,
    /// Nothing arrives any more; it may heal.
    Lost,
    /// Over.
    Closed,
}

/// A change that the shell must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Connected,
    Lost { closed: bool },
}

/// The connection.
pub(crate) struct Desk {
    rtc: Rtc,
    pub ufrag: String,
    candidate: SocketAddr,
    pub g711: Option<DownStream>,
    pub opus: Option<DownStream>,
    pub reach: Reach,
    born: Instant,
    last_heard: Instant,
    /// When str0m wants to be called again; never once the connection is over.
    pub deadline: Option<Instant>,
    /// The earliest entry for it in the worker's timer heap.
    pub scheduled: Option<Instant>,
    pub quality: DeskQuality,
    /// Addresses it was heard from, so that they can be forgotten with it.
    pub addresses: Vec<SocketAddr>,
    end_told: bool,
}

impl Desk {
    pub fn new(agreed: Agreed, candidate: SocketAddr, now: Instant, now_us: u64, random: [u64; 2]) -> Self {
        let stream = |agreed: Option<DownLine>, clock_hz, random| {
            agreed.map(|agreed| DownStream {
                line: Line::new(*agreed.ssrc, clock_hz, now_us, random),
                packer: agreed.copies.map(|_| Box::new(Packer::new(Distances::of(&COPIES)))),
                agreed,
            })
        };
        Self {
            rtc: agreed.rtc,
            ufrag: agreed.ufrag,
            candidate,
            g711: stream(agreed.g711, 8_000, random[0]),
            opus: stream(agreed.opus, 48_000, random[1]),
            reach: Reach::Connecting,
            born: now,
            last_heard: now,
            deadline: Some(now),
            scheduled: None,
            quality: DeskQuality::new(now),
            addresses: Vec::with_capacity(ADDRESSES_CAP),
            end_told: false,
        }
    }

    /// Whether sound can be sent.
    pub fn is_up(&self) -> bool {
        matches!(self.reach, Reach::Connected | Reach::Lost)
    }

    /// The stream and payload type for a codec, if the desk takes it.
    pub fn down(&mut self, codec: Codec) -> Option<(&mut DownStream, Pt)> {
        let stream = if codec == Codec::Opus { &mut self.opus } else { &mut self.g711 };
        let stream = stream.as_mut()?;
        let pt = stream.agreed.pt(codec)?;
        Some((stream, pt))
    }

    /// The law that G.711 made here is sent in.
    pub fn g711_codec(&self) -> Option<Codec> {
        let line = &self.g711.as_ref()?.agreed;
        [Codec::Pcma, Codec::Pcmu].into_iter().find(|codec| line.pt(*codec).is_some())
    }

    /// Whether a datagram is for this desk; for STUN that includes its message integrity.
    pub fn accepts(&self, now: Instant, from: SocketAddr, datagram: &[u8]) -> bool {
        let Ok(receive) = Receive::new(Protocol::Udp, from, self.candidate, datagram) else { return false };
        self.rtc.accepts(&Input::Receive(now, receive))
    }

    /// Feeds a datagram.
    pub fn receive(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) {
        let Ok(receive) = Receive::new(Protocol::Udp, from, self.candidate, datagram) else { return };
        self.last_heard = now;
        self.guarded(|rtc| rtc.handle_input(Input::Receive(now, receive)).map_err(|error| error.to_string()));
    }

    /// Whether its Opus can go with copies of earlier frames, which makes in-band error correction superfluous.
    pub fn takes_copies(&self) -> bool {
        self.opus.as_ref().is_some_and(|stream| stream.packer.is_some())
    }

    /// Queues a packet of sound; [`Desk::drive`] sends it. While the network loses, Opus goes with copies.
    pub fn write(&mut self, codec: Codec, now: Instant, header: &RtpHeader, payload: &[u8]) {
        let lossy = self.quality.wants_opus();
        let Some((stream, pt)) = self.down(codec) else { return };
        match (&mut stream.packer, stream.agreed.copies) {
            (Some(packer), Some(copies)) if lossy && codec == Codec::Opus => {
                let mut packed = [0; MOST_PAYLOAD_BYTES];
                let length = packer.pack(*pt, header.timestamp, payload, &mut packed).ok();
                match length.and_then(|length| packed.get(..length)) {
                    Some(packed) => self.queue(codec, copies, now, header, packed),
                    // A frame that leaves no room for its header goes alone.
                    None => self.queue(codec, pt, now, header, payload),
                }
            }
            _ => self.queue(codec, pt, now, header, payload),
        }
    }

    fn queue(&mut self, codec: Codec, pt: Pt, now: Instant, header: &RtpHeader, payload: &[u8]) {
        let Some((stream, _)) = self.down(codec) else { return };
        let ssrc = stream.agreed.ssrc;
        let sequence = u64::try_from(stream.line.extended(header)).unwrap_or(0);
        self.guarded(|rtc| {
            let packet = RtpWrite::new(pt, sequence.into(), header.timestamp, now, payload).marker(header.marker);
            if let Some(stream) = rtc.direct_api().stream_tx(&ssrc) {
                stream.write_rtp(packet);
            }
            // Time marks the packet as ready; without it the next poll would ask for time first.
            rtc.handle_input(Input::Timeout(now)).map_err(|error| error.to_string())
        });
    }

    /// Lets str0m send, and collects what arrived. Returns a change of reach, if any.
    pub fn drive(&mut self, now: Instant, socket: &UdpSocket, arrived: &mut Vec<RtpPacket>) -> Option<Change> {
        let mut change = self.returned(now);
        let mut woken = false;
        for _ in 0..POLL_LIMIT {
            if self.reach == Reach::Closed {
                self.deadline = None;
                return self.goodbye().or(change);
            }
            let output = catch_unwind(AssertUnwindSafe(|| self.rtc.poll_output()));
            match output {
                // Due at once, as after a write; but a time that stays due must not hold the worker.
                Ok(Ok(Output::Timeout(at))) if at <= now && !woken => {
                    woken = true;
                    self.guarded(|rtc| rtc.handle_input(Input::Timeout(now)).map_err(|error| error.to_string()));
                }
                Ok(Ok(Output::Timeout(at))) => {
                    self.deadline = Some(at.max(now + SHORTEST_WAIT));
                    return change;
                }
                other => change = self.output(now, socket, other, arrived).or(change),
            }
        }
        self.fail("it never comes to rest");
        self.deadline = None;
        self.goodbye().or(change)
    }

    /// The end, said once.
    fn goodbye(&mut self) -> Option<Change> {
        (!std::mem::replace(&mut self.end_told, true)).then_some(Change::Lost { closed: true })
    }

    fn output(
        &mut self,
        now: Instant,
        socket: &UdpSocket,
        output: std::thread::Result<Result<Output, str0m::RtcError>>,
        arrived: &mut Vec<RtpPacket>,
    ) -> Option<Change> {
        match output {
            Ok(Ok(Output::Transmit(transmit))) => {
                // A full send buffer loses the packet, as the network would.
                let _ = socket.send_to(&transmit.contents, transmit.destination);
                None
            }
            Ok(Ok(Output::Event(event))) => self.event(now, event, arrived),
            Ok(Ok(Output::Timeout(_))) => None,
            Ok(Err(error)) => {
                self.fail(&error.to_string());
                None
            }
            Err(_) => {
                self.fail("its engine broke");
                None
            }
        }
    }

    fn event(&mut self, now: Instant, event: Event, arrived: &mut Vec<RtpPacket>) -> Option<Change> {
        match event {
            Event::RtpPacket(packet) => arrived.push(packet),
            Event::Connected => {
                self.reach = Reach::Connected;
                return Some(Change::Connected);
            }
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) if self.reach == Reach::Connected => {
                self.reach = Reach::Lost;
                return Some(Change::Lost { closed: false });
            }
            Event::Closed => self.fail("the desk closed it"),
            Event::MediaEgressStats(stats) => {
                let is_g711 = self.g711.as_ref().is_some_and(|stream| stream.agreed.mid == stats.mid);
                let stream = if is_g711 { &self.g711 } else { &self.opus };
                let highest = stats.remote.as_ref().map(|remote| *remote.maximum_sequence_number as i64);
                let line = stream.as_ref().map(|stream| &stream.line);
                let skipped = line.zip(highest).and_then(|(line, highest)| line.skipped_up_to(highest));
                self.quality.egress(now, is_g711, skipped, &stats);
            }
            Event::MediaIngressStats(stats) => self.quality.ingress(now, &stats),
            _ => {}
        }
        None
    }

    /// Whether a desk that was lost has been heard again: somebody waits for it.
    fn returned(&mut self, now: Instant) -> Option<Change> {
        if self.reach != Reach::Lost || self.is_silent(now) {
            return None;
        }
        self.reach = Reach::Connected;
        Some(Change::Connected)
    }

    fn is_silent(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.last_heard) > SILENCE_LIMIT
    }

    /// Looks at the silence of the desk; to be called about twice a second.
    pub fn check(&mut self, now: Instant) -> Option<Change> {
        match self.reach {
            Reach::Connected if self.is_silent(now) => {
                self.reach = Reach::Lost;
                Some(Change::Lost { closed: false })
            }
            Reach::Connecting if now.saturating_duration_since(self.born) > Duration::from_secs(30) => {
                self.fail("it was never connected");
                self.goodbye()
            }
            _ => None,
        }
    }

    /// What a payload type that arrived carries.
    pub fn carried(&self, pt: u8) -> Option<Carried> {
        let config = self.rtc.codec_config();
        if config.find(|params| params.red().is_some_and(|red| *red == pt)).is_some() {
            return Some(Carried::WithCopies);
        }
        let params = config.find(|params| *params.pt() == pt)?;
        match params.spec().codec {
            str0m::format::Codec::PCMA => Some(Carried::Frame(Codec::Pcma)),
            str0m::format::Codec::PCMU => Some(Carried::Frame(Codec::Pcmu)),
            str0m::format::Codec::Opus => Some(Carried::Frame(Codec::Opus)),
            _ => None,
        }
    }

    /// Says goodbye.
    pub fn close(&mut self, now: Instant, socket: &UdpSocket) {
        if self.reach == Reach::Closed {
            return;
        }
        self.end_told = true;
        self.guarded(|rtc| rtc.close().map_err(|error| error.to_string()));
        self.drive(now, socket, &mut Vec::new());
        self.reach = Reach::Closed;
    }

    fn guarded(&mut self, act: impl FnOnce(&mut Rtc) -> Result<(), String>) {
        if self.reach == Reach::Closed {
            return;
        }
        let rtc = &mut self.rtc;
        match catch_unwind(AssertUnwindSafe(|| act(rtc))) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => self.fail(&error),
            Err(_) => self.fail("its engine broke"),
        }
    }

    fn fail(&mut self, reason: &str) {
        tracing::info!(reason, "desk connection ended");
        self.reach = Reach::Closed;
    }
}

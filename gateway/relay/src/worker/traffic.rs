//! Packets: from a socket to whoever hears their source.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use cordboard_media::Codec;
use cordboard_media::recording::Side;
use cordboard_media::redundancy;
use cordboard_media::rtp::RtpHeader;
use mio::Token;

use super::{BURST, Body, DESKS, Worker};
use crate::demux;
use crate::desk::{ADDRESSES_CAP, Carried};
use crate::endpoint::EndpointId;
use crate::event::RelayEvent;
use crate::slot::Tally;
use crate::trunk::Arrived;

/// A source's change of codec is believed this often at most: making decoders costs something.
const CODEC_CHANGE_EVERY: Duration = Duration::from_millis(100);

/// A packet of sound on its way through.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sound<'a> {
    pub source: EndpointId,
    pub codec: Codec,
    /// Its payload type is the frame's own.
    pub header: RtpHeader,
    /// The packet's own frame.
    pub payload: &'a [u8],
    /// The payload as it came, where that has copies of earlier frames too (RFC 2198).
    pub with_copies: Option<&'a [u8]>,
}

impl<'a> Sound<'a> {
    /// A packet with copies; none if it cannot be read or its own frame is not Opus.
    pub fn with_copies(
        source: EndpointId,
        header: RtpHeader,
        payload: &'a [u8],
        is_opus: impl Fn(u8) -> bool,
    ) -> Option<Sound<'a>> {
        let frame = redundancy::blocks(payload).ok()?.frame();
        if frame.payload.is_empty() || !is_opus(frame.payload_type) {
            return None;
        }
        let header = RtpHeader { payload_type: frame.payload_type, ..header };
        Some(Sound { source, codec: Codec::Opus, header, payload: frame.payload, with_copies: Some(payload) })
    }
}

impl Worker {
    /// Reads what a trunk leg's socket has.
    pub(super) fn read_trunk(&mut self, id: EndpointId) {
        let now = Instant::now();
        let now_us = self.clock.us(now);
        let mut buffer = std::mem::take(&mut self.datagram);
        let mut emptied = false;
        for _ in 0..BURST {
            let Some(endpoint) = self.endpoints.get_mut(&id) else {
                emptied = true;
                break;
            };
            let Body::Trunk(trunk) = &mut endpoint.body else { break };
            let Ok((length, from)) = trunk.socket.recv_from(&mut buffer) else {
                emptied = true;
                break;
            };
            let Some(datagram) = buffer.get(..length) else { continue };
            match trunk.accept(now_us, from, datagram, &endpoint.slot.tally) {
                Arrived::Sound(header, codec, payload) => {
                    endpoint.heard_at = now;
                    if std::mem::take(&mut endpoint.silence_told) {
                        self.herald.tell(RelayEvent::HeardAgain { endpoint: id });
                    }
                    if let Some(tap) = &mut endpoint.tap
                        && !tap.packet(Side::Caller, now_us, codec, &header, payload)
                    {
                        self.figures.recording_overflows += 1;
                    }
                    self.figures.packets_in += 1;
                    self.route(now, &Sound { source: id, codec, header, payload, with_copies: None });
                }
                Arrived::Key(header, digit) => {
                    self.pass_over(id, &header);
                    if let Some(digit) = digit {
                        self.herald.tell(RelayEvent::Digit { endpoint: id, digit });
                    }
                }
                Arrived::Foreign => self.figures.dropped_foreign += 1,
                Arrived::Unfit => self.figures.dropped_unfit += 1,
            }
        }
        self.datagram = buffer;
        if !emptied {
            self.unread.push(Token(id.0 as usize));
        }
    }

    /// Reads what the desks' socket has.
    pub(super) fn read_desks(&mut self) {
        let now = Instant::now();
        let mut buffer = std::mem::take(&mut self.datagram);
        let mut emptied = false;
        for _ in 0..BURST {
            let Ok((length, from)) = self.desk_socket.recv_from(&mut buffer) else {
                emptied = true;
                break;
            };
            let Some(datagram) = buffer.get(..length) else { continue };
            if let Some(id) = self.desk_of(now, from, datagram) {
                if let Some(Body::Desk(desk)) = self.endpoints.get_mut(&id).map(|endpoint| &mut endpoint.body) {
                    desk.receive(now, from, datagram);
                }
                self.drive_desk(now, id);
            } else {
                self.figures.dropped_foreign += 1;
            }
        }
        self.datagram = buffer;
        if !emptied {
            self.unread.push(DESKS);
        }
    }

    /// Finds the desk a datagram is for: a STUN request by our user name in it, everything else by its source.
    /// A request whose integrity holds moves the source address to its desk, because addresses are used again.
    fn desk_of(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) -> Option<EndpointId> {
        let known = self.addresses.get(&from).copied();
        let Some(ufrag) = demux::stun_request_ufrag(datagram) else { return known };
        let id = *self.ufrags.get(ufrag)?;
        if known == Some(id) {
            return Some(id);
        }
        let Some(Body::Desk(desk)) = self.endpoints.get_mut(&id).map(|endpoint| &mut endpoint.body) else {
            return None;
        };
        if !desk.accepts(now, from, datagram) {
            return None;
        }
        if desk.addresses.len() >= ADDRESSES_CAP {
            self.addresses.remove(&desk.addresses.remove(0));
        }
        desk.addresses.push(from);
        self.addresses.insert(from, id);
        Some(id)
    }

    /// Lets a desk's connection send and hands on what came out of it.
    pub(super) fn drive_desk(&mut self, now: Instant, id: EndpointId) {
        let mut arrived = std::mem::take(&mut self.arrived);
        let mut change = None;
        if let Some(endpoint) = self.endpoints.get_mut(&id)
            && let Body::Desk(desk) = &mut endpoint.body
        {
            change = desk.drive(now, &self.desk_socket, &mut arrived);
            if let Some(deadline) = desk.deadline
                && desk.scheduled.is_none_or(|at| at > deadline)
            {
                desk.scheduled = Some(deadline);
                self.deadlines.push(std::cmp::Reverse((deadline, id)));
            }
        }
        for packet in arrived.drain(..) {
            self.desk_spoke(now, id, &packet);
        }
        self.arrived = arrived;
        if let Some(change) = change {
            self.desk_changed(id, change);
        }
    }

    pub(super) fn desk_due(&mut self, now: Instant, id: EndpointId) {
        let Some(Body::Desk(desk)) = self.endpoints.get_mut(&id).map(|endpoint| &mut endpoint.body) else { return };
        desk.scheduled = None;
        self.drive_desk(now, id);
    }

    fn desk_spoke(&mut self, now: Instant, id: EndpointId, packet: &str0m::rtp::RtpPacket) {
        let Some(endpoint) = self.endpoints.get_mut(&id) else { return };
        let Body::Desk(desk) = &mut endpoint.body else { return };
        if packet.payload.is_empty() {
            return;
        }
        let header = RtpHeader {
            payload_type: *packet.header.payload_type,
            marker: packet.header.marker,
            sequence: packet.header.sequence_number,
            timestamp: packet.header.timestamp,
            ssrc: *packet.header.ssrc,
        };
        let sound = match desk.carried(header.payload_type) {
            Some(Carried::Frame(codec)) => {
                Some(Sound { source: id, codec, header, payload: &packet.payload, with_copies: None })
            }
            Some(Carried::WithCopies) => {
                let is_opus = |pt| desk.carried(pt) == Some(Carried::Frame(Codec::Opus));
                Sound::with_copies(id, header, &packet.payload, is_opus)
            }
            None => None,
        };
        let Some(sound) = sound else {
            self.figures.dropped_unfit += 1;
            return;
        };
        desk.quality.codec_up = Some(sound.codec);
        endpoint.heard_at = now;
        if std::mem::take(&mut endpoint.silence_told) {
            self.herald.tell(RelayEvent::HeardAgain { endpoint: id });
        }
        Tally::count(&endpoint.slot.tally.packets_in);
        self.figures.packets_in += 1;
        self.route(now, &sound);
    }

    /// Gives a packet to everybody who hears its source, here and on other workers.
    pub(super) fn route(&mut self, now: Instant, sound: &Sound<'_>) {
        let elsewhere = match self.endpoints.get(&sound.source) {
            Some(endpoint) => endpoint.slot.audience.load(Ordering::Relaxed) & !(1 << self.index),
            None => 0,
        };
        if elsewhere != 0 {
            self.figures.crossings_lost += self.crossings.send(elsewhere, sound, &self.inboxes);
        }
        self.route_here(now, sound);
    }

    /// Takes what other workers sent.
    pub(super) fn read_crossings(&mut self) {
        let now = Instant::now();
        let mut buffer = std::mem::take(&mut self.crossed);
        while let Some(sound) = self.crossings.receive(&mut buffer) {
            self.route_here(now, &sound);
        }
        self.crossed = buffer;
    }

    fn route_here(&mut self, now: Instant, sound: &Sound<'_>) {
        let Some(audience) = self.audience.get_mut(&sound.source) else { return };
        let mut listeners = std::mem::take(&mut self.listeners);
        listeners.clear();
        listeners.extend_from_slice(&audience.listeners);
        let changes = audience.codec != Some(sound.codec)
            && audience.changed_at.is_none_or(|at| now.saturating_duration_since(at) >= CODEC_CHANGE_EVERY);
        if changes {
            audience.codec = Some(sound.codec);
            audience.changed_at = Some(now);
            for listener in &listeners {
                self.steer(*listener);
            }
        }
        if !self.decodings.is_empty() {
            let now_us = self.clock.us(now);
            for rate_hz in [8_000, 16_000] {
                if let Some(decoding) = self.decodings.get_mut(&(sound.source, rate_hz)) {
                    decoding.push(now_us, sound);
                }
            }
        }
        for listener in &listeners {
            self.deliver(now, *listener, sound);
        }
        self.listeners = listeners;
    }

    /// A packet of a key was taken out of a stream: those it passes to must not take it for loss.
    fn pass_over(&mut self, source: EndpointId, header: &RtpHeader) {
        let Some(audience) = self.audience.get(&source) else { return };
        for listener in &audience.listeners {
            match self.endpoints.get_mut(listener).map(|endpoint| &mut endpoint.body) {
                Some(Body::Trunk(trunk)) => trunk.line.omit(source, header),
                Some(Body::Desk(desk)) => {
                    if let Some(stream) = &mut desk.g711 {
                        stream.line.omit(source, header);
                    }
                }
                None => {}
            }
        }
    }
}

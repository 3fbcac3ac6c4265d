//! Packets: from a socket to whoever hears their source.

use std::net::SocketAddr;
use std::time::Instant;

use cordboard_media::Codec;
use cordboard_media::rtp::RtpHeader;
use mio::Token;

use super::{BURST, Body, DESKS, Worker};
use crate::demux;
use crate::endpoint::EndpointId;
use crate::event::RelayEvent;
use crate::trunk::Arrived;

/// A packet of sound on its way through.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sound<'a> {
    pub source: EndpointId,
    pub codec: Codec,
    pub header: RtpHeader,
    pub payload: &'a [u8],
}

impl Worker {
    /// Reads what a trunk leg's socket has.
    pub(super) fn read_trunk(&mut self, id: EndpointId) {
        let now = Instant::now();
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
            match trunk.accept(from, datagram, &endpoint.slot.tally) {
                Arrived::Sound(header, codec, payload) => {
                    endpoint.heard_at = now;
                    endpoint.silence_told = false;
                    self.route(now, &Sound { source: id, codec, header, payload });
                }
                Arrived::Digit(digit) => self.herald.tell(RelayEvent::Digit { endpoint: id, digit }),
                Arrived::Nothing => {}
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
            if let Some(datagram) = buffer.get(..length)
                && let Some(id) = self.desk_of(now, from, datagram)
            {
                if let Some(Body::Desk(desk)) = self.endpoints.get_mut(&id).map(|endpoint| &mut endpoint.body) {
                    desk.receive(now, from, datagram);
                }
                self.drive_desk(now, id);
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
            if desk.scheduled.is_none_or(|at| at > desk.deadline) {
                desk.scheduled = Some(desk.deadline);
                self.deadlines.push(std::cmp::Reverse((desk.deadline, id)));
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
        let Some(codec) = desk.codec_of(*packet.header.payload_type) else { return };
        desk.quality.codec_up = Some(codec);
        endpoint.heard_at = now;
        endpoint.silence_told = false;
        crate::slot::Tally::count(&endpoint.slot.tally.packets_in);
        let header = RtpHeader {
            payload_type: *packet.header.payload_type,
            marker: packet.header.marker,
            sequence: packet.header.sequence_number,
            timestamp: packet.header.timestamp,
            ssrc: *packet.header.ssrc,
        };
        self.route(now, &Sound { source: id, codec, header, payload: &packet.payload });
    }

    /// Gives a packet to everybody on this worker who hears its source.
    pub(super) fn route(&mut self, now: Instant, sound: &Sound<'_>) {
        let mut listeners = std::mem::take(&mut self.listeners);
        listeners.clear();
        if let Some(audience) = self.audience.get(&sound.source) {
            listeners.extend_from_slice(audience);
        }
        for listener in &listeners {
            self.deliver(now, *listener, sound);
        }
        self.listeners = listeners;
    }

    fn deliver(&mut self, now: Instant, listener: EndpointId, sound: &Sound<'_>) {
        let Some(endpoint) = self.endpoints.get_mut(&listener) else { return };
        if !endpoint.hears(sound.source) {
            return;
        }
        let now_us = self.clock.us(now);
        match &mut endpoint.body {
            Body::Trunk(trunk) => {
                let Some(remote) = trunk.remote() else { return };
                if trunk.codec() != Some(sound.codec) || trunk.keys_out.is_pressing() {
                    return;
                }
                let placed =
                    trunk.line.forward(now_us, sound.source, &sound.header, remote.pt, sound.codec, sound.payload);
                let Some(header) = placed else { return };
                let mut packet = [0; super::DATAGRAM];
                trunk.send(&header, sound.payload, &mut packet, &endpoint.slot.tally);
            }
            Body::Desk(desk) => {
                if !desk.is_up() {
                    return;
                }
                let Some((stream, pt)) = desk.down(sound.codec) else { return };
                let placed = stream.line.forward(now_us, sound.source, &sound.header, *pt, sound.codec, sound.payload);
                let Some(header) = placed else { return };
                desk.write(sound.codec, now, &header, sound.payload);
                crate::slot::Tally::count(&endpoint.slot.tally.packets_out);
                self.drive_desk(now, listener);
            }
        }
    }
}

//! One desk's WebRTC connection that speaks one codec.

use std::net::{SocketAddr, UdpSocket};
use std::time::Instant;

use anyhow::{Context, Result};
use cordboard_relay::Codec;
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{Extension, RtpWrite};
use str0m::{Candidate, Event, Input, Output, Rtc};

/// The connection.
pub struct Desk {
    /// Its socket, non-blocking.
    pub socket: UdpSocket,
    /// When it wants to be looked at although nothing arrived.
    pub next: Instant,
    /// The first byte of each packet of sound that arrived, and when.
    pub heard: Vec<(Instant, u8)>,
    rtc: Rtc,
    address: SocketAddr,
    mid: Mid,
    sequence: u64,
    pending: Option<SdpPendingOffer>,
}

impl Desk {
    /// Makes an offer. A desk of Opus offers nothing else, so that both ways are transcoded.
    pub fn offer(codec: Codec) -> Result<(Desk, String)> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.set_nonblocking(true)?;
        let address = socket.local_addr()?;
        let mut rtc = Rtc::builder()
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(codec == Codec::Opus, false)
            .enable_pcma(codec == Codec::Pcma, false)
            .clear_extension_map()
            .set_extension(4, Extension::RtpMid)
            .build(Instant::now());
        rtc.add_local_candidate(Candidate::host(address, "udp")?);
        let mut change = rtc.sdp_api();
        let mid = change.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
        let (offer, pending) = change.apply().context("an offer without media")?;
        let heard = Vec::with_capacity(64);
        let pending = Some(pending);
        let desk = Desk { rtc, socket, address, mid, sequence: 1, next: Instant::now(), heard, pending };
        Ok((desk, offer.to_sdp_string()))
    }

    /// Takes the answer.
    pub fn answered(&mut self, sdp: &str) -> Result<()> {
        let pending = self.pending.take().context("the offer was answered before")?;
        self.rtc.sdp_api().accept_answer(pending, SdpAnswer::from_sdp_string(sdp)?)?;
        Ok(())
    }

    /// Whether sound may flow.
    pub fn is_connected(&self) -> bool {
        self.rtc.is_connected()
    }

    /// Takes what arrived and does what is due.
    pub fn live(&mut self, now: Instant) -> Result<()> {
        let mut buffer = [0; 2_048];
        while let Ok((length, from)) = self.socket.recv_from(&mut buffer) {
            self.receive(now, from, &buffer[..length])?;
        }
        if now >= self.next { self.wake(now) } else { Ok(()) }
    }

    /// Does what is due.
    pub fn wake(&mut self, now: Instant) -> Result<()> {
        self.rtc.handle_input(Input::Timeout(now))?;
        self.drain(now)
    }

    /// Takes one datagram.
    pub fn receive(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) -> Result<()> {
        if let Ok(receive) = Receive::new(Protocol::Udp, from, self.address, datagram) {
            self.rtc.handle_input(Input::Receive(now, receive))?;
            self.drain(now)?;
        }
        Ok(())
    }

    /// Sends 20 ms of sound.
    pub fn speak(&mut self, now: Instant, pt: u8, time: u32, payload: &[u8]) -> Result<()> {
        self.sequence += 1;
        let packet = RtpWrite::new(pt.into(), self.sequence.into(), time, now, payload);
        if let Some(stream) = self.rtc.direct_api().stream_tx_by_mid(self.mid, None) {
            stream.write_rtp(packet);
        }
        self.drain(now)
    }

    fn drain(&mut self, now: Instant) -> Result<()> {
        loop {
            match self.rtc.poll_output()? {
                Output::Timeout(at) if at <= now => self.rtc.handle_input(Input::Timeout(now))?,
                Output::Timeout(at) => {
                    self.next = at;
                    return Ok(());
                }
                Output::Transmit(transmit) => {
                    self.socket.send_to(&transmit.contents, transmit.destination).ok();
                }
                Output::Event(Event::RtpPacket(packet)) => {
                    if let Some(first) = packet.payload.first() {
                        self.heard.push((now, *first));
                    }
                }
                Output::Event(_) => {}
            }
        }
    }
}

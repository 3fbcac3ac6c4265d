//! A customer's end of the sound: RTP over one socket, A-law or µ-law, 20 ms at a time.

use std::{
    collections::VecDeque,
    fs::File,
    io::BufWriter,
    net::{IpAddr, SocketAddr},
    path::Path,
    time::Instant,
};

use anyhow::{Context, Result};
use cordboard_media::{dtmf, g711::Law, rtp, wav};
use cordboard_sip::{Codec, Direction, LocalMedia, RemoteMedia};
use tokio::net::UdpSocket;

use super::listener::FRAME;

/// One customer's stream both ways.
pub struct Sound {
    socket: UdpSocket,
    began: Instant,
    header: rtp::RtpHeader,
    remote: Option<RemoteMedia>,
    keys: dtmf::Sender,
    /// What is still to be said.
    saying: VecDeque<i16>,
    /// Everything that was heard, silence included.
    pub heard: Vec<i16>,
    /// What arrived and has not been heard yet.
    arrived: VecDeque<i16>,
}

/// The most that may wait to be heard: 200 ms. More means a burst, whose beginning is let go.
const WAITING: usize = 10 * FRAME;
/// Ten minutes of what was heard are kept.
const KEPT: usize = 10 * 60 * 8_000;

impl Sound {
    /// Opens a socket.
    ///
    /// # Errors
    /// The system's.
    pub async fn open(ip: IpAddr) -> Result<Self> {
        let socket = UdpSocket::bind(SocketAddr::new(ip, 0)).await.context("no port for a customer's sound")?;
        let header = rtp::RtpHeader {
            payload_type: 8,
            marker: true,
            sequence: rand::random(),
            timestamp: rand::random(),
            ssrc: rand::random(),
        };
        Ok(Self {
            socket,
            began: Instant::now(),
            header,
            remote: None,
            keys: dtmf::Sender::new(8_000),
            saying: VecDeque::new(),
            heard: Vec::new(),
            arrived: VecDeque::new(),
        })
    }

    /// What to put into SDP.
    ///
    /// # Errors
    /// The system's.
    pub fn local(&self) -> Result<LocalMedia> {
        let addr = self.socket.local_addr()?;
        Ok(LocalMedia { addr, codecs: vec![Codec::Pcma, Codec::Pcmu], direction: Direction::SendRecv })
    }

    /// Learns where the far side wants its sound.
    pub fn set_remote(&mut self, remote: RemoteMedia) {
        self.remote = Some(remote);
    }

    /// Puts speech behind what is still to be said.
    pub fn say(&mut self, samples: &[i16]) {
        self.saying.extend(samples);
    }

    /// Whether something is still to be said.
    pub fn is_speaking(&self) -> bool {
        !self.saying.is_empty()
    }

    /// Presses a key.
    pub fn press(&mut self, key: char) {
        if let Err(error) = self.keys.queue(key) {
            tracing::warn!(%error, "a customer's key");
        }
    }

    /// Takes what arrived until nothing more is there.
    pub fn receive(&mut self) {
        let mut packet = [0; 1500];
        while let Ok((length, _)) = self.socket.try_recv_from(&mut packet) {
            let Ok((header, payload)) = rtp::parse(&packet[..length]) else { continue };
            let Some(law) = law_of(header.payload_type) else { continue };
            self.arrived.extend(payload.iter().map(|code| law.decode(*code)));
        }
        let surplus = self.arrived.len().saturating_sub(WAITING);
        self.arrived.drain(..surplus);
    }

    /// The next 20 ms that are heard, and notes them; silence where nothing arrived.
    pub fn next_heard(&mut self) -> [i16; FRAME] {
        let mut frame = [0; FRAME];
        let count = self.arrived.len().min(FRAME);
        for (sample, arrived) in frame.iter_mut().zip(self.arrived.drain(..count)) {
            *sample = arrived;
        }
        if self.heard.len() < KEPT {
            self.heard.extend_from_slice(&frame);
        }
        frame
    }

    /// Sends the next 20 ms: a key, speech or silence. Time goes on whether or not anything can be sent.
    pub async fn send(&mut self) {
        let timestamp = self.header.timestamp;
        self.header.timestamp = timestamp.wrapping_add(160);
        let Some(remote) = self.remote.clone().filter(|remote| remote.direction.sends()) else { return };
        let now_us = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX);
        if let Some(pt) = remote.dtmf_pt {
            let mut pressed = false;
            while let Some(event) = self.keys.poll(now_us) {
                let ago_us = now_us.saturating_sub(event.pressed_at_us);
                let ago = u32::try_from(ago_us / 125).unwrap_or(0);
                let header = rtp::RtpHeader {
                    payload_type: pt,
                    marker: event.marker,
                    timestamp: timestamp.wrapping_sub(ago),
                    ..self.header
                };
                self.transmit(&header, &event.payload.to_bytes(), remote.addr).await;
                pressed = true;
            }
            if pressed || self.keys.is_pressing() {
                return;
            }
        }
        let Some((codec, pt)) = remote.codecs.first().copied() else { return };
        let law = match codec {
            Codec::Pcma => Law::A,
            Codec::Pcmu => Law::Mu,
            // It does not offer wideband, and so is never asked for it.
            Codec::G722 => return,
        };
        let mut payload = [0; FRAME];
        for code in &mut payload {
            *code = law.encode(self.saying.pop_front().unwrap_or(0));
        }
        let header = rtp::RtpHeader { payload_type: pt, timestamp, ..self.header };
        self.transmit(&header, &payload, remote.addr).await;
        self.header.marker = false;
    }

    async fn transmit(&mut self, header: &rtp::RtpHeader, payload: &[u8], to: SocketAddr) {
        let mut packet = [0; 512];
        if let Ok(length) = header.write_packet(payload, &mut packet) {
            // A lost packet is what UDP is for.
            let _ = self.socket.send_to(&packet[..length], to).await;
        }
        self.header.sequence = self.header.sequence.wrapping_add(1);
    }
}

fn law_of(payload_type: u8) -> Option<Law> {
    match payload_type {
        8 => Some(Law::A),
        0 => Some(Law::Mu),
        _ => None,
    }
}

/// Writes 8 kHz sound as WAV.
///
/// # Errors
/// The system's.
pub fn save(path: &Path, samples: &[i16]) -> Result<()> {
    let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
    wav::write(BufWriter::new(file), 8_000, 1, samples)?;
    Ok(())
}

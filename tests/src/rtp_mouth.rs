//! A mouth and an ear on plain RTP: says recorded speech in A-law, presses keys, keeps what it hears on one clock.
//! Whoever signals (SIPp, our own phone) only has to put its address into the SDP.

use std::collections::{BTreeSet, VecDeque};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::Result;
use cordboard_ear::{Sound, alaw};
use tokio::sync::watch;

use crate::rtp::{self, Packet};

const PACKET_MS: u64 = 20;
const SAMPLES: usize = 160;
const ALAW: u8 = 8;
const EVENTS: u8 = 101;

/// The mouth. Dropping it closes its socket.
pub struct RtpMouth {
    /// Where it is to be reached.
    pub address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
    heard_packets: watch::Receiver<u64>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    remote: Option<SocketAddr>,
    learns: bool,
    sends: bool,
    say: VecDeque<i16>,
    again: Vec<i16>,
    keys: VecDeque<char>,
    ear: Ear,
}

impl RtpMouth {
    /// Opens a mouth that is silent and learns its far side from the first packet it hears.
    pub fn open() -> Result<RtpMouth> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, crate::places::free_port()?))?;
        let shared = Arc::new(Mutex::new(Shared { learns: true, sends: true, ..Shared::default() }));
        let stop = Arc::new(AtomicBool::new(false));
        let (count, heard_packets) = watch::channel(0);
        let address = socket.local_addr()?;
        let thread = std::thread::Builder::new().name("mouth".to_owned()).spawn({
            let (shared, stop) = (Arc::clone(&shared), Arc::clone(&stop));
            move || {
                Loop { socket, shared, sequence: 100, timestamp: 4000, key: None, begun: Instant::now() }
                    .run(&stop, &count);
            }
        })?;
        Ok(RtpMouth { address, shared, heard_packets, stop, thread: Some(thread) })
    }

    /// Sends to this address from now on, and to no other.
    pub fn send_to(&self, remote: SocketAddr) {
        let mut shared = self.shared();
        shared.remote = Some(remote);
        shared.learns = false;
    }

    /// Says this once, from now on, then silence.
    pub fn say(&self, sound: &Sound) {
        let mut shared = self.shared();
        shared.say = sound.at(cordboard_ear::RATE_HZ).samples.into();
        shared.again.clear();
    }

    /// Says this over and over.
    pub fn say_again_and_again(&self, sound: &Sound) {
        let samples = sound.at(cordboard_ear::RATE_HZ).samples;
        let mut shared = self.shared();
        shared.say = samples.clone().into();
        shared.again = samples;
    }

    /// Presses a key: RFC 4733, 120 ms.
    pub fn press(&self, key: char) {
        self.shared().keys.push_back(key);
    }

    /// Sends nothing at all, as if the wire were cut; or sends again.
    pub fn sends(&self, sends: bool) {
        self.shared().sends = sends;
    }

    /// What was heard so far, 8 kHz, silence where nothing arrived, from the first packet on.
    pub fn heard(&self) -> Sound {
        Sound::new(self.shared().ear.samples.clone())
    }

    /// Where in [`RtpMouth::heard`] now is.
    pub fn heard_ms(&self) -> u64 {
        self.heard().milliseconds()
    }

    /// The keys that were heard, each press once.
    pub fn keys_heard(&self) -> String {
        self.shared().ear.keys.clone()
    }

    /// Packets that arrived, and how many sources they came from.
    pub fn arrived(&self) -> (u64, usize) {
        let shared = self.shared();
        (shared.ear.packets, shared.ear.sources.len())
    }

    /// Waits until this many more milliseconds of packets have arrived.
    pub async fn hears(&self, milliseconds: u64, limit: Duration) -> Result<()> {
        let mut count = self.heard_packets.clone();
        let wanted = *count.borrow_and_update() + milliseconds / PACKET_MS;
        tokio::time::timeout(limit, count.wait_for(|packets| *packets >= wanted)).await.map_err(|_| {
            anyhow::anyhow!("nobody sent {milliseconds} ms of sound within {} s", limit.as_secs_f32())
        })??;
        Ok(())
    }

    /// Waits for a packet that is louder than −45 dBFS, and returns when it came.
    pub async fn hears_sound(&self, limit: Duration) -> Result<Instant> {
        let mut count = self.heard_packets.clone();
        let loud = async {
            loop {
                count.changed().await?;
                let heard = self.heard();
                if heard.piece(heard.milliseconds().saturating_sub(PACKET_MS), heard.milliseconds()).level_dbfs()
                    > -45.0
                {
                    return Ok(Instant::now());
                }
            }
        };
        match tokio::time::timeout(limit, loud).await {
            Ok(heard) => heard,
            Err(_) => anyhow::bail!("nothing was heard within {} s", limit.as_secs_f32()),
        }
    }

    /// Waits until this many keys have been heard.
    pub async fn hears_keys(&self, keys: &str, limit: Duration) -> Result<()> {
        let what = format!("the keys {keys}");
        crate::lines::until(&what, limit, || async { (self.keys_heard() == keys).then_some(()) })
            .await
            .map_err(|error| anyhow::anyhow!("{error}; heard were {:?}", self.keys_heard()))
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for RtpMouth {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// What arrived.
#[derive(Default)]
struct Ear {
    samples: Vec<i16>,
    began: Option<Instant>,
    /// Source, and the timestamp that stands at sample zero.
    anchor: Option<(u32, u32)>,
    sources: BTreeSet<u32>,
    packets: u64,
    keys: String,
    last_key: Option<(u32, u32)>,
}

impl Ear {
    fn take(&mut self, packet: &Packet<'_>, at: Instant) {
        match packet.payload_type {
            ALAW => self.sound(packet, at),
            EVENTS => self.event(packet),
            _ => {}
        }
    }

    fn sound(&mut self, packet: &Packet<'_>, at: Instant) {
        let began = *self.began.get_or_insert(at);
        self.packets += 1;
        self.sources.insert(packet.ssrc);
        let by_clock = at.duration_since(began).as_millis() as u32 * 8;
        let zero = match self.anchor {
            // A jump of more than half a second is a new clock, whatever the source's name is.
            Some((ssrc, zero))
                if ssrc == packet.ssrc
                    && (packet.timestamp.wrapping_sub(zero).wrapping_sub(by_clock) as i32).unsigned_abs() < 4000 =>
            {
                zero
            }
            _ => packet.timestamp.wrapping_sub(by_clock),
        };
        self.anchor = Some((packet.ssrc, zero));
        let start = packet.timestamp.wrapping_sub(zero) as i32;
        let Ok(start) = usize::try_from(start) else { return };
        if self.samples.len() < start + packet.payload.len() {
            self.samples.resize(start + packet.payload.len(), 0);
        }
        for (slot, byte) in self.samples[start..].iter_mut().zip(packet.payload) {
            *slot = alaw::decode(*byte);
        }
    }

    fn event(&mut self, packet: &Packet<'_>) {
        let Some(key) = packet.payload.first().and_then(|event| rtp::key_of(*event)) else { return };
        let this = (packet.ssrc, packet.timestamp);
        if self.last_key != Some(this) {
            self.last_key = Some(this);
            self.keys.push(key);
        }
    }
}

/// The thread.
struct Loop {
    socket: UdpSocket,
    shared: Arc<Mutex<Shared>>,
    sequence: u16,
    timestamp: u32,
    /// A key being pressed: event, packets sent, timestamp of its beginning.
    key: Option<(u8, u16, u32)>,
    begun: Instant,
}

impl Loop {
    fn run(mut self, stop: &AtomicBool, count: &watch::Sender<u64>) {
        let mut packets_sent = 0u64;
        let mut buffer = [0u8; 2048];
        while !stop.load(Ordering::Relaxed) {
            let due = self.begun + Duration::from_millis(packets_sent * PACKET_MS);
            let wait = due.saturating_duration_since(Instant::now());
            if wait.is_zero() {
                self.send();
                packets_sent += 1;
                continue;
            }
            if self.socket.set_read_timeout(Some(wait.max(Duration::from_millis(1)))).is_err() {
                return;
            }
            if let Ok((length, from)) = self.socket.recv_from(&mut buffer)
                && let Some(packet) = rtp::parse(&buffer[..length])
            {
                let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
                if shared.learns {
                    shared.remote = Some(from);
                }
                shared.ear.take(&packet, Instant::now());
                count.send_replace(shared.ear.packets);
            }
        }
    }

    fn send(&mut self) {
        self.timestamp = self.timestamp.wrapping_add(SAMPLES as u32);
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(remote) = shared.remote.filter(|_| shared.sends) else { return };
        if self.key.is_none() {
            self.key = shared.keys.pop_front().and_then(rtp::event_of).map(|event| (event, 0, self.timestamp));
        }
        let (payload_type, timestamp, payload) = match self.key {
            Some((event, sent, began)) => {
                // Six packets of a rising duration, then three that say it is over.
                let over = sent >= 6;
                let duration = ((sent.min(5) + 1) * SAMPLES as u16).to_be_bytes();
                self.key = (sent < 8).then_some((event, sent + 1, began));
                (EVENTS, began, vec![event, if over { 0x8a } else { 0x0a }, duration[0], duration[1]])
            }
            None => {
                if shared.say.len() < SAMPLES && !shared.again.is_empty() {
                    let again = shared.again.clone();
                    shared.say.extend(again);
                }
                let left = shared.say.len().min(SAMPLES);
                let mut samples: Vec<i16> = shared.say.drain(..left).collect();
                samples.resize(SAMPLES, 0);
                (ALAW, self.timestamp, samples.into_iter().map(alaw::encode).collect())
            }
        };
        drop(shared);
        self.sequence = self.sequence.wrapping_add(1);
        let ssrc = 0x5eed_0000 | u32::from(self.socket.local_addr().map_or(0, |address| address.port()));
        let packet =
            Packet { payload_type, marker: false, sequence: self.sequence, timestamp, ssrc, payload: &payload };
        self.socket.send_to(&rtp::build(&packet), remote).ok();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[tokio::test]
    async fn two_mouths_hear_each_other_and_each_others_keys() {
        let (one, other) = (RtpMouth::open().unwrap(), RtpMouth::open().unwrap());
        one.say(&Sound::tone(500.0, 400));
        one.press('7');
        one.press('#');
        one.send_to(other.address);
        other.hears(700, Duration::from_secs(5)).await.unwrap();
        other.hears_keys("7#", Duration::from_secs(2)).await.unwrap();
        let heard = other.heard();
        assert!(heard.milliseconds() >= 600);
        assert!(heard.piece(0, 380 + 360).level_dbfs() > -20.0);
        one.hears(100, Duration::from_secs(2)).await.unwrap();
    }
}

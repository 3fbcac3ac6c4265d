//! A plain RTP telephone: says a tone, hears what comes, presses keys.

use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use cordboard_media::g711::Law;
use cordboard_media::g722;
use cordboard_media::rtp::{self, RtpHeader};
use cordboard_media::tone::Tone;
use cordboard_media::{Codec, dtmf};
use cordboard_relay::{EndpointId, Relay, Remote};

use super::ear::{Decoding, Ear, Heard};

pub const KEYS_PT: u8 = 101;

pub struct Phone {
    pub ear: Ear,
    pub addr: SocketAddr,
    pub codec: Codec,
    hz: Arc<AtomicU32>,
    /// Every so manieth packet it says is lost on the way to the gateway; 0 for none.
    pub lose_every: Arc<AtomicU32>,
    keys: Arc<Mutex<dtmf::Sender>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Phone {
    /// Opens a trunk leg and connects a telephone to it that says `hz` (0: sends nothing).
    pub fn connect(relay: &Relay, id: u64, codec: Codec, hz: f32) -> Self {
        let leg = relay.open_trunk(EndpointId(id), false).unwrap();
        let phone = Self::new(leg, codec, hz);
        relay.set_remote(EndpointId(id), phone.remote()).unwrap();
        phone
    }

    pub fn new(leg: SocketAddr, codec: Codec, hz: f32) -> Self {
        let socket = UdpSocket::bind((super::LOOPBACK, 0)).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(2))).unwrap();
        let addr = socket.local_addr().unwrap();
        let (ear, hz) = (Ear::default(), Arc::new(AtomicU32::new(hz.to_bits())));
        let (keys, stop) = (Arc::new(Mutex::new(dtmf::Sender::new(8_000))), Arc::new(AtomicBool::new(false)));
        let lose_every = Arc::new(AtomicU32::new(0));
        let body = Body {
            socket,
            leg,
            codec,
            ear: ear.clone(),
            hz: Arc::clone(&hz),
            lose_every: Arc::clone(&lose_every),
            keys: Arc::clone(&keys),
            stop: Arc::clone(&stop),
        };
        let thread = std::thread::spawn(move || body.live());
        Self { ear, addr, codec, hz, lose_every, keys, stop, thread: Some(thread) }
    }

    pub fn remote(&self) -> Remote {
        Remote {
            addr: self.addr,
            codec: self.codec,
            pt: self.codec.static_payload_type().unwrap(),
            dtmf_pt: Some(KEYS_PT),
            ptime_ms: 20,
            may_send: true,
        }
    }

    pub fn say(&self, hz: f32) {
        self.hz.store(hz.to_bits(), Ordering::Relaxed);
    }

    pub fn press(&self, digits: &str) {
        digits.chars().for_each(|digit| self.keys.lock().unwrap().queue(digit).unwrap());
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

struct Body {
    socket: UdpSocket,
    leg: SocketAddr,
    codec: Codec,
    ear: Ear,
    hz: Arc<AtomicU32>,
    lose_every: Arc<AtomicU32>,
    keys: Arc<Mutex<dtmf::Sender>>,
    stop: Arc<AtomicBool>,
}

impl Body {
    fn live(self) {
        let start = Instant::now();
        let mut tick = 0_u32;
        let mut header = RtpHeader {
            ssrc: self.leg.port().into(),
            sequence: 65_500,
            timestamp: u32::MAX - 4_000,
            ..RtpHeader::default()
        };
        let mut tone = (0.0, Tone::sine(0.0, -20.0, 8_000));
        let mut encoder = g722::Encoder::new();
        let mut decoding = Decoding::default();
        let mut keys_heard = dtmf::Receiver::new();
        let mut buffer = [0; 2_048];
        while !self.stop.load(Ordering::Relaxed) {
            if start.elapsed() >= Duration::from_millis(20) * tick {
                tick += 1;
                header.timestamp = header.timestamp.wrapping_add(160);
                self.speak(&mut header, &mut tone, &mut encoder, start);
            }
            let Ok((length, _)) = self.socket.recv_from(&mut buffer) else { continue };
            let (got, payload) = rtp::parse(&buffer[..length]).unwrap();
            if got.payload_type == KEYS_PT {
                let digit = keys_heard.receive(&got, payload);
                self.ear.change(|memory| {
                    memory.events += 1;
                    memory.digits.extend(digit);
                });
                continue;
            }
            assert_eq!(Some(got.payload_type), self.codec.static_payload_type(), "a codec that was not agreed");
            let (samples, wide) = decoding.decode(self.codec, payload);
            self.ear.hear(Heard { at: Instant::now(), codec: self.codec, header: got, samples, wide });
        }
    }

    fn speak(&self, header: &mut RtpHeader, tone: &mut (f32, Tone), encoder: &mut g722::Encoder, start: Instant) {
        let now_us = start.elapsed().as_micros() as u64;
        let mut packet = [0; 256];
        let mut keys = self.keys.lock().unwrap();
        while let Some(event) = keys.poll(now_us) {
            header.sequence = header.sequence.wrapping_add(1);
            let timestamp = (u32::MAX - 4_000).wrapping_add((event.pressed_at_us / 125) as u32);
            let key = RtpHeader { payload_type: KEYS_PT, marker: event.marker, timestamp, ..*header };
            let length = key.write_packet(&event.payload.to_bytes(), &mut packet).unwrap();
            self.socket.send_to(&packet[..length], self.leg).unwrap();
        }
        let hz = f32::from_bits(self.hz.load(Ordering::Relaxed));
        if keys.is_pressing() || hz == 0.0 {
            return;
        }
        let rate_hz = if self.codec.is_wide() { 16_000 } else { 8_000 };
        if tone.0 != hz {
            *tone = (hz, Tone::sine(hz, -14.0, rate_hz));
        }
        let mut samples = vec![0; rate_hz as usize / 50];
        tone.1.fill(&mut samples);
        let mut payload = [0; 160];
        match self.codec {
            Codec::G722 => encoder.encode(&samples, &mut payload),
            Codec::Pcmu => Law::Mu.encode_slice(&samples, &mut payload),
            _ => Law::A.encode_slice(&samples, &mut payload),
        };
        header.payload_type = self.codec.static_payload_type().unwrap();
        header.sequence = header.sequence.wrapping_add(1);
        let lose_every = self.lose_every.load(Ordering::Relaxed);
        if lose_every > 0 && u32::from(header.sequence) % lose_every == 0 {
            return;
        }
        let length = header.write_packet(&payload, &mut packet).unwrap();
        self.socket.send_to(&packet[..length], self.leg).unwrap();
    }
}

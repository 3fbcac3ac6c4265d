//! Desks over WebRTC that speak one codec, all on one thread.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use cordboard_media::g711::Law;
use cordboard_media::opus_codec::{Encoder, EncoderSettings};
use cordboard_media::tone::Tone;
use cordboard_relay::{Codec, EndpointId, Relay};
use str0m::change::SdpAnswer;
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{Extension, RtpWrite};
use str0m::{Candidate, Input, Output, Rtc};

pub struct Load {
    stop: Arc<AtomicBool>,
    silent: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Load {
    /// Connects the desks and waits until all are up. A desk of Opus offers nothing else, so that both ways are
    /// transcoded.
    pub fn start(relay: &Relay, ids: impl Iterator<Item = u64>, codec: Codec) -> Self {
        let mut desks: Vec<Desk> = ids.map(|id| Desk::connect(relay, id, codec)).collect();
        while !desks.iter().all(|desk| desk.rtc.is_connected()) {
            let now = Instant::now();
            desks.iter_mut().for_each(|desk| desk.live(now));
            std::thread::sleep(Duration::from_millis(1));
        }
        let stop = Arc::new(AtomicBool::new(false));
        let silent = Arc::new(AtomicBool::new(false));
        let (stopped, silenced) = (Arc::clone(&stop), Arc::clone(&silent));
        let thread = std::thread::spawn(move || run(desks, codec, &stopped, &silenced));
        Self { stop, silent, thread: Some(thread) }
    }

    /// The desks stay connected and say nothing.
    pub fn silent(self) -> Self {
        self.silent.store(true, Ordering::Relaxed);
        self
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

struct Desk {
    rtc: Rtc,
    socket: UdpSocket,
    addr: SocketAddr,
    mid: Mid,
    sequence: u64,
    next: Instant,
}

impl Desk {
    fn connect(relay: &Relay, id: u64, codec: Codec) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_nonblocking(true).unwrap();
        let addr = socket.local_addr().unwrap();
        let mut rtc = Rtc::builder()
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(codec == Codec::Opus, false)
            .enable_pcma(codec == Codec::Pcma, false)
            .clear_extension_map()
            .set_extension(4, Extension::RtpMid)
            .build(Instant::now());
        rtc.add_local_candidate(Candidate::host(addr, "udp").unwrap());
        let mut change = rtc.sdp_api();
        let mid = change.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
        let (offer, pending) = change.apply().unwrap();
        let (sender, receiver) = mpsc::channel();
        relay.open_desk(EndpointId(id), offer.to_sdp_string(), move |answer| sender.send(answer).unwrap());
        let answer = receiver.recv().unwrap().unwrap();
        rtc.sdp_api().accept_answer(pending, SdpAnswer::from_sdp_string(&answer).unwrap()).unwrap();
        Self { rtc, socket, addr, mid, sequence: 1, next: Instant::now() }
    }

    fn live(&mut self, now: Instant) {
        let mut buffer = [0; 2_048];
        while let Ok((length, from)) = self.socket.recv_from(&mut buffer) {
            if let Ok(receive) = Receive::new(Protocol::Udp, from, self.addr, &buffer[..length]) {
                self.rtc.handle_input(Input::Receive(now, receive)).unwrap();
                self.drain(now);
            }
        }
        if now >= self.next {
            self.rtc.handle_input(Input::Timeout(now)).unwrap();
            self.drain(now);
        }
    }

    fn drain(&mut self, now: Instant) {
        loop {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(at) if at <= now => self.rtc.handle_input(Input::Timeout(now)).unwrap(),
                Output::Timeout(at) => {
                    self.next = at;
                    return;
                }
                Output::Transmit(transmit) => {
                    let _ = self.socket.send_to(&transmit.contents, transmit.destination);
                }
                Output::Event(_) => {}
            }
        }
    }

    fn speak(&mut self, now: Instant, pt: u8, time: u32, payload: &[u8]) {
        self.sequence += 1;
        let packet = RtpWrite::new(pt.into(), self.sequence.into(), time, now, payload);
        if let Some(stream) = self.rtc.direct_api().stream_tx_by_mid(self.mid, None) {
            stream.write_rtp(packet);
        }
        self.drain(now);
    }
}

fn run(mut desks: Vec<Desk>, codec: Codec, stopped: &AtomicBool, silent: &AtomicBool) {
    let mut encoder = Encoder::new(&EncoderSettings::speech(16_000)).unwrap();
    let (rate, pt) = if codec == Codec::Opus { (16_000, 111) } else { (8_000, 8) };
    let mut tone = Tone::sine(440.0, -14.0, rate);
    let (mut pcm, mut payload) = (vec![0; rate as usize / 50], [0; 1_275]);
    let start = Instant::now();
    for step in 0_u32.. {
        // One encoding for all: the relay decodes each for itself.
        tone.fill(&mut pcm);
        let length = match codec {
            Codec::Opus => encoder.encode(&pcm, &mut payload).unwrap(),
            _ => Law::A.encode_slice(&pcm, &mut payload),
        };
        let count = desks.len() as u32;
        for (index, desk) in desks.iter_mut().enumerate() {
            let due = start + Duration::from_millis(20) * step + Duration::from_millis(20) * index as u32 / count;
            let left = due.saturating_duration_since(Instant::now());
            if left > Duration::from_micros(200) {
                std::thread::sleep(left);
            }
            if stopped.load(Ordering::Relaxed) {
                return;
            }
            let now = Instant::now();
            desk.live(now);
            if silent.load(Ordering::Relaxed) {
                continue;
            }
            desk.speak(now, pt, step * codec.units_per_20_ms(), &payload[..length]);
        }
    }
}

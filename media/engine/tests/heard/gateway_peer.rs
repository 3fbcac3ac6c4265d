//! The gateway's end of one desk's connection: str0m on a thread, told what to say, keeping what it hears.

#[path = "network.rs"]
mod network;

use std::net::{SocketAddr, UdpSocket};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use cordboard_engine::Codec;
use cordboard_media::g711::{encode_alaw_slice, encode_ulaw_slice};
use cordboard_media::opus_codec::{Encoder, EncoderSettings, MAX_PACKET_BYTES};
use cordboard_media::playout::{PlayoutConfig, PlayoutDecoder};
use cordboard_media::redundancy::{Distances, Packer};
use cordboard_media::rtp::RtpHeader;
use str0m::change::SdpOffer;
use str0m::format::{Codec as SdpCodec, FormatParams};
use str0m::media::{Frequency, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{RtpWrite, SeqNo};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};

pub use network::Network;
use network::Wire;

/// Rate at which the gateway speaks and hears.
pub const HZ: u32 = 16_000;
const FRAME: Duration = Duration::from_millis(20);

/// One end that can be spoken through and listened at.
pub struct GatewayPeer {
    acts: Sender<Act>,
    heard: Arc<Mutex<Heard>>,
    thread: Option<JoinHandle<()>>,
}

/// What arrived from the desk.
#[derive(Default, Clone)]
pub struct Heard {
    /// Decoded sound from the first packet on, silence where nothing came.
    pub samples: Vec<i16>,
    /// Every packet: arrival, header.
    pub packets: Vec<(Instant, RtpHeader)>,
    pub connected: bool,
}

enum Act {
    /// Speak these samples, from the next tick on, on the line of the codec.
    Speak {
        samples: Vec<i16>,
        codec: Codec,
    },
    /// Change what is being said to another codec, fading over 40 ms as the gateway does.
    Crossfade {
        to: Codec,
    },
    /// What the network does from now on, both ways.
    Network(Network),
    /// Send back what is heard, packet by packet.
    Reflect,
    Stop,
}

impl GatewayPeer {
    /// Takes a desk's offer and returns the answer.
    pub fn answer(offer: &str) -> (GatewayPeer, String) {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let local = socket.local_addr().unwrap();
        let mut config = RtcConfig::new().clear_codecs().set_rtp_mode(true).set_ice_lite(true);
        let codecs = config.codec_config();
        // Payload type 111, and 63 for it with copies of earlier frames.
        codecs.enable_opus(true, true);
        for (payload_type, codec) in [(8, SdpCodec::PCMA), (0, SdpCodec::PCMU)] {
            // Any channel count given here would silently remove the codec from the answer.
            codecs.add_config(payload_type.into(), None, codec, Frequency::EIGHT_KHZ, None, FormatParams::default());
        }
        let mut rtc = config.build(Instant::now());
        rtc.add_local_candidate(Candidate::host(local, "udp").unwrap());
        let offer = SdpOffer::from_sdp_string(offer).unwrap();
        let answer = rtc.sdp_api().accept_offer(offer).unwrap().to_sdp_string();
        let (acts, told) = channel();
        let heard = Arc::new(Mutex::new(Heard::default()));
        let peer = Loop::new(rtc, socket, local, told, Arc::clone(&heard));
        let thread = std::thread::spawn(move || peer.run());
        (GatewayPeer { acts, heard, thread: Some(thread) }, answer)
    }

    pub fn speak(&self, samples: Vec<i16>, codec: Codec) {
        self.acts.send(Act::Speak { samples, codec }).unwrap();
    }

    pub fn crossfade(&self, to: Codec) {
        self.acts.send(Act::Crossfade { to }).unwrap();
    }

    pub fn network(&self, network: Network) {
        self.acts.send(Act::Network(network)).unwrap();
    }

    pub fn reflect(&self) {
        self.acts.send(Act::Reflect).unwrap();
    }

    pub fn heard(&self) -> Heard {
        self.heard.lock().unwrap().clone()
    }

    pub fn connected(&self) -> bool {
        self.heard.lock().unwrap().connected
    }
}

impl Drop for GatewayPeer {
    fn drop(&mut self) {
        let _ = self.acts.send(Act::Stop);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
            && !std::thread::panicking()
        {
            panic!("the gateway's thread panicked");
        }
    }
}

/// One stream towards the desk.
struct Stream {
    mid: usize,
    sequence: u64,
}

struct Speech {
    samples: Vec<i16>,
    at: usize,
    codec: Codec,
    /// The codec being left, and how many frames are still to be sent in it: two fading, two silent.
    leaving: Option<(Codec, usize)>,
}

struct Loop {
    rtc: Rtc,
    socket: UdpSocket,
    local: SocketAddr,
    acts: Receiver<Act>,
    heard: Arc<Mutex<Heard>>,
    mids: Vec<Mid>,
    streams: [Stream; 2],
    speech: Option<Speech>,
    opus: Encoder,
    copies: Packer,
    playout: Option<(PlayoutDecoder, u64)>,
    down: Wire,
    up: Wire,
    epoch: Instant,
    tick: u64,
    reflects: bool,
    /// Packets to be sent back.
    reflected: Vec<(RtpHeader, Vec<u8>)>,
}

impl Loop {
    fn new(rtc: Rtc, socket: UdpSocket, local: SocketAddr, acts: Receiver<Act>, heard: Arc<Mutex<Heard>>) -> Loop {
        let opus = Encoder::new(&EncoderSettings::speech(HZ)).unwrap();
        let streams = [Stream { mid: 0, sequence: 1 }, Stream { mid: 1, sequence: 1 }];
        let epoch = Instant::now();
        let mids = vec!["0".into(), "1".into()];
        let (speech, playout) = (None, None);
        let (down, up) = (Wire::new(0x9e37_79b9), Wire::new(0x85eb_ca6b));
        let copies = Packer::new(Distances::of(&[1, 3]));
        Loop {
            rtc,
            socket,
            local,
            acts,
            heard,
            mids,
            streams,
            speech,
            opus,
            copies,
            playout,
            down,
            up,
            epoch,
            tick: 0,
            reflects: false,
            reflected: vec![],
        }
    }

    fn run(mut self) {
        let mut buffer = vec![0; 2_000];
        loop {
            let timeout = self.drain();
            while let Ok(act) = self.acts.try_recv() {
                match act {
                    Act::Speak { samples, codec } => {
                        self.speech = Some(Speech { samples, at: 0, codec, leaving: None });
                    }
                    Act::Crossfade { to } => {
                        if let Some(speech) = &mut self.speech {
                            speech.leaving = Some((speech.codec, 4));
                            speech.codec = to;
                        }
                    }
                    Act::Network(network) => {
                        self.down.network = network;
                        self.up.network = network;
                    }
                    Act::Reflect => self.reflects = true,
                    Act::Stop => return,
                }
            }
            for (header, payload) in std::mem::take(&mut self.reflected) {
                self.send_back(header, payload);
            }
            let due = self.epoch + FRAME * (self.tick as u32 + 1);
            if Instant::now() >= due {
                self.tick += 1;
                self.tick_at(due);
                continue;
            }
            if let Some((destination, bytes)) = self.down.arrived() {
                let _ = self.socket.send_to(&bytes, destination);
                continue;
            }
            let packet = self.up.arrived();
            let input = match &packet {
                Some((source, bytes)) => self.received(*source, bytes),
                None => {
                    let flying = self.down.next().into_iter().chain(self.up.next()).min().unwrap_or(due);
                    let wait = due.min(timeout).min(flying).saturating_duration_since(Instant::now());
                    self.socket.set_read_timeout(Some(wait.max(Duration::from_millis(1)))).unwrap();
                    if let Ok((length, source)) = self.socket.recv_from(&mut buffer) {
                        self.up.take(source, &buffer[..length]);
                    }
                    Input::Timeout(Instant::now())
                }
            };
            self.rtc.handle_input(input).unwrap();
        }
    }

    fn received<'a>(&self, source: SocketAddr, bytes: &'a [u8]) -> Input<'a> {
        let now = Instant::now();
        match bytes.try_into() {
            Ok(contents) => {
                Input::Receive(now, Receive { proto: Protocol::Udp, source, destination: self.local, contents })
            }
            Err(_) => Input::Timeout(now),
        }
    }

    fn drain(&mut self) -> Instant {
        loop {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(at) => return at,
                Output::Transmit(transmit) => self.down.take(transmit.destination, &transmit.contents),
                Output::Event(Event::Connected) => self.heard.lock().unwrap().connected = true,
                Output::Event(Event::RtpPacket(packet)) => {
                    let header = RtpHeader {
                        payload_type: *packet.header.payload_type,
                        marker: packet.header.marker,
                        sequence: packet.header.sequence_number,
                        timestamp: packet.header.timestamp,
                        ssrc: *packet.header.ssrc,
                    };
                    self.hear(packet.timestamp, header, &packet.payload);
                }
                Output::Event(_) => {}
            }
        }
    }

    fn hear(&mut self, arrival: Instant, header: RtpHeader, payload: &[u8]) {
        self.heard.lock().unwrap().packets.push((arrival, header));
        let codec_of = |payload_type| match payload_type {
            111 => Some(Codec::Opus),
            8 => Some(Codec::Pcma),
            0 => Some(Codec::Pcmu),
            _ => None,
        };
        let (tick, us) = (self.tick, self.us(arrival));
        let (playout, _) =
            self.playout.get_or_insert_with(|| (PlayoutDecoder::new(&PlayoutConfig::at(HZ)).unwrap(), tick));
        match (codec_of(header.payload_type), header.payload_type) {
            (Some(codec), _) => playout.push(us, &header, codec, payload),
            (None, 63) => playout.push_redundant(us, &header, payload, codec_of).unwrap(),
            (None, other) => panic!("the desk sent payload type {other}"),
        };
        if self.reflects {
            self.reflected.push((header, payload.to_vec()));
        }
    }

    fn send_back(&mut self, header: RtpHeader, payload: Vec<u8>) {
        let stream = &mut self.streams[usize::from(matches!(header.payload_type, 63 | 111))];
        let mid = self.mids[stream.mid];
        let sequence = SeqNo::from(stream.sequence);
        stream.sequence += 1;
        let write = RtpWrite::new(header.payload_type.into(), sequence, header.timestamp, Instant::now(), payload);
        self.rtc.direct_api().stream_tx_by_mid(mid, None).unwrap().write_rtp(write);
        self.drain();
        // What is written leaves at the next input; the socket's time-out is too coarse to wait for.
        self.rtc.handle_input(Input::Timeout(Instant::now())).unwrap();
        self.drain();
    }

    fn tick_at(&mut self, due: Instant) {
        let us = self.us(due);
        if let Some((playout, _)) = &mut self.playout {
            let mut frame = [0; HZ as usize / 50];
            playout.pull(us, &mut frame);
            self.heard.lock().unwrap().samples.extend_from_slice(&frame);
        }
        let Some(mut speech) = self.speech.take() else { return };
        let frame: Vec<i16> =
            (0..HZ as usize / 50).map(|n| speech.samples.get(speech.at + n).copied().unwrap_or(0)).collect();
        let done = speech.at >= speech.samples.len();
        speech.at += frame.len();
        match &mut speech.leaving {
            Some((old, left)) => {
                let (old, fade) = (*old, *left);
                *left -= 1;
                if *left == 0 {
                    speech.leaving = None;
                }
                // 40 ms of fading, then two silent frames on the old stream.
                let from = match fade {
                    4 => 1.0,
                    3 => 0.5,
                    _ => 0.0,
                };
                let to = match fade {
                    4 => 0.5,
                    _ => 0.0,
                };
                self.send(old, &ramp(&frame, from, to));
                self.send(speech.codec, &ramp(&frame, 1.0 - from, 1.0 - to));
            }
            None => self.send(speech.codec, &frame),
        }
        if !done {
            self.speech = Some(speech);
        }
    }

    fn send(&mut self, codec: Codec, frame: &[i16]) {
        let mut payload = [0; MAX_PACKET_BYTES];
        let narrow: Vec<i16> = frame.chunks_exact(2).map(|pair| pair[0].midpoint(pair[1])).collect();
        let timestamp = self.tick as u32 * codec.units_per_20_ms();
        let (length, payload_type) = match codec {
            Codec::Opus => {
                let mut encoded = [0; MAX_PACKET_BYTES];
                let length = self.opus.encode(frame, &mut encoded).unwrap();
                (self.copies.pack(111, timestamp, &encoded[..length], &mut payload).unwrap(), 63)
            }
            Codec::Pcma => (encode_alaw_slice(&narrow, &mut payload), 8),
            Codec::Pcmu => (encode_ulaw_slice(&narrow, &mut payload), 0),
            Codec::G722 => panic!("no desk takes G.722"),
        };
        let stream = &mut self.streams[usize::from(codec == Codec::Opus)];
        let mid = self.mids[stream.mid];
        let sequence = stream.sequence;
        stream.sequence += 1;
        let write = RtpWrite::new(
            payload_type.into(),
            SeqNo::from(sequence),
            timestamp,
            Instant::now(),
            payload[..length].to_vec(),
        );
        // The one that the answer announced; a stream it does not name would not be mapped to a line by the desk.
        self.rtc.direct_api().stream_tx_by_mid(mid, None).unwrap().write_rtp(write);
        // Every mutation is followed by a whole drain.
        self.drain();
    }

    fn us(&self, at: Instant) -> u64 {
        at.saturating_duration_since(self.epoch).as_micros() as u64
    }
}

fn ramp(frame: &[i16], from: f32, to: f32) -> Vec<i16> {
    let length = frame.len() as f32;
    let gain = |n: usize| from + (to - from) * n as f32 / length;
    frame.iter().enumerate().map(|(n, sample)| (f32::from(*sample) * gain(n)) as i16).collect()
}

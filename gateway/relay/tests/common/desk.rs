//! A desk for tests: str0m as a full ICE client that offers as a browser does.

use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use cordboard_media::Codec;
use cordboard_media::g711::Law;
use cordboard_media::opus_codec::{Encoder, EncoderSettings};
use cordboard_media::redundancy::{Distances, Packer, blocks};
use cordboard_media::rtp::RtpHeader;
use cordboard_media::tone::Tone;
use cordboard_relay::{EndpointId, Relay};
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{Extension, RtpWrite};
use str0m::{Candidate, Event, Input, Output, Rtc};

use super::ear::{Decoding, Ear, Heard};

/// What the desk's mouth does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mouth {
    pub hz: f32,
    pub codec: Codec,
}

pub struct Desk {
    /// What came on the line for G.711.
    pub g711: Ear,
    /// What came on the line for Opus.
    pub opus: Ear,
    /// Percent of arriving media that is thrown away.
    pub lose_percent: Arc<AtomicU32>,
    /// Cuts the network both ways.
    pub cut: Arc<AtomicBool>,
    /// Packets of Opus that came with copies of earlier frames.
    pub with_copies: Arc<AtomicU32>,
    mouth: Arc<Mutex<Option<Mouth>>>,
    stop: Arc<AtomicBool>,
    leave: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

pub fn offer(addr: SocketAddr, copies: bool) -> (Rtc, SdpPendingOffer, String, [Mid; 2]) {
    let mut rtc = Rtc::builder()
        .set_rtp_mode(true)
        .clear_codecs()
        .enable_opus(true, copies)
        .enable_pcma(true, false)
        .enable_pcmu(true, false)
        .clear_extension_map()
        .set_extension(3, Extension::RtpMid)
        .set_rtcp_report_interval_audio(Duration::from_millis(500))
        .build(Instant::now());
    rtc.add_local_candidate(Candidate::host(addr, "udp").unwrap());
    let mut change = rtc.sdp_api();
    let one = change.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
    let two = change.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
    let (offer, pending) = change.apply().unwrap();
    (rtc, pending, only_opus_on_the_second_line(&offer.to_sdp_string(), copies), [one, two])
}

/// str0m offers all codecs on every line; a browser's second line here has Opus alone.
fn only_opus_on_the_second_line(sdp: &str, copies: bool) -> String {
    let formats = if copies { " 111 63" } else { " 111" };
    let mut line_number = 0;
    let mut out = String::new();
    for line in sdp.lines() {
        let mut line = line.to_owned();
        if line.starts_with("m=audio") {
            line_number += 1;
            if line_number == 2 {
                line = line.split(' ').take(3).collect::<Vec<_>>().join(" ") + formats;
            }
        }
        let about_g711 = ["a=rtpmap:", "a=fmtp:", "a=rtcp-fb:"]
            .iter()
            .any(|head| ["0 ", "8 "].iter().any(|pt| line.starts_with(&format!("{head}{pt}"))));
        if !(line_number == 2 && about_g711) {
            out += &line;
            out += "\r\n";
        }
    }
    out
}

impl Desk {
    /// Connects a desk and waits for the answer, not yet for the connection.
    pub fn connect(relay: &Relay, id: u64) -> Self {
        Self::connect_as(relay, id, false)
    }

    /// The same; its Opus goes with copies of earlier frames and comes so if the gateway likes.
    pub fn connect_with_copies(relay: &Relay, id: u64) -> Self {
        Self::connect_as(relay, id, true)
    }

    fn connect_as(relay: &Relay, id: u64, copies: bool) -> Self {
        let socket = UdpSocket::bind((super::LOOPBACK, 0)).unwrap();
        let addr = socket.local_addr().unwrap();
        let (mut rtc, pending, sdp, mids) = offer(addr, copies);
        let (sender, receiver) = mpsc::channel();
        relay.open_desk(EndpointId(id), sdp, move |answer| sender.send(answer).unwrap());
        let answer = receiver.recv_timeout(super::PATIENCE).unwrap().unwrap();
        assert!(answer.contains("a=ice-lite") && answer.contains("a=setup:passive"), "{answer}");
        rtc.sdp_api().accept_answer(pending, SdpAnswer::from_sdp_string(&answer).unwrap()).unwrap();

        let (g711, opus) = (Ear::default(), Ear::default());
        let mouth = Arc::new(Mutex::new(None));
        let (stop, leave, cut) = Default::default();
        let lose_percent = Arc::new(AtomicU32::new(0));
        let with_copies = Arc::new(AtomicU32::new(0));
        let body = Body {
            socket,
            addr,
            rtc,
            mids,
            ears: [g711.clone(), opus.clone()],
            mouth: Arc::clone(&mouth),
            stop: Arc::clone(&stop),
            leave: Arc::clone(&leave),
            cut: Arc::clone(&cut),
            lose_percent: Arc::clone(&lose_percent),
            with_copies: Arc::clone(&with_copies),
            copies,
            lottery: id.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
        };
        let thread = std::thread::spawn(move || body.live());
        Self { g711, opus, lose_percent, cut, with_copies, mouth, stop, leave, thread: Some(thread) }
    }

    /// Says a tone in a codec, or with `None` sends nothing.
    pub fn say(&self, mouth: Option<Mouth>) {
        *self.mouth.lock().unwrap() = mouth;
    }

    pub fn say_tone(&self, hz: f32, codec: Codec) {
        self.say(Some(Mouth { hz, codec }));
    }

    /// Closes the connection properly.
    pub fn leave(&self) {
        self.leave.store(true, Ordering::Relaxed);
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

struct Body {
    socket: UdpSocket,
    addr: SocketAddr,
    rtc: Rtc,
    mids: [Mid; 2],
    ears: [Ear; 2],
    mouth: Arc<Mutex<Option<Mouth>>>,
    stop: Arc<AtomicBool>,
    leave: Arc<AtomicBool>,
    cut: Arc<AtomicBool>,
    lose_percent: Arc<AtomicU32>,
    with_copies: Arc<AtomicU32>,
    copies: bool,
    lottery: u64,
}

impl Body {
    fn live(mut self) {
        self.socket.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
        let start = Instant::now();
        let mut voice = Voice::new(self.copies);
        let mut decodings = [Decoding::default(), Decoding::default()];
        let mut buffer = [0; 2_048];
        let mut tick = 0_u32;
        let mut left = false;
        while !self.stop.load(Ordering::Relaxed) {
            let now = Instant::now();
            if self.leave.load(Ordering::Relaxed) && !left {
                left = true;
                self.rtc.close().unwrap();
            }
            self.drain(now, &mut decodings);
            if now - start >= Duration::from_millis(20) * tick {
                tick += 1;
                if let Some(mouth) = *self.mouth.lock().unwrap()
                    && !left
                {
                    voice.speak(&mut self.rtc, self.mids[0], mouth, now, tick);
                }
                self.rtc.handle_input(Input::Timeout(now)).unwrap();
                self.drain(now, &mut decodings);
            }
            let Ok((length, from)) = self.socket.recv_from(&mut buffer) else { continue };
            if self.is_lost(&buffer[..length]) {
                continue;
            }
            let now = Instant::now();
            if let Ok(receive) = Receive::new(Protocol::Udp, from, self.addr, &buffer[..length]) {
                self.rtc.handle_input(Input::Receive(now, receive)).unwrap();
            }
        }
    }

    fn is_lost(&mut self, datagram: &[u8]) -> bool {
        if self.cut.load(Ordering::Relaxed) {
            return true;
        }
        // xorshift: the same losses in every run.
        self.lottery ^= self.lottery << 13;
        self.lottery ^= self.lottery >> 7;
        self.lottery ^= self.lottery << 17;
        let is_media = datagram.first().is_some_and(|first| (128..192).contains(first))
            && !datagram.get(1).is_some_and(|second| (192..224).contains(second));
        is_media && self.lottery % 100 < u64::from(self.lose_percent.load(Ordering::Relaxed))
    }

    fn drain(&mut self, now: Instant, decodings: &mut [Decoding; 2]) {
        loop {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(at) if at <= now => self.rtc.handle_input(Input::Timeout(now)).unwrap(),
                Output::Timeout(_) => return,
                Output::Transmit(transmit) => {
                    if !self.cut.load(Ordering::Relaxed) {
                        self.socket.send_to(&transmit.contents, transmit.destination).unwrap();
                    }
                }
                Output::Event(Event::RtpPacket(packet)) => {
                    let pt = *packet.header.payload_type;
                    let (line, codec) = match pt {
                        8 => (0, Codec::Pcma),
                        0 => (0, Codec::Pcmu),
                        111 => (1, Codec::Opus),
                        63 if self.copies => {
                            self.with_copies.fetch_add(1, Ordering::Relaxed);
                            (1, Codec::Opus)
                        }
                        other => panic!("payload type {other} was not agreed"),
                    };
                    let header = RtpHeader {
                        payload_type: pt,
                        marker: packet.header.marker,
                        sequence: packet.header.sequence_number,
                        timestamp: packet.header.timestamp,
                        ssrc: *packet.header.ssrc,
                    };
                    let frame = match pt {
                        63 => blocks(&packet.payload).unwrap().frame().payload,
                        _ => &packet.payload,
                    };
                    let (samples, wide) = decodings[line].decode(codec, frame);
                    self.ears[line].hear(Heard { at: now, codec, header, samples, wide });
                }
                Output::Event(_) => {}
            }
        }
    }
}

/// The sending side: one SSRC, whatever the codec, as browsers do it.
struct Voice {
    sequence: u64,
    tone: Option<(f32, u32, Tone)>,
    encoder: Encoder,
    packer: Option<Packer>,
}

impl Voice {
    fn new(copies: bool) -> Self {
        Self {
            sequence: 100,
            tone: None,
            encoder: Encoder::new(&EncoderSettings::speech(16_000)).unwrap(),
            packer: copies.then(|| Packer::new(Distances::of(&[1, 3]))),
        }
    }

    fn speak(&mut self, rtc: &mut Rtc, mid: Mid, mouth: Mouth, now: Instant, tick: u32) {
        let rate = if mouth.codec == Codec::Opus { 16_000 } else { 8_000 };
        if self.tone.as_ref().is_none_or(|(hz, at, _)| *hz != mouth.hz || *at != rate) {
            self.tone = Some((mouth.hz, rate, Tone::sine(mouth.hz, -14.0, rate)));
        }
        let mut samples = vec![0; rate as usize / 50];
        self.tone.as_mut().unwrap().2.fill(&mut samples);
        let mut payload = vec![0; 1_275];
        let length = match mouth.codec {
            Codec::Pcma => Law::A.encode_slice(&samples, &mut payload),
            Codec::Pcmu => Law::Mu.encode_slice(&samples, &mut payload),
            Codec::Opus => self.encoder.encode(&samples, &mut payload).unwrap(),
            Codec::G722 => panic!("a desk speaks Opus in wideband"),
        };
        self.sequence += 1;
        let pt = mouth.codec.static_payload_type().unwrap_or(111);
        let time = tick * mouth.codec.units_per_20_ms();
        let mut packed = vec![0; 1_275];
        let (pt, payload) = match &mut self.packer {
            Some(packer) if mouth.codec == Codec::Opus => {
                let length = packer.pack(pt, time, &payload[..length], &mut packed).unwrap();
                (63, &packed[..length])
            }
            _ => (pt, &payload[..length]),
        };
        let mut api = rtc.direct_api();
        let Some(stream) = api.stream_tx_by_mid(mid, None) else { return };
        stream.write_rtp(RtpWrite::new(pt.into(), self.sequence.into(), time, now, payload));
    }
}

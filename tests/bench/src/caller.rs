//! A telephone that is fast enough to measure with: calls, acknowledges, speaks one byte over and over, and notes when
//! it first hears another.

use std::net::{SocketAddr, UdpSocket};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use cordboard_media::rtp::{self, RtpHeader};
use cordboard_tests::sip_text::{SipText, sdp};

/// What the telephone says, as A-law.
pub const SAID_BY_CALLER: u8 = 0x17;
/// What the desk says.
pub const SAID_BY_DESK: u8 = 0x3a;

/// The telephone. Its threads live as long as the process.
pub struct Caller {
    /// When each packet of the desk's arrived.
    pub heard: Receiver<Instant>,
    sip: UdpSocket,
    rtp: UdpSocket,
    gateway: SocketAddr,
    line: Arc<Mutex<Line>>,
    calls: u32,
}

/// What its threads share.
#[derive(Default)]
struct Line {
    remote: Option<SocketAddr>,
    sequence: u16,
}

impl Caller {
    /// Opens its sockets.
    pub fn open(gateway: SocketAddr) -> Result<Caller> {
        let (sip, rtp) = (UdpSocket::bind("127.0.0.1:0")?, UdpSocket::bind("127.0.0.1:0")?);
        let line = Arc::new(Mutex::new(Line::default()));
        let (told, heard) = channel();
        let (signalling, sound) = (sip.try_clone()?, rtp.try_clone()?);
        let shared = Arc::clone(&line);
        std::thread::Builder::new().name("caller-sip".into()).spawn(move || signal(&signalling, &sound, &shared))?;
        let ear = rtp.try_clone()?;
        std::thread::Builder::new().name("caller-ear".into()).spawn(move || listen(&ear, &told))?;
        let (mouth, shared) = (rtp.try_clone()?, Arc::clone(&line));
        std::thread::Builder::new().name("caller-mouth".into()).spawn(move || {
            loop {
                std::thread::sleep(Duration::from_millis(20));
                speak(&mouth, &shared);
            }
        })?;
        Ok(Caller { heard, sip, rtp, gateway, line, calls: 0 })
    }

    /// Calls a number and says when the INVITE left.
    pub fn call(&mut self, number: &str) -> Result<Instant> {
        self.calls += 1;
        self.line.lock().unwrap_or_else(PoisonError::into_inner).remote = None;
        let us = self.sip.local_addr()?;
        let (id, target) = (format!("bench-{}-{}", us.port(), self.calls), format!("sip:{number}@{}", self.gateway));
        // Each call has its own caller, as one caller may not hold everybody's lines.
        let from = format!("139{:08}", 20_000_000 + self.calls);
        let invite = request("INVITE", &target, us, &id)
            .with("From", format!("<sip:{from}@{us}>;tag={id}"))
            .with("To", format!("<{target}>"))
            .with("CSeq", "1 INVITE")
            .with("Contact", format!("<sip:{from}@{us}>"))
            .with_sdp(&sdp(self.rtp.local_addr()?, "sendrecv", 1))
            .bytes();
        let sent = Instant::now();
        self.sip.send_to(&invite, self.gateway)?;
        Ok(sent)
    }
}

fn request(method: &str, target: &str, us: SocketAddr, id: &str) -> SipText {
    SipText::new(format!("{method} {target} SIP/2.0"))
        .with("Via", format!("SIP/2.0/UDP {us};branch=z9hG4bK{method}{id};rport"))
        .with("Max-Forwards", "70")
        .with("Call-ID", id)
}

/// Answers what the gateway says, and speaks as soon as it is known to where.
fn signal(sip: &UdpSocket, rtp: &UdpSocket, line: &Mutex<Line>) {
    let mut buffer = vec![0; 8_192];
    let Ok(us) = sip.local_addr() else { return };
    while let Ok((length, from)) = sip.recv_from(&mut buffer) {
        let Some(message) = SipText::parse(&buffer[..length]) else { continue };
        let answer = match (message.method(), message.status()) {
            (Some("ACK"), _) => continue,
            (Some(_), _) => {
                line.lock().unwrap_or_else(PoisonError::into_inner).remote = None;
                let mut answer = SipText::new("SIP/2.0 200 OK");
                for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
                    answer = answer.with(name, message.header(name));
                }
                answer
            }
            (None, Some(200)) if message.cseq().1 == "INVITE" => {
                line.lock().unwrap_or_else(PoisonError::into_inner).remote = message.media();
                speak(rtp, line);
                request("ACK", message.address("Contact"), us, message.header("Call-ID"))
                    .with("From", message.header("From"))
                    .with("To", message.header("To"))
                    .with("CSeq", "1 ACK")
            }
            (None, _) => continue,
        };
        sip.send_to(&answer.bytes(), from).ok();
    }
}

/// Sends 20 ms of its one byte.
fn speak(rtp: &UdpSocket, line: &Mutex<Line>) {
    let mut line = line.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(remote) = line.remote else { return };
    line.sequence = line.sequence.wrapping_add(1);
    let timestamp = u32::from(line.sequence) * 160;
    let header = RtpHeader { payload_type: 8, sequence: line.sequence, timestamp, ssrc: 7, marker: false };
    let mut packet = [0; 172];
    if let Ok(length) = header.write_packet(&[SAID_BY_CALLER; 160], &mut packet) {
        rtp.send_to(&packet[..length], remote).ok();
    }
}

fn listen(rtp: &UdpSocket, told: &Sender<Instant>) {
    let mut buffer = [0; 2_048];
    while let Ok((length, _)) = rtp.recv_from(&mut buffer) {
        let now = Instant::now();
        let is_desk = rtp::parse(&buffer[..length])
            .is_ok_and(|(header, payload)| header.payload_type == 8 && payload.first() == Some(&SAID_BY_DESK));
        if is_desk && told.send(now).is_err() {
            return;
        }
    }
}

//! One hundred thousand broken messages, seeded, through everything that reads what comes from outside: none may
//! panic, hang, or leave the engine unable to take the next call.
#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use bytes::BytesMut;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::config::{Transport, TrunkConfig, UserAgentConfig};
use crate::digest::Challenge;
use crate::engine::{Engine, LocalSocket, Locals};
use crate::message::{Incoming, Message, parse};
use crate::offer_answer::{Ours, accept, preview};
use crate::stats::Stats;
use crate::wire::{Flow, Input};

const SEED: u64 = 0x5ee_d0f5_1b00;

const SDP: &str = "v=0\r\no=- 20518 0 IN IP4 203.0.113.1\r\ns=-\r\nc=IN IP4 203.0.113.1\r\nt=0 0\r\n\
    m=audio 54400 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\na=sendonly\r\n\
    m=video 1 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n";

const MESSAGES: [&str; 6] = [
    "INVITE sip:02165001000@127.0.0.1:5060;user=phone SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK1;rport\r\n\
     Max-Forwards: 70\r\nFrom: \"A \\\"x\\\"\" <sip:1@127.0.0.1>;tag=a\r\nTo: <sip:02165001000@127.0.0.1>\r\n\
     Call-ID: one@x\r\nCSeq: 1 INVITE\r\nContact: <sip:1@127.0.0.1:5070>\r\nRecord-Route: <sip:p;lr>, <sip:q>\r\n\
     P-Asserted-Identity: <tel:+861>\r\nDiversion: <sip:9@x>;reason=no-answer\r\nContent-Type: application/sdp\r\n",
    "SIP/2.0 401 Unauthorized\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK-x;received=1.2.3.4\r\n\
     From: <sip:1@x>;tag=a\r\nTo: <sip:2@x>;tag=b\r\nCall-ID: two@x\r\nCSeq: 2 INVITE\r\n\
     WWW-Authenticate: Digest realm=\"r\", nonce=\"n,\\\"m\", algorithm=SHA-256, qop=\"auth,auth-int\", stale=true\r\n",
    "BYE sip:1@[::1]:5060 SIP/2.0\r\nv: SIP/2.0/TCP [::1]:5070;branch=z9hG4bK2\r\nf: <sip:1@x>;tag=a\r\nt: sip:2@x;tag=b\r\n\
     i: three@x\r\nCSeq: 3 BYE\r\nReason: Q.850;cause=16;text=\"x\"\r\nl: 0\r\n",
    "ACK sip:1@x SIP/2.0\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\r\nFrom: <sip:1@x>;tag=a\r\nTo: <sip:2@x>;tag=b\r\n\
     Call-ID: one@x\r\nCSeq: 1 ACK\r\nContent-Type: multipart/mixed;boundary=b\r\n",
    "INFO sip:1@x SIP/2.0\r\nVia: SIP/2.0/UDP x:1;branch=z9hG4bK4\r\nFrom: <sip:1@x>;tag=a\r\nTo: <sip:2@x>;tag=b\r\n\
     Call-ID: one@x\r\nCSeq: 4 INFO\r\nContent-Type: application/dtmf-relay\r\n",
    "CANCEL sip:1@x SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK1;rport\r\nFrom: <sip:1@x>;tag=a\r\n\
     To: <sip:2@x>\r\nCall-ID: one@x\r\nCSeq: 1 CANCEL\r\n",
];

/// What mutations put in.
const PIECES: [&[u8]; 16] = [
    b"\r\n",
    b"\r",
    b"\n",
    b"\0",
    b"\"",
    b"<",
    b">",
    b";",
    b",",
    b"=",
    b":",
    b"@",
    b"%00",
    b"\xff\xfe",
    b"99999999999999999999",
    b"Content-Length: 18446744073709551615\r\n",
];

fn mutate(random: &mut StdRng, text: &[u8]) -> Vec<u8> {
    let mut data = text.to_vec();
    for _ in 0..random.random_range(0..6) {
        if data.is_empty() {
            break;
        }
        let at = random.random_range(0..data.len());
        match random.random_range(0..6) {
            0 => data[at] = random.random(),
            1 => data.truncate(at),
            2 => {
                let end = (at + random.random_range(0..20)).min(data.len());
                data.drain(at..end);
            }
            3 => {
                let end = (at + random.random_range(0..60)).min(data.len());
                let piece = data[at..end].to_vec();
                let to = random.random_range(0..=data.len());
                data.splice(to..to, piece);
            }
            _ => {
                let piece = PIECES[random.random_range(0..PIECES.len())];
                data.splice(at..at, piece.iter().copied());
            }
        }
    }
    data
}

fn whole(random: &mut StdRng) -> Vec<u8> {
    let head = MESSAGES[random.random_range(0..MESSAGES.len())];
    let body = if random.random_bool(0.7) { SDP } else { "" };
    let length = if head.contains("\r\nl: ") { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    format!("{head}{length}\r\n{body}").into_bytes()
}

fn engine(now: Instant) -> Engine {
    let mut trunk = TrunkConfig::new("t");
    trunk.allow = vec!["127.0.0.0/8".parse().unwrap()];
    trunk.peer = Some("127.0.0.1:5070".parse().unwrap());
    let config = UserAgentConfig { trunks: vec![trunk], ..UserAgentConfig::default() };
    let addr = "127.0.0.1:5060".parse().unwrap();
    let socket = LocalSocket { bound: addr, advertised: addr };
    let locals = Locals { udp: vec![socket], tcp: vec![socket] };
    Engine::new(&config, locals, [1; 32], Stats::new(["t".to_owned()].into_iter()).into(), now)
}

#[test]
fn a_hundred_thousand_broken_messages() {
    let mut random = StdRng::seed_from_u64(SEED);
    let mut now = Instant::now();
    let mut engine = engine(now);
    let flow =
        Flow { transport: Transport::Udp, listener: 0, source: "127.0.0.1:5070".parse().unwrap(), connection: None };
    let (mut read, mut handled) = (0, 0);
    for round in 0..100_000 {
        let good = whole(&mut random);
        let data = mutate(&mut random, &good);
        let mut stream = BytesMut::from(&data[..]);
        while let Ok(Some(_)) = crate::transport::next_frame(&mut stream) {}
        let Ok(message) = parse(&data) else { continue };
        read += 1;
        match &message {
            Message::Request(request) => {
                let _ = request.sdp();
                let again = parse(&request.to_bytes()).expect("what was read can be written and read again");
                assert!(matches!(again, Message::Request(_)));
                handled += usize::from(Incoming::read(request.clone()).is_ok());
            }
            Message::Response(response) => {
                let _ = (Challenge::all_of(response), response.to_tag(), response.cseq(), response.sdp());
                assert!(parse(&response.to_bytes()).is_ok());
            }
        }
        // Calls cost more than parsing; a part of them is enough to cross each other.
        if round % 4 != 0 {
            continue;
        }
        engine.input(now, Input::Received(flow, message));
        // What goes out is well formed, whatever came in.
        while let Some(output) = engine.next_output() {
            let text = parse(&output.bytes).expect("our own messages can be read");
            if let Message::Request(request) = text {
                Incoming::read(request).expect("our own requests are whole");
            }
        }
        while engine.next_event().is_some() {}
        now += Duration::from_millis(20);
        engine.tick(now);
    }
    assert!(read > 30_000 && handled > 10_000, "{read} were read, {handled} handled: the mutations are too rough");
    assert_quick();
}

/// No message costs more than it should: all of them together take a few seconds of this thread, unoptimised. Wall
/// time would measure the machine's other work.
fn assert_quick() {
    let Ok(stat) = std::fs::read_to_string("/proc/thread-self/schedstat") else { return };
    let nanoseconds: u64 = stat.split(' ').next().unwrap().parse().unwrap();
    let used = Duration::from_nanos(nanoseconds);
    assert!(used < Duration::from_secs(20), "took {used:?} of processor time");
}

#[test]
fn a_hundred_thousand_broken_descriptions() {
    let mut random = StdRng::seed_from_u64(SEED);
    let local = crate::media::LocalMedia {
        addr: "127.0.0.1:2".parse().unwrap(),
        codecs: vec![crate::media::Codec::Pcma],
        direction: crate::media::Direction::SendRecv,
    };
    let mut ours = Ours::new(1);
    let mut agreed = 0;
    for round in 0..100_000 {
        let data = mutate(&mut random, SDP.as_bytes());
        match round % 4 {
            0 => drop(preview(&data)),
            1 => drop(accept(&data, &local)),
            _ => {
                if let Ok(answer) = ours.answer(&data, &local) {
                    agreed += 1;
                    crate::sdp::parse(answer.sdp.as_bytes()).expect("our answers can be read");
                }
            }
        }
    }
    assert!(agreed > 10_000, "only {agreed} were agreed");
    assert_quick();
}

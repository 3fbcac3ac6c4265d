//! Garbage, truncated and oversized SIP, SDP and RTP: a protocol answer or none, the process lives, the call that stands
//! goes on unharmed, and what was injected is not heard.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::sip_text::SipText;
use cordboard_tests::{
    AgentProcess, Gateway, Mouth, Phone, Rig, RtpMouth, Weight, assert_heard, assert_heard_in_rounds, assert_not_heard,
    story,
};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpStream, UdpSocket};

use crate::checks::{SALES, SOON, WELCOME, speaks};

#[test]
fn broken_sip_and_rtp() -> Result<()> {
    story("broken_sip_and_rtp", Weight::Light, Duration::from_secs(120), &[Rig::Speech], async |story| {
        let (caller_words, agent_words, intruder_words) = (Mouth(22).says()?, Mouth(23).says()?, Mouth(24).says()?);
        let mut gateway = Gateway::demo(&story).await?;
        let mut alice = AgentProcess::ready(&story, &gateway, "alice", &agent_words).await?;
        let phone = Phone::new().await?;
        let mut caller = phone.call(gateway.sip, SALES, "13800000061").await?;
        caller.wait_answer().await?;
        alice.answer().await?;

        let vandal = Phone::new().await?;
        let mut chance = SmallRng::seed_from_u64(61);
        for message in broken_messages(&vandal, gateway.sip, &mut chance) {
            vandal.send(gateway.sip, &message).await?;
        }
        for stream in broken_streams(&mut chance) {
            let mut socket = TcpStream::connect(gateway.sip).await?;
            // The gateway may close it in the middle of our writing.
            socket.write_all(&stream).await.ok();
        }

        // Somebody else on the caller's machine knows the port and speaks into it, and throws garbage at it.
        let answer = caller.wait_status(200).await?;
        let port = answer.media().expect("an answer has SDP");
        let intruder = RtpMouth::open()?;
        intruder.send_to(port);
        intruder.say_again_and_again(&intruder_words);
        let thrower = UdpSocket::bind("127.0.0.1:0").await?;
        for _ in 0..200 {
            let garbage: Vec<u8> = (0..chance.random_range(0..1600)).map(|_| chance.random()).collect();
            thrower.send_to(&garbage, port).await?;
        }
        let heard = speaks(&caller.mouth, &caller_words).await?;
        assert_heard_in_rounds(&heard, &agent_words, "the agent's words while garbage flies");
        assert_eq!(intruder.arrived().0, 0, "nothing is sent to whoever is not in the call");

        // A caller whose SDP is nonsense is told so; one whose codecs we lack as well.
        for (sdp, status) in [("v=0\r\nnonsense", 400..=488), (G729, 488..=488)] {
            let invite = invite(&vandal, gateway.sip, WELCOME, sdp);
            vandal.send(gateway.sip, &invite.bytes()).await?;
            let id = invite.header("Call-ID").to_owned();
            let is = |line: &SipText| (line.header("Call-ID") == id && line.status()? >= 300).then(|| line.status());
            let (_, refused) = vandal.received().wait("a refusal of the SDP", 0, SOON, is).await?;
            assert!(refused.is_some_and(|refused| status.contains(&refused)), "{refused:?} for {sdp:?}");
        }

        assert!(gateway.is_alive(), "the gateway lives");
        caller.hang_up().await?;
        alice.wait_view("no call", |view| view.calls.is_empty()).await?;
        let heard = alice.leave().await?;
        assert_heard(&heard, &caller_words, "the caller's words while garbage flies");
        assert_not_heard(&heard, &intruder_words, "the intruder's words at the agent's ear");
        assert!(!gateway.log_text().contains("panicked"), "nothing panicked");
        gateway.stop().await
    })
}

const G729: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 18\r\n\
                    a=rtpmap:18 G729/8000\r\n";

fn invite(from: &Phone, gateway: std::net::SocketAddr, number: &str, sdp: &str) -> SipText {
    let us = from.address;
    SipText::new(format!("INVITE sip:{number}@{gateway} SIP/2.0"))
        .with("Via", format!("SIP/2.0/UDP {us};branch=z9hG4bK{:016x};rport", rand::random::<u64>()))
        .with("Max-Forwards", "70")
        .with("From", format!("<sip:13800000062@{us}>;tag=1"))
        .with("To", format!("<sip:{number}@{gateway}>"))
        .with("Call-ID", format!("{:016x}", rand::random::<u64>()))
        .with("CSeq", "1 INVITE")
        .with("Contact", format!("<sip:vandal@{us}>"))
        .with_sdp(sdp)
}

fn broken_messages(from: &Phone, gateway: std::net::SocketAddr, chance: &mut SmallRng) -> Vec<Vec<u8>> {
    let whole = invite(from, gateway, WELCOME, G729).bytes();
    let mut broken: Vec<Vec<u8>> = (0..whole.len()).step_by(17).map(|end| whole[..end].to_vec()).collect();
    for _ in 0..200 {
        let mut turned = whole.clone();
        for _ in 0..chance.random_range(1..12) {
            let at = chance.random_range(0..turned.len());
            turned[at] = chance.random();
        }
        broken.push(turned);
    }
    broken.extend((0..100).map(|_| (0..chance.random_range(0..1400)).map(|_| chance.random()).collect()));
    let long = invite(from, gateway, WELCOME, G729).with("X-Long", "x".repeat(60_000));
    broken.push(long.bytes());
    let many = (0..900)
        .fold(invite(from, gateway, WELCOME, G729), |message, n| message.with("Via", format!("SIP/2.0/UDP h{n}")));
    broken.push(many.bytes());
    for text in [
        "INVITE sip:02165001000@127.0.0.1 SIP/2.0\r\n\r\n",
        "ACK sip:x SIP/2.0\r\nCSeq: 99999999999999 ACK\r\n\r\n",
        "SIP/2.0 200 OK\r\nCall-ID: nobody's\r\n\r\n",
        "BYE sip:x@y SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1\r\nCall-ID: a\r\nFrom: b\r\nTo: c\r\nCSeq: 1 BYE\r\n\r\n",
        "INVITE sip:%00@[::1 SIP/2.0\r\nContent-Length: -5\r\n\r\n",
        "INVITE sip:1 SIP/2.0\r\nContent-Length: 4294967295\r\n\r\nv=0",
        "\r\n\r\n",
        "",
    ] {
        broken.push(text.as_bytes().to_vec());
    }
    broken
}

/// Streams for SIP over TCP: garbage, a body that never comes, a head that never ends.
fn broken_streams(chance: &mut SmallRng) -> Vec<Vec<u8>> {
    let garbage = (0..20_000).map(|_| chance.random()).collect();
    let waiting = b"INVITE sip:1@x SIP/2.0\r\nContent-Length: 1000000000\r\n\r\n".to_vec();
    let endless = [b"OPTIONS sip:x SIP/2.0\r\nX: ".to_vec(), vec![b'x'; 200_000]].concat();
    vec![garbage, waiting, endless, b"GET / HTTP/1.1\r\n\r\n".to_vec(), vec![0; 100_000]]
}

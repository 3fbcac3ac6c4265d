//! A whole call at INFO shows no number, no name, no SDP and no credentials (design §6).
//!
//! A program of its own: what a log line is worth is decided once for all threads of a process.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "stories/support.rs"]
#[allow(dead_code)]
mod support;

use std::io::Write;
use std::sync::{Arc, Mutex};

use cordboard_sip::{Credentials, Dial, Transport};
use tracing_subscriber::fmt::MakeWriter;

use support::{Agent, RawPeer, dial, media, respond, sdp, to_tag, trunk_to};

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, data: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Captured {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn at_info() {
    let captured = Captured::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_writer(captured.clone())
        .with_ansi(false)
        .finish();
    // The runtime of this test is one thread, so everything the agent does is seen.
    let _guard = tracing::subscriber::set_default(subscriber);
    let mut peer = RawPeer::talking_to("127.0.0.1:9".parse().unwrap()).await;
    let mut trunk = trunk_to(peer.addr(), Transport::Udp);
    trunk.credentials = Some(Credentials { user: "us3r".into(), password: "s3cret".into(), realm: None });
    let mut agent = Agent::start(trunk).await;
    peer.set_target(agent.udp());

    let call = Dial { caller: "1655501".into(), caller_display: "Zhang".into(), ..dial("1655502", 20_000) };
    let out = agent.ua.dial(call).unwrap();
    let invite = peer.expect("INVITE").await;
    let challenge = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n0nce\"\r\n";
    peer.send(respond(&invite, 401, "x", challenge, "")).await;
    peer.expect("ACK").await;
    let invite = peer.expect("INVITE").await;
    let contact = format!("Contact: <sip:1655503@{}>\r\n", peer.addr());
    peer.send(respond(&invite, 200, "r", &contact, &sdp(4_000, ""))).await;
    agent.answered().await;
    agent.ua.hang_up(out).unwrap();
    agent.ended().await;

    peer.send(peer.request("INVITE", "in", 1, "", &sdp(4_000, ""))).await;
    let (dialog, _) = agent.incoming().await;
    agent.ua.answer(dialog, media(20_000)).unwrap();
    let tag = to_tag(&peer.expect("SIP/2.0 200").await);
    peer.send(peer.request("ACK", "in", 1, &tag, "")).await;
    agent.answered().await;
    peer.send(peer.request("INVITE", "bad", 1, "", "v=0")).await;
    peer.expect("SIP/2.0 488").await;
    peer.send("garbage 13900000000").await;
    peer.send(peer.request("BYE", "in", 2, &tag, "")).await;
    agent.ended().await;

    let log = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
    for state in ["dialing", "arriving", "up", "over"] {
        assert!(log.contains(&format!("to=\"{state}\"")), "{state} is not logged: {log}");
    }
    let private =
        ["16555", "13900000000", "02165001000", "Zhang", "m=audio", "4000", "us3r", "s3cret", "n0nce", "Digest"];
    for word in private {
        assert!(!log.contains(word), "{word} is logged: {log}");
    }
}

//! Calls with SIPp, which knows nothing of this code: each scenario in `tests/sipp/` checks its side, this file ours.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "stories/support.rs"]
#[allow(dead_code)]
mod support;

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;

use cordboard_sip::{Credentials, Direction, EndKind, SipEvent, Transport};
use support::{Agent, dial, media, trunk, trunk_to};
use tokio::process::{Child, Command};

/// A SIPp that plays one scenario once.
struct Sipp {
    child: Child,
    folder: tempfile::TempDir,
    name: String,
}

impl Sipp {
    /// `peer` is whom it calls; a scenario that is called gets the agent's address all the same.
    fn play(name: &str, transport: Transport, port: u16, peer: SocketAddr) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sipp").join(format!("{name}.xml"));
        let how = if transport == Transport::Udp { "u1" } else { "t1" };
        let child = Command::new("sipp")
            .arg(peer.to_string())
            .args(["-sf".as_ref(), scenario.as_os_str()])
            .args(["-i", "127.0.0.1", "-p", &port.to_string(), "-t", how, "-s", "02165001000"])
            .args(["-m", "1", "-nostdin", "-timeout", "30s", "-timeout_error", "-trace_err", "-trace_msg"])
            .args(["-error_file", "errors.log", "-message_file", "messages.log"])
            .current_dir(folder.path())
            .env("TERM", "dumb")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("SIPp cannot be started; install it (Debian: sip-tester)");
        Self { child, folder, name: name.to_owned() }
    }

    /// Waits until the scenario has been played, and played well.
    async fn finish(mut self) {
        let status = tokio::time::timeout(std::time::Duration::from_secs(40), self.child.wait()).await;
        let status = status.expect("SIPp does not end").unwrap();
        let read = |file: &str| std::fs::read_to_string(self.folder.path().join(file)).unwrap_or_default();
        let name = &self.name;
        assert!(status.success(), "{name}: {status}\n{}\n{}", read("errors.log"), read("messages.log"));
    }
}

fn free_port() -> u16 {
    std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// An agent that SIPp calls.
async fn called_by(name: &str, transport: Transport) -> (Agent, Sipp) {
    let agent = Agent::start(trunk()).await;
    let addr = if transport == Transport::Udp { agent.udp() } else { agent.tcp() };
    let sipp = Sipp::play(name, transport, free_port(), addr);
    (agent, sipp)
}

/// An agent that calls SIPp.
async fn calling(name: &str, transport: Transport, credentials: Option<Credentials>) -> (Agent, Sipp) {
    let port = free_port();
    let peer = SocketAddr::from(([127, 0, 0, 1], port));
    let mut trunk = trunk_to(peer, transport);
    trunk.credentials = credentials;
    let agent = Agent::start(trunk).await;
    let sipp = Sipp::play(name, transport, port, agent.udp());
    if transport == Transport::Tcp {
        // Datagrams are repeated until somebody listens; a connection that is refused is final.
        let listens = async {
            while tokio::net::TcpStream::connect(peer).await.is_err() {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(support::DEADLINE, listens).await.expect("SIPp does not listen");
    }
    (agent, sipp)
}

async fn inbound(transport: Transport) {
    let (mut agent, sipp) = called_by("caller", transport).await;
    let SipEvent::Incoming { dialog, called, caller, caller_display, media: offered, .. } = agent.event().await else {
        panic!("not Incoming")
    };
    assert_eq!((called.as_str(), caller.as_str(), caller_display.as_str()), ("02165001000", "13900000000", "Anna"));
    assert_eq!(offered.unwrap().dtmf_pt, Some(101));
    agent.ua.ring(dialog).unwrap();
    agent.ua.answer(dialog, media(20_000)).unwrap();
    agent.answered().await;
    assert_eq!(agent.ended().await.kind, EndKind::FarSideHungUp);
    sipp.finish().await;
}

#[tokio::test]
async fn an_inbound_call_over_udp() {
    inbound(Transport::Udp).await;
}

#[tokio::test]
async fn an_inbound_call_over_tcp() {
    inbound(Transport::Tcp).await;
}

#[tokio::test]
async fn the_caller_holds_resumes_and_refreshes() {
    let (mut agent, sipp) = called_by("caller_holds", Transport::Udp).await;
    let (dialog, _) = agent.incoming().await;
    agent.ua.answer(dialog, media(20_000)).unwrap();
    agent.answered().await;
    let (held, by_far_side) = agent.changed().await;
    assert_eq!((held.direction, by_far_side), (Direction::RecvOnly, true));
    assert_eq!(agent.changed().await.0.direction, Direction::SendRecv);
    // The refresh says nothing.
    assert_eq!(agent.ended().await.kind, EndKind::FarSideHungUp);
    sipp.finish().await;
}

#[tokio::test]
async fn the_caller_gives_up() {
    let (mut agent, sipp) = called_by("caller_cancels", Transport::Udp).await;
    let (dialog, _) = agent.incoming().await;
    agent.ua.ring(dialog).unwrap();
    let cause = agent.ended().await;
    assert_eq!((cause.kind, cause.sip_status), (EndKind::FarSideHungUp, Some(487)));
    sipp.finish().await;
}

#[tokio::test]
async fn the_caller_is_told_that_we_are_busy() {
    let (mut agent, sipp) = called_by("caller_is_refused", Transport::Udp).await;
    let (dialog, _) = agent.incoming().await;
    agent.ua.ring(dialog).unwrap();
    agent.ua.refuse(dialog, 486, "").unwrap();
    assert_eq!(agent.ended().await.kind, EndKind::WeHungUp);
    sipp.finish().await;
}

#[tokio::test]
async fn a_caller_without_an_offer_is_hung_up_on() {
    for transport in [Transport::Udp, Transport::Tcp] {
        let (mut agent, sipp) = called_by("caller_is_hung_up_on", transport).await;
        let (dialog, offered) = agent.incoming().await;
        assert_eq!(offered, None);
        agent.ua.answer(dialog, media(20_000)).unwrap();
        assert_eq!(agent.answered().await.codecs[0].1, 8);
        agent.ua.hang_up(dialog).unwrap();
        assert_eq!(agent.ended().await.kind, EndKind::WeHungUp);
        sipp.finish().await;
    }
}

async fn outbound(transport: Transport) {
    let (mut agent, sipp) = calling("callee", transport, None).await;
    let dialog = agent.ua.dial(dial("13800000000", 20_000)).unwrap();
    assert_eq!(agent.progress().await.0, 180);
    let (status, early, _) = agent.progress().await;
    assert!(status == 183 && early.is_some());
    agent.answered().await;
    agent.ua.hang_up(dialog).unwrap();
    assert_eq!(agent.ended().await.kind, EndKind::WeHungUp);
    sipp.finish().await;
}

#[tokio::test]
async fn an_outbound_call_over_udp() {
    outbound(Transport::Udp).await;
}

#[tokio::test]
async fn an_outbound_call_over_tcp() {
    outbound(Transport::Tcp).await;
}

#[tokio::test]
async fn the_called_side_holds_resumes_and_hangs_up() {
    let (mut agent, sipp) = calling("callee_hangs_up", Transport::Udp, None).await;
    agent.ua.dial(dial("13800000000", 20_000)).unwrap();
    agent.answered().await;
    assert!(agent.changed().await.1);
    assert!(!agent.changed().await.1);
    let cause = agent.ended().await;
    assert_eq!((cause.kind, cause.text.as_str()), (EndKind::FarSideHungUp, "Normal call clearing"));
    sipp.finish().await;
}

#[tokio::test]
async fn the_called_side_is_busy() {
    let (mut agent, sipp) = calling("callee_is_busy", Transport::Udp, None).await;
    agent.ua.dial(dial("13800000000", 20_000)).unwrap();
    let cause = agent.ended().await;
    assert_eq!((cause.kind, cause.sip_status), (EndKind::Refused, Some(486)));
    sipp.finish().await;
}

#[tokio::test]
async fn we_give_up() {
    let (mut agent, sipp) = calling("callee_is_cancelled", Transport::Udp, None).await;
    let dialog = agent.ua.dial(dial("13800000000", 20_000)).unwrap();
    assert_eq!(agent.progress().await.0, 180);
    agent.ua.hang_up(dialog).unwrap();
    assert_eq!(agent.ended().await.kind, EndKind::WeHungUp);
    sipp.finish().await;
}

fn credentials(password: &str) -> Option<Credentials> {
    Some(Credentials { user: "us".into(), password: password.into(), realm: Some("sipp".into()) })
}

#[tokio::test]
async fn the_called_side_wants_credentials() {
    let (mut agent, sipp) = calling("callee_wants_credentials", Transport::Udp, credentials("secret")).await;
    let dialog = agent.ua.dial(dial("13800000000", 20_000)).unwrap();
    agent.answered().await;
    agent.ua.hang_up(dialog).unwrap();
    assert_eq!(agent.ended().await.kind, EndKind::WeHungUp);
    sipp.finish().await;
}

#[tokio::test]
async fn wrong_credentials_are_refused() {
    let (mut agent, sipp) = calling("callee_wants_credentials", Transport::Udp, credentials("wrong")).await;
    agent.ua.dial(dial("13800000000", 20_000)).unwrap();
    let cause = agent.ended().await;
    assert_eq!((cause.kind, cause.sip_status), (EndKind::Refused, Some(403)));
    sipp.finish().await;
}

//! Trunks: health by OPTIONS, credentials, the move to TCP, a restart, shutting down.

use std::time::Duration;

use cordboard_sip::{
    Credentials, Dial, EndKind, LostError, SipEvent, StartError, Transport, UserAgent, UserAgentConfig,
};

use super::support::{Agent, RawPeer, dial, header, media, pair, respond, sdp, trunk, trunk_to};

#[tokio::test]
async fn a_peer_that_comes_and_goes_is_noticed() {
    let peer = RawPeer::talking_to("127.0.0.1:9".parse().unwrap()).await;
    let mut watched = trunk_to(peer.addr(), Transport::Udp);
    watched.options_interval = Some(Duration::from_millis(50));
    let mut agent = Agent::start_quick(watched).await;
    let mut peer = peer;
    peer.set_target(agent.udp());
    let changed = |event: SipEvent| match event {
        SipEvent::TrunkChanged { up, .. } => up,
        other => panic!("{other:?}"),
    };
    for _ in 0..3 {
        let ping = peer.expect("OPTIONS").await;
        peer.send(respond(&ping, 200, "x", "", "")).await;
    }
    assert!(changed(agent.event().await));
    // Then it answers nothing.
    assert!(!changed(agent.event().await));
    assert_eq!(agent.ua.trunk_stats()[0].up, Some(false));
}

#[tokio::test]
async fn a_tcp_peer_that_is_not_there_is_down_at_once() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = nobody.local_addr().unwrap();
    drop(nobody);
    let mut watched = trunk_to(addr, Transport::Tcp);
    watched.options_interval = Some(Duration::from_secs(60));
    let mut agent = Agent::start(watched).await;
    assert!(matches!(agent.event().await, SipEvent::TrunkChanged { up: false, .. }));
    agent.ua.dial(dial("1", 20_000)).unwrap();
    assert_eq!(agent.ended().await.kind, EndKind::Failed);
}

#[tokio::test]
async fn credentials_are_given_when_asked_for() {
    let mut peer = RawPeer::talking_to("127.0.0.1:9".parse().unwrap()).await;
    let mut secured = trunk_to(peer.addr(), Transport::Udp);
    secured.credentials = Some(Credentials { user: "us".into(), password: "secret".into(), realm: None });
    let mut agent = Agent::start(secured).await;
    peer.set_target(agent.udp());
    agent.ua.dial(dial("1", 20_000)).unwrap();
    let invite = peer.expect("INVITE").await;
    let challenge = "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=MD5, qop=\"auth\"\r\n";
    peer.send(respond(&invite, 407, "x", challenge, "")).await;
    peer.expect("ACK").await;
    let again = peer.expect("INVITE").await;
    assert!(header(&again, "Proxy-Authorization").starts_with("Digest username=\"us\", realm=\"r\", nonce=\"n\""));
    let contact = format!("Contact: <sip:raw@{}>\r\n", peer.addr());
    peer.send(respond(&again, 200, "r", &contact, &sdp(4_000, ""))).await;
    agent.answered().await;
}

#[tokio::test]
async fn a_large_invite_moves_to_tcp_or_back() {
    let mut callee = Agent::start(trunk()).await;
    // The called agent's UDP and TCP ports differ; a TCP listener on its UDP port makes them one peer.
    let mut large = trunk_to(callee.udp(), Transport::Udp);
    large.large_requests_over_tcp = true;
    large.caller_domain = Some("d".repeat(220));
    let mut caller = Agent::start(large).await;
    let listener = tokio::net::TcpListener::bind(callee.udp()).await.unwrap();
    let large_call = Dial { caller_display: "x".repeat(128), ..dial("1", 20_000) };
    caller.ua.dial(large_call.clone()).unwrap();
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut buffer = vec![0; 8_192];
    let length = tokio::io::AsyncReadExt::read(&mut stream, &mut buffer).await.unwrap();
    let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
    assert!(text.starts_with("INVITE") && text.contains("Via: SIP/2.0/TCP"), "{text}");
    // The connection breaks, so it comes by UDP after all.
    drop((stream, listener));
    callee.incoming().await;
    caller.ua.dial(large_call).unwrap();
    let (dialog, _) = callee.incoming().await;
    callee.ua.answer(dialog, media(30_000)).unwrap();
    caller.answered().await;
}

#[tokio::test]
async fn a_restarted_process_ends_the_calls_of_the_former() {
    let (mut caller, mut callee) = pair(Transport::Udp).await;
    caller.ua.dial(dial("1", 20_000)).unwrap();
    let (dialog, _) = callee.incoming().await;
    callee.ua.answer(dialog, media(30_000)).unwrap();
    let snapshot = loop {
        if let SipEvent::DialogKnown { snapshot, .. } = caller.any_event().await {
            break snapshot;
        }
    };
    caller.answered().await;
    callee.answered().await;
    // The former process does not get to say anything: a second one stands in for its successor.
    let successor = Agent::start_quick(trunk_to(callee.udp(), Transport::Udp)).await;
    let kept: cordboard_sip::DialogSnapshot = serde_json::from_str(&serde_json::to_string(&snapshot).unwrap()).unwrap();
    assert_eq!(successor.ua.hang_up_lost(&kept).await, Ok(()));
    assert_eq!(callee.ended().await.kind, EndKind::FarSideHungUp);
    // Once more: the far side does not know the call, which is as good.
    assert_eq!(successor.ua.hang_up_lost(&kept).await, Ok(()));
    callee.ua.shutdown().await;
    assert_eq!(successor.ua.hang_up_lost(&kept).await, Err(LostError::Unanswered));
}

#[tokio::test]
async fn shutting_down_hangs_up() {
    let (mut caller, mut callee) = pair(Transport::Udp).await;
    caller.ua.dial(dial("1", 20_000)).unwrap();
    let (dialog, _) = callee.incoming().await;
    callee.ua.answer(dialog, media(30_000)).unwrap();
    caller.answered().await;
    callee.answered().await;
    let addr = caller.udp();
    caller.ua.shutdown().await;
    assert_eq!(caller.ended().await.kind, EndKind::WeHungUp);
    assert_eq!(callee.ended().await.kind, EndKind::FarSideHungUp);
    assert!(caller.ua.dial(dial("1", 1)).is_err());
    tokio::net::UdpSocket::bind(addr).await.expect("the port is free again");
}

#[tokio::test]
async fn what_cannot_start_says_why() {
    let start = async |change: &dyn Fn(&mut UserAgentConfig)| {
        let mut config = UserAgentConfig {
            udp: vec![cordboard_sip::Listen::on("127.0.0.1:0".parse().unwrap())],
            trunks: vec![trunk()],
            ..UserAgentConfig::default()
        };
        change(&mut config);
        let (events, _unread) = tokio::sync::mpsc::channel(1);
        UserAgent::start(config, events).await.map(drop).unwrap_err()
    };
    let taken = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap();
    let error = start(&|config| config.udp[0].bind = addr).await;
    assert!(matches!(error, StartError::Bind { .. }) && error.to_string().contains(&addr.to_string()), "{error}");
    assert!(matches!(start(&|config| config.udp.clear()).await, StartError::NoListener));
    assert!(matches!(start(&|config| config.trunks.push(trunk())).await, StartError::DuplicateTrunk(_)));
    let over_tcp = |config: &mut UserAgentConfig| config.trunks[0] = trunk_to(addr, Transport::Tcp);
    assert!(matches!(start(&over_tcp).await, StartError::NoListenerFor { .. }));
    let bad = |config: &mut UserAgentConfig| config.trunks[0].caller_domain = Some("a>\r\nb".into());
    assert!(matches!(start(&bad).await, StartError::BadText { .. }));
}

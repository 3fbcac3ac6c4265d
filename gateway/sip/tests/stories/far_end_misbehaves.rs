//! Raw peers: an ACK that never comes, two branches that both answer, a 200 that crosses CANCEL, a late offer.

use std::time::Duration;

use cordboard_sip::{EndKind, SipEvent, Transport};

use super::support::{Agent, RawPeer, dial, media, respond, sdp, to_tag, trunk, trunk_to};

const CONTACT: &str = "Contact: <sip:raw@127.0.0.1:9>\r\n";

#[tokio::test]
async fn the_ack_never_comes() {
    let mut agent = Agent::start_quick(trunk()).await;
    let peer = RawPeer::talking_to(agent.udp()).await;
    peer.send(peer.request("INVITE", "noack", 1, "", &sdp(4_000, ""))).await;
    let (dialog, _) = agent.incoming().await;
    agent.ua.answer(dialog, media(20_000)).unwrap();
    for _ in 0..2 {
        peer.expect("SIP/2.0 200").await;
    }
    let bye = peer.expect("BYE").await;
    assert!(bye.starts_with(&format!("BYE sip:raw@{} SIP/2.0", peer.addr())));
    assert_eq!(agent.ended().await.kind, EndKind::Lost);
}

#[tokio::test]
async fn two_branches_answer() {
    let mut one = RawPeer::talking_to("127.0.0.1:9".parse().unwrap()).await;
    let mut two = RawPeer::talking_to("127.0.0.1:9".parse().unwrap()).await;
    let mut agent = Agent::start(trunk_to(one.addr(), Transport::Udp)).await;
    one.set_target(agent.udp());
    two.set_target(agent.udp());
    agent.ua.dial(dial("1", 20_000)).unwrap();
    let invite = one.expect("INVITE").await;
    let contact = |peer: &RawPeer| format!("Contact: <sip:raw@{}>\r\n", peer.addr());
    one.send(respond(&invite, 180, "one", &contact(&one), "")).await;
    one.send(respond(&invite, 180, "two", &contact(&two), "")).await;
    assert_eq!((agent.progress().await.2, agent.progress().await.2), (0, 1));
    one.send(respond(&invite, 200, "two", &contact(&two), &sdp(4_002, ""))).await;
    one.send(respond(&invite, 200, "one", &contact(&one), &sdp(4_001, ""))).await;
    assert_eq!(agent.answered().await.addr.port(), 4_002);
    assert_eq!(to_tag(&two.expect("ACK").await), "two");
    assert_eq!(to_tag(&one.expect("ACK").await), "one");
    let bye = one.expect("BYE").await;
    assert_eq!(to_tag(&bye), "one");
    one.send(respond(&bye, 200, "", "", "")).await;
    two.silence(Duration::from_millis(50)).await;
}

#[tokio::test]
async fn a_200_crosses_cancel() {
    let mut peer = RawPeer::talking_to("127.0.0.1:9".parse().unwrap()).await;
    let mut agent = Agent::start(trunk_to(peer.addr(), Transport::Udp)).await;
    peer.set_target(agent.udp());
    let dialog = agent.ua.dial(dial("1", 20_000)).unwrap();
    let invite = peer.expect("INVITE").await;
    peer.send(respond(&invite, 180, "r", CONTACT, "")).await;
    agent.progress().await;
    agent.ua.hang_up(dialog).unwrap();
    peer.expect("CANCEL").await;
    let contact = format!("Contact: <sip:raw@{}>\r\n", peer.addr());
    peer.send(respond(&invite, 200, "r", &contact, &sdp(4_000, ""))).await;
    peer.expect("ACK").await;
    peer.expect("BYE").await;
    assert_eq!(agent.ended().await.kind, EndKind::WeHungUp);
    agent.silence(Duration::from_millis(50)).await;
}

#[tokio::test]
async fn a_late_offer_is_made_and_answered() {
    let mut agent = Agent::start(trunk()).await;
    let peer = RawPeer::talking_to(agent.udp()).await;
    peer.send(peer.request("INVITE", "late", 1, "", "")).await;
    let (dialog, offered) = agent.incoming().await;
    assert_eq!(offered, None);
    agent.ua.answer(dialog, media(20_000)).unwrap();
    let answer = peer.expect("SIP/2.0 200").await;
    assert!(answer.contains("m=audio 20000 RTP/AVP 8 0 101"), "{answer}");
    peer.send(peer.request("ACK", "late", 1, &to_tag(&answer), &sdp(4_000, ""))).await;
    assert_eq!(agent.answered().await.addr.port(), 4_000);
    peer.send(peer.request("BYE", "late", 2, &to_tag(&answer), "")).await;
    peer.expect("SIP/2.0 200").await;
    assert_eq!(agent.ended().await.kind, EndKind::FarSideHungUp);
}

#[tokio::test]
async fn the_caller_cancels_before_and_after_the_answer() {
    let mut agent = Agent::start(trunk()).await;
    let peer = RawPeer::talking_to(agent.udp()).await;
    peer.send(peer.request("INVITE", "early", 1, "", &sdp(4_000, ""))).await;
    agent.incoming().await;
    peer.expect("SIP/2.0 100").await;
    peer.send(peer.request("CANCEL", "early", 1, "", "")).await;
    peer.expect("SIP/2.0 200").await;
    peer.expect("SIP/2.0 487").await;
    assert_eq!(agent.ended().await.kind, EndKind::FarSideHungUp);

    peer.send(peer.request("INVITE", "crossed", 1, "", &sdp(4_000, ""))).await;
    let (dialog, _) = agent.incoming().await;
    agent.ua.answer(dialog, media(20_000)).unwrap();
    let answer = loop {
        let text = peer.expect("SIP/2.0 200").await;
        if text.contains("crossed") {
            break text;
        }
    };
    peer.send(peer.request("CANCEL", "crossed", 1, "", "")).await;
    peer.send(peer.request("ACK", "crossed", 1, &to_tag(&answer), "")).await;
    agent.answered().await;
    agent.ua.hang_up(dialog).unwrap();
    peer.expect("BYE").await;
}

#[tokio::test]
async fn hold_and_resume_reach_the_user() {
    let mut agent = Agent::start(trunk()).await;
    let peer = RawPeer::talking_to(agent.udp()).await;
    peer.send(peer.request("INVITE", "hold", 1, "", &sdp(4_000, ""))).await;
    let (dialog, _) = agent.incoming().await;
    agent.ua.answer(dialog, media(20_000)).unwrap();
    let tag = to_tag(&peer.expect("SIP/2.0 200").await);
    peer.send(peer.request("ACK", "hold", 1, &tag, "")).await;
    agent.answered().await;
    for (cseq, extra, held) in [(2, "a=sendonly\r\n", true), (3, "", false)] {
        peer.send(peer.request("INVITE", "hold", cseq, &tag, &sdp(4_000, extra))).await;
        peer.expect("SIP/2.0 200").await;
        peer.send(peer.request("ACK", "hold", cseq, &tag, "")).await;
        assert_eq!(agent.changed().await.1, held);
    }
    // A refresh: the same again, no event; the next event is the end.
    peer.send(peer.request("INVITE", "hold", 4, &tag, &sdp(4_000, ""))).await;
    peer.expect("SIP/2.0 200").await;
    peer.send(peer.request("ACK", "hold", 4, &tag, "")).await;
    peer.send(peer.request("BYE", "hold", 5, &tag, "")).await;
    assert!(matches!(agent.event().await, SipEvent::Ended { .. }));
}

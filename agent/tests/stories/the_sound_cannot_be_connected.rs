//! The media connection is offered at once, and again with growing pauses while it cannot be made.

use cordboard_agent::AgentEvent;
use cordboard_wire::{ClientMessage, GatewayMessage, RefusalCode};

use crate::fake_gateway::FakeDesk;
use crate::rig::Rig;

async fn offer(desk: &mut FakeDesk) -> (u32, String) {
    loop {
        if let ClientMessage::MediaOffer { id, sdp } = desk.hear().await {
            return (id, sdp);
        }
    }
}

fn failed(event: &AgentEvent) -> Option<String> {
    match event {
        AgentEvent::MediaFailed { reason } => Some(reason.clone()),
        _ => None,
    }
}

#[tokio::test]
async fn the_offer_has_the_shape_the_gateway_wants() {
    let mut rig = Rig::connected().await;
    let (_, sdp) = offer(&mut rig.desk).await;
    let lines: Vec<&str> = sdp.lines().filter(|line| line.starts_with("m=")).collect();
    assert_eq!(lines.len(), 2, "{sdp}");
    assert!(lines[0].ends_with("111 63 8 0"), "{sdp}");
    assert!(lines[1].ends_with(" 111 63"), "{sdp}");
    assert_eq!(sdp.matches("a=sendrecv").count(), 1, "{sdp}");
    assert_eq!(sdp.matches("a=recvonly").count(), 1, "{sdp}");
    assert!(!sdp.contains("telephone-event"), "{sdp}");
    assert!(sdp.contains("127.0.0.1"), "the candidate is where the gateway was reached from: {sdp}");
    assert!(sdp.len() <= 16 * 1024);
}

#[tokio::test]
async fn a_refused_offer_is_made_again() {
    let mut rig = Rig::connected().await;
    for _ in 0..3 {
        let (id, _) = offer(&mut rig.desk).await;
        rig.desk.refuse(id, RefusalCode::Unavailable);
        assert!(rig.event(failed).await.contains("refused"));
    }
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_is_a_failure() {
    let mut rig = Rig::connected().await;
    for sdp in ["", "v=0\r\n", "m=audio 9 UDP/TLS/RTP/SAVPF 8\r\n", "m=audio 0 UDP/TLS/RTP/SAVPF 8\r\n"] {
        let (id, _) = offer(&mut rig.desk).await;
        rig.desk.say(&GatewayMessage::MediaAnswer { id, media_id: 1, sdp: sdp.to_owned() });
        rig.event(failed).await;
    }
}

#[tokio::test]
async fn a_new_socket_brings_a_new_offer() {
    let mut rig = Rig::connected().await;
    offer(&mut rig.desk).await;
    rig.desk.cut();
    rig.desk = rig.gateway.desk().await;
    offer(&mut rig.desk).await;
}

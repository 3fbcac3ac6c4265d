//! Socket and sound are independent: a socket that is cut leaves the sound standing, and only a gateway that no longer
//! knows the sound is offered a new one.

use cordboard_agent::AgentEvent;
use cordboard_engine::Codec;
use cordboard_wire::{CallPhase, ClientMessage};

use crate::fake_gateway::within;
use crate::gateway_peer::{GatewayPeer, HZ};
use crate::rig::{Rig, a_view, a_view_with};

fn media_connected(event: &AgentEvent) -> Option<()> {
    matches!(event, AgentEvent::MediaConnected { .. }).then_some(())
}

fn media_failed(event: &AgentEvent) -> Option<String> {
    match event {
        AgentEvent::MediaFailed { reason } => Some(reason.clone()),
        _ => None,
    }
}

async fn with_sound() -> (Rig, GatewayPeer) {
    let mut rig = Rig::connected().await;
    let peer = rig.desk.connect_sound(7).await;
    rig.event(media_connected).await;
    rig.desk.show(&a_view());
    (rig, peer)
}

async fn packets_arrive(peer: &GatewayPeer) {
    let before = peer.heard().packets.len();
    within(async {
        while peer.heard().packets.len() < before + 25 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_call_goes_on_while_the_socket_is_away() {
    let (mut rig, peer) = with_sound().await;
    let talking = a_view_with("job-1", CallPhase::Talking);
    rig.desk.show(&talking);
    packets_arrive(&peer).await;
    rig.desk.cut();
    packets_arrive(&peer).await;
    rig.desk = rig.gateway.desk().await;
    assert!(matches!(rig.desk.hello, ClientMessage::Hello { media_id: Some(7), .. }), "{:?}", rig.desk.hello);
    rig.desk.show(&talking);
    packets_arrive(&peer).await;
    // Were the connection given up, an offer would come before this command.
    let agent = rig.agent.clone();
    tokio::spawn(async move { agent.command(cordboard_wire::Command::Ready).await });
    loop {
        match rig.desk.hear().await {
            ClientMessage::MediaOffer { .. } => panic!("the sound stood and was offered anew"),
            ClientMessage::Command { .. } => break,
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_gateway_that_forgot_the_sound_is_offered_a_new_one() {
    let (mut rig, _peer) = with_sound().await;
    rig.desk.cut();
    rig.desk = rig.gateway.desk().await;
    let mut forgotten = a_view();
    forgotten.agent.media_connected = false;
    rig.desk.show(&forgotten);
    assert!(rig.event(media_failed).await.contains("hears nothing"));
    let _peer = rig.desk.connect_sound(8).await;
    rig.event(media_connected).await;
}

#[tokio::test]
async fn a_gateway_that_hears_nothing_for_long_is_offered_a_new_one() {
    let (mut rig, _peer) = with_sound().await;
    let mut deaf = a_view();
    deaf.agent.media_connected = false;
    rig.desk.show(&deaf);
    assert!(rig.event(media_failed).await.contains("hears nothing"));
    let _peer = rig.desk.connect_sound(8).await;
    rig.event(media_connected).await;
}

#[tokio::test]
async fn quality_is_reported_in_a_call() {
    let (mut rig, peer) = with_sound().await;
    rig.desk.show(&a_view_with("job-1", CallPhase::Talking));
    peer.speak(vec![10_000; HZ as usize * 8], Codec::Pcma);
    let report = loop {
        if let ClientMessage::Quality { report } = rig.desk.hear().await
            && report.speaker_dbfs > -20.0
        {
            break report;
        }
    };
    assert!(report.buffer_ms > 0.0 && report.lost_down_percent < 50.0, "{report:?}");
    assert!(report.microphone_dbfs < -100.0, "the agent says nothing: {report:?}");
}

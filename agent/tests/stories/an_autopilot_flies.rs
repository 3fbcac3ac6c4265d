//! The process by itself: ready and dialling once there is sound, answering what rings, once.

use cordboard_wire::{CallPhase, Command, Presence, RefusalCode};

use crate::fake_gateway::{FakeDesk, FakeGateway};
use crate::gateway_peer::GatewayPeer;
use crate::rig::{a_view, a_view_with};
use crate::the_command_line::{Process, start};

async fn with_sound(more: &[&str]) -> (FakeGateway, Process, FakeDesk, GatewayPeer) {
    let mut gateway = FakeGateway::start().await;
    let (mut process, mut desk) = start(&mut gateway, more).await;
    let peer = desk.connect_sound(1).await;
    process.line("media_connected").await;
    (gateway, process, desk, peer)
}

#[tokio::test]
async fn ready_then_dial() {
    let (_gateway, _process, mut desk, _peer) = with_sound(&["--ready", "--dial", "13800000000"]).await;
    let mut view = a_view();
    view.agent.presence = Presence::Break { code: "Warm-up".to_owned() };
    desk.show(&view);
    let mut heard = vec![desk.hear_command().await.1, desk.hear_command().await.1];
    heard.sort_by_key(|command| matches!(command, Command::Dial { .. }));
    assert_eq!(heard, [Command::Ready, Command::Dial { callee: "13800000000".to_owned(), caller: None }]);
}

#[tokio::test]
async fn a_break_for_not_answering_stays() {
    let (_gateway, mut process, mut desk, _peer) = with_sound(&["--ready"]).await;
    let mut view = a_view();
    view.agent.presence = Presence::Break { code: "RingingTimeout".to_owned() };
    desk.show(&view);
    process.line("view").await;
    process.type_line(r#"{"type":"keep_wrap_up"}"#).await;
    assert_eq!(desk.hear_command().await.1, Command::KeepWrapUp, "and nothing before it");
}

#[tokio::test]
async fn what_rings_is_answered_once_and_again_when_there_was_no_sound() {
    let (_gateway, mut process, mut desk, _peer) = with_sound(&["--answer", "auto"]).await;
    let ringing = a_view_with("job-1", CallPhase::Ringing);
    desk.show(&ringing);
    let answer = Command::Answer { call_id: "job-1".to_owned() };
    let (id, heard) = desk.hear_command().await;
    assert_eq!(heard, answer);
    desk.refuse(id, RefusalCode::NoSound);
    process.line("refused").await;
    let mut changed = ringing;
    changed.agent.since_ms += 1;
    desk.show(&changed);
    let (id, heard) = desk.hear_command().await;
    assert_eq!(heard, answer);
    desk.accept(id, Some("job-1"));
    desk.show(&a_view_with("job-1", CallPhase::Talking));
    assert_eq!(process.line("speaking_began").await["call_id"], "job-1");
    process.type_line(r#"{"type":"keep_wrap_up"}"#).await;
    assert_eq!(desk.hear_command().await.1, Command::KeepWrapUp, "answered once");
}

//! The socket dies in the ways sockets die, and the desk comes back.

use std::time::Duration;

use cordboard_agent::AgentEvent;
use cordboard_wire::{ByeCode, ClientMessage, Locale};

use crate::fake_gateway::FakeGateway;
use crate::rig::{Rig, a_view};

fn connected_again(event: &AgentEvent) -> Option<bool> {
    match event {
        AgentEvent::Connected { again, .. } => Some(*again),
        _ => None,
    }
}

fn retry(event: &AgentEvent) -> Option<Duration> {
    match event {
        AgentEvent::Disconnected { retry_in, .. } => Some(*retry_in),
        _ => None,
    }
}

#[tokio::test]
async fn a_cut_socket_is_opened_again_soon() {
    let mut rig = Rig::connected().await;
    assert!(!rig.event(connected_again).await);
    rig.desk.cut();
    assert!(rig.event(retry).await < Duration::from_millis(500));
    let desk = rig.gateway.desk().await;
    assert!(matches!(desk.hello, ClientMessage::Hello { take_over: false, media_id: None, .. }));
    assert!(rig.event(connected_again).await);
    assert_eq!(rig.gateway.sessions(), 1, "the session is still good");
}

#[tokio::test]
async fn another_language_is_said_at_once_and_once() {
    let mut rig = Rig::connected().await;
    rig.agent.speak(Locale::En);
    rig.agent.speak(Locale::ZhCn);
    let desk = rig.gateway.desk().await;
    assert!(matches!(desk.hello, ClientMessage::Hello { locale: Locale::ZhCn, .. }));
    assert!(rig.event(retry).await.is_zero());
    desk.cut();
    let desk = rig.gateway.desk().await;
    assert!(matches!(desk.hello, ClientMessage::Hello { locale: Locale::ZhCn, .. }), "and it stays");
    assert!(!rig.event(retry).await.is_zero(), "lost, and not by another language");
}

#[tokio::test]
async fn a_gateway_that_falls_silent_is_left() {
    let gateway = FakeGateway::start().await;
    gateway.set_heartbeat_ms(1_000);
    let mut rig = Rig::connected_to(gateway).await;
    rig.desk.fall_silent();
    rig.gateway.desk().await;
}

#[tokio::test]
async fn pauses_grow_while_nobody_answers_and_the_desk_returns_to_a_restarted_gateway() {
    let rig = Rig::connected().await;
    let Rig { gateway, desk, agent: _agent, mut events } = rig;
    let address = gateway.stop().await;
    desk.cut();
    let mut pauses = Vec::new();
    while pauses.len() < 4 {
        if let Some(pause) = retry(&crate::fake_gateway::within(events.recv()).await.unwrap()) {
            pauses.push(pause);
        }
    }
    assert!(pauses[3] > pauses[0], "{pauses:?}");
    let mut restarted = FakeGateway::start_at(address).await;
    restarted.desk().await;
}

#[tokio::test]
async fn a_session_that_ended_is_renewed_with_the_password() {
    let mut rig = Rig::connected().await;
    rig.gateway.forget_sessions();
    rig.desk.bye(ByeCode::SessionEnded);
    let mut desk = rig.gateway.desk().await;
    assert_eq!(rig.gateway.sessions(), 2);
    desk.show(&a_view());
    rig.event(|event| matches!(event, AgentEvent::View(_)).then_some(())).await;
}

#[tokio::test]
async fn its_own_ghost_does_not_keep_the_desk_out() {
    let mut rig = Rig::connected().await;
    rig.gateway.bar(ByeCode::InUseElsewhere);
    rig.gateway.bar(ByeCode::InUseElsewhere);
    rig.desk.cut();
    rig.gateway.desk().await;
}

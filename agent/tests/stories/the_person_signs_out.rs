//! Signing out leaves nothing behind that would wait for this agent.

use cordboard_agent::{Agent, AgentConfig, AgentEvent, Ended, Gateway, SoundConfig};
use cordboard_engine::{Deaf, Silence};
use cordboard_wire::{CallPhase, Command};

use crate::fake_gateway::{FakeGateway, PASSWORD};
use crate::rig::{Rig, a_view, a_view_with};

#[tokio::test]
async fn an_idle_agent_signs_out() {
    let mut rig = Rig::connected().await;
    rig.agent.sign_out().await;
    let (id, command) = rig.desk.hear_command().await;
    assert_eq!(command, Command::SignOut);
    rig.desk.accept(id, None);
    rig.desk.gone().await;
    let ended = rig.event(|event| if let AgentEvent::Ended(ended) = event { Some(ended.clone()) } else { None }).await;
    assert_eq!(ended, Ended::SignedOut);
    assert_eq!(rig.gateway.signed_out(), 1);
}

#[tokio::test]
async fn a_call_is_ended_first() {
    let mut rig = Rig::connected().await;
    rig.desk.show(&a_view_with("job-1", CallPhase::Talking));
    rig.event(|event| matches!(event, AgentEvent::View(_)).then_some(())).await;
    rig.agent.sign_out().await;
    let (_, command) = rig.desk.hear_command().await;
    assert_eq!(command, Command::HangUp { call_id: "job-1".to_owned() });
    rig.desk.show(&a_view());
    let (_, command) = rig.desk.hear_command().await;
    assert_eq!(command, Command::SignOut);
    // The gateway does not answer; the desk leaves all the same.
    rig.event(|event| matches!(event, AgentEvent::Ended(_)).then_some(())).await;
}

#[tokio::test]
async fn dropping_the_agent_signs_out() {
    let mut rig = Rig::connected().await;
    drop(rig.agent);
    rig.desk.gone().await;
}

#[tokio::test]
async fn leaving_keeps_the_session_for_the_next_start() {
    let mut rig = Rig::connected().await;
    rig.agent.leave().await;
    let (id, command) = rig.desk.hear_command().await;
    assert_eq!(command, Command::SignOut);
    rig.desk.accept(id, None);
    rig.desk.gone().await;
    rig.event(|event| matches!(event, AgentEvent::Ended(Ended::SignedOut)).then_some(())).await;
    assert_eq!(rig.gateway.signed_out(), 0, "the session still stands");
}

#[tokio::test]
async fn a_session_that_is_brought_along_opens_the_desk_without_a_password() {
    let mut gateway = FakeGateway::start().await;
    let session = Gateway::new(&gateway.url()).unwrap().sign_in("demo", "alice", PASSWORD).await.unwrap();
    assert_eq!(session.answer.token, None, "the token is kept apart");
    assert!(!format!("{session:?}").contains(session.token()), "the token is never printed");
    let config = AgentConfig::with_session(&gateway.url(), session);
    let sound = SoundConfig::Files { source: Box::new(Silence), sink: Box::new(Deaf) };
    let (connected, _desk) = tokio::join!(Agent::connect(config, sound), gateway.desk());
    assert!(connected.is_ok());
}

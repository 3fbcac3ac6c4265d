//! Signing out leaves nothing behind that would wait for this agent.

use cordboard_agent::{AgentEvent, Ended};
use cordboard_wire::{CallPhase, Command};

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

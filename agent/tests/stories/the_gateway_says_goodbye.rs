//! Goodbyes for good end the desk; the others do not.

use cordboard_agent::{AgentEvent, CommandError, Ended};
use cordboard_wire::{ByeCode, CallPhase, Command};

use crate::rig::{Rig, a_view_with};

fn ended(event: &AgentEvent) -> Option<Ended> {
    match event {
        AgentEvent::Ended(ended) => Some(ended.clone()),
        _ => None,
    }
}

#[tokio::test]
async fn a_desk_that_was_taken_over_stays_away() {
    let mut rig = Rig::connected().await;
    rig.desk.show(&a_view_with("job-1", CallPhase::Talking));
    rig.event(|event| matches!(event, AgentEvent::SoundOpened).then_some(())).await;
    rig.desk.bye(ByeCode::TakenOver);
    rig.event(|event| matches!(event, AgentEvent::SoundClosed).then_some(())).await;
    assert!(matches!(rig.event(ended).await, Ended::TakenOver { .. }));
    assert!(!rig.gateway.another_desk_came());
    assert_eq!(rig.agent.command(Command::Ready).await, Err(CommandError::Ended));
}

#[tokio::test]
async fn an_unknown_version_ends_the_desk() {
    let mut rig = Rig::connected().await;
    rig.desk.bye(ByeCode::ProtocolUnsupported);
    assert!(matches!(rig.event(ended).await, Ended::ProtocolMismatch { .. }));
}

#[tokio::test]
async fn other_goodbyes_are_for_now() {
    let mut rig = Rig::connected().await;
    for code in [ByeCode::GoingAway, ByeCode::TooFast, ByeCode::BadMessage] {
        rig.desk.bye(code);
        rig.desk = rig.gateway.desk().await;
    }
}

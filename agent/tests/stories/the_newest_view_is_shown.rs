//! The newest view is the truth; stale ones are dropped, and equal ones are not told again.

use cordboard_agent::AgentEvent;
use cordboard_wire::{CallPhase, Presence};

use crate::rig::{Rig, a_view, a_view_with};

fn seq(event: &AgentEvent) -> Option<u64> {
    match event {
        AgentEvent::View(now) => Some(now.seq),
        _ => None,
    }
}

#[tokio::test]
async fn stale_and_equal_views_are_not_told() {
    let mut rig = Rig::connected().await;
    let mut on_break = a_view();
    on_break.agent.presence = Presence::Break { code: "Lunch".to_owned() };
    rig.desk.show_as(10, &a_view());
    rig.desk.show_as(9, &on_break);
    rig.desk.show_as(11, &a_view());
    rig.desk.show_as(14, &on_break);
    assert_eq!(rig.event(seq).await, 10);
    assert_eq!(rig.event(seq).await, 14);
    assert_eq!(rig.agent.view().borrow().as_ref().unwrap().view, on_break);
}

#[tokio::test]
async fn a_restarted_gateway_counts_from_the_beginning() {
    let mut rig = Rig::connected().await;
    rig.desk.show_as(1_000, &a_view());
    assert_eq!(rig.event(seq).await, 1_000);
    rig.desk.cut();
    let desk = rig.gateway.desk().await;
    let mut changed = a_view();
    changed.agent.presence = Presence::Offline;
    desk.show_as(1, &changed);
    assert_eq!(rig.event(seq).await, 1);
}

#[tokio::test]
async fn the_sound_follows_the_view() {
    let mut rig = Rig::connected().await;
    let sound = |event: &AgentEvent| match event {
        AgentEvent::SoundOpened => Some("opened".to_owned()),
        AgentEvent::SoundClosed => Some("closed".to_owned()),
        AgentEvent::SpeakingBegan { call_id } => Some(call_id.clone()),
        _ => None,
    };
    rig.desk.show(&a_view_with("job-1", CallPhase::Ringing));
    assert_eq!(rig.event(sound).await, "opened");
    rig.desk.show(&a_view_with("job-1", CallPhase::Talking));
    assert_eq!(rig.event(sound).await, "job-1");
    // The socket is lost in the call: nothing changes for the sound.
    rig.desk.cut();
    let mut desk = rig.gateway.desk().await;
    desk.show(&a_view_with("job-1", CallPhase::Talking));
    desk.show(&a_view());
    assert_eq!(rig.event(sound).await, "closed");
}

//! A headset's buttons are the clicks they stand for, and its lights are the view's.

use cordboard_agent::{AgentConfig, AgentEvent, HeadsetNow};
use cordboard_wire::{CallPhase, Command, RefusalCode};

use crate::fake_gateway::{FakeGateway, PASSWORD, within};
use crate::pretended_headset::Hub;
use crate::rig::{Rig, a_view, a_view_with};

// Bits of the Jabra's report 2, both ways.
const HOOK: u8 = 1;
const MUTE_KEY: u8 = 1 << 3;
const FLASH_KEY: u8 = 1 << 4;
const REJECT_KEY: u8 = 1 << 3;
const OFF_HOOK: u8 = 1;
const MUTE: u8 = 1 << 2;
const RING: u8 = 1 << 3;
const HOLD: u8 = 1 << 4;

fn name(event: &AgentEvent) -> Option<HeadsetNow> {
    match event {
        AgentEvent::Headset(now) => Some(now.clone()),
        _ => None,
    }
}

fn ready(event: &AgentEvent) -> Option<String> {
    match name(event)? {
        HeadsetNow::Ready(headset) => Some(headset.name),
        HeadsetNow::Absent | HeadsetNow::Barred { .. } => None,
    }
}

async fn with(hub: &Hub) -> Rig {
    let mut gateway = FakeGateway::start().await;
    let mut config = AgentConfig::new(&gateway.url(), "demo", "alice", PASSWORD);
    config.headset = Some(hub.source());
    let (connected, desk) = tokio::join!(Rig::connect(config), gateway.desk());
    let (agent, events) = connected.unwrap();
    Rig { gateway, desk, agent, events }
}

fn id() -> String {
    "job-1".to_owned()
}

#[tokio::test]
async fn a_call_is_answered_muted_held_and_hung_up() {
    let hub = Hub::default();
    let mut jabra = hub.plug_jabra();
    let mut rig = with(&hub).await;
    assert_eq!(rig.event(ready).await, "Jabra Link 380");

    rig.desk.show(&a_view_with("job-1", CallPhase::Ringing));
    jabra.shows(&[2, RING, 0]).await;
    jabra.report(&[2, HOOK, 0]);
    let (asked, command) = rig.desk.hear_command().await;
    assert_eq!(command, Command::Answer { call_id: id() });
    rig.desk.accept(asked, Some("job-1"));

    let mut view = a_view_with("job-1", CallPhase::Talking);
    rig.desk.show(&view);
    jabra.shows(&[2, OFF_HOOK, 0]).await;
    jabra.report(&[2, HOOK | MUTE_KEY, 0]);
    jabra.report(&[2, HOOK, 0]);
    assert_eq!(rig.desk.hear_command().await.1, Command::Mute { call_id: id(), muted: true });
    view.calls[0].muted = true;
    rig.desk.show(&view);
    jabra.shows(&[2, OFF_HOOK | MUTE, 0]).await;

    jabra.report(&[2, HOOK | FLASH_KEY, 0]);
    jabra.report(&[2, HOOK, 0]);
    assert_eq!(rig.desk.hear_command().await.1, Command::Hold { call_id: id() });
    view.calls[0].muted = false;
    view.calls[0].phase = CallPhase::Held;
    rig.desk.show(&view);
    jabra.shows(&[2, OFF_HOOK | HOLD, 0]).await;

    jabra.report(&[2, 0, 0]);
    assert_eq!(rig.desk.hear_command().await.1, Command::HangUp { call_id: id() });
    rig.desk.show(&a_view());
    jabra.shows(&[2, 0, 0]).await;
}

#[tokio::test]
async fn clicks_are_shown_and_their_echoes_do_nothing() {
    let hub = Hub::default();
    let mut jabra = hub.plug_jabra();
    let mut rig = with(&hub).await;
    rig.event(ready).await;
    for phase in [CallPhase::Ringing, CallPhase::Talking] {
        rig.desk.show(&a_view_with("job-1", phase));
    }
    jabra.shows(&[2, OFF_HOOK, 0]).await;
    rig.desk.show(&a_view());
    jabra.shows(&[2, 0, 0]).await;
    rig.desk.show(&a_view_with("job-2", CallPhase::Ringing));
    jabra.shows(&[2, RING, 0]).await;
    // The first command there is: no echo made one.
    jabra.report(&[2, 0, REJECT_KEY]);
    assert_eq!(rig.desk.hear_command().await.1, Command::Decline { call_id: "job-2".to_owned() });
}

#[tokio::test]
async fn a_button_that_was_refused_leaves_the_lights_as_the_view_has_them() {
    let hub = Hub::default();
    let mut jabra = hub.plug_jabra();
    let mut rig = with(&hub).await;
    rig.event(ready).await;
    rig.desk.show(&a_view_with("job-1", CallPhase::Ringing));
    jabra.shows(&[2, RING, 0]).await;
    jabra.report(&[2, HOOK, 0]);
    let (asked, _) = rig.desk.hear_command().await;
    rig.desk.refuse(asked, RefusalCode::NoSound);
    jabra.shows(&[2, RING, 0]).await;
    jabra.report(&[2, 0, 0]);
    jabra.report(&[2, HOOK, 0]);
    assert_eq!(rig.desk.hear_command().await.1, Command::Answer { call_id: id() }, "it may be tried again");
}

#[tokio::test]
async fn the_headset_is_changed_in_a_call() {
    let hub = Hub::default();
    let jabra = hub.plug_jabra();
    let mut rig = with(&hub).await;
    rig.event(ready).await;
    rig.desk.show(&a_view_with("job-1", CallPhase::Talking));
    jabra.unplug();
    assert_eq!(rig.event(name).await, HeadsetNow::Absent);
    let mut poly = hub.plug_poly();
    assert_eq!(rig.event(ready).await, "Blackwire 3220");
    poly.shows(&[0x17, 1]).await;
    // Its hook switch springs back.
    poly.report(&[8, 0b010]);
    poly.report(&[8, 0b000]);
    assert_eq!(rig.desk.hear_command().await.1, Command::HangUp { call_id: id() });
    rig.desk.show(&a_view());
    poly.shows(&[0x17, 0]).await;
}

#[tokio::test]
async fn a_headset_that_may_not_be_opened_is_told_with_the_cure() {
    let hub = Hub::default();
    let _barred = hub.plug_barred();
    let mut rig = with(&hub).await;
    let told = rig.event(name).await;
    assert!(
        matches!(&told, HeadsetNow::Barred { headset, message }
            if headset.name == "Jabra Link 380" && message.contains("hidraw") && message.contains("permission denied")),
        "{told:?}"
    );
    // The next one is used all the same.
    let _poly = hub.plug_poly();
    assert_eq!(rig.event(ready).await, "Blackwire 3220");
}

#[tokio::test]
async fn a_closed_desk_leaves_the_lights_out() {
    let hub = Hub::default();
    let mut jabra = hub.plug_jabra();
    let mut rig = with(&hub).await;
    rig.event(ready).await;
    rig.desk.show(&a_view_with("job-1", CallPhase::Ringing));
    jabra.shows(&[2, RING, 0]).await;
    rig.desk.bye(cordboard_wire::ByeCode::TakenOver);
    rig.event(|event| matches!(event, AgentEvent::Ended(_)).then_some(())).await;
    within(jabra.shows(&[2, 0, 0])).await;
}

#[tokio::test]
async fn nothing_plugged_in_is_told_too() {
    let mut rig = with(&Hub::default()).await;
    assert_eq!(rig.event(name).await, HeadsetNow::Absent);
}

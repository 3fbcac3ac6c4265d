//! An agent's machine loses power while it rings, and in the middle of a call: the caller stays, and is spoken to again.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::{
    AgentProcess, Gateway, Mouth, Phone, Rig, Sound, Weight, assert_heard, assert_heard_in_rounds, assert_not_heard,
    story,
};
use cordboard_wire::{CallPhase, EndCause};

use crate::checks::{SALES, SOON, moments, record_of_caller, settings, speaks};

#[test]
fn agent_vanishes_mid_ring() -> Result<()> {
    story("agent_vanishes_mid_ring", Weight::Light, Duration::from_secs(60), &[], async |story| {
        let gateway = Gateway::demo_with(&story, "gateway", &settings(&[("DeskGraceSeconds", "3")])).await?;
        let alice = AgentProcess::ready(&story, &gateway, "alice", &Sound::silence(500)).await?;
        let phone = Phone::new().await?;
        let mut caller = phone.call(gateway.sip, SALES, "13800000004").await?;
        caller.wait_answer().await?;
        let rung = alice.wait_call(CallPhase::Ringing).await?;
        let bob = AgentProcess::ready(&story, &gateway, "bob", &Sound::silence(500)).await?;
        alice.vanish().await?;
        let offered = bob.wait_call(CallPhase::Ringing).await?;
        assert_eq!(offered.call_id, rung.call_id, "the call goes to the next agent");
        assert!(!caller.is_over(), "the caller stays");
        caller.hang_up().await?;
        gateway.stop().await
    })
}

#[test]
fn agent_vanishes_mid_call_and_returns() -> Result<()> {
    let name = "agent_vanishes_mid_call_and_returns";
    story(name, Weight::Light, Duration::from_secs(90), &[Rig::Speech], async |story| {
        let (caller_words, before, after) = (Mouth(11).says()?, Mouth(12).says()?, Mouth(13).says()?);
        let gateway = Gateway::demo(&story).await?;
        let mut alice = AgentProcess::ready(&story, &gateway, "alice", &before).await?;
        let phone = Phone::new().await?;
        let mut caller = phone.call(gateway.sip, SALES, "13800000005").await?;
        caller.wait_answer().await?;
        let talking = alice.answer().await?;
        let heard = speaks(&caller.mouth, &caller_words).await?;
        assert_heard_in_rounds(&heard, &before, "the agent's words at the caller's ear");

        alice.vanish().await?;
        let alice = AgentProcess::start(&story, &gateway.url(), "alice", &after, &["--take-over"]).await?;
        let again = alice.wait_call(CallPhase::Talking).await?;
        assert_eq!(again.call_id, talking.call_id, "the same call, as if nothing had happened");
        assert!(!caller.is_over(), "the caller stays");
        let heard = speaks(&caller.mouth, &caller_words).await?;
        assert_heard_in_rounds(&heard, &after, "the agent's words after the return");
        assert_not_heard(&heard, &before, "words of the desk that vanished");
        caller.hang_up().await?;
        alice.wait_view("no call", |view| view.calls.is_empty()).await?;

        assert_heard(&alice.leave().await?, &caller_words, "the caller's words after the return");
        gateway.stop().await
    })
}

#[test]
fn agent_vanishes_for_good() -> Result<()> {
    story("agent_vanishes_for_good", Weight::Light, Duration::from_secs(60), &[], async |story| {
        let gateway = Gateway::demo_with(&story, "gateway", &settings(&[("DeskGraceSeconds", "2")])).await?;
        let mut alice = AgentProcess::ready(&story, &gateway, "alice", &Sound::silence(500)).await?;
        let phone = Phone::new().await?;
        let mut caller = phone.call(gateway.sip, SALES, "13800000006").await?;
        caller.wait_answer().await?;
        alice.answer().await?;
        alice.vanish().await?;
        caller.wait_bye(SOON).await?;
        let record = record_of_caller(&gateway, "13800000006").await?;
        assert!(moments(&record, "AgentEvents").contains(&"DeskLost".to_owned()), "{record:#}");
        assert_eq!(record["ReleaseReason"], "desk lost", "{record:#}");
        let alice = AgentProcess::start(&story, &gateway.url(), "alice", &Sound::silence(500), &[]).await?;
        let view = alice.view()?;
        assert!(view.calls.is_empty());
        if let Some(wrap_up) = view.wrap_up {
            assert_eq!(wrap_up.call.cause, EndCause::DeskLost);
        }
        gateway.stop().await
    })
}

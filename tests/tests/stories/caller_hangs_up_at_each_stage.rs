//! The caller hangs up in the flow, in the queue, in the ring and in the talk: one record each, each saying where.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::{AgentProcess, Gateway, Phone, Sound, Weight, story};
use cordboard_wire::{CallPhase, EndCause, WhoseDoing};

use crate::checks::{SALES, WELCOME, assert_says, next_piece, record_of_caller};

#[test]
fn caller_hangs_up_at_each_stage() -> Result<()> {
    story("caller_hangs_up_at_each_stage", Weight::Light, Duration::from_secs(90), &[], async |story| {
        let gateway = Gateway::demo(&story).await?;
        let phone = Phone::new().await?;

        let mut in_flow = phone.call(gateway.sip, WELCOME, "13800000011").await?;
        in_flow.wait_answer().await?;
        next_piece(&in_flow.mouth, 500).await?;
        in_flow.hang_up().await?;
        let record = record_of_caller(&gateway, "13800000011").await?;
        assert_says(&record, "ContactDisposition", "AbandonedInIVR");
        assert_says(&record, "ReleaseInitiator", "customer");

        let mut in_queue = phone.call(gateway.sip, SALES, "13800000012").await?;
        in_queue.wait_answer().await?;
        next_piece(&in_queue.mouth, 500).await?;
        in_queue.hang_up().await?;
        assert_says(&record_of_caller(&gateway, "13800000012").await?, "ContactDisposition", "AbandonedInQueue");

        let mut alice = AgentProcess::ready(&story, &gateway, "alice", &Sound::silence(500)).await?;
        let mut in_ring = phone.call(gateway.sip, SALES, "13800000013").await?;
        in_ring.wait_answer().await?;
        alice.wait_call(CallPhase::Ringing).await?;
        in_ring.hang_up().await?;
        let view = alice.wait_view("no call rings", |view| view.calls.is_empty()).await?;
        assert!(view.wrap_up.is_none(), "nothing was talked, so nothing is to be wrapped up");
        assert_eq!(view.agent.presence, cordboard_wire::Presence::Ready, "the agent did nothing wrong");
        assert_says(&record_of_caller(&gateway, "13800000013").await?, "ContactDisposition", "AbandonedInRing");

        let mut in_talk = phone.call(gateway.sip, SALES, "13800000014").await?;
        in_talk.wait_answer().await?;
        alice.answer().await?;
        next_piece(&in_talk.mouth, 500).await?;
        in_talk.hang_up().await?;
        let view = alice.wait_view("wrap-up", |view| view.wrap_up.is_some()).await?;
        let call = view.wrap_up.expect("it was there").call;
        assert_eq!((call.cause, call.by), (EndCause::Completed, WhoseDoing::Customer));
        let record = record_of_caller(&gateway, "13800000014").await?;
        assert_says(&record, "ContactDisposition", "Success");
        assert_says(&record, "ReleaseInitiator", "customer");

        let at_once = phone.call(gateway.sip, WELCOME, "13800000015").await?;
        let mut at_once = at_once;
        at_once.wait_status(100).await?;
        // The gateway may have answered meanwhile: then CANCEL comes too late and BYE ends it.
        if at_once.cancel().await.is_err() {
            at_once.wait_answer().await?;
            at_once.hang_up().await?;
        }
        assert_says(&record_of_caller(&gateway, "13800000015").await?, "ContactDisposition", "AbandonedInIVR");
        gateway.stop().await
    })
}

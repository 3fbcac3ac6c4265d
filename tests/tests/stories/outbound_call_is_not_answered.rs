//! Dials that fail: busy, rejected, no such number, nobody answers, given up. Each has its own cause in the record and a
//! sentence at the desk.

use std::time::Duration;

use anyhow::Result;
use cordboard_ear::Sound;
use cordboard_tests::{AgentProcess, Gateway, Rig, Sipp, Story, Weight, places, story};
use cordboard_wire::{CallPhase, Command, DeskView, EndCause, WhoseDoing};

use crate::checks::{SOON, assert_says, settings};

/// Status, its reason, the cause at the desk, the vendor's word in the record's `EarlyMediaState` or release reason.
const REFUSALS: &[(&str, &str, EndCause)] = &[
    ("486", "Busy Here", EndCause::Busy),
    ("603", "Decline", EndCause::Rejected),
    ("404", "Not Found", EndCause::NotExist),
    ("480", "Temporarily Unavailable", EndCause::NoAnswer),
    ("503", "Service Unavailable", EndCause::CarrierFailed),
];

#[test]
fn refused_dials_say_why() -> Result<()> {
    story("refused_dials_say_why", Weight::Light, Duration::from_secs(120), &[Rig::Sipp], async |story| {
        let peer = places::free_address()?;
        let (gateway, mut alice) = desk(&story, peer, &[]).await?;
        let mut sentences = Vec::new();
        for (status, reason, cause) in REFUSALS {
            let mut callee = Sipp::refuser(&story, status, reason, peer).await?;
            let dialled = alice.dial("13900139000", None).await?;
            let view = ended(&alice, &dialled.call_id).await?;
            callee.ends_well(SOON).await?;
            let wrap_up = view.wrap_up.expect("a failed dial ends in wrap-up");
            assert_eq!(wrap_up.call.cause, *cause, "after {status}");
            assert_eq!(wrap_up.call.sip_status.map(|status| status.to_string()).as_deref(), Some(*status));
            assert!(wrap_up.call.sentence.len() > 15, "a sentence, not {:?}", wrap_up.call.sentence);
            sentences.push(wrap_up.call.sentence);
            let record = gateway.sign_in("alice").await?.record(&dialled.call_id).await?;
            assert!(record["ReleaseReason"].as_str().is_some_and(|why| why.starts_with(status)), "{record:#}");
            assert_ne!(record["ContactDisposition"], "Success");
            alice.act(&Command::Ready).await?;
            alice.wait_view("ready again", |view| view.wrap_up.is_none()).await?;
        }
        sentences.dedup();
        assert_eq!(sentences.len(), REFUSALS.len(), "each failure has a sentence of its own: {sentences:#?}");
        gateway.stop().await
    })
}

#[test]
fn an_unanswered_dial_ends_by_itself() -> Result<()> {
    story("an_unanswered_dial_ends_by_itself", Weight::Light, Duration::from_secs(60), &[Rig::Sipp], async |story| {
        let peer = places::free_address()?;
        let (gateway, mut alice) = desk(&story, peer, &[("DialTimeoutSeconds", "5")]).await?;
        let mut callee = Sipp::answerer(&story, "never_answers", peer).await?;
        let dialled = alice.dial("13900139000", None).await?;
        alice.wait_call(CallPhase::Alerting).await?;
        let view = ended(&alice, &dialled.call_id).await?;
        callee.ends_well(SOON).await?;
        assert_eq!(view.wrap_up.expect("wrap-up").call.cause, EndCause::NoAnswer);
        let record = gateway.sign_in("alice").await?.record(&dialled.call_id).await?;
        assert_says(&record, "ContactDisposition", "NoAnswer");
        gateway.stop().await
    })
}

#[test]
fn a_dial_can_be_given_up() -> Result<()> {
    story("a_dial_can_be_given_up", Weight::Light, Duration::from_secs(60), &[Rig::Sipp], async |story| {
        let peer = places::free_address()?;
        let (gateway, mut alice) = desk(&story, peer, &[]).await?;
        let mut callee = Sipp::answerer(&story, "never_answers", peer).await?;
        let dialled = alice.dial("13900139000", None).await?;
        alice.wait_call(CallPhase::Alerting).await?;
        let view = alice.hang_up(&dialled.call_id).await?;
        callee.ends_well(SOON).await?;
        let call = view.wrap_up.expect("wrap-up").call;
        assert_eq!((call.cause, call.by), (EndCause::Cancelled, WhoseDoing::Agent));
        gateway.stop().await
    })
}

#[test]
fn a_number_that_is_none_is_refused_at_once() -> Result<()> {
    story("a_number_that_is_none_is_refused_at_once", Weight::Light, Duration::from_secs(60), &[], async |story| {
        let (gateway, mut alice) = desk(&story, places::free_address()?, &[]).await?;
        for (callee, caller, code) in
            [("12ab", None, "bad_number"), ("13900139000", Some("02199999999"), "caller_not_yours")]
        {
            let from = alice.lines.len();
            alice.act(&Command::Dial { callee: callee.to_owned(), caller: caller.map(str::to_owned) }).await?;
            let (_, refused) = alice.wait_event("refused", from).await?;
            assert_eq!(refused["code"], code);
            assert!(refused["message"].as_str().is_some_and(|sentence| sentence.len() > 15));
        }
        assert!(alice.view()?.calls.is_empty());
        gateway.stop().await
    })
}

async fn desk(story: &Story, peer: std::net::SocketAddr, pairs: &[(&str, &str)]) -> Result<(Gateway, AgentProcess)> {
    let mut words = settings(pairs);
    words.extend(["--trunk-peer".to_owned(), peer.to_string()]);
    let gateway = Gateway::demo_with(story, "gateway", &words).await?;
    let alice = AgentProcess::ready(story, &gateway, "alice", &Sound::silence(1000)).await?;
    Ok((gateway, alice))
}

async fn ended(alice: &AgentProcess, call_id: &str) -> Result<DeskView> {
    alice
        .wait_view_within("the dial is over", Duration::from_secs(20), |view| {
            view.calls.is_empty() && view.wrap_up.as_ref().is_some_and(|wrap_up| wrap_up.call.call_id == call_id)
        })
        .await
}

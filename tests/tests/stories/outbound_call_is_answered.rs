//! An agent dials a SIPp answerer: rings, hears the far network speak before the answer, talks, sends digits, is held by
//! the far side and taken back.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::{
    AgentProcess, Gateway, Mouth, Rig, Sipp, Sound, Weight, assert_heard, assert_heard_in_rounds, assert_not_heard,
    places, story,
};
use cordboard_wire::{CallPhase, Command};

use crate::checks::{SOON, assert_recorded, assert_says, moments, next_piece, speaks};

#[test]
fn outbound_call_is_answered() -> Result<()> {
    story(
        "outbound_call_is_answered",
        Weight::Light,
        Duration::from_secs(150),
        &[Rig::Speech, Rig::Sipp],
        async |story| {
            let (network_words, callee_words, agent_words) = (Mouth(4).says()?, Mouth(5).says()?, Mouth(6).says()?);
            let peer = places::free_address()?;
            let gateway = Gateway::demo_towards(&story, peer).await?;
            let mut callee = Sipp::answerer(&story, "answerer", peer).await?;
            let mut alice = AgentProcess::ready(&story, &gateway, "alice", &agent_words).await?;

            let dialled = alice.dial("13900139000", Some("01065002000")).await?;
            assert_eq!(dialled.caller.replace(' ', ""), "01065002000");
            callee.learn_far_side().await?;
            callee.mouth.say(&network_words);
            alice.wait_call(CallPhase::Alerting).await?;
            let talking = alice.wait_call_within(CallPhase::Talking, Duration::from_secs(25)).await?;
            callee.wait_noted("answered", SOON).await?;

            let heard = speaks(&callee.mouth, &callee_words).await?;
            assert_heard_in_rounds(&heard, &agent_words, "the agent's words at the callee's ear");
            alice.act(&Command::Digits { call_id: talking.call_id.clone(), digits: "42#".to_owned() }).await?;
            callee.mouth.hears_keys("42#", SOON).await?;

            let held = |wanted: bool| {
                move |view: &cordboard_wire::DeskView| {
                    view.calls.first().is_some_and(|call| call.held_by_far_side == wanted)
                }
            };
            callee.wait_noted("held", Duration::from_secs(20)).await?;
            alice.wait_view("held by the far side", held(true)).await?;
            callee.wait_noted("taken back", SOON).await?;
            alice.wait_view("taken back by the far side", held(false)).await?;
            let heard = next_piece(&callee.mouth, agent_words.milliseconds() + 1000).await?;
            assert_heard_in_rounds(&heard, &agent_words, "the agent's words after the hold");

            alice.hang_up(&talking.call_id).await?;
            callee.ends_well(SOON).await?;
            let session = gateway.sign_in("alice").await?;
            let record = session.record(&talking.call_id).await?;
            assert_says(&record, "ContactType", "OUTBOUND");
            assert_says(&record, "ContactDisposition", "Success");
            let moments = moments(&record, "CustomerEvents");
            assert!(
                moments.contains(&"HeldByFarSide".to_owned()) && moments.contains(&"RetrievedByFarSide".to_owned()),
                "{record:#}"
            );
            assert_recorded(&session, &talking.call_id, &callee_words, &agent_words).await?;

            let heard = alice.leave().await?;
            // From its first ring to its answer the network had about nine seconds.
            let network: Sound = network_words.piece(0, 7500);
            assert_heard(&heard, &network, "the far network's words before the answer, at the agent's ear");
            assert_heard(&heard, &callee_words, "the callee's words at the agent's ear");
            assert_not_heard(&heard, &agent_words, "the agent's own words at the agent's ear");
            gateway.stop().await
        },
    )
}

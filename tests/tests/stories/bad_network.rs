//! A call whose agent sits behind a bad network: while it is clean the caller's A-law reaches the desk untouched; when it
//! turns bad (40 ms of jitter, 3 % loss, reordering) Opus takes over, and words still match at both ears.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::{
    AgentProcess, DeskProxy, Gateway, Misfortune, Mouth, Phone, Rig, Weight, assert_heard, assert_heard_in_rounds,
    assert_not_heard, story,
};
use cordboard_wire::{Command, LegCodec};

use crate::checks::{SALES, assert_recorded, speaks};

#[test]
fn bad_network() -> Result<()> {
    story("bad_network", Weight::Middle, Duration::from_secs(150), &[Rig::Speech], async |story| {
        let (clean_words, bad_words, agent_words) = (Mouth(14).says()?, Mouth(15).says()?, Mouth(16).says()?);
        let gateway = Gateway::demo(&story).await?;
        let network = DeskProxy::before(gateway.http, Misfortune::NONE, 20_261_122).await?;
        let mut alice = AgentProcess::start(&story, &network.url(), "alice", &agent_words, &["--ready"]).await?;
        let phone = Phone::new().await?;
        let mut caller = phone.call(gateway.sip, SALES, "13800000031").await?;
        caller.wait_answer().await?;
        let talking = alice.answer().await?;

        let heard = speaks(&caller.mouth, &clean_words).await?;
        assert_heard_in_rounds(&heard, &agent_words, "the agent's words while the network is clean");
        let codecs = |view: &cordboard_wire::DeskView| {
            view.agent.quality.as_ref().map(|quality| (quality.codec_trunk, quality.codec_down))
        };
        let clean = Some((Some(LegCodec::Pcma), Some(LegCodec::Pcma)));
        alice.wait_view("A-law all the way", |view| codecs(view) == clean).await?;

        network.set(Misfortune::BAD);
        caller.mouth.say_again_and_again(&bad_words);
        let bad = Some((Some(LegCodec::Pcma), Some(LegCodec::Opus)));
        alice.wait_view_within("Opus towards the desk", Duration::from_secs(30), |view| codecs(view) == bad).await?;
        let heard = speaks(&caller.mouth, &bad_words).await?;
        assert_heard_in_rounds(&heard, &agent_words, "the agent's words through the bad network");
        let (taken, lost) = network.counts();
        assert!(lost * 100 > taken / 2, "the network was bad: {lost} of {taken} lost");

        alice.act(&Command::HangUp { call_id: talking.call_id.clone() }).await?;
        caller.wait_bye(Duration::from_secs(10)).await?;
        let session = gateway.sign_in("alice").await?;
        assert_recorded(&session, &talking.call_id, &clean_words, &agent_words).await?;
        let heard = alice.leave().await?;
        assert_heard(&heard, &clean_words, "the caller's words while the network was clean");
        assert_heard(&heard, &bad_words, "the caller's words through the bad network");
        assert_not_heard(&heard, &agent_words, "the agent's own words");
        gateway.stop().await
    })
}

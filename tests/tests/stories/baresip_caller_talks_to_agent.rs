//! The same call by a softphone that neither we nor SIPp's authors wrote, straight through the menu, hung up by the caller.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::{
    AgentProcess, Baresip, Gateway, Mouth, Rig, Weight, assert_heard, assert_heard_in_rounds, assert_not_heard, story,
};
use cordboard_wire::CallPhase;

use crate::checks::{WELCOME, assert_recorded, assert_says, prompt};

#[test]
fn baresip_caller_talks_to_agent() -> Result<()> {
    story(
        "baresip_caller_talks_to_agent",
        Weight::Light,
        Duration::from_secs(120),
        &[Rig::Speech, Rig::Baresip],
        async |story| {
            let (caller_words, agent_words) = (Mouth(2).says()?, Mouth(3).says()?);
            let gateway = Gateway::demo(&story).await?;
            let mut bob = AgentProcess::ready(&story, &gateway, "bob", &agent_words).await?;

            let mut over_and_over = caller_words.clone();
            (0..6).for_each(|_| over_and_over.samples.extend(&caller_words.samples));
            let caller = Baresip::start(&story, &over_and_over).await?;
            caller.call(gateway.sip, WELCOME).await?;
            let greeting = prompt("zh-CN/welcome")?;
            caller.hears(greeting.milliseconds() + 700, Duration::from_secs(30)).await?;
            caller.press('2').await?;
            let ringing = bob.wait_call(CallPhase::Ringing).await?;
            assert_eq!(ringing.keys, "2");
            caller.hears(2000, Duration::from_secs(10)).await?;
            let talking = bob.answer().await?;
            caller.hears(agent_words.milliseconds() + 1500, Duration::from_secs(30)).await?;
            caller.hang_up().await?;
            bob.wait_view("no call", |view| view.calls.is_empty()).await?;

            let heard = caller.stop().await?;
            assert_heard(&heard, &greeting, "the greeting at baresip");
            assert_heard_in_rounds(&heard, &agent_words, "the agent's words at baresip");
            assert_not_heard(&heard, &caller_words, "baresip's own words at baresip");
            let session = gateway.sign_in("bob").await?;
            let record = session.record(&talking.call_id).await?;
            assert_says(&record, "ContactDisposition", "Success");
            assert_says(&record, "ReleaseInitiator", "customer");
            assert_says(&record, "SkillGroupIds", "support@demo");
            assert_recorded(&session, &talking.call_id, &caller_words, &agent_words).await?;
            let heard = bob.leave().await?;
            assert_heard_in_rounds(&heard, &caller_words, "baresip's words at the agent's ear");
            assert_not_heard(&heard, &agent_words, "the agent's own words at the agent's ear");
            gateway.stop().await
        },
    )
}

//! SIPp calls 02165001000, hears the greeting, presses 1, hears music, is answered by an agent; each ear hears the
//! other's words and nobody else's; then the record, and both channels of the recording.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::{
    AgentProcess, Gateway, Mouth, Rig, Sipp, Weight, assert_heard, assert_heard_in_rounds, assert_not_heard, story,
};
use cordboard_wire::CallPhase;

use crate::checks::{
    CALLER, SOON, WELCOME, assert_is_music, assert_recorded, assert_says, moments, next_piece, prompt, speaks,
};

#[test]
fn sipp_caller_talks_to_agent() -> Result<()> {
    story(
        "sipp_caller_talks_to_agent",
        Weight::Light,
        Duration::from_secs(120),
        &[Rig::Speech, Rig::Sipp],
        async |story| {
            let (caller_words, agent_words) = (Mouth(0).says()?, Mouth(1).says()?);
            let gateway = Gateway::demo(&story).await?;
            let mut alice = AgentProcess::ready(&story, &gateway, "alice", &agent_words).await?;

            let mut caller = Sipp::caller(&story, "caller", gateway.sip, WELCOME, CALLER)?;
            caller.learn_far_side().await?;
            let greeting = prompt("zh-CN/welcome")?;
            next_piece(&caller.mouth, greeting.milliseconds() + 700).await?;
            let heard = caller.mouth.heard();
            assert_heard(&heard, &greeting, "the greeting at the caller's ear");
            assert_not_heard(&heard, &prompt("zh-CN/menu")?, "the menu while the greeting plays");

            caller.mouth.press('1');
            let ringing = alice.wait_call(CallPhase::Ringing).await?;
            assert_eq!(ringing.keys, "1");
            assert!(ringing.queue.is_some_and(|queue| queue.contains("Sales")));
            assert!(ringing.pop_url.is_some_and(|url| url.contains("callType=")), "a CRM page to pop");
            next_piece(&caller.mouth, 300).await?;
            assert_is_music(&next_piece(&caller.mouth, 4000).await?);

            let talking = alice.answer().await?;
            let heard = speaks(&caller.mouth, &caller_words).await?;
            assert_heard_in_rounds(&heard, &agent_words, "the agent's words at the caller's ear");
            assert_not_heard(&heard, &caller_words, "the caller's own words at the caller's ear");

            let after = alice.hang_up(&talking.call_id).await?;
            caller.ends_well(SOON).await?;
            let wrap_up = after.wrap_up.expect("wrap-up follows a call");
            assert_eq!(wrap_up.call.cause, cordboard_wire::EndCause::Completed);
            assert_eq!(wrap_up.call.by, cordboard_wire::WhoseDoing::Agent);

            let session = gateway.sign_in("alice").await?;
            let record = session.record(&talking.call_id).await?;
            assert_says(&record, "ContactDisposition", "Success");
            assert_says(&record, "ContactType", "INBOUND");
            assert_says(&record, "CallingNumber", CALLER);
            assert_says(&record, "CalledNumber", WELCOME);
            assert_says(&record, "ReleaseInitiator", "agent");
            assert_says(&record, "AgentIds", "alice@demo");
            assert!(moments(&record, "AgentEvents").contains(&"Established".to_owned()), "{record:#}");
            assert!(moments(&record, "QueueEvents").contains(&"Enqueue".to_owned()), "{record:#}");
            assert!(moments(&record, "IvrEvents").contains(&"KeyPressed".to_owned()), "{record:#}");
            assert_recorded(&session, &talking.call_id, &caller_words, &agent_words).await?;

            let heard = alice.leave().await?;
            assert_heard(&heard, &caller_words, "the caller's words at the agent's ear");
            assert_not_heard(&heard, &agent_words, "the agent's own words at the agent's ear");
            gateway.stop().await
        },
    )
}

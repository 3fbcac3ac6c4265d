//! An agent lets it ring: the agent goes on break `RingingTimeout`, the caller keeps the place at the head of the queue
//! and is offered first when somebody else is ready.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::{
    AgentProcess, Gateway, Mouth, Phone, Rig, Weight, assert_heard, assert_heard_in_rounds, assert_not_heard, story,
};
use cordboard_wire::{CallPhase, NoticeCode, Presence};

use crate::checks::{SALES, SOON, moments, settings, speaks};

#[test]
fn agent_lets_it_ring() -> Result<()> {
    story("agent_lets_it_ring", Weight::Light, Duration::from_secs(90), &[Rig::Speech], async |story| {
        let (first_words, second_words, bob_words) = (Mouth(7).says()?, Mouth(8).says()?, Mouth(9).says()?);
        let words = settings(&[("AgentRingingTimeoutSeconds", "3")]);
        let gateway = Gateway::demo_with(&story, "gateway", &words).await?;
        let alice = AgentProcess::ready(&story, &gateway, "alice", &Mouth(10).says()?).await?;
        let phone = Phone::new().await?;
        let mut first = phone.call(gateway.sip, SALES, "13800000001").await?;
        first.wait_answer().await?;
        let rung = alice.wait_call(CallPhase::Ringing).await?;
        let mut second = phone.call(gateway.sip, SALES, "13800000002").await?;
        second.wait_answer().await?;

        let view = alice
            .wait_view("on break", |view| view.agent.presence == Presence::Break { code: "RingingTimeout".to_owned() })
            .await?;
        assert!(view.calls.is_empty(), "the call is gone from the desk");
        let notice = view.notices.first().expect("a notice says why");
        assert_eq!((notice.code, notice.call_id.as_deref()), (NoticeCode::RingTimedOut, Some(rung.call_id.as_str())));
        assert!(!first.is_over(), "the caller stays");

        let mut bob = AgentProcess::ready(&story, &gateway, "bob", &bob_words).await?;
        let offered = bob.wait_call(CallPhase::Ringing).await?;
        assert_eq!(offered.call_id, rung.call_id, "the call that was let ring comes first");
        bob.answer().await?;
        let heard = speaks(&first.mouth, &first_words).await?;
        assert_heard_in_rounds(&heard, &bob_words, "bob's words at the first caller's ear");
        assert_not_heard(&second.mouth.heard(), &bob_words, "bob's words at the waiting caller's ear");
        second.mouth.say(&second_words);
        bob.hang_up(&offered.call_id).await?;
        first.wait_bye(SOON).await?;
        second.hang_up().await?;

        let record = gateway.sign_in("carol").await?.record(&rung.call_id).await?;
        assert!(moments(&record, "AgentEvents").contains(&"RingingTimeout".to_owned()), "{record:#}");
        let heard = bob.leave().await?;
        assert_heard(&heard, &first_words, "the first caller's words at bob's ear");
        assert_not_heard(&heard, &second_words, "the waiting caller's words at bob's ear");
        gateway.stop().await
    })
}

//! A shift's first call in the real window on sound devices: SIPp calls, the ring is heard, a notification says who, the
//! agent answers by click, each hears the other, the agent hangs up by click.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::{Gateway, Mouth, Rig, Sipp, SoundServer, Weight, Window, assert_not_heard, story};

use crate::checks::{SALES, SOON, assert_says, record_of_caller};
use crate::shift::{agent_is_heard, begin, far_side_is_heard};

#[test]
fn an_agent_takes_a_call_in_the_window() -> Result<()> {
    let needs = &[Rig::Speech, Rig::Sipp, Rig::SoundServer, Rig::Window];
    story("an_agent_takes_a_call_in_the_window", Weight::Heavy, Duration::from_secs(150), needs, async |story| {
        let (caller_words, agent_words) = (Mouth(19).says()?, Mouth(20).says()?);
        let sound = SoundServer::start(&story).await?;
        let gateway = Gateway::demo(&story).await?;
        let mut alice = Window::open_on(&story, &sound).await?;
        begin(&mut alice, &gateway.url()).await?;
        let speaker = sound.listen().await?;
        let _mouth = sound.say(&agent_words)?;
        assert_eq!(sound.microphones_open()?, 0, "no microphone is open between calls");

        let before = speaker.place();
        let mut caller = Sipp::caller(&story, "caller", gateway.sip, SALES, "13800138051")?;
        caller.learn_far_side().await?;
        speaker.sound_after(before, SOON).await?;
        alice.sees_button("Answer", SOON).await?;
        assert!(alice.notified("8051").await?.contains("answer"), "the notification has a button to answer");
        assert_not_heard(&caller.mouth.heard(), &agent_words, "the agent's words before the answer");
        alice.click("button", "Answer").await?;
        alice.sees_button("/Hang up/", SOON).await?;

        agent_is_heard(&caller.mouth, &agent_words, &caller_words).await?;
        far_side_is_heard(&caller.mouth, &speaker, &caller_words, &agent_words).await?;

        alice.click("button", "/Hang up/").await?;
        caller.ends_well(SOON).await?;
        alice.sees("/left/", SOON).await?;
        let record = record_of_caller(&gateway, "13800138051").await?;
        assert_says(&record, "ContactDisposition", "Success");
        assert_says(&record, "ReleaseInitiator", "agent");
        alice.close().await?;
        gateway.stop().await
    })
}

//! The window's process is killed in the middle of a call and started again: the caller stays, and is spoken to again.

use std::time::{Duration, Instant};

use anyhow::Result;
use cordboard_tests::{Gateway, Mouth, Phone, Rig, SoundServer, Weight, Window, story};

use crate::checks::{SALES, SOON};
use crate::shift::{agent_is_heard, begin, far_side_is_heard, sign_in};

#[test]
fn the_window_dies_in_a_call() -> Result<()> {
    let needs = &[Rig::Speech, Rig::SoundServer, Rig::Window];
    story("the_window_dies_in_a_call", Weight::Heavy, Duration::from_secs(150), needs, async |story| {
        let (caller_words, agent_words) = (Mouth(25).says()?, Mouth(26).says()?);
        let sound = SoundServer::start(&story).await?;
        let gateway = Gateway::demo(&story).await?;
        let mut alice = Window::open_on(&story, &sound).await?;
        begin(&mut alice, &gateway.url()).await?;
        let speaker = sound.listen().await?;
        let _mouth = sound.say(&agent_words)?;
        let phone = Phone::new().await?;
        let mut caller = phone.call(gateway.sip, SALES, "13800138071").await?;
        caller.wait_answer().await?;
        alice.click("button", "Answer").await?;
        agent_is_heard(&caller.mouth, &agent_words, &caller_words).await?;

        let died = Instant::now();
        alice.signal("SIGKILL").await?;
        alice.open_again().await?;
        // There is no keyring on this desktop, so the session went with the process.
        sign_in(&mut alice, &gateway.url()).await?;
        alice.sees_button("/Hang up/", SOON).await?;
        assert!(!caller.is_over(), "the caller stays");
        agent_is_heard(&caller.mouth, &agent_words, &caller_words).await?;
        eprintln!(
            "from its death to the agent's words again, listening included: {:.1} s",
            died.elapsed().as_secs_f32()
        );
        far_side_is_heard(&caller.mouth, &speaker, &caller_words, &agent_words).await?;
        caller.hang_up().await?;
        alice.sees("/left/", SOON).await?;
        alice.close().await?;
        gateway.stop().await
    })
}

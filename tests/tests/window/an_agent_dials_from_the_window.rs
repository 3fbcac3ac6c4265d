//! The agent types a number and calls it: once it is answered and both hear each other, once it is busy and the window
//! says so.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::{Gateway, Mouth, Phone, Rig, SoundServer, Weight, Window, story};

use crate::checks::SOON;
use crate::shift::{agent_is_heard, begin, far_side_is_heard};

#[test]
fn an_agent_dials_from_the_window() -> Result<()> {
    let needs = &[Rig::Speech, Rig::SoundServer, Rig::Window];
    story("an_agent_dials_from_the_window", Weight::Heavy, Duration::from_secs(150), needs, async |story| {
        let (callee_words, agent_words) = (Mouth(23).says()?, Mouth(24).says()?);
        let sound = SoundServer::start(&story).await?;
        let phone = Phone::new().await?;
        let gateway = Gateway::demo_towards(&story, phone.address).await?;
        let mut alice = Window::open_on(&story, &sound).await?;
        begin(&mut alice, &gateway.url()).await?;
        let speaker = sound.listen().await?;
        let _mouth = sound.say(&agent_words)?;

        alice.click("button", "Outbound").await?;
        alice.fill("Customer's number", "13900139000").await?;
        alice.click("button", "Call").await?;
        let callee = phone.next_call(SOON).await?;
        callee.ring().await?;
        alice.sees("/Far side rings|The far side is ringing/", SOON).await?;
        callee.answer().await?;
        alice.sees("Talking", SOON).await?;
        agent_is_heard(&callee.mouth, &agent_words, &callee_words).await?;
        far_side_is_heard(&callee.mouth, &speaker, &callee_words, &agent_words).await?;
        alice.click("button", "/Hang up/").await?;
        callee.wait_bye(SOON).await?;
        alice.click("button", "Done, take calls").await?;
        alice.sees("Waiting for a call", SOON).await?;

        alice.fill("Customer's number", "13900139001").await?;
        alice.click("button", "Call").await?;
        let callee = phone.next_call(SOON).await?;
        callee.refuse(486, "Busy Here").await?;
        alice.sees("/busy/i", SOON).await?;
        alice.close().await?;
        gateway.stop().await
    })
}

//! Keys chosen in the window work while another program has the keyboard: they answer, mute, unmute and hang up, and the
//! other program keeps the keyboard.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::{Gateway, Mouth, Phone, Rig, SoundServer, Weight, Window, assert_not_heard, story};
use serde_json::json;

use crate::checks::{SALES, SOON};
use crate::shift::{agent_is_heard, begin, far_side_is_heard};

#[test]
fn keys_answer_from_another_program() -> Result<()> {
    let needs = &[Rig::Speech, Rig::SoundServer, Rig::Desktop, Rig::Window];
    story("keys_answer_from_another_program", Weight::Heavy, Duration::from_secs(150), needs, async |story| {
        let (caller_words, agent_words) = (Mouth(27).says()?, Mouth(28).says()?);
        let sound = SoundServer::start(&story).await?;
        let gateway = Gateway::demo(&story).await?;
        let mut alice = Window::open_on(&story, &sound).await?;
        alice.act(json!({ "do": "manage" })).await?;
        begin(&mut alice, &gateway.url()).await?;
        alice.click("button", "/^Menu/").await?;
        alice.click("menuitem", "Window settings").await?;
        alice.fill("Answer", "Ctrl+Alt+A").await?;
        alice.fill("Hang up or decline", "Ctrl+Alt+H").await?;
        alice.fill("Mute and unmute", "Ctrl+Alt+M").await?;
        alice.picture("window-keys").await?;
        alice.click("button", "Close").await?;
        let speaker = sound.listen().await?;
        let _mouth = sound.say(&agent_words)?;
        alice.act(json!({ "do": "notepad", "file": story.path("notes.txt") })).await?;

        let phone = Phone::new().await?;
        let mut caller = phone.call(gateway.sip, SALES, "13800138081").await?;
        caller.wait_answer().await?;
        alice.sees_button("Answer", SOON).await?;
        alice.keys("ctrl+alt+a").await?;
        alice.sees_button("/Hang up/", SOON).await?;
        agent_is_heard(&caller.mouth, &agent_words, &caller_words).await?;
        far_side_is_heard(&caller.mouth, &speaker, &caller_words, &agent_words).await?;

        alice.keys("ctrl+alt+m").await?;
        alice.sees_button("Unmute", SOON).await?;
        let muted = caller.mouth.heard_ms() + 500;
        far_side_is_heard(&caller.mouth, &speaker, &caller_words, &agent_words).await?;
        let heard = caller.mouth.heard();
        let heard = heard.piece(muted.min(heard.milliseconds()), heard.milliseconds());
        assert_not_heard(&heard, &agent_words, "the words of an agent who is muted");
        alice.keys("ctrl+alt+m").await?;
        alice.sees_button("Mute", SOON).await?;
        agent_is_heard(&caller.mouth, &agent_words, &caller_words).await?;
        alice.keys("ctrl+alt+h").await?;
        caller.wait_bye(SOON).await?;
        assert_eq!(alice.act(json!({ "do": "focused" })).await?, "Notepad", "who has the keyboard keeps it");
        alice.close().await?;
        gateway.stop().await
    })
}

//! Around the page: the notification's button answers, the customer's window is up, the compact bar hangs up, and a second
//! start hands over its telephone link and ends.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::{Gateway, Mouth, Phone, Rig, Weight, Window, assert_heard_in_rounds, places, story};
use serde_json::json;

use crate::checks::{SALES, SOON, next_piece};
use crate::shift::begin;

#[test]
fn the_desktop_follows_the_call() -> Result<()> {
    let needs = &[Rig::Speech, Rig::Window];
    story("the_desktop_follows_the_call", Weight::Heavy, Duration::from_secs(150), needs, async |story| {
        let agent_words = Mouth(21).says()?;
        let gateway = Gateway::demo(&story).await?;
        let mut alice = Window::open(&story, &agent_words).await?;
        begin(&mut alice, &gateway.url()).await?;
        let phone = Phone::new().await?;
        let mut caller = phone.call(gateway.sip, SALES, "13800138053").await?;
        caller.wait_answer().await?;
        assert!(alice.notified("8053").await?.contains("answer"), "the notification has a button to answer");
        alice.act(json!({ "do": "press_notification", "action": "answer" })).await?;
        let heard = next_piece(&caller.mouth, agent_words.milliseconds() * 2).await?;
        assert_heard_in_rounds(&heard, &agent_words, "the agent's words after the notification's button");
        alice.sees_button("/Hang up/", SOON).await?;
        alice.act(json!({ "do": "window", "title": "Cordboard CRM" })).await?;
        alice.picture("window-customer").await?;

        alice.click("button", "/^Menu/").await?;
        alice.click("menuitem", "Compact bar").await?;
        alice.sees_button("Full desk", SOON).await?;
        alice.picture("window-compact").await?;
        alice.click("button", "Hang up").await?;
        caller.wait_bye(SOON).await?;
        alice.click("button", "Full desk").await?;
        alice.sees("/left/", SOON).await?;

        let application = places::binary("cordboard-desktop")?;
        let again = json!({ "do": "start_again", "application": application, "words": ["tel:+86-21-6500-2000"] });
        alice.act(again).await?;
        let number = "return document.getElementById('dial-number')?.value === '+862165002000'";
        alice.act(json!({ "do": "becomes_true", "script": number })).await?;
        alice.picture("window-link").await?;
        alice.close().await?;
        gateway.stop().await
    })
}

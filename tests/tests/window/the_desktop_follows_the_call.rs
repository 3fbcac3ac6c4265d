//! Around the page: the customer's window is up when the notification rings, its button answers while the page is frozen,
//! the call goes on, the compact bar hangs up, and a second start hands over its telephone link and ends.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::{Gateway, Mouth, Phone, Rig, Weight, Window, assert_heard_in_rounds, places, story};
use serde_json::json;

use crate::an_agent_takes_a_call_in_the_window::sign_in;
use crate::checks::{SALES, SOON, next_piece};

#[test]
fn the_desktop_follows_the_call() -> Result<()> {
    let needs = &[Rig::Speech, Rig::Window];
    story("the_desktop_follows_the_call", Weight::Heavy, Duration::from_secs(150), needs, async |story| {
        let agent_words = Mouth(21).says()?;
        let gateway = Gateway::demo(&story).await?;
        let mut alice = Window::open(&story, &agent_words).await?;
        sign_in(&mut alice, &gateway).await?;
        alice.click("button", "Take calls").await?;
        alice.sees("Waiting for a call", SOON).await?;

        alice.act(json!({ "do": "page_process", "signal": "SIGSTOP" })).await?;
        let phone = Phone::new().await?;
        let mut caller = phone.call(gateway.sip, SALES, "13800138052").await?;
        caller.wait_answer().await?;
        let notice = alice.act(json!({ "do": "notified", "text": "8052" })).await?;
        assert!(notice.as_str().is_some_and(|notice| notice.contains("answer")), "no button to answer: {notice}");
        alice.act(json!({ "do": "press_notification", "action": "answer" })).await?;
        let heard = next_piece(&caller.mouth, agent_words.milliseconds() * 2).await?;
        assert_heard_in_rounds(&heard, &agent_words, "the agent's words while the page is frozen");
        alice.act(json!({ "do": "page_process", "signal": "SIGCONT" })).await?;
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
        let number = "return document.getElementById('dial-number')?.value === '+862165002000' ? 'typed' : ''";
        let deadline = tokio::time::Instant::now() + SOON;
        while alice.act(json!({ "do": "run", "script": number })).await? != "typed" {
            anyhow::ensure!(tokio::time::Instant::now() < deadline, "the link's number is not in the field");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        alice.picture("window-link").await?;
        alice.close().await?;
        gateway.stop().await
    })
}

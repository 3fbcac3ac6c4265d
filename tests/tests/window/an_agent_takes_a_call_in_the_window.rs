//! A shift's first call in the real window: sign in with the gateway's address, ring, answer by click, sound both ways,
//! the page reloaded in the middle of the call, hang up by click.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::{
    Gateway, Mouth, Phone, Rig, Weight, Window, assert_heard, assert_heard_in_rounds, assert_not_heard, story,
};

use crate::checks::{SALES, SOON, assert_says, next_piece, record_of_caller, speaks};

#[test]
fn an_agent_takes_a_call_in_the_window() -> Result<()> {
    let needs = &[Rig::Speech, Rig::Window];
    story("an_agent_takes_a_call_in_the_window", Weight::Heavy, Duration::from_secs(150), needs, async |story| {
        let (caller_words, agent_words) = (Mouth(19).says()?, Mouth(20).says()?);
        let gateway = Gateway::demo(&story).await?;
        let mut alice = Window::open(&story, &agent_words).await?;
        sign_in(&mut alice, &gateway).await?;
        alice.click("button", "Take calls").await?;
        alice.sees("Waiting for a call", SOON).await?;
        alice.picture("window-waiting").await?;

        let phone = Phone::new().await?;
        let mut caller = phone.call(gateway.sip, SALES, "13800138051").await?;
        caller.wait_answer().await?;
        alice.sees_button("Answer", SOON).await?;
        alice.picture("window-ringing").await?;
        alice.click("button", "Answer").await?;
        alice.sees_button("/Hang up/", SOON).await?;

        let heard = next_piece(&caller.mouth, agent_words.milliseconds() * 2).await?;
        assert_heard_in_rounds(&heard, &agent_words, "the window's words at the caller's ear");
        assert_not_heard(&heard, &caller_words, "words that nobody said yet");
        speaks(&caller.mouth, &caller_words).await?;
        alice.picture("window-talking").await?;

        alice.reload().await?;
        alice.sees_button("/Hang up/", SOON).await?;
        assert!(!caller.is_over(), "the call goes on while the page is loaded anew");
        let heard = next_piece(&caller.mouth, agent_words.milliseconds() * 2).await?;
        assert_heard_in_rounds(&heard, &agent_words, "the window's words after the reload");

        alice.click("button", "/Hang up/").await?;
        caller.wait_bye(SOON).await?;
        alice.sees("/left/", SOON).await?;
        assert_heard(&alice.heard()?, &caller_words, "the caller's words at the agent's ear");
        let record = record_of_caller(&gateway, "13800138051").await?;
        assert_says(&record, "ContactDisposition", "Success");
        assert_says(&record, "ReleaseInitiator", "agent");
        alice.close().await?;
        gateway.stop().await
    })
}

/// Signs in as a person does the first time: the gateway's address, name and password, by typing and clicking.
pub async fn sign_in(desk: &mut Window, gateway: &Gateway) -> Result<()> {
    desk.fill("Gateway", &gateway.url()).await?;
    desk.fill("User name", "alice").await?;
    desk.fill("Password", "cordboard").await?;
    desk.click("button", "Sign in").await?;
    desk.sees_button("Take calls", Duration::from_secs(15)).await
}

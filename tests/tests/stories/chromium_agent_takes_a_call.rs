//! The same call with Chromium as the agent: sign in by click without the autoplay flag, ring, answer by click, sound both
//! ways, reload in the middle of the call, hang up by click. The picture in the README is taken here.

use std::time::Duration;

use anyhow::Result;
use cordboard_ear::Sound;
use cordboard_tests::{
    Browser, Gateway, Mouth, Phone, Rig, Weight, assert_heard, assert_heard_in_rounds, assert_not_heard, places, story,
};
use serde_json::json;

use crate::checks::{SALES, SOON, assert_recorded, assert_says, next_piece, record_of_caller, speaks};

#[test]
fn chromium_agent_takes_a_call() -> Result<()> {
    let needs = &[Rig::Speech, Rig::Chromium, Rig::Desk];
    story("chromium_agent_takes_a_call", Weight::Middle, Duration::from_secs(150), needs, async |story| {
        let (caller_words, agent_words) = (Mouth(19).says()?, Mouth(20).says()?);
        let gateway = Gateway::demo(&story).await?;
        let mut alice = Browser::start(&story, &agent_words).await?;
        sign_in(&mut alice, &gateway).await?;
        alice.click("button", "Take calls").await?;
        alice.sees("Waiting for a call", SOON).await?;

        let phone = Phone::new().await?;
        let mut caller = phone.call(gateway.sip, SALES, "13800138041").await?;
        caller.wait_answer().await?;
        alice.act(json!({ "do": "see_role", "role": "button", "name": "Answer", "limit_ms": 10_000 })).await?;
        alice.act(json!({ "do": "frame", "text": "/138.*0013.*8041/", "limit_ms": 10_000 })).await?;
        alice.click("button", "Answer").await?;
        alice.act(json!({ "do": "see_role", "role": "button", "name": "/Hang up/", "limit_ms": 10_000 })).await?;

        // First the agent alone, then the caller alone: an echo canceller lets no two people speak at once.
        let heard = next_piece(&caller.mouth, agent_words.milliseconds() * 2).await?;
        assert_heard_in_rounds(&heard, &agent_words, "the browser's words at the caller's ear");
        assert_not_heard(&heard, &caller_words, "words that nobody said yet");
        speaks(&caller.mouth, &caller_words).await?;
        picture(&mut alice).await?;
        let before = alice.heard().await?;
        assert_heard(&before, &caller_words, "the caller's words at the browser's speaker");
        assert_not_heard(&before, &agent_words, "the agent's own words at the browser's speaker");

        alice.reload().await?;
        alice.act(json!({ "do": "see_role", "role": "button", "name": "/Hang up/", "limit_ms": 15_000 })).await?;
        assert!(!caller.is_over(), "the call goes on");
        let heard = next_piece(&caller.mouth, agent_words.milliseconds() * 2).await?;
        assert_heard_in_rounds(&heard, &agent_words, "the browser's words after the reload");
        // A page that was reloaded may be held silent until its first click, and then says so: by now it has.
        let text = alice.act(json!({ "do": "text" })).await?;
        if text.as_str().is_some_and(|text| text.contains("holds back the sound")) {
            alice.click("button", "Turn on sound").await?;
        }
        speaks(&caller.mouth, &caller_words).await?;
        assert_heard(&alice.heard().await?, &caller_words, "the caller's words after the reload");

        alice.click("button", "/Hang up/").await?;
        caller.wait_bye(SOON).await?;
        alice.sees("/left/", SOON).await?;
        let record = record_of_caller(&gateway, "13800138041").await?;
        assert_says(&record, "ContactDisposition", "Success");
        assert_says(&record, "ReleaseInitiator", "agent");
        let session = gateway.sign_in("carol").await?;
        let id = record["ContactId"].as_str().unwrap_or_default();
        assert_recorded(&session, id, &caller_words, &agent_words).await?;
        let complaints = alice.act(json!({ "do": "complaints" })).await?;
        assert_eq!(complaints, json!([]), "the page complained");
        alice.close().await?;
        gateway.stop().await
    })
}

#[test]
fn demo_customer_calls_and_repeats() -> Result<()> {
    let needs = &[Rig::Speech, Rig::Chromium, Rig::Desk];
    story("demo_customer_calls_and_repeats", Weight::Middle, Duration::from_secs(120), needs, async |story| {
        // One sentence without a pause, then silence that leaves the customer time to repeat it: whoever talks on and on
        // is answered with whatever the customer catches between two pieces of its own.
        let agent_words = Mouth(3).says()?;
        let mut turns = agent_words.clone();
        turns.samples.extend(Sound::silence(14_000).samples);
        let gateway = Gateway::demo(&story).await?;
        let mut alice = Browser::start(&story, &turns).await?;
        sign_in(&mut alice, &gateway).await?;
        alice.click("button", "Take calls").await?;
        alice.click("button", "Have a customer call me").await?;
        alice.click("button", "Answer").await?;
        let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
        loop {
            let heard = alice.heard().await?;
            let verdict = cordboard_tests::listen(&heard, &agent_words);
            if verdict.is_heard() {
                break;
            }
            anyhow::ensure!(
                tokio::time::Instant::now() < deadline,
                "the customer repeats nothing: [{}]",
                verdict.picture()
            );
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        alice.click("button", "/Hang up/").await?;
        alice.click("button", "Done, take calls").await?;
        alice.click("button", "Records").await?;
        alice.act(json!({ "do": "click", "role": "button", "name": "/Open the record/" })).await?;
        alice.act(json!({ "do": "see_role", "role": "button", "name": "Play", "limit_ms": 15_000 })).await?;
        alice.close().await?;
        gateway.stop().await
    })
}

/// Signs in as a person does, by typing and clicking.
pub async fn sign_in(desk: &mut Browser, gateway: &Gateway) -> Result<()> {
    desk.open(&format!("{}/workbench/demo/agentdesk", gateway.url())).await?;
    desk.fill("User name", "alice").await?;
    desk.fill("Password", "cordboard").await?;
    desk.click("button", "Sign in").await?;
    desk.act(json!({ "do": "see_role", "role": "button", "name": "Take calls", "limit_ms": 15_000 })).await.map(drop)
}

/// Into the story's folder; into the documents where somebody asks for it.
async fn picture(desk: &mut Browser) -> Result<()> {
    if std::env::var_os("CORDBOARD_PICTURES").is_some() {
        desk.picture(&places::in_repository("docs/images/desk.png")).await?;
    }
    Ok(())
}

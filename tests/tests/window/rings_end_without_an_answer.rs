//! Two rings that nobody answers: one is let ring until the gateway takes it back, one is declined by click. Each time the
//! ring stops being heard, the notification is taken away, and the window says why the agent is on break.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::{Gateway, Phone, Rig, SoundServer, Weight, Window, story};
use serde_json::json;

use crate::checks::{SALES, SOON, settings};
use crate::shift::begin;

#[test]
fn rings_end_without_an_answer() -> Result<()> {
    let needs = &[Rig::SoundServer, Rig::Window];
    story("rings_end_without_an_answer", Weight::Heavy, Duration::from_secs(120), needs, async |story| {
        let sound = SoundServer::start(&story).await?;
        let words = settings(&[("AgentRingingTimeoutSeconds", "3")]);
        let gateway = Gateway::demo_with(&story, "gateway", &words).await?;
        let mut alice = Window::open_on(&story, &sound).await?;
        begin(&mut alice, &gateway.url()).await?;
        let speaker = sound.listen().await?;
        let phone = Phone::new().await?;

        for (caller, declined, break_says) in
            [("13800138061", false, "Missed a ring"), ("13800138062", true, "Declined a call")]
        {
            let before = speaker.place();
            let mut caller = phone.call(gateway.sip, SALES, caller).await?;
            caller.wait_answer().await?;
            speaker.sound_after(before, SOON).await?;
            if declined {
                alice.click("button", "Decline").await?;
            }
            alice.sees(break_says, SOON).await?;
            speaker.is_silent_for(Duration::from_millis(3_300), SOON).await?;
            alice.act(json!({ "do": "notification_gone" })).await?;
            assert!(!caller.is_over(), "the caller stays");
            caller.hang_up().await?;
            alice.click("button", "Take calls").await?;
            alice.sees("Waiting for a call", SOON).await?;
        }
        alice.close().await?;
        gateway.stop().await
    })
}

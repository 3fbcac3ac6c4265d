//! A browser without what a desk needs: no permission for the microphone, an address that browsers do not trust, a tab in
//! the background. Each has its sentence, and the cure in it.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::{Browser, Gateway, Phone, Rig, Sound, Weight, story};
use serde_json::json;

use super::chromium_agent_takes_a_call::sign_in;
use crate::checks::{SALES, SOON};

const NEEDS: &[Rig] = &[Rig::Chromium, Rig::Desk];

#[test]
fn microphone_permission_denied() -> Result<()> {
    story("microphone_permission_denied", Weight::Middle, Duration::from_secs(60), NEEDS, async |story| {
        let gateway = Gateway::demo(&story).await?;
        let mut desk = Browser::start_with(&story, &Sound::silence(1000), &json!({ "microphone": "denied" })).await?;
        sign_in(&mut desk, &gateway).await?;
        desk.sees("The microphone is blocked", SOON).await?;
        desk.sees("/set “Microphone” to “Allow”/", SOON).await?;
        desk.close().await?;
        gateway.stop().await
    })
}

#[test]
fn insecure_origin() -> Result<()> {
    story("insecure_origin", Weight::Middle, Duration::from_secs(60), NEEDS, async |story| {
        let gateway = Gateway::demo(&story).await?;
        // A name that is not localhost, and plain HTTP: what a desk in another room would see.
        let options = json!({ "hosts": "MAP desk.example 127.0.0.1" });
        let mut desk = Browser::start_with(&story, &Sound::silence(1000), &options).await?;
        desk.open(&format!("http://desk.example:{}/workbench/demo/agentdesk", gateway.http.port())).await?;
        desk.fill("User name", "alice").await?;
        desk.fill("Password", "cordboard").await?;
        desk.click("button", "Sign in").await?;
        desk.sees("This address cannot use the microphone", SOON).await?;
        desk.sees("/only on https pages/", SOON).await?;
        desk.close().await?;
        gateway.stop().await
    })
}

#[test]
fn tab_in_the_background() -> Result<()> {
    story("tab_in_the_background", Weight::Middle, Duration::from_secs(60), NEEDS, async |story| {
        let gateway = Gateway::demo(&story).await?;
        let options = json!({ "permissions": ["microphone", "notifications"] });
        let mut desk = Browser::start_with(&story, &Sound::silence(1000), &options).await?;
        sign_in(&mut desk, &gateway).await?;
        desk.click("button", "Take calls").await?;
        desk.sees("Waiting for a call", SOON).await?;
        desk.act(json!({ "do": "hide", "hidden": true })).await?;
        let phone = Phone::new().await?;
        let mut caller = phone.call(gateway.sip, SALES, "13800138042").await?;
        caller.wait_answer().await?;
        desk.act(json!({ "do": "titled", "pattern": "138", "limit_ms": 10_000 })).await?;
        let notes = desk.act(json!({ "do": "notifications" })).await?;
        let note = &notes[0];
        assert!(
            note["title"].as_str().is_some_and(|title| title.contains("138")),
            "a notification says who calls: {notes}"
        );
        caller.hang_up().await?;
        desk.close().await?;
        gateway.stop().await
    })
}

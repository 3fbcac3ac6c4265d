//! Somebody without a gateway starts a centre on this computer, signs in there and takes a call. Closing the window asks
//! about the call: the answer "stay" keeps it, "end and close" says BYE to the caller and ends the centre as well.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use cordboard_tests::{Phone, Rig, Sound, Weight, Window, story};
use serde_json::json;

use crate::checks::{SALES, SOON};

/// Keys and tables are made in a first start.
const FIRST_START: Duration = Duration::from_secs(60);

#[test]
fn a_centre_starts_on_this_computer() -> Result<()> {
    let needs = &[Rig::Desktop, Rig::Window];
    story("a_centre_starts_on_this_computer", Weight::Heavy, Duration::from_secs(150), needs, async |story| {
        let mut alice = Window::open(&story, &Sound::tone(300.0, 1_000)).await?;
        alice.act(json!({ "do": "manage" })).await?;
        alice.click("button", "Start a centre on this computer").await?;
        alice.sees("/A demo centre runs at http:.*127.0.0.1:\\d+/", FIRST_START).await?;
        alice.picture("window-centre-started").await?;
        alice.fill("User name", "alice").await?;
        alice.fill("Password", "cordboard").await?;
        alice.click("button", "Sign in").await?;
        alice.click("button", "Take calls").await?;
        alice.sees("Waiting for a call", SOON).await?;

        let phone = Phone::new().await?;
        let mut caller = phone.call(where_it_rings(&mut alice).await?, SALES, "13800138021").await?;
        caller.wait_answer().await?;
        alice.click("button", "Answer").await?;
        alice.sees_button("/Hang up/", SOON).await?;
        caller.mouth.hears_sound(SOON).await?;

        alice.act(json!({ "do": "close_window" })).await?;
        alice.sees("You are in a call", SOON).await?;
        alice.picture("window-leaving").await?;
        alice.click("button", "Stay in the call").await?;
        alice.sees_no("You are in a call", SOON).await?;
        caller.mouth.hears_sound(SOON).await?;
        assert!(!caller.is_over(), "the call goes on");

        alice.act(json!({ "do": "close_window" })).await?;
        alice.act(json!({ "do": "click", "role": "button", "name": "End the call and close", "ends": true })).await?;
        caller.wait_bye(SOON).await?;
        for name in ["cordboard-deskt", "cordboard-gatew"] {
            alice.act(json!({ "do": "program_gone", "name": name })).await?;
        }
        alice.close().await
    })
}

/// Where the centre's line to the carrier listens: on its command line.
async fn where_it_rings(alice: &mut Window) -> Result<SocketAddr> {
    let started = alice.act(json!({ "do": "program", "name": "cordboard-gatew" })).await?;
    let words = started["words"].as_array().context("a program without words")?;
    let sip = words.iter().skip_while(|word| *word != "--sip").nth(1).and_then(|word| word.as_str());
    Ok(sip.context("the centre was started without --sip")?.parse()?)
}

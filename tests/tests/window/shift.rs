//! How a shift begins at the window, and what both ears are asked in every call.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::sound_server::Listener;
use cordboard_tests::{RtpMouth, Sound, Window, assert_heard, assert_heard_in_rounds, assert_not_heard};

use crate::checks::{SOON, next_piece};

/// Signs in as a person does the first time: the gateway's address, name and password, by typing and clicking.
pub async fn sign_in(desk: &mut Window, gateway: &str) -> Result<()> {
    desk.fill("Gateway", gateway).await?;
    desk.fill("User name", "alice").await?;
    desk.fill("Password", "cordboard").await?;
    desk.click("button", "Sign in").await?;
    desk.sees_button("/^Menu/", Duration::from_secs(20)).await
}

/// Signs in and is ready.
pub async fn begin(desk: &mut Window, gateway: &str) -> Result<()> {
    sign_in(desk, gateway).await?;
    desk.click("button", "Take calls").await?;
    desk.sees("Waiting for a call", SOON).await
}

/// The agent, who speaks over and over, is heard at the far side, and these words of somebody else are not.
pub async fn agent_is_heard(far_side: &RtpMouth, agent: &Sound, others: &Sound) -> Result<()> {
    let heard = next_piece(far_side, agent.milliseconds() + 2_500).await?;
    assert_heard_in_rounds(&heard, agent, "the agent's words at the far side");
    assert_not_heard(&heard, others, "words of somebody else at the far side");
    Ok(())
}

/// The far side says this once, and is heard at the agent's loudspeaker; the agent's own words are not.
pub async fn far_side_is_heard(far_side: &RtpMouth, speaker: &Listener, words: &Sound, agent: &Sound) -> Result<()> {
    far_side.say(words);
    let heard = speaker.next_piece(words.milliseconds() + 1_500).await?;
    assert_heard(&heard, words, "the far side's words at the loudspeaker");
    assert_not_heard(&heard, agent, "the agent's own words at the loudspeaker");
    Ok(())
}

/// Says how soon rings were heard after their INVITE, and wants half of them within what the desk promises for nearly all
/// on a machine with nothing else to do.
pub fn say_how_soon(when: &str, mut rings: Vec<Duration>) {
    rings.sort_unstable();
    let at = |share: f64| rings[((rings.len() - 1) as f64 * share) as usize].as_millis();
    let (half, most, all) = (at(0.5), at(0.99), at(1.0));
    eprintln!("{when}: {} rings, INVITE to ring heard p50 {half}, p99 {most}, longest {all} ms", rings.len());
    assert!(half <= 120, "{when}: half of the rings are heard within {half} ms");
}

/// Changes the desk's language from English to Chinese.
pub async fn chinese(desk: &mut Window) -> Result<()> {
    desk.click("button", "/^Menu/").await?;
    desk.click("menuitemradio", "中文").await?;
    desk.sees_button("/^菜单/", SOON).await
}

//! The shift check before sign-in and from the menu: a desk where all is well gets a calm verdict in ten seconds, and a
//! fault made at the sound server is named with the step that cures it.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use cordboard_tests::{Gateway, Mouth, Rig, Sound, SoundServer, Weight, Window, story};

use crate::checks::SOON;
use crate::shift::{chinese, sign_in};

/// What the design promises.
const CHECKED_WITHIN: Duration = Duration::from_secs(10);
/// The faults that are shown, once the check is over. A machine with too much to do lets sound wait: that is not a fault
/// of the desk.
const FOUND: &str = "\
    const again = [...document.querySelectorAll('[role=dialog] button')].find((button) => /again|重新/.test(button.textContent));
    const found = [...document.querySelectorAll('[data-fault]')].map((fault) => fault.dataset.fault);
    return again === undefined ? null : found.filter((fault) => fault !== 'devices_stutter').join();";

#[test]
fn the_shift_is_checked_in_the_window() -> Result<()> {
    let needs = &[Rig::Speech, Rig::SoundServer, Rig::Window];
    story("the_shift_is_checked_in_the_window", Weight::Heavy, Duration::from_secs(150), needs, async |story| {
        let words = Mouth(31).says()?;
        let sound = SoundServer::start(&story).await?;
        // No microphone is ever quite silent.
        let _room = sound.say(&room())?;
        let gateway = Gateway::demo(&story).await?;
        let mut alice = Window::open_on(&story, &sound).await?;

        let began = Instant::now();
        alice.click("button", "Check sound before the shift").await?;
        assert_eq!(checked(&mut alice, &sound, &words, "Please say a few words now").await?, "", "before sign-in");
        assert!(began.elapsed() < CHECKED_WITHIN, "the check took {:?}", began.elapsed());
        alice.sees("All is well", SOON).await?;
        alice.picture("window-check-well-en").await?;

        sound.tell(&["set-source-mute", "microphone", "1"])?;
        alice.click("button", "Check again").await?;
        assert_eq!(checked(&mut alice, &sound, &words, "Please say a few words now").await?, "microphone_muted");
        alice.sees("/Unmute it in the system's sound settings/", SOON).await?;
        alice.picture("window-check-muted-en").await?;
        sound.tell(&["set-source-mute", "microphone", "0"])?;
        alice.click("button", "Close").await?;

        sign_in(&mut alice, &gateway.url()).await?;
        chinese(&mut alice).await?;
        sound.tell(&["set-default-source", "speaker.monitor"])?;
        alice.click("button", "/^菜单/").await?;
        alice.click("menuitem", "班前检查").await?;
        assert_eq!(found(&mut alice).await?, "microphone_is_monitor");
        alice.sees("/请在声音设置中选择耳机的麦克风/", SOON).await?;
        alice.picture("window-check-monitor-zh").await?;
        sound.tell(&["set-default-source", "microphone"])?;

        let began = Instant::now();
        alice.click("button", "/重新检查/").await?;
        assert_eq!(checked(&mut alice, &sound, &words, "现在请说几句话").await?, "", "from the menu");
        assert!(began.elapsed() < CHECKED_WITHIN, "the check took {:?}", began.elapsed());
        alice.picture("window-check-well-zh").await?;
        alice.close().await?;
        gateway.stop().await
    })
}

/// Says a few words when it is asked for, and returns what was found, worst first.
async fn checked(alice: &mut Window, sound: &SoundServer, words: &Sound, asks: &str) -> Result<String> {
    // All that is asked stands there from the beginning; what is asked now is marked.
    let now = format!("return document.querySelector('[aria-current=step]')?.textContent === '{asks}'");
    alice.becomes_true(&now).await?;
    let _mouth = sound.say(words)?;
    found(alice).await
}

async fn found(alice: &mut Window) -> Result<String> {
    alice.becomes_true(&format!("return (() => {{ {FOUND} }})() !== null")).await?;
    let found = alice.ask(FOUND).await?;
    Ok(found.as_str().context("no verdict")?.to_owned())
}

/// A second of noise as quiet as a quiet room.
fn room() -> Sound {
    let mut state = 7_u32;
    let noise = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        i16::try_from(state >> 26).unwrap_or(0) - 32
    };
    Sound::new((0..cordboard_ear::RATE_HZ).map(noise).collect())
}

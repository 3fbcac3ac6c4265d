//! The sound settings: the microphone that was chosen moves the level, the test tone is heard at the speaker that was
//! chosen and the ring at the ringer, each nowhere else, and a device that is unplugged is said.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::{Gateway, Mouth, Rig, Sound, SoundServer, Weight, Window, story};

use crate::checks::SOON;
use crate::shift::{chinese, sign_in};

/// How much of the microphone's bar is shown, percent.
const LEVEL: &str = "100 - Number(/0px ([\\d.]+)%|0 ([\\d.]+)%/.exec(document.querySelector('[aria-label=Level] > *').style.clipPath)?.slice(1).find(Boolean))";

#[test]
fn sound_is_chosen_in_the_window() -> Result<()> {
    let needs = &[Rig::Speech, Rig::SoundServer, Rig::Window];
    story("sound_is_chosen_in_the_window", Weight::Heavy, Duration::from_secs(120), needs, async |story| {
        let words = Mouth(30).says()?;
        let sound = SoundServer::start(&story).await?;
        sound.plug_microphone("boom", "Boom microphone")?;
        let headset = sound.plug_speaker("headset", "Headset")?;
        sound.plug_speaker("desk", "Desk speaker")?;
        let gateway = Gateway::demo(&story).await?;
        let mut alice = Window::open_on(&story, &sound).await?;
        sign_in(&mut alice, &gateway.url()).await?;
        let (usual, headphones, ringer) =
            (sound.listen().await?, sound.listen_at("headset").await?, sound.listen_at("desk").await?);
        alice.click("button", "/^Menu/").await?;
        alice.click("menuitem", "Sound settings").await?;

        alice.choose("Microphone", "Boom microphone").await?;
        let mouth = sound.say_to("boom_voice", &words)?;
        alice.becomes_true(&format!("return {LEVEL} > 30")).await?;
        drop(mouth);
        alice.becomes_true(&format!("return {LEVEL} < 10")).await?;

        alice.choose("Speaker", "Headset").await?;
        let places = (usual.place(), headphones.place(), ringer.place());
        alice.click("button", "Play a test tone").await?;
        headphones.sound_after(places.1, SOON).await?;
        alice.choose("Ringer", "Desk speaker").await?;
        alice.sees_button("Play a test tone", SOON).await?;
        assert!(is_quiet(&usual.since(places.0)), "the tone is at the chosen speaker only");
        assert!(is_quiet(&ringer.since(places.2)), "the tone is not at the ringer");

        headphones.is_silent_for(Duration::from_millis(300), SOON).await?;
        let places = (usual.place(), headphones.place(), ringer.place());
        alice.click("button", "Let it ring").await?;
        ringer.sound_after(places.2, SOON).await?;
        alice.sees_button("Let it ring", SOON).await?;
        assert!(is_quiet(&usual.since(places.0)), "the ring is at the chosen ringer only");
        assert!(is_quiet(&headphones.since(places.1)), "the ring is not at the speaker");
        alice.picture("window-sound-en").await?;

        drop(headphones);
        sound.tell(&["unload-module", &headset])?;
        alice.sees("/The device you chose is not connected/", SOON).await?;
        alice.picture("window-sound-unplugged-en").await?;
        alice.click("button", "Close").await?;
        chinese(&mut alice).await?;
        alice.click("button", "/^菜单/").await?;
        alice.click("menuitem", "声音设置").await?;
        alice.sees("/您选择的设备未连接/", SOON).await?;
        alice.picture("window-sound-unplugged-zh").await?;

        sound.plug_speaker("headset", "Headset")?;
        alice.sees_no("/您选择的设备未连接/", SOON).await?;
        alice.close().await?;
        gateway.stop().await
    })
}

/// Whether nothing was heard but a null sink's dither.
fn is_quiet(heard: &Sound) -> bool {
    heard.level_dbfs() < -60.0
}

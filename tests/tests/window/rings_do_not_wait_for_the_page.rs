//! Rings are heard just as soon while the page is frozen, and right after it was killed.

use std::time::{Duration, Instant};

use anyhow::Result;
use cordboard_tests::sound_server::Listener;
use cordboard_tests::{Gateway, Phone, Rig, SoundServer, Weight, Window, story};

use crate::checks::{SALES, SOON};
use crate::shift::{begin, say_how_soon};

const FROZEN: usize = 40;
/// A page that dies more often within a minute is left alone.
const KILLED: usize = 4;

#[test]
fn rings_do_not_wait_for_the_page() -> Result<()> {
    let needs = &[Rig::SoundServer, Rig::Window];
    story("rings_do_not_wait_for_the_page", Weight::Heavy, Duration::from_secs(150), needs, async |story| {
        let sound = SoundServer::start(&story).await?;
        let gateway = Gateway::demo(&story).await?;
        let mut alice = Window::open_on(&story, &sound).await?;
        begin(&mut alice, &gateway.url()).await?;
        let speaker = sound.listen().await?;
        let phone = Phone::new().await?;

        alice.signal_pages("SIGSTOP").await?;
        let mut rings = Vec::new();
        for _ in 0..FROZEN {
            rings.push(ring(&phone, &gateway, &speaker).await?);
        }
        alice.signal_pages("SIGCONT").await?;
        say_how_soon("the page frozen", rings);

        let mut rings = Vec::new();
        for _ in 0..KILLED {
            alice.signal_pages("SIGKILL").await?;
            rings.push(ring(&phone, &gateway, &speaker).await?);
        }
        say_how_soon("the page killed", rings);
        alice.close().await?;
        gateway.stop().await
    })
}

/// From the INVITE to the ring that is heard.
async fn ring(phone: &Phone, gateway: &Gateway, speaker: &Listener) -> Result<Duration> {
    let (before, invited) = (speaker.place(), Instant::now());
    let mut caller = phone.call(gateway.sip, SALES, "13800138092").await?;
    let heard = speaker.sound_after(before, SOON).await?;
    caller.wait_answer().await?;
    caller.hang_up().await?;
    speaker.is_silent_for(Duration::from_millis(200), SOON).await?;
    Ok(heard - invited)
}

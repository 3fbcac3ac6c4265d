//! Between window and gateway things go away and come back: the network for 10 s and the whole machine asleep for 20 s, both
//! in a call, which is there again; then the gateway itself. Each time the window is back by itself, and how fast is said.

use std::time::{Duration, Instant};

use anyhow::Result;
use cordboard_tests::sound_server::Listener;
use cordboard_tests::{
    DeskProxy, Gateway, Misfortune, Mouth, Phone, Rig, RtpMouth, SoundServer, Weight, Window, story,
};

use crate::checks::{SALES, SOON, settings};
use crate::shift::{agent_is_heard, begin, far_side_is_heard};

const NETWORK_GONE: Duration = Duration::from_secs(10);
const ASLEEP: Duration = Duration::from_secs(20);

#[test]
fn the_line_comes_back() -> Result<()> {
    let needs = &[Rig::Speech, Rig::SoundServer, Rig::Window];
    story("the_line_comes_back", Weight::Heavy, Duration::from_secs(200), needs, async |story| {
        let (caller_words, agent_words) = (Mouth(29).says()?, Mouth(30).says()?);
        let sound = SoundServer::start(&story).await?;
        let gateway = Gateway::demo_with(&story, "gateway", &settings(&[("DeskGraceSeconds", "60")])).await?;
        let network = DeskProxy::before(gateway.http, Misfortune::NONE, 7).await?;
        let mut alice = Window::open_on(&story, &sound).await?;
        begin(&mut alice, &network.url()).await?;
        let speaker = sound.listen().await?;
        let _mouth = sound.say(&agent_words)?;
        let phone = Phone::new().await?;
        let mut caller = phone.call(gateway.sip, SALES, "13800138095").await?;
        caller.wait_answer().await?;
        alice.click("button", "Answer").await?;
        agent_is_heard(&caller.mouth, &agent_words, &caller_words).await?;

        caller.mouth.say_again_and_again(&caller_words);
        network.cut(true);
        tokio::time::sleep(NETWORK_GONE).await;
        network.cut(false);
        both_hear_again("the network", &caller.mouth, &speaker).await?;
        far_side_is_heard(&caller.mouth, &speaker, &caller_words, &agent_words).await?;
        alice.sees_button("/Hang up/", SOON).await?;

        caller.mouth.say_again_and_again(&caller_words);
        alice.signal("SIGSTOP").await?;
        tokio::time::sleep(ASLEEP).await;
        alice.signal("SIGCONT").await?;
        both_hear_again("the machine", &caller.mouth, &speaker).await?;
        far_side_is_heard(&caller.mouth, &speaker, &caller_words, &agent_words).await?;
        assert!(!caller.is_over(), "the caller stayed");
        alice.click("button", "/Hang up/").await?;
        caller.wait_bye(SOON).await?;
        alice.click("button", "Done, take calls").await?;
        alice.sees("Waiting for a call", SOON).await?;

        let mut gateway = gateway;
        gateway.kill_minus_nine().await?;
        alice.sees("/Connection to the gateway lost/", SOON).await?;
        let gateway = gateway.return_from_death().await?;
        let up = Instant::now();
        alice.sees_no("/Connection to the gateway lost/", SOON).await?;
        eprintln!("the gateway: {} ms after it was up the window was back", up.elapsed().as_millis());
        alice.sees("Waiting for a call", SOON).await?;
        alice.close().await?;
        gateway.stop().await
    })
}

/// Waits until each hears the other again, and says how long that took.
async fn both_hear_again(what: &str, far_side: &RtpMouth, speaker: &Listener) -> Result<()> {
    let (back, from) = (Instant::now(), speaker.place());
    let (at_agent, at_caller) = tokio::join!(speaker.sound_after(from, SOON), far_side.hears_sound(SOON));
    let (at_agent, at_caller) = (at_agent? - back, at_caller? - back);
    eprintln!("{what} was back: sound at the agent after {at_agent:?}, at the caller after {at_caller:?}");
    Ok(())
}

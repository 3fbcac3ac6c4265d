//! The page is only a view: frozen while a call rings, is answered from the notification and talked on, loaded anew, and
//! killed. Neither person hears any of it, and the page is back by itself.

use std::time::{Duration, Instant};

use anyhow::Result;
use cordboard_tests::sound_server::Listener;
use cordboard_tests::{Gateway, Mouth, Phone, Rig, RtpMouth, Sound, SoundServer, Weight, Window, story};
use serde_json::json;

use crate::checks::{SALES, SOON};
use crate::shift::{agent_is_heard, begin, far_side_is_heard};

/// How long the page is frozen.
const FROZEN: Duration = Duration::from_secs(30);

#[test]
fn the_page_may_freeze_and_die() -> Result<()> {
    let needs = &[Rig::Speech, Rig::SoundServer, Rig::Window];
    story("the_page_may_freeze_and_die", Weight::Heavy, Duration::from_secs(200), needs, async |story| {
        let (caller_words, agent_words) = (Mouth(21).says()?, Mouth(22).says()?);
        let sound = SoundServer::start(&story).await?;
        let gateway = Gateway::demo(&story).await?;
        let mut alice = Window::open_on(&story, &sound).await?;
        begin(&mut alice, &gateway.url()).await?;
        let speaker = sound.listen().await?;
        let _mouth = sound.say(&agent_words)?;

        alice.signal_pages("SIGSTOP").await?;
        let frozen = Instant::now();
        let before = speaker.place();
        let phone = Phone::new().await?;
        let mut caller = phone.call(gateway.sip, SALES, "13800138052").await?;
        caller.wait_answer().await?;
        speaker.sound_after(before, SOON).await?;
        assert!(alice.notified("8052").await?.contains("answer"), "the notification has a button to answer");
        alice.act(json!({ "do": "press_notification", "action": "answer" })).await?;
        let ears =
            Ears { far: &caller.mouth, speaker: &speaker, agent_words: &agent_words, caller_words: &caller_words };
        while frozen.elapsed() < FROZEN {
            ears.hear_on().await?;
        }
        alice.signal_pages("SIGCONT").await?;
        alice.sees_button("/Hang up/", SOON).await?;

        alice.reload().await?;
        ears.hear_on().await?;
        alice.sees_button("/Hang up/", SOON).await?;

        let killed = alice.signal_pages("SIGKILL").await?;
        ears.hear_on().await?;
        // The driver's session died with the page; the window has made another, which a screen reader reads.
        alice.act(json!({ "do": "page_again", "than": killed })).await?;
        alice.act(json!({ "do": "read_aloud", "role": "button", "name": "Hang up" })).await?;
        assert!(!caller.is_over(), "the call goes on");
        caller.hang_up().await?;
        alice.close().await?;
        gateway.stop().await
    })
}

/// Both ears of a call, in which the agent speaks over and over.
struct Ears<'a> {
    far: &'a RtpMouth,
    speaker: &'a Listener,
    agent_words: &'a Sound,
    caller_words: &'a Sound,
}

impl Ears<'_> {
    /// Listens to the one, then to the other, and finds no word missing. One after the other, because whoever speaks into
    /// a canceller of echoes while the far side speaks is judged less kindly.
    async fn hear_on(&self) -> Result<()> {
        agent_is_heard(self.far, self.agent_words, self.caller_words).await?;
        far_side_is_heard(self.far, self.speaker, self.caller_words, self.agent_words).await
    }
}

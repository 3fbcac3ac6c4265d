//! Devices tried out before a call: the meter moves with the voice, the tone is heard at the chosen loudspeaker and the
//! ring at the chosen ringer, a change of choice is followed, and afterwards nothing is open.

use std::time::{Duration, Instant};

use cordboard_engine::{Choice, Cleaning, DeviceChoices, DeviceSettings, Rehearsal, Use};
use cordboard_media::level::rms_dbfs;

use crate::listener::{BLOCK, HZ, Listener, is_tone};
use crate::server::{Server, until};
use crate::talker::Talker;

#[test]
fn a_rehearsal_is_heard() {
    let Some(server) = Server::start("a_rehearsal_is_heard") else { return };
    let device = |name: &str| Choice::Device(name.to_owned());
    let mut choices = DeviceChoices { microphone: device("mic_b"), speaker: device("headset"), ringer: device("desk") };
    let (at_desk, at_headset) = (Listener::at("desk"), Listener::at("headset"));
    let listening = server.recording().len();

    let settings = DeviceSettings { choices: choices.clone(), cleaning: Cleaning::NONE, hold: None };
    let rehearsal = Rehearsal::start(settings).unwrap();
    let now = rehearsal.now();
    until("both are open", || {
        let now = now.borrow();
        matches!(now.microphone, Use::Open(_)) && matches!(now.speaker, Use::Open(_))
    });
    assert!(rehearsal.levels().microphone_dbfs < -60.0, "nobody speaks: {:?}", rehearsal.levels());
    let mouth = Talker::humming("voice_b", 600);
    until("the meter moves with the voice", || (rehearsal.levels().microphone_dbfs + 16.0).abs() < 2.0);
    drop(mouth);
    until("the meter falls again", || rehearsal.levels().microphone_dbfs < -60.0);

    let began = Instant::now();
    let lasts = rehearsal.play_test_tone();
    until("the tone is heard", || hummed(&at_headset.since(began).1, 440.0) >= lasts.as_millis() as usize / 10 - 10);
    assert_eq!(hummed(&at_desk.since(began).1, 440.0), 0, "the ringer's device is not the speaker's");

    rehearsal.ring(true);
    let asked = Instant::now();
    until("the ringer is open", || {
        assert!(asked.elapsed() < Duration::from_secs(10), "{:?}", now.borrow());
        matches!(now.borrow().ringer, Use::Open(_))
    });
    until("it rings", || rms_dbfs(&at_desk.last(200)) > -25.0);
    rehearsal.ring(false);
    until("the ringer is closed", || now.borrow().ringer == Use::Closed);

    choices.speaker = device("desk");
    rehearsal.choose(choices);
    until(
        "the other loudspeaker is open",
        || matches!(&now.borrow().speaker, Use::Open(open) if open.id.ends_with("desk")),
    );
    let began = Instant::now();
    rehearsal.play_test_tone();
    until("the tone is heard there", || hummed(&at_desk.since(began).1, 440.0) > 50);

    let silence = vec![0; Rehearsal::RATE_HZ as usize / 2];
    let _mouth = Talker::humming("voice_b", 600);
    until("the voice is there", || rehearsal.levels().microphone_dbfs > -20.0);
    let take = rehearsal.listen(silence).recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!(take.heard.len(), take.played.len());
    assert!((rms_dbfs(&take.heard) + 16.0).abs() < 2.0, "{}", rms_dbfs(&take.heard));

    drop(rehearsal);
    until("nothing is open", || server.recording().len() == listening);
}

/// How many stretches of 10 ms are a tone of `hz`.
fn hummed(samples: &[i16], hz: f64) -> usize {
    samples.chunks_exact(BLOCK).filter(|block| is_tone(block, hz, HZ)).count()
}

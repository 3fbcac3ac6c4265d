//! A call is recorded in stereo, channel 1 the caller, channel 2 what the caller heard; also when it is cut.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use common::desk::Desk;
use common::ear::{is_tone, share, time_at};
use common::phone::Phone;
use common::{House, hear, prompts};
use cordboard_media::wav;
use cordboard_relay::{Codec, EndpointId, Hear, RelayEvent, finalise_leftovers};

fn channels(path: &Path) -> [Vec<i16>; 2] {
    let wav = wav::read(fs::File::open(path).unwrap()).unwrap();
    assert_eq!((wav.channels, wav.rate_hz), (2, 8_000));
    [0, 1].map(|side| wav.samples.iter().skip(side).step_by(2).copied().collect())
}

#[test]
fn caller_and_agent_are_on_their_own_channels() {
    let house = House::new(2);
    let desk = Desk::connect(&house.relay, 2);
    house.expect("connected", |event| matches!(event, RelayEvent::DeskConnected { .. }));
    desk.say_tone(1_000.0, Codec::Pcma);
    let caller = Phone::connect(&house.relay, 1, Codec::Pcma, 440.0);
    house.plan_recorded(1, prompts(1, &["en/welcome"]), Some("job-1"));
    house.expect("greeted", |event| matches!(event, RelayEvent::PromptEnded { .. }));
    house.plan_recorded(1, hear(&[2]), Some("job-1"));
    house.plan(2, hear(&[1]));
    caller.ear.wait_for_tone(1_000.0, 60);
    house.plan_recorded(1, Hear::Silence, None);
    let done = house.expect("recorded", |event| matches!(event, RelayEvent::RecordingDone { .. }));
    let RelayEvent::RecordingDone { recording, wav, duration_ms, .. } = done else { panic!() };
    assert_eq!(recording, "job-1");
    assert_eq!(wav, house.folder.path().join("recordings/job-1.wav"));
    let [said, heard] = channels(&wav);
    assert!(duration_ms >= 1_500 && said.len() as u64 / 8 == duration_ms, "{duration_ms} ms, {} samples", said.len());
    // The first second is the greeting on channel 2, the last one the agent; channel 1 is the caller throughout.
    let last = said.len() - 8_000;
    assert!(is_tone(&said[1_600..], 440.0), "{}", share(&said[1_600..], 440.0));
    let greeted = time_at(&heard[..9_600], 700.0) * 1.2;
    assert!(greeted > 0.4, "greeted for {greeted} s of 0.6 s");
    assert!(is_tone(&heard[last..], 1_000.0));
    assert!(share(&heard[last..], 440.0) < 0.01 && share(&said[last..], 1_000.0) < 0.01, "no crossing");
    assert!(!wav.with_extension("rec").exists());
}

#[test]
fn a_recording_that_is_cut_is_completed_later_up_to_the_last_moments() {
    let house = House::new(1);
    let caller = Phone::connect(&house.relay, 1, Codec::Pcma, 440.0);
    let other = Phone::connect(&house.relay, 2, Codec::Pcma, 1_000.0);
    house.plan(2, hear(&[1]));
    let began = Instant::now();
    house.plan_recorded(1, hear(&[2]), Some("job-2"));
    caller.ear.wait_for_tone(1_000.0, 60);
    // What a kill would leave: the file as it is now, torn within a record.
    let rec = house.folder.path().join("recordings/job-2.rec");
    let lasted = began.elapsed();
    let mut bytes = fs::read(&rec).unwrap();
    bytes.truncate(bytes.len() - 7);
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("job-2.rec"), bytes).unwrap();
    let finished = finalise_leftovers(elsewhere.path()).unwrap();
    assert_eq!(finished.len(), 1);
    assert!(finished[0].cut && finished[0].recording == "job-2");
    let missing = lasted.saturating_sub(Duration::from_millis(finished[0].duration_ms));
    assert!(missing < Duration::from_millis(150), "{missing:?} of {lasted:?} are missing");
    let [said, heard] = channels(&finished[0].wav);
    assert!(is_tone(&said[1_600..], 440.0) && is_tone(&heard[1_600..], 1_000.0));
    assert!(finalise_leftovers(elsewhere.path()).unwrap().is_empty(), "once is enough");
    drop(other);
}

#[test]
fn closing_a_leg_and_stopping_the_relay_complete_recordings() {
    let house = House::new(2);
    let one = Phone::connect(&house.relay, 1, Codec::Pcma, 440.0);
    let two = Phone::connect(&house.relay, 2, Codec::Pcma, 1_000.0);
    house.plan_recorded(1, hear(&[2]), Some("job-3"));
    house.plan_recorded(2, hear(&[1]), Some("job-4"));
    one.ear.wait_for_tone(1_000.0, 20);
    two.ear.wait_for_tone(440.0, 20);
    house.relay.close(EndpointId(1));
    let is = |event: &RelayEvent, name: &str| matches!(event, RelayEvent::RecordingDone { recording, .. } if recording == name);
    house.expect("job-3", |event| is(event, "job-3"));
    house.relay.stop();
    house.expect("job-4", |event| is(event, "job-4"));
    house.expect("stopped", |event| matches!(event, RelayEvent::Stopped));
}

#[test]
fn a_call_recorded_in_parts_keeps_them_all_and_keys_are_no_sound() {
    let house = House::new(1);
    let caller = Phone::connect(&house.relay, 1, Codec::Pcma, 440.0);
    let other = Phone::connect(&house.relay, 2, Codec::Pcma, 1_000.0);
    for part in ["job-5.wav", "job-5-2.wav"] {
        house.plan_recorded(1, hear(&[2]), Some("job-5"));
        caller.ear.forget();
        caller.ear.wait_for_tone(1_000.0, 25);
        caller.press("5");
        house.expect("a key", |event| matches!(event, RelayEvent::Digit { .. }));
        caller.ear.wait_for_tone(1_000.0, 25);
        house.plan_recorded(1, hear(&[2]), None);
        let done = house.expect("recorded", |event| matches!(event, RelayEvent::RecordingDone { .. }));
        let RelayEvent::RecordingDone { wav, .. } = done else { panic!() };
        assert_eq!(wav.file_name().unwrap(), part);
        let [said, _] = channels(&wav);
        assert!(share(&said[1_600..], 440.0) > 0.7);
    }
    drop(other);
}

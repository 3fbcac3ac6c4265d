//! The shift check on a sound server of its own, with faults made at the server: each is named, and no other.

use cordboard_agent::{Fault, Measured, SoundChoice, Step, check_devices, judge};
use cordboard_media::tone::Tone;
use cordboard_wire::Locale;

use crate::server::Server;
use crate::talker::Talker;

const HZ: usize = 16_000;

/// A room that is never quite silent.
fn room(rms: f32) -> Talker {
    let mut state = 7_u32;
    let noise = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 8) as f32 / 8_388_608.0 - 1.0) * rms * 1.7
    };
    Talker::over_and_over("voice_b", &(0..HZ).map(noise).map(|sample| sample as i16).collect::<Vec<_>>())
}

fn voice(dbfs: f32, gain: i32) -> Talker {
    let mut samples = vec![0; HZ];
    Tone::sine(220.0, dbfs, HZ as u32).fill(&mut samples);
    let samples: Vec<i16> =
        samples.iter().map(|&sample| (i32::from(sample) * gain).clamp(-32_768, 32_767) as i16).collect();
    Talker::over_and_over("voice_b", &samples)
}

fn choice() -> SoundChoice {
    SoundChoice {
        microphone: "mic_b".to_owned(),
        speaker: "headset".to_owned(),
        ringer: "desk".to_owned(),
        ..SoundChoice::default()
    }
}

/// Checks while `speaks` speaks when asked to, and says what is found and what was measured.
fn check(choice: &SoundChoice, speaks: impl Fn() -> Option<Talker>) -> (Vec<Fault>, String) {
    let mut mouth = None;
    let devices = check_devices(choice, |step| {
        mouth = match step {
            Step::Speaking => speaks(),
            Step::Opening | Step::Quiet | Step::Playing | Step::Ringing => None,
        };
    });
    let measured = Measured { devices: Some(devices), ..Measured::default() };
    let found = judge(&measured, Locale::En);
    // A machine with too much to do lets sound wait; that is not what is tried here.
    let named = found.iter().map(|finding| finding.fault).filter(|fault| *fault != Fault::DevicesStutter).collect();
    (named, format!("{measured:?}"))
}

#[test]
fn the_shift_check_names_faults() {
    let Some(server) = Server::start("the_shift_check_names_faults") else { return };
    let speaks = || Some(voice(-22.0, 1));
    let expect = |what: &str, (named, measured): (Vec<Fault>, String), faults: &[Fault]| {
        assert_eq!(named, faults, "{what}: {measured}");
    };

    expect("a dead microphone", check(&choice(), || None), &[Fault::MicrophoneSilent]);
    let quiet_room = room(20.0);
    expect("a good desk", check(&choice(), speaks), &[]);
    expect("nobody speaks", check(&choice(), || None), &[Fault::MicrophoneTooQuiet]);
    expect("a voice too loud", check(&choice(), || Some(voice(-6.0, 8))), &[Fault::MicrophoneTooLoud]);

    server.pactl(&["set-source-mute", "mic_b", "1"]);
    expect("a muted microphone", check(&choice(), speaks), &[Fault::MicrophoneMuted]);
    server.pactl(&["set-source-mute", "mic_b", "0"]);

    server.pactl(&["set-sink-mute", "headset", "1"]);
    expect("a muted speaker", check(&choice(), speaks), &[Fault::SpeakerMuted]);
    server.pactl(&["set-sink-mute", "headset", "0"]);

    server.pactl(&["set-sink-mute", "desk", "1"]);
    expect("a muted ringer", check(&choice(), speaks), &[Fault::RingerMuted]);
    server.pactl(&["set-sink-mute", "desk", "0"]);

    // The stand-in is the default, which nobody speaks into.
    server.pactl(&["set-default-source", "mic_b"]);
    let gone = SoundChoice { microphone: "a headset that is at home".to_owned(), ..choice() };
    expect("a headset left at home", check(&gone, speaks), &[Fault::OtherMicrophone]);

    let uncleaned = SoundChoice { echo: false, ..choice() };
    let echo = server.load(&["module-loopback", "source=headset.monitor", "sink=voice_b", "latency_msec=30"]);
    expect("an echo", check(&uncleaned, speaks), &[Fault::EchoLeft]);
    server.pactl(&["unload-module", &echo]);

    drop(quiet_room);
    let loud_room = room(900.0);
    expect("a noisy room", check(&choice(), speaks), &[Fault::RoomNoisy]);
    drop(loud_room);

    server.pactl(&["set-default-source", "desk.monitor"]);
    let system = SoundChoice { microphone: String::new(), ..choice() };
    expect("a monitor for a microphone", check(&system, || None), &[Fault::MicrophoneIsMonitor]);
    server.pactl(&["unload-module", "module-remap-source"]);
    expect("no microphone", check(&system, || None), &[Fault::MicrophoneMissing]);
}

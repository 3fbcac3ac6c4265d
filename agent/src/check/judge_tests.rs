//! Faults injected one at a time into what a good desk measures: each is named, and nothing else is.

use std::collections::HashSet;

use cordboard_engine::{EchoFound, Loudness};
use cordboard_wire::Locale;

use super::*;
use crate::sound::DeviceState;

fn loud(rms_dbfs: f32) -> Loudness {
    Loudness { rms_dbfs, floor_dbfs: rms_dbfs - 6.0, peak_dbfs: rms_dbfs + 12.0, clipped_percent: 0.0, lifeless: false }
}

fn device(id: &str) -> UsedDevice {
    UsedDevice {
        state: Some(DeviceState::Ready),
        id: id.to_owned(),
        name: format!("The {id}"),
        muted: Some(false),
        stands_in: false,
    }
}

/// A headset in a quiet room on a good network.
fn good() -> Measured {
    Measured {
        devices: Some(DeviceCheck {
            microphone: device("mic"),
            speaker: device("ear"),
            ringer: device("desk"),
            quiet: Some(loud(-64.0)),
            voice: Some(loud(-28.0)),
            echo: Some(Some(EchoFound { delay_ms: 62.0, heard_dbfs: -58.0, left_dbfs: -70.0 })),
            longest_gap_ms: 14.0,
            ..DeviceCheck::default()
        }),
        last: Some(LastShift { microphone: "mic".to_owned(), speaker: "ear".to_owned() }),
        gateway: Some(true),
        media: Some(true),
        path: Some(PathCheck {
            sent: 150,
            received: 150,
            returned: 150,
            came_back: 149,
            round_trip_ms: Some(24.0),
            jitter_up_ms: Some(1.5),
            jitter_back_ms: 3.0,
        }),
        trunk_up: Some(true),
    }
}

type Injected = (Fault, fn(&mut Measured, &mut DeviceCheck, &mut PathCheck));

const LIFELESS: Loudness =
    Loudness { rms_dbfs: -127.0, floor_dbfs: -127.0, peak_dbfs: -127.0, clipped_percent: 0.0, lifeless: true };

const INJECTED: &[Injected] = &[
    (Fault::NoSoundSystem, |_, devices, _| {
        *devices = DeviceCheck { no_sound_system: Some("no server".to_owned()), ..DeviceCheck::default() };
    }),
    (Fault::MicrophoneMissing, |_, devices, _| deaf(devices, DeviceState::Missing)),
    (Fault::MicrophoneRefused, |_, devices, _| deaf(devices, DeviceState::Denied)),
    (Fault::MicrophoneBusy, |_, devices, _| deaf(devices, DeviceState::Busy)),
    (Fault::MicrophoneIsMonitor, |_, devices, _| {
        deaf(devices, DeviceState::Missing);
        devices.default_is_monitor = true;
    }),
    (Fault::MicrophoneMuted, |_, devices, _| {
        devices.microphone.muted = Some(true);
        (devices.quiet, devices.voice, devices.echo) = (Some(LIFELESS), Some(LIFELESS), Some(None));
    }),
    (Fault::MicrophoneSilent, |_, devices, _| {
        devices.microphone.muted = None;
        (devices.quiet, devices.voice, devices.echo) = (Some(LIFELESS), Some(LIFELESS), Some(None));
    }),
    (Fault::MicrophoneTooQuiet, |_, devices, _| {
        (devices.quiet, devices.voice) = (Some(loud(-74.0)), Some(loud(-56.0)));
    }),
    // Nobody spoke, or not into this microphone.
    (Fault::MicrophoneTooQuiet, |_, devices, _| devices.voice = devices.quiet),
    (Fault::MicrophoneTooLoud, |_, devices, _| {
        devices.voice = Some(Loudness { clipped_percent: 4.0, ..loud(-6.0) });
    }),
    (Fault::RoomNoisy, |_, devices, _| (devices.quiet, devices.echo) = (Some(loud(-35.0)), Some(None))),
    // So noisy that the voice drowns in it: still the room's fault.
    (Fault::RoomNoisy, |_, devices, _| {
        (devices.quiet, devices.voice, devices.echo) = (Some(loud(-30.0)), Some(loud(-27.0)), Some(None));
    }),
    (Fault::SpeakerMissing, |_, devices, _| {
        devices.speaker = UsedDevice { state: Some(DeviceState::Missing), ..UsedDevice::default() };
        devices.ringer = devices.speaker.clone();
        devices.echo = None;
    }),
    (Fault::SpeakerBusy, |_, devices, _| {
        devices.speaker.state = Some(DeviceState::Busy);
        devices.echo = None;
    }),
    (Fault::SpeakerMuted, |_, devices, _| {
        devices.speaker.muted = Some(true);
        devices.echo = Some(None);
    }),
    (Fault::RingerMissing, |_, devices, _| {
        devices.ringer = UsedDevice { state: Some(DeviceState::Busy), ..UsedDevice::default() };
    }),
    (Fault::RingerMuted, |_, devices, _| devices.ringer.muted = Some(true)),
    (Fault::OtherMicrophone, |_, devices, _| {
        devices.microphone = UsedDevice { stands_in: true, ..device("webcam") };
    }),
    (Fault::OtherSpeaker, |_, devices, _| devices.speaker = UsedDevice { stands_in: true, ..device("screen") }),
    (Fault::DevicesChanged, |_, devices, _| devices.microphone = device("webcam")),
    (Fault::DevicesChanged, |_, devices, _| devices.speaker = device("screen")),
    (Fault::EchoLeft, |_, devices, _| {
        devices.echo = Some(Some(EchoFound { delay_ms: 40.0, heard_dbfs: -22.0, left_dbfs: -41.0 }));
    }),
    (Fault::SlowDevices, |_, devices, _| {
        devices.echo = Some(Some(EchoFound { delay_ms: 420.0, heard_dbfs: -50.0, left_dbfs: -66.0 }));
    }),
    (Fault::DevicesStutter, |_, devices, _| devices.longest_gap_ms = 240.0),
    (Fault::GatewayUnreachable, |measured, _, _| {
        (measured.gateway, measured.media, measured.trunk_up) = (Some(false), Some(false), None);
    }),
    (Fault::NoMediaPath, |measured, _, _| measured.media = Some(false)),
    (Fault::NoMediaPath, |_, _, path| {
        (path.received, path.returned, path.came_back, path.round_trip_ms) = (0, 0, 0, None);
    }),
    (Fault::LossUp, |_, _, path| (path.received, path.returned, path.came_back) = (139, 139, 139)),
    (Fault::LossDown, |_, _, path| path.came_back = 132),
    (Fault::Jitter, |_, _, path| path.jitter_back_ms = 65.0),
    (Fault::Jitter, |_, _, path| path.jitter_up_ms = Some(55.0)),
    (Fault::LongRoundTrip, |_, _, path| path.round_trip_ms = Some(480.0)),
    (Fault::TrunkDown, |measured, _, _| measured.trunk_up = Some(false)),
];

fn deaf(devices: &mut DeviceCheck, state: DeviceState) {
    devices.microphone = UsedDevice { state: Some(state), ..UsedDevice::default() };
    (devices.quiet, devices.voice, devices.echo) = (None, None, None);
}

fn faults(measured: &Measured) -> Vec<Fault> {
    judge(measured, Locale::En).iter().map(|finding| finding.fault).collect()
}

#[test]
fn a_good_desk_has_no_faults() {
    assert_eq!(faults(&good()), []);
    assert_eq!(faults(&Measured::default()), [], "what was not measured is not wrong");
}

#[test]
fn each_injected_fault_is_named_and_no_other() {
    let mut wrong = Vec::new();
    for (number, (fault, inject)) in INJECTED.iter().enumerate() {
        let mut measured = good();
        let (mut devices, mut path) = (measured.devices.take().unwrap_or_default(), measured.path.unwrap_or_default());
        inject(&mut measured, &mut devices, &mut path);
        (measured.devices, measured.path) = (Some(devices), Some(path));
        let named = faults(&measured);
        if named != [*fault] {
            wrong.push(format!("{number}: {fault:?} was called {named:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong: {wrong:#?}", wrong.len(), INJECTED.len());
    let kinds: HashSet<Fault> = INJECTED.iter().map(|(fault, _)| *fault).collect();
    assert_eq!(kinds.len(), Fault::ALL.len(), "every fault is injected");
}

#[test]
fn the_worst_comes_first_and_both_languages_say_what_to_do() {
    let mut measured = good();
    measured.trunk_up = Some(false);
    if let Some(devices) = &mut measured.devices {
        devices.microphone.muted = Some(true);
        devices.speaker = device("screen");
    }
    let named = faults(&measured);
    assert_eq!(named, [Fault::MicrophoneMuted, Fault::TrunkDown, Fault::DevicesChanged]);
    for fault in Fault::ALL {
        let (english, chinese) = (fault.sentence(Locale::En), fault.sentence(Locale::ZhCn));
        assert!(english.is_ascii() || english.contains(['“', '”']), "{english}");
        assert!(english.contains(". ") || english.contains(": "), "what, and what to do: {english}");
        assert!(chinese.contains('。') && !chinese.contains(". "), "{chinese}");
    }
}

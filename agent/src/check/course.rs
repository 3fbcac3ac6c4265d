//! The course of a shift check at the devices: it opens what a call would use, listens to the quiet, plays a soft
//! rushing and looks for it, rings, and listens to a few words. About eight seconds.

use std::time::{Duration, Instant};

use cordboard_engine::{
    Choice, Cleaning, DeviceSettings, DevicesNow, Direction, Rehearsal, SoundDevice, Take, Use, echo_in, loudness,
    probe_sound,
};

use super::measured::{DeviceCheck, UsedDevice};
use crate::sound::{DeviceState, SoundChoice, state};

/// How long devices may take to open.
const OPENING_LIMIT: Duration = Duration::from_millis(1_500);
const QUIET_MS: usize = 1_000;
const VOICE_MS: usize = 2_000;
const RING: Duration = Duration::from_millis(700);
/// A take that is later than this by so much does not come.
const PATIENCE: Duration = Duration::from_secs(2);
const LOOKED_EVERY: Duration = Duration::from_millis(20);

/// What the check does at the moment, for whoever watches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Opens the devices.
    Opening,
    /// Listens; nobody should speak.
    Quiet,
    /// Plays the rushing and listens.
    Playing,
    /// Rings.
    Ringing,
    /// Listens; the person should say a few words.
    Speaking,
}

impl Step {
    /// Returns a stable word for it.
    pub fn word(self) -> &'static str {
        match self {
            Step::Opening => "opening",
            Step::Quiet => "quiet",
            Step::Playing => "playing",
            Step::Ringing => "ringing",
            Step::Speaking => "speaking",
        }
    }
}

/// Checks the devices; blocks for as long as that takes. `tell` hears of each step as it begins.
pub fn check_devices(choice: &SoundChoice, mut tell: impl FnMut(Step)) -> DeviceCheck {
    tell(Step::Opening);
    let settings = DeviceSettings { choices: choice.devices(), cleaning: Cleaning::NONE, hold: None };
    let rehearsal = match Rehearsal::start(settings) {
        Ok(rehearsal) => rehearsal,
        Err(error) => return DeviceCheck { no_sound_system: Some(error.to_string()), ..DeviceCheck::default() },
    };
    let now = rehearsal.now();
    wait(OPENING_LIMIT, || {
        let now = now.borrow();
        matches!(now.microphone, Use::Open(_)) && matches!(now.speaker, Use::Open(_)) && now.muted.is_some()
    });
    let mut check = DeviceCheck::default();
    if matches!(now.borrow().microphone, Use::Open(_)) {
        tell(Step::Quiet);
        let quiet = listen(&rehearsal, silence(QUIET_MS));
        check.quiet = quiet.as_ref().map(|take| loudness(&take.heard));
        if matches!(now.borrow().speaker, Use::Open(_)) {
            tell(Step::Playing);
            let take = listen(&rehearsal, probe_sound());
            check.longest_gap_ms = take
                .as_ref()
                .and_then(|take| take.report.devices)
                .map_or(0.0, |devices| devices.capture_gap_ms.max(devices.playback_gap_ms));
            check.echo = take.map(|take| echo_in(&take, choice.cleaning()));
        }
    }
    tell(Step::Ringing);
    rehearsal.ring(true);
    wait(RING, || false);
    let ringing = now.borrow().ringer.clone();
    rehearsal.ring(false);
    if matches!(now.borrow().microphone, Use::Open(_)) {
        tell(Step::Speaking);
        check.voice = listen(&rehearsal, silence(VOICE_MS)).map(|take| loudness(&take.heard));
    }
    let now = now.borrow().clone();
    let wanted = choice.devices();
    check.microphone = used(&now, &now.microphone, &wanted.microphone, Direction::Input);
    check.speaker = used(&now, &now.speaker, &wanted.speaker, Direction::Output);
    check.ringer = used(&now, &ringing, &wanted.ringer, Direction::Output);
    check.default_is_monitor = now.default_is_monitor
        && wanted.microphone == Choice::System
        && now.devices.iter().any(|device| device.direction == Direction::Input);
    check
}

fn silence(ms: usize) -> Vec<i16> {
    vec![0; ms * Rehearsal::RATE_HZ as usize / 1_000]
}

fn listen(rehearsal: &Rehearsal, play: Vec<i16>) -> Option<Take> {
    let lasts = Duration::from_secs_f64(play.len() as f64 / f64::from(Rehearsal::RATE_HZ));
    rehearsal.listen(play).recv_timeout(lasts + PATIENCE).ok()
}

fn wait(limit: Duration, mut until: impl FnMut() -> bool) {
    let began = Instant::now();
    while began.elapsed() < limit && !until() {
        std::thread::sleep(LOOKED_EVERY);
    }
}

fn used(now: &DevicesNow, by: &Use, wanted: &Choice, direction: Direction) -> UsedDevice {
    let none = !now.devices.iter().any(|device| device.direction == direction);
    let state = state(by, none);
    let Use::Open(device) = by else { return UsedDevice { state, ..UsedDevice::default() } };
    UsedDevice {
        // What is open and gives nothing is told by what is heard.
        state: Some(DeviceState::Ready),
        id: device.id.clone(),
        name: device.name.clone(),
        muted: now.muted.as_ref().map(|muted| muted.contains(&device.id)),
        stands_in: stands_in(device, wanted),
    }
}

/// Whether `device` is another than the one that was chosen.
fn stands_in(device: &SoundDevice, wanted: &Choice) -> bool {
    match wanted {
        Choice::System => false,
        Choice::Device(wanted) => {
            let bare = device.id.split_once(':').map_or(device.id.as_str(), |(_, bare)| bare);
            *wanted != device.id && *wanted != device.name && wanted != bare
        }
    }
}

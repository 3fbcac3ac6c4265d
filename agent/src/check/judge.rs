//! The judgement over what a shift check measured: a pure function. What follows from a worse fault is not said beside
//! it: a microphone that is missing is not silent as well.

use cordboard_engine::{EchoFound, Loudness};
use cordboard_wire::Locale;

use super::fault::{Fault, Finding};
use super::measured::{DeviceCheck, LastShift, Measured, PathCheck, UsedDevice};
use crate::sound::DeviceState;

/// Noise above this is heard between words (a quiet office is near −60 dBFS).
const NOISY_DBFS: f32 = -42.0;
/// A voice below this is lost in a telephone's own noise.
const QUIET_VOICE_DBFS: f32 = -48.0;
/// A voice has to stand out of the noise.
const VOICE_ABOVE_NOISE_DB: f32 = 6.0;
/// More samples cut off than this are heard as distortion.
const CLIPPED_PERCENT: f32 = 0.5;
/// An echo below this is not heard, nor one that hardly stands out of the noise.
const ECHO_DBFS: f32 = -50.0;
const ECHO_ABOVE_NOISE_DB: f32 = 6.0;
/// Both devices together; a cabled headset takes 40 to 100 ms, Bluetooth 200 and more.
const SLOW_MS: f32 = 280.0;
/// A pause that the loudspeaker's reserve does not bridge.
const GAP_MS: f32 = 120.0;
/// Concealment hides less than this.
const LOST_PERCENT: f32 = 2.0;
/// The jitter buffer would have to wait longer than people do (ITU-T G.114 leaves 150 ms one way).
const JITTER_MS: f32 = 40.0;
const ROUND_TRIP_MS: f32 = 300.0;
/// Fewer packets say nothing in percent.
const ENOUGH_PACKETS: u32 = 50;

/// Says what is wrong, the worst first; nothing: the shift may begin.
pub fn judge(measured: &Measured, locale: Locale) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut find = |fault, about: String| findings.push(Finding::new(fault, about, locale));
    if let Some(devices) = &measured.devices {
        devices_of(devices, measured.last.as_ref(), &mut find);
    }
    line_of(measured, &mut find);
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

fn devices_of(devices: &DeviceCheck, last: Option<&LastShift>, find: &mut impl FnMut(Fault, String)) {
    if let Some(reason) = &devices.no_sound_system {
        find(Fault::NoSoundSystem, reason.clone());
        return;
    }
    let (microphone, speaker, ringer) = (&devices.microphone, &devices.speaker, &devices.ringer);
    match microphone.state {
        Some(DeviceState::Missing) if devices.default_is_monitor => find(Fault::MicrophoneIsMonitor, String::new()),
        Some(DeviceState::Missing) => find(Fault::MicrophoneMissing, String::new()),
        Some(DeviceState::Denied) => find(Fault::MicrophoneRefused, microphone.name.clone()),
        Some(DeviceState::Busy) => find(Fault::MicrophoneBusy, microphone.name.clone()),
        Some(DeviceState::Ready) => heard_by(devices, find),
        None => {}
    }
    match speaker.state {
        Some(DeviceState::Missing) => find(Fault::SpeakerMissing, String::new()),
        Some(DeviceState::Denied | DeviceState::Busy) => find(Fault::SpeakerBusy, speaker.name.clone()),
        Some(DeviceState::Ready) if speaker.muted == Some(true) => find(Fault::SpeakerMuted, speaker.name.clone()),
        Some(DeviceState::Ready) | None => {}
    }
    match ringer.state {
        // Said of the loudspeaker already, where both are the same.
        Some(_) if ringer.id == speaker.id && speaker.state != Some(DeviceState::Ready) => {}
        Some(DeviceState::Missing | DeviceState::Denied | DeviceState::Busy) => {
            find(Fault::RingerMissing, ringer.name.clone());
        }
        Some(DeviceState::Ready) if ringer.muted == Some(true) && ringer.id != speaker.id => {
            find(Fault::RingerMuted, ringer.name.clone());
        }
        Some(DeviceState::Ready) | None => {}
    }
    chosen(devices, last, find);
    if devices.longest_gap_ms > GAP_MS {
        find(Fault::DevicesStutter, format!("{:.0} ms", devices.longest_gap_ms));
    }
}

/// What an open microphone heard.
fn heard_by(devices: &DeviceCheck, find: &mut impl FnMut(Fault, String)) {
    let name = || devices.microphone.name.clone();
    if devices.microphone.muted == Some(true) {
        find(Fault::MicrophoneMuted, name());
        return;
    }
    let heard = [devices.quiet, devices.voice];
    if heard.iter().flatten().count() > 0 && heard.iter().flatten().all(|heard| heard.lifeless) {
        find(Fault::MicrophoneSilent, name());
        return;
    }
    let noise_dbfs = devices.quiet.map(|quiet| quiet.rms_dbfs);
    if let Some(voice) = devices.voice {
        voice_of(voice, noise_dbfs, find);
    }
    let clipped = |heard: Loudness| heard.clipped_percent > CLIPPED_PERCENT;
    let already = devices.voice.is_some_and(clipped);
    match devices.quiet {
        Some(quiet) if clipped(quiet) && !already => find(Fault::MicrophoneTooLoud, dbfs(quiet.peak_dbfs)),
        Some(quiet) if quiet.rms_dbfs > NOISY_DBFS && !clipped(quiet) => find(Fault::RoomNoisy, dbfs(quiet.rms_dbfs)),
        Some(_) | None => {}
    }
    if let Some(Some(echo)) = devices.echo {
        echo_of(echo, noise_dbfs, find);
    }
}

fn voice_of(voice: Loudness, noise_dbfs: Option<f32>, find: &mut impl FnMut(Fault, String)) {
    let stands_out = noise_dbfs.is_none_or(|noise| voice.rms_dbfs > noise + VOICE_ABOVE_NOISE_DB);
    let in_noise = noise_dbfs.is_some_and(|noise| noise > NOISY_DBFS);
    if voice.clipped_percent > CLIPPED_PERCENT {
        find(Fault::MicrophoneTooLoud, dbfs(voice.peak_dbfs));
    } else if voice.rms_dbfs < QUIET_VOICE_DBFS || (!stands_out && !in_noise) {
        find(Fault::MicrophoneTooQuiet, dbfs(voice.rms_dbfs));
    }
}

fn echo_of(echo: EchoFound, noise_dbfs: Option<f32>, find: &mut impl FnMut(Fault, String)) {
    let above_noise = noise_dbfs.is_none_or(|noise| echo.left_dbfs > noise + ECHO_ABOVE_NOISE_DB);
    if echo.left_dbfs > ECHO_DBFS && above_noise {
        find(Fault::EchoLeft, dbfs(echo.left_dbfs));
    }
    if echo.delay_ms > SLOW_MS {
        find(Fault::SlowDevices, format!("{:.0} ms", echo.delay_ms));
    }
}

fn chosen(devices: &DeviceCheck, last: Option<&LastShift>, find: &mut impl FnMut(Fault, String)) {
    let ready = |device: &UsedDevice| device.state == Some(DeviceState::Ready);
    let (microphone, speaker) = (&devices.microphone, &devices.speaker);
    let stands_in = |device: &UsedDevice| ready(device) && device.stands_in;
    if stands_in(microphone) {
        find(Fault::OtherMicrophone, microphone.name.clone());
    }
    if stands_in(speaker) {
        find(Fault::OtherSpeaker, speaker.name.clone());
    }
    let Some(last) = last else { return };
    let other = |device: &UsedDevice, before: &str| {
        ready(device) && !device.stands_in && !before.is_empty() && device.id != before
    };
    match (other(microphone, &last.microphone), other(speaker, &last.speaker)) {
        (true, true) => find(Fault::DevicesChanged, format!("{}, {}", microphone.name, speaker.name)),
        (true, false) => find(Fault::DevicesChanged, microphone.name.clone()),
        (false, true) => find(Fault::DevicesChanged, speaker.name.clone()),
        (false, false) => {}
    }
}

fn line_of(measured: &Measured, find: &mut impl FnMut(Fault, String)) {
    if measured.gateway == Some(false) {
        find(Fault::GatewayUnreachable, String::new());
        return;
    }
    let nothing_returns =
        measured.path.is_some_and(|path| path.sent >= ENOUGH_PACKETS && (path.received == 0 || path.returned == 0));
    if measured.media == Some(false) || nothing_returns {
        find(Fault::NoMediaPath, String::new());
    } else if let Some(path) = measured.path {
        path_of(path, find);
    }
    if measured.trunk_up == Some(false) {
        find(Fault::TrunkDown, String::new());
    }
}

fn path_of(path: PathCheck, find: &mut impl FnMut(Fault, String)) {
    let (up, down) = (path.lost_up_percent(), path.lost_down_percent());
    if path.sent >= ENOUGH_PACKETS && up > LOST_PERCENT {
        find(Fault::LossUp, format!("{up:.0} %"));
    }
    if path.returned >= ENOUGH_PACKETS && down > LOST_PERCENT {
        find(Fault::LossDown, format!("{down:.0} %"));
    }
    let jitter_ms = path.jitter_back_ms.max(path.jitter_up_ms.unwrap_or(0.0));
    if jitter_ms > JITTER_MS {
        find(Fault::Jitter, format!("{jitter_ms:.0} ms"));
    }
    if let Some(round_trip_ms) = path.round_trip_ms.filter(|round_trip| *round_trip > ROUND_TRIP_MS) {
        find(Fault::LongRoundTrip, format!("{round_trip_ms:.0} ms"));
    }
}

fn dbfs(level: f32) -> String {
    format!("{level:.0} dBFS")
}

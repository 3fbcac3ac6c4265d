//! The process on a sound card: it rings at the ringer, is heard through the microphone, hears through the speaker,
//! and leaves the microphone alone between calls.

use std::time::{Duration, Instant};

use cordboard_engine::Codec;
use cordboard_media::level::rms_dbfs;
use cordboard_media::tone::Tone;
use cordboard_wire::CallPhase;
use serde_json::Value;
use tokio::task::block_in_place;

use crate::fake_gateway::{FakeGateway, within};
use crate::gateway_peer::HZ;
use crate::listener::{BLOCK, HZ as EAR_HZ, Listener, is_tone};
use crate::rig::{a_view, a_view_with};
use crate::server::{Server, until};
use crate::talker::Talker;
use crate::the_command_line::{command, start};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_on_devices() {
    let Some(server) = block_in_place(|| Server::start("agent_on_devices")) else { return };
    let _mouth = Talker::humming("voice_b", 600);
    let mut caller = vec![0; HZ as usize * 4];
    Tone::sine(1_000.0, -16.0, HZ).fill(&mut caller);
    let (at_desk, at_headset) = (Listener::at("desk"), Listener::at("headset"));
    let listening = server.recording().len();

    let mut gateway = FakeGateway::start().await;
    let chosen = ["--devices", "--raw", "--microphone", "mic_b", "--speaker", "headset", "--ringer", "desk"];
    let (mut process, mut desk) = start(&mut gateway, &chosen).await;
    let peer = desk.connect_sound(1).await;
    process.line("media_connected").await;
    desk.show(&a_view());
    process.line("view").await;
    assert_eq!(server.recording().len(), listening, "no microphone before a call");

    desk.show(&a_view_with("job-1", CallPhase::Ringing));
    block_in_place(|| {
        until("it rings", || rms_dbfs(&at_desk.last(300)) > -25.0);
        until("the microphone is open, muted", || server.recording().len() == listening + 1);
    });
    desk.show(&a_view_with("job-1", CallPhase::Talking));
    process.line("speaking_began").await;
    let talked = Instant::now();
    peer.speak(caller, Codec::Pcma);
    block_in_place(|| {
        until("the caller is heard for a second", || hummed(&at_headset.since(talked).1, 1_000.0, EAR_HZ) > 100);
        until("the agent is heard for a second", || hummed(&peer.heard().samples, 600.0, HZ) > 100);
        assert_eq!(server.playing().len(), 2, "the mouth and the loudspeaker: the ringer is quiet");
    });
    let elsewhere = at_desk.since(talked + Duration::from_millis(500)).1;
    assert_eq!(hummed(&elsewhere, 1_000.0, EAR_HZ), 0, "the ringer's device is not the speaker's");

    desk.show(&a_view());
    process.line("sound_closed").await;
    block_in_place(|| until("the microphone is closed", || server.recording().len() == listening));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn devices_are_listed() {
    let Some(_server) = block_in_place(|| Server::start("agent_lists_devices")) else { return };
    let output = within(command("http://127.0.0.1:1", &["--list-devices"]).output()).await.unwrap();
    assert!(output.status.success(), "{output:?}");
    let line: Value = serde_json::from_slice(&output.stdout).unwrap();
    let devices = line["devices"].as_array().unwrap();
    let is = |id: &str, direction: &str, default: bool| {
        devices.iter().any(|device| {
            device["id"] == format!("pulseaudio:{id}")
                && device["direction"] == direction
                && device["default"] == default
        })
    };
    assert!(is("desk", "output", true) && is("headset", "output", false), "{line}");
    assert!(is("mic_a", "input", true) && is("mic_b", "input", false), "{line}");
    assert!(!line.to_string().contains(".monitor"), "what a loudspeaker plays is no microphone: {line}");
}

/// How many stretches of 10 ms are a tone of `hz`.
fn hummed(samples: &[i16], hz: f64, rate_hz: u32) -> usize {
    samples.chunks_exact(BLOCK * rate_hz as usize / EAR_HZ as usize).filter(|block| is_tone(block, hz, rate_hz)).count()
}

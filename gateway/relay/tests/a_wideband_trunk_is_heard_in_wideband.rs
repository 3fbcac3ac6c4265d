//! A trunk that speaks G.722: what lies above a telephone's 3.4 kHz reaches the desk and comes back, and those who
//! speak less hear it as a telephone would.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::time::Duration;

use common::desk::Desk;
use common::ear::{Ear, Heard, assert_continuous, rms};
use common::phone::Phone;
use common::{House, hear, prompts};
use cordboard_relay::{Codec, EndpointId, RelayEvent};

fn connected(house: &House, id: u64) -> Desk {
    let desk = Desk::connect(&house.relay, id);
    house.expect("connected", |event| *event == RelayEvent::DeskConnected { endpoint: EndpointId(id) });
    desk
}

/// How much of the power of sound at 16 kHz lies within 200 Hz of `hz`, 0 to 1.
fn share_near(samples: &[i16], hz: f64) -> f64 {
    // Both codecs keep the tone and neither its phase: power of the sound moved to zero frequency and averaged.
    let (mut power, mut total) = (0.0, 0.0);
    for piece in samples.chunks_exact(80) {
        let (mut re, mut im) = (0.0, 0.0);
        for (n, sample) in piece.iter().enumerate() {
            let angle = std::f64::consts::TAU * hz * n as f64 / 16_000.0;
            re += f64::from(*sample) * angle.cos();
            im += f64::from(*sample) * angle.sin();
            total += f64::from(*sample).powi(2);
        }
        power += (re * re + im * im) * 2.0 / piece.len() as f64;
    }
    if total < 1.0 { 0.0 } else { power / total }
}

fn wide(packets: &[Heard]) -> Vec<i16> {
    packets.iter().flat_map(|packet| packet.wide.iter().copied()).collect()
}

/// Waits until the last half second is loud and at `hz`.
fn wait_for_wide_tone(ear: &Ear, hz: f64) {
    ear.wait(&format!("{hz} Hz in wideband"), |memory| {
        let from = memory.packets.len().saturating_sub(25);
        let sound = wide(&memory.packets[from..]);
        sound.len() >= 8_000 && rms(&sound) > 500.0 && share_near(&sound, hz) > 0.7
    });
}

#[test]
fn a_desk_and_a_wideband_trunk_hear_each_other_above_four_kilohertz() {
    let house = House::new(2);
    let desk = connected(&house, 1);
    let phone = Phone::connect(&house.relay, 2, Codec::G722, 5_500.0);
    desk.say_tone(6_000.0, Codec::Opus);
    house.bridge(1, 2);
    wait_for_wide_tone(&desk.opus, 5_500.0);
    wait_for_wide_tone(&phone.ear, 6_000.0);
    assert!(desk.g711.packets().is_empty(), "wideband reaches a desk as Opus from its first packet");
    // Both bands, one after the other, for a while.
    phone.say(1_000.0);
    desk.say_tone(4_600.0, Codec::Opus);
    wait_for_wide_tone(&desk.opus, 1_000.0);
    wait_for_wide_tone(&phone.ear, 4_600.0);
    phone.ear.forget();
    desk.opus.forget();
    phone.ear.listen(Duration::from_millis(800));
    for ear in [&phone.ear, &desk.opus] {
        assert_continuous(&ear.packets());
    }
    assert!(share_near(&wide(&phone.ear.packets()), 4_600.0) > 0.8);
    house.expect("the desk is asked for Opus", |event| {
        matches!(event, RelayEvent::Quality(sample) if sample.wish_up == Codec::Opus
            && sample.codec_down == Some(Codec::Opus))
    });
}

#[test]
fn two_wideband_trunks_pass_packets_untouched() {
    let house = House::new(1);
    let one = Phone::connect(&house.relay, 1, Codec::G722, 5_000.0);
    let two = Phone::connect(&house.relay, 2, Codec::G722, 6_500.0);
    house.bridge(1, 2);
    wait_for_wide_tone(&one.ear, 6_500.0);
    wait_for_wide_tone(&two.ear, 5_000.0);
    assert_continuous(&one.ear.packets());
}

#[test]
fn a_wideband_trunk_a_telephone_and_a_desk_in_one_conference() {
    let house = House::new(1);
    let desk = connected(&house, 1);
    let wide_phone = Phone::connect(&house.relay, 2, Codec::G722, 700.0);
    let phone = Phone::connect(&house.relay, 3, Codec::Pcma, 1_500.0);
    house.bridge(2, 3);
    wide_phone.ear.wait_for_tone(1_500.0, 25);
    phone.ear.wait_for_tone(700.0, 25);
    desk.say_tone(5_200.0, Codec::Opus);
    house.plan(1, hear(&[2, 3]));
    house.plan(2, hear(&[1]));
    house.plan(3, hear(&[2]));
    wait_for_wide_tone(&wide_phone.ear, 5_200.0);
    phone.ear.wait_for_tone(700.0, 25);
    desk.opus.wait("both", |memory| {
        let from = memory.packets.len().saturating_sub(25);
        let sound = wide(&memory.packets[from..]);
        sound.len() >= 8_000 && share_near(&sound, 700.0) > 0.25 && share_near(&sound, 1_500.0) > 0.25
    });
}

#[test]
fn prompts_and_a_desk_in_g711_reach_a_wideband_trunk() {
    let house = House::new(1);
    let phone = Phone::connect(&house.relay, 2, Codec::G722, 440.0);
    house.plan(2, prompts(7, &["en/welcome", "en/menu"]));
    phone.ear.wait_for_tone(700.0, 20);
    phone.ear.wait_for_tone(1_100.0, 18);
    house.expect("the prompts' end", |event| matches!(event, RelayEvent::PromptEnded { play: 7, played: true, .. }));
    let desk = connected(&house, 1);
    desk.say_tone(1_000.0, Codec::Pcma);
    house.bridge(1, 2);
    phone.ear.wait_for_tone(1_000.0, 25);
    assert_continuous(&phone.ear.packets());
}

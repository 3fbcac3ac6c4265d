//! A caller hears prompts in order, then music, then ringback, then a person, on one unbroken stream.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::time::Duration;

use common::desk::Desk;
use common::ear::{Heard, assert_continuous, is_tone, samples};
use common::phone::Phone;
use common::{House, hear, prompts};
use cordboard_relay::{Codec, Hear, RelayEvent};

/// The tones of a stretch of packets, five packets at a time, repetitions folded.
fn tones(packets: &[Heard], known: &[f32]) -> Vec<f32> {
    let mut found = Vec::new();
    for window in packets.chunks(5) {
        let sound = samples(window);
        found.extend(known.iter().copied().filter(|hz| is_tone(&sound, *hz)));
    }
    found.dedup();
    found
}

fn ended(house: &House, play: u64) -> bool {
    let event =
        house.expect("prompts ended", |event| matches!(event, RelayEvent::PromptEnded { play: p, .. } if *p == play));
    matches!(event, RelayEvent::PromptEnded { played: true, .. })
}

#[test]
fn a_caller_is_greeted_waits_and_is_rung_on_one_stream() {
    let house = House::new(1);
    let caller = Phone::connect(&house.relay, 1, Codec::Pcma, 440.0);
    let other = Phone::connect(&house.relay, 2, Codec::Pcma, 2_000.0);
    house.plan(1, prompts(7, &["en/welcome", "zh-CN/welcome", "en/menu"]));
    assert!(ended(&house, 7));
    caller.ear.wait("all prompts", |memory| memory.packets.len() >= 75);
    assert_eq!(tones(&caller.ear.packets(), &[700.0, 900.0, 1_100.0]), [700.0, 900.0, 1_100.0]);
    assert_eq!(caller.ear.packets().len(), (600 + 400 + 500) / 20, "not a frame more or less");

    house.plan(1, Hear::Music);
    caller.ear.wait_for_tone(1_500.0, 80);
    house.plan(1, Hear::Ringback);
    caller.ear.wait_for_tone(450.0, 25);
    house.plan(1, hear(&[2]));
    caller.ear.wait_for_tone(2_000.0, 25);
    house.plan(1, prompts(8, &["en/welcome"]));
    assert!(ended(&house, 8));
    assert_continuous(&caller.ear.packets());
    drop(other);
}

#[test]
fn a_plan_that_repeats_itself_does_not_start_over() {
    let house = House::new(1);
    let caller = Phone::connect(&house.relay, 1, Codec::Pcmu, 440.0);
    for _ in 0..10 {
        house.plan(1, prompts(3, &["en/welcome"]));
        caller.ear.listen(Duration::from_millis(30));
    }
    assert!(ended(&house, 3));
    caller.ear.listen(Duration::from_millis(100));
    assert_eq!(caller.ear.packets().len(), 30);
}

#[test]
fn a_missing_prompt_is_reported_and_the_others_are_played() {
    let house = House::new(1);
    let caller = Phone::connect(&house.relay, 1, Codec::Pcma, 440.0);
    house.plan(1, prompts(1, &["en/nowhere"]));
    assert!(!ended(&house, 1));
    house.plan(1, prompts(2, &["en/nowhere", "zh-CN/welcome"]));
    assert!(!ended(&house, 2));
    caller.ear.wait_for_tone(900.0, 15);
}

#[test]
fn a_desk_hears_prompts_too() {
    let house = House::new(1);
    let desk = Desk::connect(&house.relay, 1);
    house.expect("connected", |event| matches!(event, RelayEvent::DeskConnected { .. }));
    house.plan(1, prompts(1, &["en/welcome", "en/menu"]));
    assert!(ended(&house, 1));
    desk.g711.wait("all prompts", |memory| memory.packets.len() >= 55);
    assert_eq!(tones(&desk.g711.packets(), &[700.0, 1_100.0]), [700.0, 1_100.0]);
    assert_continuous(&desk.g711.packets());
}

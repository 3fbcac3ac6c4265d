//! Opus where it helps: a desk that speaks it, a network that loses, agents among themselves.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::sync::atomic::Ordering;
use std::time::Duration;

use common::desk::Desk;
use common::ear::{assert_continuous, longest_hole, samples, share, time_at};
use common::phone::Phone;
use common::{House, hear};
use cordboard_relay::{Codec, EndpointId, QualitySample, RelayEvent};

fn connected(house: &House, id: u64) -> Desk {
    let desk = Desk::connect(&house.relay, id);
    house.expect("connected", |event| *event == RelayEvent::DeskConnected { endpoint: EndpointId(id) });
    desk
}

#[test]
fn a_desk_that_speaks_opus_is_heard_by_a_telephone() {
    let house = House::new(1);
    let desk = connected(&house, 1);
    let phone = Phone::connect(&house.relay, 2, Codec::Pcmu, 440.0);
    desk.say_tone(1_000.0, Codec::Opus);
    house.bridge(1, 2);
    phone.ear.wait_for_tone(1_000.0, 25);
    desk.g711.wait_for_tone(440.0, 25);
    // And goes over to G.711 and back in the middle of a word.
    desk.say_tone(1_000.0, Codec::Pcma);
    phone.ear.listen(Duration::from_millis(400));
    phone.ear.wait_for_tone(1_000.0, 10);
    desk.say_tone(1_000.0, Codec::Opus);
    phone.ear.listen(Duration::from_millis(400));
    phone.ear.wait_for_tone(1_000.0, 10);
    assert_continuous(&phone.ear.packets());
    let share_of_time = time_at(&samples(&phone.ear.packets()), 1_000.0);
    assert!(share_of_time > 0.9, "{share_of_time}");
}

#[test]
fn two_desks_on_two_workers_hear_each_other_in_wide_band() {
    let house = House::new(2);
    let (one, two) = (connected(&house, 1), connected(&house, 2));
    let workers = [1, 2].map(|id| house.relay.stats(EndpointId(id)).unwrap().worker);
    assert_ne!(workers[0], workers[1], "the story needs two workers");
    one.say_tone(600.0, Codec::Opus);
    two.say_tone(1_000.0, Codec::Opus);
    house.bridge(1, 2);
    one.opus.wait_for_tone(1_000.0, 25);
    two.opus.wait_for_tone(600.0, 25);
    assert!(one.g711.packets().is_empty() && two.g711.packets().is_empty(), "Opus passes untouched");
    assert_continuous(&one.opus.packets());
}

#[test]
fn three_hear_each_other_and_nobody_himself() {
    let house = House::new(2);
    let desk = connected(&house, 1);
    let phone = Phone::connect(&house.relay, 2, Codec::Pcma, 440.0);
    let third = Phone::connect(&house.relay, 3, Codec::Pcmu, 1_500.0);
    desk.say_tone(1_000.0, Codec::Opus);
    house.plan(1, hear(&[2, 3]));
    house.plan(2, hear(&[1, 3]));
    house.plan(3, hear(&[1, 2]));
    let is_mix = |heard: &[i16], in_it: [f32; 2], not: f32| {
        in_it.iter().all(|hz| share(heard, *hz) > 0.3) && share(heard, not) < 0.02
    };
    for (ear, in_it, not) in [
        (&desk.g711, [440.0, 1_500.0], 1_000.0),
        (&phone.ear, [1_000.0, 1_500.0], 440.0),
        (&third.ear, [440.0, 1_000.0], 1_500.0),
    ] {
        ear.wait(&format!("a mix of {in_it:?}"), |memory| {
            let count = memory.packets.len();
            count >= 50 && is_mix(&samples(&memory.packets[count - 25..]), in_it, not)
        });
    }
}

#[test]
fn loss_brings_opus_and_a_clean_network_brings_g711_back() {
    let house = House::new(1);
    let desk = connected(&house, 1);
    let phone = Phone::connect(&house.relay, 2, Codec::Pcma, 440.0);
    desk.say_tone(1_000.0, Codec::Pcma);
    house.bridge(1, 2);
    desk.g711.wait_for_tone(440.0, 100);
    assert!(desk.opus.packets().is_empty());
    desk.lose_percent.store(12, Ordering::Relaxed);
    desk.opus.wait_for_tone(440.0, 50);
    let event = house.expect("a wish for Opus", |event| {
        matches!(event, RelayEvent::Quality(QualitySample { wish_up: Codec::Opus, codec_down: Some(Codec::Opus), .. }))
    });
    let RelayEvent::Quality(quality) = event else { panic!() };
    assert!(quality.lost_down_percent > 2.0, "{quality:?}");
    desk.g711.forget();
    assert!(desk.g711.listen(Duration::from_millis(300)).is_empty(), "one stream at a time");

    house.forget_events();
    desk.lose_percent.store(0, Ordering::Relaxed);
    desk.g711.forget();
    desk.opus.forget();
    let (patience, clean) = (Duration::from_secs(25), |event: &RelayEvent| {
        matches!(event, RelayEvent::Quality(QualitySample { codec_down: Some(Codec::Pcma), .. }))
    });
    assert!(house.within(patience, &clean).is_some(), "G.711 did not come back");
    desk.g711.wait_for_tone(440.0, 25);
    let hole = longest_hole(&[desk.opus.packets(), desk.g711.packets()]);
    assert!(hole < Duration::from_millis(150), "{hole:?} without a sound on either stream");
    let crossed = desk.g711.packets()[0].at..desk.opus.packets().last().unwrap().at;
    let overlap = crossed.end - crossed.start;
    assert!(overlap < Duration::from_millis(300), "both streams for {overlap:?}");
    let while_opus = time_at(&samples(&desk.opus.packets()), 440.0);
    assert!(while_opus > 0.95, "{while_opus}");
    phone.ear.wait_for_tone(1_000.0, 25);
}

#[test]
fn opus_goes_down_with_copies_while_the_network_loses() {
    let house = House::new(1);
    let desk = Desk::connect_with_copies(&house.relay, 1);
    house.expect("connected", |event| *event == RelayEvent::DeskConnected { endpoint: EndpointId(1) });
    // G.722 comes to a desk as Opus in any case.
    let phone = Phone::connect(&house.relay, 2, Codec::G722, 440.0);
    desk.say_tone(1_000.0, Codec::Opus);
    house.bridge(1, 2);
    desk.opus.wait_for_tone(440.0, 100);
    phone.ear.wait_for_tone(1_000.0, 25);
    assert_eq!(desk.with_copies.load(Ordering::Relaxed), 0, "a clean network needs none");
    desk.lose_percent.store(12, Ordering::Relaxed);
    desk.opus.wait("copies", |_| desk.with_copies.load(Ordering::Relaxed) >= 25);
    let hole = longest_hole(&[desk.opus.packets()]);
    assert!(hole < Duration::from_millis(400), "{hole:?} without a sound");
    desk.opus.wait_for_tone(440.0, 25);
}

#[test]
fn frames_with_copies_cross_workers_and_pass_on_plain() {
    let house = House::new(2);
    let one = Desk::connect_with_copies(&house.relay, 1);
    house.expect("connected", |event| *event == RelayEvent::DeskConnected { endpoint: EndpointId(1) });
    let two = connected(&house, 2);
    let workers = [1, 2].map(|id| house.relay.stats(EndpointId(id)).unwrap().worker);
    assert_ne!(workers[0], workers[1], "the story needs two workers");
    one.say_tone(600.0, Codec::Opus);
    house.bridge(1, 2);
    two.opus.wait_for_tone(600.0, 25);
    assert_continuous(&two.opus.packets());
    // And in a mix, where they are decoded.
    let phone = Phone::connect(&house.relay, 3, Codec::Pcma, 440.0);
    house.plan(3, hear(&[1, 2]));
    phone.ear.wait_for_tone(600.0, 25);
}

#[test]
fn losses_on_the_trunk_are_not_the_desks() {
    let house = House::new(1);
    let desk = connected(&house, 1);
    let phone = Phone::connect(&house.relay, 2, Codec::Pcma, 440.0);
    phone.lose_every.store(9, Ordering::Relaxed);
    desk.say_tone(1_000.0, Codec::Pcma);
    house.bridge(1, 2);
    desk.g711.wait("seven seconds", |memory| memory.packets.len() >= 311);
    assert!(desk.opus.packets().is_empty());
    let event = house.expect("quality", |event| matches!(event, RelayEvent::Quality(_)));
    let RelayEvent::Quality(quality) = event else { panic!() };
    assert!(quality.lost_down_percent < 2.0 && quality.wish_up == Codec::Pcma, "{quality:?}");
    let numbers: Vec<u16> = desk.g711.packets().iter().map(|packet| packet.header.sequence).collect();
    assert!(numbers.windows(2).any(|pair| pair[1] == pair[0].wrapping_add(2)), "the desk can see what is missing");
}

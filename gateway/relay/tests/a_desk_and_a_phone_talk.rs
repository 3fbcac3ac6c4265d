//! A desk over WebRTC and a trunk leg: connected before it is needed, heard at once, both ways.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::time::Duration;

use common::House;
use common::desk::Desk;
use common::ear::{assert_continuous, is_tone, samples};
use common::phone::Phone;
use cordboard_relay::{Codec, Hear, RelayEvent};

#[test]
fn g711_passes_both_ways() {
    let house = House::new(2);
    let desk = Desk::connect(&house.relay, 1);
    house.expect("connected", |event| matches!(event, RelayEvent::DeskConnected { .. }));
    let phone = Phone::connect(&house.relay, 2, Codec::Pcma, 440.0);
    desk.say_tone(1_000.0, Codec::Pcma);
    house.bridge(1, 2);
    desk.g711.wait_for_tone(440.0, 25);
    phone.ear.wait_for_tone(1_000.0, 25);
    assert!(!is_tone(&samples(&phone.ear.packets()), 440.0));
    assert!(desk.opus.packets().is_empty(), "a clean network needs no Opus");
    assert_continuous(&desk.g711.packets());
    assert_continuous(&phone.ear.packets());
    house.plan(1, Hear::Silence);
    desk.g711.listen(Duration::from_millis(100));
    assert!(desk.g711.listen(Duration::from_millis(200)).is_empty(), "a held desk hears nothing");
}

#[test]
fn a_desk_that_leaves_is_lost_and_a_new_connection_takes_its_place() {
    let house = House::new(1);
    let desk = Desk::connect(&house.relay, 1);
    house.expect("connected", |event| matches!(event, RelayEvent::DeskConnected { .. }));
    let phone = Phone::connect(&house.relay, 2, Codec::Pcma, 440.0);
    house.bridge(1, 2);
    desk.g711.wait_for_tone(440.0, 25);
    desk.leave();
    house.expect("lost", |event| matches!(event, RelayEvent::DeskLost { closed: true, .. }));
    let again = Desk::connect(&house.relay, 1);
    house.expect("connected", |event| matches!(event, RelayEvent::DeskConnected { .. }));
    again.say_tone(1_000.0, Codec::Pcma);
    again.g711.wait_for_tone(440.0, 25);
    phone.ear.wait_for_tone(1_000.0, 25);
}

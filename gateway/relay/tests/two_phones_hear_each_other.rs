//! Two plain RTP telephones are bridged: each hears the other and nothing else.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::time::Duration;

use common::ear::{assert_continuous, is_tone, rms, samples};
use common::phone::Phone;
use common::{House, hear};
use cordboard_relay::{Codec, Hear};

#[test]
fn each_hears_the_other_only() {
    let house = House::new(2);
    let one = Phone::connect(&house.relay, 1, Codec::Pcma, 440.0);
    let two = Phone::connect(&house.relay, 2, Codec::Pcma, 1_000.0);
    house.bridge(1, 2);
    one.ear.wait_for_tone(1_000.0, 25);
    two.ear.wait_for_tone(440.0, 25);
    for (phone, own, other) in [(&one, 440.0, 1_000.0), (&two, 1_000.0, 440.0)] {
        let heard = samples(&phone.ear.packets());
        assert!(is_tone(&heard, other) && !is_tone(&heard, own));
        assert_continuous(&phone.ear.packets());
    }
}

#[test]
fn the_two_laws_understand_each_other() {
    let house = House::new(1);
    let one = Phone::connect(&house.relay, 1, Codec::Pcma, 440.0);
    let two = Phone::connect(&house.relay, 2, Codec::Pcmu, 1_000.0);
    house.bridge(1, 2);
    one.ear.wait_for_tone(1_000.0, 25);
    two.ear.wait_for_tone(440.0, 25);
}

#[test]
fn who_is_not_in_the_plan_is_not_heard() {
    let house = House::new(1);
    let one = Phone::connect(&house.relay, 1, Codec::Pcma, 440.0);
    let two = Phone::connect(&house.relay, 2, Codec::Pcma, 1_000.0);
    house.plan(1, hear(&[2]));
    house.plan(2, Hear::Silence);
    one.ear.wait_for_tone(1_000.0, 25);
    assert!(rms(&samples(&two.ear.packets())) < 10.0, "a muted way carries no more than silence");
    house.plan(1, Hear::Silence);
    house.plan(2, hear(&[1]));
    two.ear.wait_for_tone(440.0, 25);
    one.ear.forget();
    assert!(one.ear.listen(Duration::from_millis(200)).is_empty());
}

#[test]
fn the_newest_plan_wins_and_an_old_one_changes_nothing() {
    let house = House::new(2);
    let phones: Vec<_> =
        (1..=3_u8).map(|id| Phone::connect(&house.relay, id.into(), Codec::Pcma, 300.0 * f32::from(id))).collect();
    for _ in 0..2_000 {
        house.plan(1, hear(&[2]));
        house.plan(1, hear(&[3]));
    }
    let stale = cordboard_relay::Plan { revision: 1, hear: hear(&[2]), record: None };
    house.relay.set_plan(cordboard_relay::EndpointId(1), stale).unwrap();
    phones[0].ear.wait_for_tone(900.0, 25);
    phones[0].ear.forget();
    let heard = samples(&phones[0].ear.listen(Duration::from_millis(400)));
    assert!(is_tone(&heard, 900.0));
}

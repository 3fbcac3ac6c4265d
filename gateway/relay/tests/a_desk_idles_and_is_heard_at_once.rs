//! A desk waits without a packet of sound; the first word passes at once, with time having gone on.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use common::desk::Desk;
use common::ear::{assert_continuous, samples, share};
use common::phone::Phone;
use common::{House, hear, prompts};
use cordboard_relay::{Codec, EndpointId, Hear, OfferError, RelayEvent};

#[test]
fn the_first_word_is_heard_within_a_frame_or_two_and_time_went_on() {
    let house = House::new(1);
    let desk = Desk::connect(&house.relay, 1);
    house.expect("connected", |event| matches!(event, RelayEvent::DeskConnected { .. }));
    let phones: Vec<_> =
        (2..=4_u8).map(|id| Phone::connect(&house.relay, id.into(), Codec::Pcma, 200.0 * f32::from(id))).collect();
    for (source, hz) in [(2, 400.0), (3, 600.0), (2, 400.0), (4, 800.0)] {
        house.plan(1, Hear::Silence);
        desk.g711.listen(Duration::from_millis(700));
        let planned = Instant::now();
        house.plan(1, hear(&[source]));
        let before = desk.g711.packets().len();
        desk.g711.wait("a packet", |memory| memory.packets.len() > before);
        let took = desk.g711.packets()[before].at - planned;
        assert!(took < Duration::from_millis(150), "{took:?}");
        desk.g711.wait_for_tone(hz, 10);
    }
    house.plan(1, prompts(1, &["en/welcome"]));
    house.expect("prompt", |event| matches!(event, RelayEvent::PromptEnded { .. }));
    house.plan(1, hear(&[3]));
    desk.g711.wait_for_tone(600.0, 10);
    assert_continuous(&desk.g711.packets());
    drop(phones);
}

#[test]
fn a_desk_that_vanishes_is_lost_and_one_that_returns_is_found() {
    let house = House::new(1);
    let desk = Desk::connect(&house.relay, 1);
    house.expect("connected", |event| matches!(event, RelayEvent::DeskConnected { .. }));
    let phone = Phone::connect(&house.relay, 2, Codec::Pcma, 440.0);
    house.bridge(1, 2);
    desk.say_tone(1_000.0, Codec::Pcma);
    phone.ear.wait_for_tone(1_000.0, 10);
    desk.cut.store(true, Ordering::Relaxed);
    house.expect("silent", |event| matches!(event, RelayEvent::Silent { endpoint: EndpointId(1), .. }));
    house.expect("lost", |event| matches!(event, RelayEvent::DeskLost { closed: false, .. }));
    desk.cut.store(false, Ordering::Relaxed);
    house.expect("found", |event| matches!(event, RelayEvent::DeskConnected { .. }));
    phone.ear.forget();
    phone.ear.wait_for_tone(1_000.0, 25);
    desk.g711.wait_for_tone(440.0, 25);
    assert!(share(&samples(&phone.ear.packets()), 1_000.0) > 0.8);
}

#[test]
fn offers_that_do_not_fit_are_refused_with_their_reason() {
    let house = House::new(1);
    let _phone = Phone::connect(&house.relay, 5, Codec::Pcma, 0.0);
    let ask = |id: u64, sdp: String| {
        let (sender, receiver) = std::sync::mpsc::channel();
        house.relay.open_desk(EndpointId(id), sdp, move |answer| sender.send(answer).unwrap());
        receiver.recv_timeout(common::PATIENCE).unwrap()
    };
    let (_, _, good, _) = common::desk::offer((common::LOOPBACK, 9).into(), false);
    assert!(ask(1, good.clone()).is_ok());
    assert_eq!(ask(5, good.clone()), Err(OfferError::BadId));
    assert_eq!(ask(u64::MAX, good.clone()), Err(OfferError::BadId));
    assert_eq!(ask(2, "v=0\r\n".repeat(20_000)), Err(OfferError::TooLong));
    assert_eq!(ask(2, String::new()), Err(OfferError::NoAudio));
    assert!(matches!(ask(2, "m=audio 9 x\na=mid:0\n".into()), Err(OfferError::NotSdp(_))));
    let other_codecs =
        good.replace("PCMA/8000", "XYZ/8000").replace("PCMU/8000", "QQQ/8000").replace("opus/48000/2", "speex/16000");
    assert_eq!(ask(2, other_codecs), Err(OfferError::NoCommonCodec));
    let plain = good.replace("a=fingerprint", "a=fingerprong");
    assert!(matches!(ask(2, plain), Err(OfferError::Unfit(_) | OfferError::NotSdp(_))));
    for cut in (0..good.len()).step_by(37) {
        let _ = ask(3, good[..cut].to_owned());
    }
    assert!(ask(2, good).is_ok(), "and it still answers");
}

//! Keys by RFC 4733: in as events, out as packets, never as sound.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::time::Duration;

use common::ear::{is_tone, samples};
use common::phone::Phone;
use common::{House, hear};
use cordboard_relay::{Codec, CommandError, EndpointId, RelayEvent};

#[test]
fn a_caller_presses_keys() {
    let house = House::new(1);
    let caller = Phone::connect(&house.relay, 1, Codec::Pcma, 440.0);
    let other = Phone::connect(&house.relay, 2, Codec::Pcma, 1_000.0);
    house.bridge(1, 2);
    other.ear.wait_for_tone(440.0, 10);
    caller.press("12#");
    for expected in "12#".chars() {
        let event = house.expect("a key", |event| matches!(event, RelayEvent::Digit { .. }));
        assert_eq!(event, RelayEvent::Digit { endpoint: EndpointId(1), digit: expected });
    }
    other.ear.wait_for_tone(440.0, 25);
    assert_eq!(other.ear.digits(), "", "keys are the shell's business");
    let missing = other
        .ear
        .packets()
        .windows(2)
        .filter(|pair| pair[1].header.sequence != pair[0].header.sequence.wrapping_add(1))
        .count();
    assert_eq!(missing, 0, "keys taken out of a stream do not look like loss");
    assert!(house.within(Duration::from_millis(100), &|event| matches!(event, RelayEvent::Digit { .. })).is_none());
}

#[test]
fn the_gateway_presses_keys_in_the_middle_of_speech() {
    let house = House::new(1);
    let caller = Phone::connect(&house.relay, 1, Codec::Pcma, 440.0);
    let other = Phone::connect(&house.relay, 2, Codec::Pcma, 1_000.0);
    house.plan(1, hear(&[2]));
    caller.ear.wait_for_tone(1_000.0, 10);
    for digit in "90*#A5".chars() {
        house.relay.send_digit(EndpointId(1), digit).unwrap();
    }
    assert_eq!(house.relay.send_digit(EndpointId(1), 'x'), Err(CommandError::Unfit));
    assert_eq!(house.relay.send_digit(EndpointId(9), '1'), Err(CommandError::NoSuchEndpoint));
    caller.ear.wait("six keys", |memory| memory.digits.len() >= 6);
    assert_eq!(caller.ear.digits(), "90*#A5");
    caller.ear.wait_for_tone(1_000.0, 25);
    assert!(is_tone(&samples(&caller.ear.packets()), 1_000.0));
    drop(other);
}

#[test]
fn a_flood_of_keys_is_not_believed() {
    let house = House::new(1);
    let leg = house.relay.open_trunk(EndpointId(1), false).unwrap();
    let caller = Phone::new(leg, Codec::Pcma, 0.0);
    let socket = std::net::UdpSocket::bind((common::LOOPBACK, 0)).unwrap();
    let remote = cordboard_relay::Remote { addr: socket.local_addr().unwrap(), ..caller.remote() };
    house.relay.set_remote(EndpointId(1), remote).unwrap();
    for press in 0..500_u16 {
        let header = cordboard_media::rtp::RtpHeader {
            payload_type: common::phone::KEYS_PT,
            marker: true,
            sequence: press,
            timestamp: u32::from(press) * 2_000,
            ssrc: 3,
        };
        let mut packet = [0; 16];
        header.write_packet(&[5, 0x80, 1, 0], &mut packet).unwrap();
        socket.send_to(&packet, leg).unwrap();
    }
    let mut believed = 0;
    while house.within(Duration::from_millis(300), &|event| matches!(event, RelayEvent::Digit { .. })).is_some() {
        believed += 1;
    }
    assert!((1..=40).contains(&believed), "{believed}");
}

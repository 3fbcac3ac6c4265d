//! Garbage on every socket changes nothing for the calls that are up.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::net::{SocketAddr, UdpSocket};

use common::House;
use common::desk::Desk;
use common::ear::{is_tone, samples};
use common::phone::Phone;
use cordboard_relay::{Codec, EndpointId, RelayEvent};

/// Bytes that look like the beginning of what each reader expects, and then are nothing.
fn garbage(seed: &mut u64) -> Vec<u8> {
    let mut next = || {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        *seed
    };
    let length = (next() % 1_600) as usize;
    let mut bytes: Vec<u8> = (0..length).map(|_| (next() >> 32) as u8).collect();
    let heads: [&[u8]; 7] = [
        &[0x80, 8],
        &[0x90, 8],
        &[0xbf, 101],
        &[0, 1, 0, 40, 0x21, 0x12, 0xa4, 0x42],
        &[22, 254, 253],
        &[0x80, 200],
        &[],
    ];
    for (byte, head) in bytes.iter_mut().zip(heads[(next() % 7) as usize]) {
        *byte = *head;
    }
    bytes
}

#[test]
fn calls_go_on() {
    let house = House::new(1);
    let desk = Desk::connect(&house.relay, 1);
    house.expect("connected", |event| matches!(event, RelayEvent::DeskConnected { .. }));
    let leg = house.relay.open_trunk(EndpointId(2), true).unwrap();
    // The garbage comes from the latched address itself, the worst case.
    let liar = UdpSocket::bind((common::LOOPBACK, 0)).unwrap();
    let phone = Phone::connect(&house.relay, 3, Codec::Pcma, 440.0);
    house.relay.set_remote(EndpointId(2), phone.remote()).unwrap();
    desk.say_tone(1_000.0, Codec::Pcma);
    house.bridge(1, 3);
    house.plan_recorded(2, common::hear(&[1, 3]), Some("job-9"));
    desk.g711.wait_for_tone(440.0, 10);

    let mut seed = 0x5eed_u64;
    let desk_port = desk_address(&house);
    for _ in 0..4_000 {
        let bytes = garbage(&mut seed);
        liar.send_to(&bytes, leg).unwrap();
        liar.send_to(&bytes, desk_port).unwrap();
    }
    desk.g711.forget();
    phone.ear.forget();
    desk.g711.wait_for_tone(440.0, 25);
    phone.ear.wait_for_tone(1_000.0, 25);
    assert!(!is_tone(&samples(&phone.ear.packets()), 440.0));
    let stats = house.relay.stats(EndpointId(2)).unwrap();
    assert!(stats.dropped_unfit > 500, "{stats:?}");
    house.relay.close(EndpointId(2));
    house.expect("a recording of garbage", |event| matches!(event, RelayEvent::RecordingDone { .. }));
}

/// The desks' port, from an answer.
fn desk_address(house: &House) -> SocketAddr {
    let (_, _, sdp, _) = common::desk::offer((common::LOOPBACK, 9).into(), false);
    let (sender, receiver) = std::sync::mpsc::channel();
    house.relay.open_desk(EndpointId(77), sdp, move |answer| sender.send(answer).unwrap());
    let answer = receiver.recv_timeout(common::PATIENCE).unwrap().unwrap();
    let candidate = answer.lines().find(|line| line.starts_with("a=candidate:")).unwrap().to_owned();
    let port = candidate.split(' ').nth(5).unwrap().parse().unwrap();
    (common::LOOPBACK, port).into()
}

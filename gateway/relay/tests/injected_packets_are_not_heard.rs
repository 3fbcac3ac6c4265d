//! A leg is latched to one source within the promised address; what others send is counted and dropped.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::net::UdpSocket;
use std::time::Duration;

use common::ear::{is_tone, samples};
use common::phone::Phone;
use common::{House, LOOPBACK, hear};
use cordboard_media::g711::Law;
use cordboard_media::rtp::RtpHeader;
use cordboard_media::tone::Tone;
use cordboard_relay::{Codec, EndpointId, Remote};

/// Sends half a second of a loud tone from `socket`, as fast as it goes.
fn inject(socket: &UdpSocket, to: std::net::SocketAddr) {
    let mut tone = Tone::sine(2_500.0, -6.0, 8_000);
    for index in 0..25_u16 {
        let (mut pcm, mut payload, mut packet) = ([0; 160], [0; 160], [0; 172]);
        tone.fill(&mut pcm);
        Law::A.encode_slice(&pcm, &mut payload);
        let header =
            RtpHeader { payload_type: 8, sequence: index, timestamp: u32::from(index) * 160, ssrc: 9, marker: false };
        header.write_packet(&payload, &mut packet).unwrap();
        socket.send_to(&packet, to).unwrap();
        socket.send_to(&packet[..11], to).unwrap();
    }
}

#[test]
fn a_stranger_is_counted_and_dropped() {
    let house = House::new(1);
    let leg = house.relay.open_trunk(EndpointId(1), false).unwrap();
    let caller = Phone::new(leg, Codec::Pcma, 440.0);
    house.relay.set_remote(EndpointId(1), caller.remote()).unwrap();
    let listener = Phone::connect(&house.relay, 2, Codec::Pcma, 1_000.0);
    house.bridge(1, 2);
    listener.ear.wait_for_tone(440.0, 10);

    inject(&UdpSocket::bind((LOOPBACK, 0)).unwrap(), leg);
    inject(&UdpSocket::bind(("127.0.0.77", 0)).unwrap(), leg);
    let heard = samples(&listener.ear.listen(Duration::from_millis(400)));
    assert!(is_tone(&heard, 440.0) && !is_tone(&heard, 2_500.0));
    let stats = house.relay.stats(EndpointId(1)).unwrap();
    assert_eq!(stats.dropped_foreign, 100);
    assert_eq!(stats.latched, Some(caller.addr));
    caller.ear.wait_for_tone(1_000.0, 10);
}

#[test]
fn before_the_latch_only_the_promised_address_counts() {
    let house = House::new(1);
    let leg = house.relay.open_trunk(EndpointId(1), false).unwrap();
    let stranger = UdpSocket::bind(("127.0.0.77", 0)).unwrap();
    inject(&stranger, leg);
    let caller = Phone::new(leg, Codec::Pcma, 0.0);
    // SDP names a port that the far side does not send from: the address is what was promised.
    let mut remote = caller.remote();
    remote.addr.set_port(9);
    house.relay.set_remote(EndpointId(1), remote).unwrap();
    let listener = Phone::connect(&house.relay, 2, Codec::Pcma, 1_000.0);
    house.plan(2, hear(&[1]));
    inject(&stranger, leg);
    caller.say(440.0);
    listener.ear.wait_for_tone(440.0, 10);
    assert_eq!(house.relay.stats(EndpointId(1)).unwrap().latched, Some(caller.addr));
    house.plan(1, hear(&[2]));
    caller.ear.wait_for_tone(1_000.0, 10);
}

#[test]
fn behind_nat_the_first_source_wins_wherever_it_is() {
    let house = House::new(1);
    let leg = house.relay.open_trunk(EndpointId(1), true).unwrap();
    let caller = Phone::new(leg, Codec::Pcma, 440.0);
    let private = Remote { addr: ([192, 168, 1, 9], 4_000).into(), ..caller.remote() };
    house.relay.set_remote(EndpointId(1), private).unwrap();
    let listener = Phone::connect(&house.relay, 2, Codec::Pcma, 1_000.0);
    house.bridge(1, 2);
    listener.ear.wait_for_tone(440.0, 10);
    caller.ear.wait_for_tone(1_000.0, 10);
    inject(&UdpSocket::bind(("127.0.0.77", 0)).unwrap(), leg);
    let heard = samples(&listener.ear.listen(Duration::from_millis(300)));
    assert!(!is_tone(&heard, 2_500.0));
}

//! Redundant audio (RFC 2198): lost frames are heard from their copies, once, and exactly as they were said.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/network.rs"]
mod network;

use cordboard_media::Codec;
use cordboard_media::opus_codec::EncoderSettings;
use cordboard_media::playout::{PlayoutConfig, PlayoutDecoder};
use network::{Chance, Heard, Packet, delay_ms, listen, packed_as_alaw, packed_as_opus, tone, voice, with_copies};

const SECONDS: usize = 20;

fn hear(packets: Vec<Packet>) -> Heard {
    listen(packets, 8_000, 3_000, SECONDS as f64 - 0.2)
}

/// Loses three packets in a row out of every thirty.
fn in_threes(packets: Vec<Packet>) -> Vec<Packet> {
    packets.into_iter().enumerate().filter(|(n, _)| n % 30 < 27).map(|(_, packet)| packet).collect()
}

#[test]
fn three_lost_in_a_row_are_heard_as_they_were_said() {
    let sound = voice(8_000 * SECONDS);
    let heard = hear(in_threes(with_copies(packed_as_alaw(&sound, 20), &[1, 3])));
    let stats = heard.playout.stats();
    assert_eq!(heard.concealed_from(6.0), 0, "{stats:?}");
    assert!(stats.jitter.recovered >= 60 && stats.jitter.lost >= 90, "{stats:?}");
    for second in [8.0, 12.0, 16.0] {
        let (delay, likeness) = delay_ms(&sound, &heard.sound, second);
        assert!(likeness > 0.999, "at {second} s: {likeness}");
        // 20 ms of packet, 60 until the copy is there, up to 20 until the tick, 30 that are not worth stretching.
        assert!(delay < 130.0, "at {second} s: {delay} ms");
    }
}

#[test]
fn single_losses_cost_one_frame_of_delay() {
    for distances in [&[1][..], &[1, 3]] {
        single_losses(distances);
    }
}

fn single_losses(distances: &[usize]) {
    let sound = voice(8_000 * SECONDS);
    let mut chance = Chance(5);
    let sent = with_copies(packed_as_opus(&sound, &EncoderSettings::speech(8_000)), distances);
    let heard = hear(sent.into_iter().filter(|packet| packet.header.marker || !chance.happens(0.05)).collect());
    let stats = heard.playout.stats();
    assert!(stats.jitter.recovered > 30, "{stats:?}");
    assert!(stats.jitter.target_ms <= 30, "{stats:?}");
    // Two in a row are beyond a copy of the frame before.
    assert!(heard.concealed_from(6.0) <= 160 * 4, "{}", heard.concealed_from(6.0));
}

#[test]
fn without_loss_copies_change_nothing() {
    let sound = voice(8_000 * SECONDS);
    let heard = hear(with_copies(packed_as_alaw(&sound, 20), &[1, 2, 3]));
    let stats = heard.playout.stats();
    assert_eq!((stats.jitter.recovered, stats.jitter.target_ms, stats.shortened_ms), (0, 20, 0), "{stats:?}");
    assert_eq!(heard.concealed_from(0.2), 0);
    assert!(delay_ms(&sound, &heard.sound, 10.0).1 > 0.999);
}

#[test]
fn a_copy_and_its_late_original_are_heard_once() {
    let sound = tone(400.0, 8_000 * SECONDS);
    let mut packets = with_copies(packed_as_alaw(&sound, 20), &[1, 3]);
    for (n, packet) in packets.iter_mut().enumerate() {
        packet.arrival_us += if n % 10 == 4 { 35_000 } else { 0 };
    }
    let heard = hear(packets);
    let stats = heard.playout.stats();
    // The first time, the network is not known yet.
    assert!(stats.jitter.lost == 0 && stats.jitter.recovered <= 1, "{stats:?}");
    assert_eq!(heard.concealed_from(6.0), 0, "{stats:?}");
    let worst = network::worst_break_db(&heard.sound[8_000 * 6..], 400.0, 8_000);
    assert!(worst < -25.0, "{worst} dB");
}

#[test]
fn copies_come_and_go_in_mid_stream_and_codecs_change_around_them() {
    let sound = voice(8_000 * SECONDS);
    let narrow = packed_as_alaw(&sound, 20);
    let opus = packed_as_opus(&sound, &EncoderSettings::speech(8_000));
    let mut timestamp = 0_u32;
    let packets: Vec<Packet> = (0..SECONDS * 50 - 1)
        .map(|n| {
            let mut packet = if n / 150 % 2 == 0 { narrow[n].clone() } else { opus[n].clone() };
            packet.header.ssrc = 5;
            packet.header.sequence = n as u16;
            timestamp = timestamp.wrapping_add(packet.codec.units_per_20_ms());
            packet.header.timestamp = timestamp;
            packet.header.payload_type = if packet.codec == Codec::Opus { 111 } else { 8 };
            packet
        })
        .collect();
    let plain = packets.clone();
    let packets = with_copies(packets, &[1, 3]).into_iter().zip(plain);
    let packets = packets.enumerate().map(|(n, (red, plain))| if n / 100 % 2 == 0 { red } else { plain }).collect();
    let heard = hear(packets);
    assert_eq!(heard.concealed_from(0.2), 0, "{:?}", heard.playout.stats());
    assert_eq!(heard.playout.stats().undecodable, 0);
    for second in [2.0, 5.0, 8.0, 11.0, 14.0, 17.0] {
        let (delay, likeness) = delay_ms(&sound, &heard.sound, second);
        assert!(likeness > 0.75 && delay < 110.0, "at {second} s: {likeness}, {delay} ms");
    }
}

#[test]
fn garbage_in_redundant_packets_does_no_harm() {
    let mut playout = PlayoutDecoder::new(&PlayoutConfig::at(16_000)).unwrap();
    let mut chance = Chance(9);
    let mut frame = [0; 320];
    for n in 0..2_000_u64 {
        let mut payload: Vec<u8> =
            (0..(chance.next() * 300.0) as usize).map(|_| (chance.next() * 256.0) as u8).collect();
        if let Some(first) = payload.first_mut().filter(|_| n % 2 == 0) {
            *first = 0x80 | 111;
        }
        let header = cordboard_media::rtp::RtpHeader {
            payload_type: 63,
            marker: false,
            sequence: n as u16,
            timestamp: n as u32 * 960,
            ssrc: 1,
        };
        let codec_of = |payload_type: u8| [Codec::Pcma, Codec::Opus].get(usize::from(payload_type & 1)).copied();
        let _ = playout.push_redundant(n * 20_000, &header, &payload, codec_of);
        playout.pull(n * 20_000, &mut frame);
    }
}

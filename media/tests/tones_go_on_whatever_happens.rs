//! A tone goes on as a tone through late, early and reordered packets, clocks that differ, and packets, rates and
//! codecs that change in mid-stream; breaks are measured, not counted.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/network.rs"]
mod network;

use cordboard_media::Codec;
use cordboard_media::opus_codec::{Encoder, EncoderSettings};
use cordboard_media::rtp::RtpHeader;
use network::{Chance, Heard, Packet, listen, packed_as_alaw, tone, worst_break_db};

const HZ: f64 = 400.0;

fn alaw(seconds: usize) -> Vec<Packet> {
    packed_as_alaw(&tone(HZ, 8_000 * seconds), 20)
}

/// Asserts that the tone is there, at its level and unbroken, from one second to another.
fn assert_tone(heard: &Heard, rate_hz: u32, (from, until): (f64, f64), most_db: f64) {
    let at = |second: f64| (second * f64::from(rate_hz)) as usize;
    let piece = &heard.sound[at(from)..at(until)];
    let worst = worst_break_db(piece, HZ, rate_hz);
    assert!(worst < most_db, "a break of {worst:.1} dB, {:?}", heard.playout.stats());
    for (n, part) in piece.chunks_exact(rate_hz as usize / 50).enumerate() {
        let rms = (part.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>() / part.len() as f64).sqrt();
        let level = 20.0 * (rms / (8_000.0 / std::f64::consts::SQRT_2)).log10();
        assert!(level.abs() < 3.0, "{level:.1} dB at {:.2} s", from + n as f64 * 0.02);
    }
}

#[test]
fn clocks_that_differ_by_300_ppm_on_a_network_with_jitter() {
    for ppm in [-300.0, 300.0] {
        let mut chance = Chance(3);
        let mut packets = alaw(90);
        for packet in &mut packets {
            packet.arrival_us =
                (packet.arrival_us as f64 * (1.0 + ppm / 1e6)) as u64 + (chance.next() * 30_000.0) as u64;
        }
        let heard = listen(packets, 8_000, 3_000, 88.0);
        assert_tone(&heard, 8_000, (6.0, 88.0), -14.0);
        let stats = heard.playout.stats();
        assert!(stats.jitter.depth_ms < 90 && heard.concealed_from(6.0) < 800, "{ppm} ppm: {stats:?}");
    }
}

#[test]
fn a_network_that_stalls_and_delivers_all_at_once() {
    // Every four seconds nothing for 120 ms, then everything.
    let mut packets = alaw(40);
    for packet in &mut packets {
        let into = packet.arrival_us % 4_000_000;
        packet.arrival_us += 120_000_u64.saturating_sub(into);
    }
    let heard = listen(packets, 8_000, 3_000, 39.0);
    let stats = heard.playout.stats();
    assert_eq!((stats.jitter.lost, stats.jitter.strays), (0, 0), "{stats:?}");
    assert!(stats.jitter.depth_ms < 80, "a stall in four seconds is not worth a delay: {stats:?}");
    for stall in 1..9 {
        let begins = f64::from(stall) * 4.0;
        assert_tone(&heard, 8_000, (begins + 0.3, begins + 3.9), -14.0);
        let concealed: usize = heard.ticks[stall as usize * 200..][..30].iter().map(|played| played.concealed).sum();
        assert!(concealed <= 8 * 120, "stall {stall}: {concealed} made up");
    }
}

#[test]
fn every_packet_overtaken_by_the_next_but_one() {
    let mut packets = alaw(20);
    for (n, packet) in packets.iter_mut().enumerate() {
        packet.arrival_us += if n % 3 == 0 { 50_000 } else { 0 };
    }
    let heard = listen(packets, 48_000, 3_000, 19.0);
    assert!(heard.playout.stats().jitter.reordered > 200);
    assert_eq!(heard.concealed_from(6.0), 0, "{:?}", heard.playout.stats());
    assert_tone(&heard, 48_000, (6.0, 19.0), -30.0);
}

#[test]
fn packets_of_another_length() {
    let sound = tone(HZ, 8_000 * 20);
    let mut packets = Vec::new();
    let mut at = 0;
    for (n, ptime_ms) in [20, 40, 10, 30, 60, 20].into_iter().enumerate() {
        let until = 8_000 * 3 * (n + 1);
        while at + ptime_ms * 8 <= until {
            let mut packet = packed_as_alaw(&sound[at..at + ptime_ms * 8], ptime_ms).remove(0);
            at += ptime_ms * 8;
            packet.arrival_us = at as u64 * 125;
            packet.header.sequence = packets.len() as u16;
            packet.header.timestamp = (at - ptime_ms * 8) as u32;
            packets.push(packet);
        }
    }
    let heard = listen(packets, 8_000, 3_000, 17.5);
    let concealed = heard.concealed_from(0.5);
    // A longer packet comes later than its beginning was due: that much is made up, once at each lengthening.
    assert!(concealed <= 8 * 120, "{concealed} {:?}", heard.playout.stats());
    assert_tone(&heard, 8_000, (0.5, 17.5), -14.0);
}

#[test]
fn opus_of_another_bandwidth() {
    let mut packets = Vec::new();
    for (n, rate_hz) in [8_000_u32, 16_000, 48_000, 8_000].into_iter().enumerate() {
        let mut encoder = Encoder::new(&EncoderSettings::speech(rate_hz)).unwrap();
        for frame in 0..150 {
            let index = n * 150 + frame;
            let samples = rate_hz as usize / 50;
            let begin = index * samples;
            let sound: Vec<i16> = (begin..begin + samples)
                .map(|at| ((at as f64 * HZ / f64::from(rate_hz) * std::f64::consts::TAU).sin() * 8_000.0) as i16)
                .collect();
            let mut payload = vec![0; 1_275];
            let length = encoder.encode(&sound, &mut payload).unwrap();
            payload.truncate(length);
            let header = RtpHeader {
                payload_type: 111,
                marker: index == 0,
                sequence: index as u16,
                timestamp: index as u32 * 960,
                ssrc: 7,
            };
            packets.push(Packet { arrival_us: (index as u64 + 1) * 20_000, header, codec: Codec::Opus, payload });
        }
    }
    let heard = listen(packets, 16_000, 3_000, 11.5);
    assert_eq!(heard.concealed_from(0.2), 0);
    // A new encoder begins with silence inside: 6.5 ms that the decoder fades over.
    let breaks = [3.0, 6.0, 9.0];
    let mut from = 0.5;
    for at in breaks {
        assert_tone(&heard, 16_000, (from, at), -10.0);
        from = at + 0.2;
    }
    assert_tone(&heard, 16_000, (from, 11.5), -10.0);
}

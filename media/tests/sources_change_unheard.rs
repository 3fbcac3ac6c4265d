//! Changes of source, codec and clock within one stream cost little and are recovered from at once.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/network.rs"]
mod network;

use cordboard_media::opus_codec::EncoderSettings;
use network::{Heard, Packet, delay_ms, listen, packed_as_alaw, packed_as_opus, steepest, voice};

const SECONDS: usize = 8;

fn sound() -> Vec<i16> {
    voice(8_000 * SECONDS)
}

fn hear(packets: Vec<Packet>) -> Heard {
    listen(packets, 8_000, 3_000, SECONDS as f64 - 0.2)
}

fn assert_whole(sound: &[i16], heard: &Heard, second: f64) {
    let (delay, likeness) = delay_ms(sound, &heard.sound, second);
    // Opus at 16 kbit/s keeps the sound, not the waveform.
    assert!(likeness > 0.8, "at {second} s: likeness {likeness}");
    assert!(delay < 110.0, "at {second} s: {delay} ms");
}

#[test]
fn another_source_takes_over() {
    let sound = sound();
    let mut packets = packed_as_alaw(&sound, 20);
    for packet in packets.iter_mut().skip(200) {
        packet.header.ssrc = 99;
        packet.header.sequence = packet.header.sequence.wrapping_add(31_111);
        packet.header.timestamp = packet.header.timestamp.wrapping_add(0x9000_0000);
    }
    let heard = hear(packets);
    assert!(heard.concealed_from(0.2) == 0, "{}", heard.concealed_from(0.2));
    assert_eq!(heard.playout.stats().jitter.lost, 0);
    assert_eq!(heard.playout.stats().jitter.resyncs, 1);
    assert_whole(&sound, &heard, 3.0);
    assert_whole(&sound, &heard, 6.0);
}

#[test]
fn the_clock_of_the_source_jumps() {
    let sound = sound();
    for jump in [8_000_u32 * 3_600, 0_u32.wrapping_sub(8_000 * 3_600), 8_000 * 3, 0_u32.wrapping_sub(8_000 * 3)] {
        let mut packets = packed_as_alaw(&sound, 20);
        packets.iter_mut().skip(200).for_each(|p| p.header.timestamp = p.header.timestamp.wrapping_add(jump));
        let heard = hear(packets);
        assert!(heard.concealed_from(0.2) <= 320, "jump {jump}: {}", heard.concealed_from(0.2));
        assert_whole(&sound, &heard, 6.0);
    }
}

#[test]
fn a_clock_that_stands_still_in_a_pause_does_not_silence_the_source() {
    let sound = sound();
    for pause_ms in [150_u64, 400, 900, 1_900] {
        let mut packets = packed_as_alaw(&sound, 20);
        // Nothing is sent for a while, and the timestamps go on as if there had been no while.
        packets.iter_mut().skip(150).for_each(|packet| packet.arrival_us += pause_ms * 1000);
        let heard = listen(packets, 8_000, 3_000, SECONDS as f64);
        let silent: usize = heard.ticks[(3_500 + pause_ms as usize) / 20..].iter().map(|played| played.silent).sum();
        assert_eq!(silent, 0, "after {pause_ms} ms");
        let shifted = [vec![0; pause_ms as usize * 8], sound.clone()].concat();
        assert_whole(&shifted, &heard, 6.5);
    }
}

#[test]
fn the_codec_changes_from_packet_to_packet() {
    let sound = sound();
    let narrow = packed_as_alaw(&sound, 20);
    let wide = packed_as_opus(&sound, &EncoderSettings::speech(8_000));
    let mut timestamp = 5_000_u32;
    let packets: Vec<Packet> = narrow
        .into_iter()
        .zip(wide)
        .enumerate()
        .map(|(n, (narrow, wide))| {
            // As browsers do it: one SSRC, one sequence, the timestamp advancing in the clock of each packet.
            let mut packet = if n / 100 % 2 == 0 { narrow } else { wide };
            packet.header.ssrc = 5;
            packet.header.sequence = n as u16;
            packet.header.timestamp = timestamp;
            timestamp = timestamp.wrapping_add(packet.codec.units_per_20_ms());
            packet
        })
        .collect();
    let heard = hear(packets);
    assert!(heard.concealed_from(0.2) == 0, "{}", heard.concealed_from(0.2));
    assert_eq!(heard.playout.stats().undecodable, 0);
    for second in [1.0, 3.0, 5.0, 7.0] {
        assert_whole(&sound, &heard, second);
    }
    assert!(heard.steepest() < steepest(&sound) * 3 / 2, "a click of {}", heard.steepest());
}

#[test]
fn what_arrives_twice_is_heard_once() {
    let sound = sound();
    let packets = packed_as_alaw(&sound, 20);
    let mut twice = packets.clone();
    twice.extend(packets.into_iter().map(|packet| Packet { arrival_us: packet.arrival_us + 7_000, ..packet }));
    let heard = hear(twice);
    assert_eq!(heard.concealed_from(0.2), 0);
    assert!(heard.playout.stats().jitter.duplicates > 380);
    assert_whole(&sound, &heard, 5.0);
}

#[test]
fn one_injected_packet_does_no_harm() {
    let sound = sound();
    let mut packets = packed_as_alaw(&sound, 20);
    let mut injected = packets[200].clone();
    injected.header.sequence = injected.header.sequence.wrapping_add(20_000);
    injected.header.timestamp = 77;
    packets.push(injected);
    let heard = hear(packets);
    assert_eq!(heard.concealed_from(0.2), 0);
    assert_eq!(heard.playout.stats().jitter.strays, 1);
    assert_whole(&sound, &heard, 6.0);
}

#[test]
fn a_listener_who_was_away_hears_the_present_not_the_past() {
    use cordboard_media::playout::{PlayoutConfig, PlayoutDecoder};
    let sound = sound();
    let mut playout = PlayoutDecoder::new(&PlayoutConfig::at(8_000)).unwrap();
    let mut heard = vec![0; 8_000 * 4];
    for packet in packed_as_alaw(&sound, 20) {
        playout.push(packet.arrival_us, &packet.header, packet.codec, &packet.payload);
        if packet.arrival_us > 4_000_000 && packet.arrival_us < 7_900_000 {
            let mut frame = [0; 160];
            playout.pull(packet.arrival_us, &mut frame);
            heard.extend_from_slice(&frame);
        }
    }
    let (delay, likeness) = delay_ms(&sound, &heard, 6.0);
    assert!(delay < 120.0 && likeness > 0.99, "{delay} ms, {likeness}");
}

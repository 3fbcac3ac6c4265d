//! A network that delays packets unevenly costs delay, not sound, and no more delay than it must.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/network.rs"]
mod network;

use network::{Chance, Packet, delay_ms, listen, packed_as_alaw, steepest, voice};

fn delayed(mut packets: Vec<Packet>, mut delay_us: impl FnMut(usize) -> u64) -> Vec<Packet> {
    for (n, packet) in packets.iter_mut().enumerate() {
        packet.arrival_us += 30_000 + delay_us(n);
    }
    packets
}

#[test]
fn a_perfect_network_is_played_sample_for_sample() {
    let sound = voice(8_000 * 10);
    for phase_us in [0, 1_000, 10_000, 19_000] {
        let heard = listen(delayed(packed_as_alaw(&sound, 20), |_| 0), 8_000, phase_us, 9.0);
        assert_eq!(heard.concealed_from(0.2), 0);
        let stats = heard.playout.stats();
        assert_eq!((stats.jitter.lost, stats.jitter.late, stats.shortened_ms, stats.lengthened_ms), (0, 0, 0, 0));
        let (delay, likeness) = delay_ms(&sound, &heard.sound, 5.0);
        assert!(likeness > 0.999, "{likeness}");
        // 20 ms of packet, 30 of network, 20 of buffer, up to 20 until the tick.
        let delay = delay + phase_us as f64 / 1000.0;
        assert!((70.0..=91.0).contains(&delay), "{delay} ms at phase {phase_us}");
    }
}

#[test]
fn uneven_delay_is_evened_out() {
    for (most_ms, allowed_ms) in [(10.0, 95.0), (40.0, 115.0), (100.0, 180.0)] {
        let sound = voice(8_000 * 30);
        let mut chance = Chance(7);
        let packets = delayed(packed_as_alaw(&sound, 20), |_| (chance.next() * most_ms * 1000.0) as u64);
        let heard = listen(packets, 8_000, 3_000, 29.0);
        // The quantile aimed at gives up 4 % of packets at most.
        let concealed = heard.concealed_from(4.0) as f64 / (25.0 * 8_000.0);
        assert!(concealed < 0.04, "±{most_ms} ms: {concealed} concealed {:?}", heard.playout.stats());
        let (delay, likeness) = delay_ms(&sound, &heard.sound, 20.0);
        assert!(delay < allowed_ms, "±{most_ms} ms: {delay} ms");
        assert!(likeness > 0.9, "±{most_ms} ms: {likeness}");
        assert!(heard.steepest() < steepest(&sound) * 3 / 2, "a click of {}", heard.steepest());
    }
}

#[test]
fn a_bad_minute_passes_and_the_delay_comes_down_again() {
    let sound = voice(8_000 * 40);
    let mut chance = Chance(11);
    let bad = |n: usize| (250..750).contains(&n);
    let packets = delayed(packed_as_alaw(&sound, 20), |n| if bad(n) { (chance.next() * 120_000.0) as u64 } else { 0 });
    let heard = listen(packets, 8_000, 3_000, 39.0);
    let (in_trouble, _) = delay_ms(&sound, &heard.sound, 13.0);
    let (afterwards, likeness) = delay_ms(&sound, &heard.sound, 36.0);
    assert!(in_trouble > 120.0, "{in_trouble} ms in trouble");
    // 20 ms of packet, 30 of network, 20 of buffer, 30 that are not worth stretching.
    assert!(afterwards < 100.0, "{afterwards} ms afterwards");
    assert!(likeness > 0.98);
    assert_eq!(heard.concealed_from(20.0), 0);
    assert!(heard.playout.stats().shortened_ms > 30);
    assert!(heard.steepest() < steepest(&sound) * 3 / 2, "a click of {}", heard.steepest());
}

#[test]
fn packets_out_of_order_are_put_in_order() {
    let sound = voice(8_000 * 10);
    // Every fifth packet is overtaken by the next.
    let packets = delayed(packed_as_alaw(&sound, 20), |n| if n % 5 == 0 { 25_000 } else { 0 });
    let heard = listen(packets, 8_000, 3_000, 9.0);
    assert!(heard.concealed_from(2.0) == 0, "{} concealed", heard.concealed_from(2.0));
    assert!(heard.playout.stats().jitter.reordered > 80);
    let (_, likeness) = delay_ms(&sound, &heard.sound, 7.0);
    assert!(likeness > 0.999);
}

#[test]
fn clocks_that_differ_are_followed() {
    for ppm in [-300.0, 300.0] {
        let sound = voice(8_000 * 120);
        let mut packets = packed_as_alaw(&sound, 20);
        for packet in &mut packets {
            packet.arrival_us = (packet.arrival_us as f64 * (1.0 + ppm / 1e6)) as u64 + 30_000;
        }
        let heard = listen(packets, 8_000, 3_000, 118.0);
        assert!(
            heard.concealed_from(1.0) <= 160,
            "{ppm} ppm: {} concealed {:?}",
            heard.concealed_from(1.0),
            heard.playout.stats()
        );
        let depth = heard.playout.stats().jitter.depth_ms;
        assert!(depth < 60, "{ppm} ppm: {depth} ms deep");
    }
}

#[test]
fn packets_of_ten_to_sixty_milliseconds_are_all_the_same() {
    let sound = voice(8_000 * 12);
    for ptime_ms in [10, 30, 40, 60] {
        for rate_hz in [8_000, 16_000, 48_000] {
            let heard = listen(delayed(packed_as_alaw(&sound, ptime_ms), |_| 0), rate_hz, 3_000, 11.0);
            assert_eq!(heard.concealed_from(1.0), 0, "{ptime_ms} ms at {rate_hz} Hz");
            let silent: usize = heard.ticks[50..].iter().map(|played| played.silent).sum();
            assert_eq!(silent, 0, "{ptime_ms} ms at {rate_hz} Hz");
        }
    }
}

#[test]
fn a_listener_who_asks_for_ten_milliseconds_gets_them() {
    use cordboard_media::playout::{PlayoutConfig, PlayoutDecoder};
    let sound = voice(8_000 * 5);
    let packets = packed_as_alaw(&sound, 20);
    let mut playout = PlayoutDecoder::new(&PlayoutConfig::at(48_000)).unwrap();
    let mut concealed = 0;
    for tick in 0..480_u64 {
        let now_us = tick * 10_000;
        for packet in packets
            .iter()
            .filter(|packet| packet.arrival_us > now_us - now_us.min(10_000) && packet.arrival_us <= now_us)
        {
            playout.push(packet.arrival_us, &packet.header, packet.codec, &packet.payload);
        }
        concealed += playout.pull(now_us, &mut [0; 480]).concealed;
    }
    assert_eq!(concealed, 0);
    assert_eq!(playout.stats().jitter.late, 0);
}

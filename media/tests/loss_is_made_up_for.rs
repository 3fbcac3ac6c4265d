//! Lost packets are concealed, and with Opus' in-band FEC largely restored.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/network.rs"]
mod network;

use cordboard_media::opus_codec::{EncoderSettings, carries_fec};
use network::{Chance, Packet, delay_ms, listen, packed_as_alaw, packed_as_opus, steepest, voice};

fn with_loss(packets: Vec<Packet>, likelihood: f64, seed: u64) -> Vec<Packet> {
    let mut chance = Chance(seed);
    packets.into_iter().filter(|packet| packet.header.marker || !chance.happens(likelihood)).collect()
}

#[test]
fn g711_loses_what_is_lost_and_not_more() {
    let sound = voice(8_000 * 20);
    let sent = packed_as_alaw(&sound, 20);
    let count = sent.len();
    let packets = with_loss(sent, 0.05, 3);
    let lost = count - packets.len();
    let heard = listen(packets, 8_000, 3_000, 20.5);
    let stats = heard.playout.stats().jitter;
    assert_eq!(stats.lost, lost as u64);
    assert!((stats.concealed_ms as i64 - lost as i64 * 20).abs() <= 40, "{} of {}", stats.concealed_ms, lost * 20);
    let (_, likeness) = delay_ms(&sound, &heard.sound, 10.0);
    assert!(likeness > 0.95, "{likeness}");
    assert!(heard.steepest() < steepest(&sound) * 3 / 2, "a click of {}", heard.steepest());
}

/// How much of the sound is not as it would be without loss, in dB below it, over the whole conversation.
fn damage_db(sound: &[i16], heard: &[i16]) -> f64 {
    let mut pieces = Vec::new();
    for tenth in 20..180 {
        let (_, likeness) = delay_ms(sound, heard, f64::from(tenth) / 10.0);
        pieces.push((1.0 - likeness.min(1.0)).max(1e-6));
    }
    10.0 * (pieces.iter().sum::<f64>() / pieces.len() as f64).log10()
}

#[test]
fn opus_restores_single_losses_from_the_packet_behind() {
    let sound = voice(8_000 * 20);
    let plain = EncoderSettings { bitrate_bps: 24_000, ..EncoderSettings::speech(8_000) };
    let guarded = EncoderSettings { fec: true, expected_loss_percent: 15, ..plain };
    let sent = packed_as_opus(&sound, &guarded);
    let copies = sent.iter().filter(|packet| carries_fec(&packet.payload)).count();
    assert!(copies * 3 > sent.len(), "only {copies} of {} packets carry a copy", sent.len());
    let damage = |sent: Vec<Packet>| {
        let whole = listen(sent.clone(), 8_000, 3_000, 20.0);
        let heard = listen(with_loss(sent, 0.08, 5), 8_000, 3_000, 20.0);
        assert_eq!(heard.playout.stats().undecodable, 0);
        (damage_db(&whole.sound, &heard.sound), heard.playout.stats().jitter.target_ms)
    };
    let (restored, target_ms) = damage(sent);
    let (concealed, _) = damage(packed_as_opus(&sound, &plain));
    assert!(restored < concealed - 3.0, "with FEC {restored} dB, without {concealed} dB");
    // The copy comes 20 ms behind, and is waited for.
    assert!(target_ms > 20, "{target_ms} ms");
}

#[test]
fn a_long_outage_is_silence_and_speech_returns() {
    let sound = voice(8_000 * 10);
    for opus in [false, true] {
        let mut packets =
            if opus { packed_as_opus(&sound, &EncoderSettings::speech(8_000)) } else { packed_as_alaw(&sound, 20) };
        packets.retain(|packet| !(4_000_000..6_000_000).contains(&packet.arrival_us));
        let heard = listen(packets, 8_000, 3_000, 9.5);
        let silent = heard.sound[8_000 * 45 / 10..8_000 * 59 / 10].iter().all(|&sample| sample.abs() < 40);
        assert!(silent, "opus: {opus}");
        let (_, likeness) = delay_ms(&sound, &heard.sound, 7.0);
        // Opus at 16 kbit/s keeps the sound, not the waveform.
        assert!(likeness > if opus { 0.8 } else { 0.99 }, "opus: {opus}: {likeness}");
        let ordinary = steepest(&sound);
        assert!(heard.steepest() < ordinary * 3 / 2, "opus: {opus}: a click of {} over {ordinary}", heard.steepest());
    }
}

//! What goes through the codec comes out like it went in, at every rate, and bad packets are refused.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::level::rms_dbfs;
use crate::tone::Tone;

fn tone(rate_hz: u32, frames: usize) -> Vec<i16> {
    let mut sound = vec![0; rate_hz as usize / 50 * frames];
    Tone::sine(400.0, -18.0, rate_hz).fill(&mut sound);
    sound
}

/// A buzz of wandering pitch, which Opus takes for a voice; it makes no copies of what it takes for noise.
fn voice(rate_hz: u32, frames: usize) -> Vec<i16> {
    let mut phase = 0.0_f64;
    (0..rate_hz as usize / 50 * frames)
        .map(|n| {
            let second = n as f64 / f64::from(rate_hz);
            phase += (140.0 + 20.0 * (second * 3.0).sin()) / f64::from(rate_hz);
            let buzz: f64 = (1..15).map(|k| (phase * std::f64::consts::TAU * f64::from(k)).sin() / f64::from(k)).sum();
            (buzz * 5_000.0) as i16
        })
        .collect()
}

fn round_trip(settings: &EncoderSettings, to_hz: u32, sound: &[i16]) -> (Vec<i16>, Vec<Vec<u8>>) {
    let mut encoder = Encoder::new(settings).unwrap();
    let mut decoder = Decoder::new(to_hz).unwrap();
    let mut heard = Vec::new();
    let mut packets = Vec::new();
    for frame in sound.chunks_exact(settings.rate_hz as usize / 50) {
        let mut packet = [0; MAX_PACKET_BYTES];
        let length = encoder.encode(frame, &mut packet).unwrap();
        let mut out = vec![0; to_hz as usize / 50];
        assert_eq!(decoder.decode(&packet[..length], &mut out), Ok(out.len()));
        heard.extend(out);
        packets.push(packet[..length].to_vec());
    }
    (heard, packets)
}

#[test]
fn a_tone_keeps_its_level_and_frequency_at_all_rates() {
    for from_hz in [8_000, 16_000, 48_000] {
        for to_hz in [8_000, 16_000, 48_000] {
            let (heard, packets) = round_trip(&EncoderSettings::speech(from_hz), to_hz, &tone(from_hz, 50));
            let steady = &heard[heard.len() / 2..];
            assert!((rms_dbfs(steady) + 18.0).abs() < 1.5, "{from_hz}→{to_hz}: {}", rms_dbfs(steady));
            let crossings = steady.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count();
            assert!(crossings.abs_diff(200) <= 4, "{from_hz}→{to_hz}: {crossings}");
            assert!(packets.iter().all(|packet| duration_units(packet) == Some(960)));
        }
    }
}

#[test]
fn the_bit_rate_is_kept_and_can_change() {
    let mut encoder = Encoder::new(&EncoderSettings::speech(16_000)).unwrap();
    let mut tone = Tone::sine(300.0, -18.0, 16_000);
    let mut bytes = |encoder: &mut Encoder| -> usize {
        (0..100)
            .map(|_| {
                let mut frame = [0; 320];
                tone.fill(&mut frame);
                encoder.encode(&frame, &mut [0; MAX_PACKET_BYTES]).unwrap()
            })
            .sum()
    };
    let before = bytes(&mut encoder);
    encoder.set_bitrate(12_000).unwrap();
    let after = bytes(&mut encoder);
    assert!(before < 24_000 / 8 * 2 * 3 / 2, "{before} bytes in 2 s");
    assert!(after < before, "{after} of {before}");
    encoder.set_bitrate(u32::MAX).unwrap();
    encoder.set_bitrate(0).unwrap();
    encoder.reset().unwrap();
}

#[test]
fn copies_are_made_when_loss_is_expected_and_only_then() {
    let (_, plain) = round_trip(&EncoderSettings::speech(16_000), 16_000, &voice(16_000, 50));
    let (_, guarded) = round_trip(&EncoderSettings::speech(16_000).with_fec(20), 16_000, &voice(16_000, 50));
    assert_eq!(plain.iter().filter(|packet| carries_fec(packet)).count(), 0);
    // A buzz that never pauses is taken for noise in the end.
    assert!(guarded.iter().filter(|packet| carries_fec(packet)).count() > 25);
    let (_, narrow) = round_trip(&EncoderSettings::speech(8_000).with_fec(5), 8_000, &voice(8_000, 50));
    assert!(narrow.iter().filter(|packet| carries_fec(packet)).count() > 25);
}

#[test]
fn a_copy_restores_the_lost_frame() {
    let (heard, packets) = round_trip(&EncoderSettings::speech(16_000).with_fec(20), 16_000, &voice(16_000, 40));
    let mut decoder = Decoder::new(16_000).unwrap();
    let mut out = [0; 320];
    for packet in &packets[..30] {
        decoder.decode(packet, &mut out).unwrap();
    }
    assert_eq!(decoder.decode_fec(&packets[31], &mut out), Ok(320));
    let original = rms_dbfs(&heard[30 * 320..31 * 320]);
    assert!((rms_dbfs(&out) - original).abs() < 3.0, "{} for {original}", rms_dbfs(&out));
}

#[test]
fn concealment_goes_on_and_fades() {
    let (_, packets) = round_trip(&EncoderSettings::speech(8_000), 8_000, &voice(8_000, 30));
    let mut decoder = Decoder::new(8_000).unwrap();
    let mut out = [0; 160];
    for packet in &packets {
        decoder.decode(packet, &mut out).unwrap();
    }
    decoder.conceal(&mut out).unwrap();
    assert!(rms_dbfs(&out) > -30.0);
    for _ in 0..50 {
        decoder.conceal(&mut out).unwrap();
    }
    assert!(rms_dbfs(&out) < -50.0);
}

#[test]
fn wrong_rates_frames_and_packets_are_refused() {
    assert_eq!(Decoder::new(44_100).err(), Some(OpusError::UnsupportedRate { rate_hz: 44_100 }));
    assert_eq!(Encoder::new(&EncoderSettings::speech(0)).err(), Some(OpusError::UnsupportedRate { rate_hz: 0 }));
    let mut encoder = Encoder::new(&EncoderSettings::speech(8_000)).unwrap();
    let mut packet = [0; 200];
    assert_eq!(encoder.encode(&[0; 161], &mut packet), Err(OpusError::WrongFrame { samples: 161 }));
    assert_eq!(encoder.encode(&[], &mut packet), Err(OpusError::WrongFrame { samples: 0 }));
    assert!(encoder.encode(&[0; 160], &mut []).is_err());
    let mut decoder = Decoder::new(8_000).unwrap();
    assert_eq!(decoder.decode(&[], &mut [0; 160]), Err(OpusError::BadPacket));
    assert_eq!(decoder.decode_fec(&[], &mut [0; 160]), Err(OpusError::BadPacket));
    assert_eq!(decoder.conceal(&mut [0; 161]), Err(OpusError::WrongFrame { samples: 161 }));
    assert_eq!(decoder.conceal(&mut []), Err(OpusError::WrongFrame { samples: 0 }));
    let length = encoder.encode(&[500; 160], &mut packet).unwrap();
    assert_eq!(decoder.decode(&packet[..length], &mut [0; 100]), Err(OpusError::BadPacket));
}

#[test]
fn durations_of_all_shapes_of_packet() {
    // Configuration, code and frames as in RFC 6716, table 2 and §3.2.
    for (packet, expected) in [
        (&[0_u8 << 3][..], Some(480)),
        (&[3 << 3], Some(2_880)),
        (&[12 << 3], Some(480)),
        (&[13 << 3], Some(960)),
        (&[16 << 3], Some(120)),
        (&[31 << 3], Some(960)),
        (&[31 << 3 | 1], Some(1_920)),
        (&[3 << 3 | 2], Some(5_760)),
        (&[31 << 3 | 3, 6], Some(5_760)),
        (&[31 << 3 | 3, 7], None),
        (&[31 << 3 | 3, 0], None),
        (&[31 << 3 | 3], None),
        (&[], None),
    ] {
        assert_eq!(duration_units(packet), expected, "{packet:?}");
    }
}

//! A recording's two channels lie where the sound was, whatever the network, the clocks and the disk did.

#![allow(clippy::unwrap_used, clippy::panic)]

use cordboard_media::Codec;
use cordboard_media::g711::Law;
use cordboard_media::recording::{FileHeader, GapReason, Note, RecordWriter, RecordingSummary, Side, finalise};
use cordboard_media::rtp::RtpHeader;
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use proptest::test_runner::Config;
use std::io::Cursor;

const START_US: u64 = 7_000_000_000;
const UTC_MS: i64 = 1_800_000_000_000;

/// A little generator, so that a failing case is its seed.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / (1u64 << 31) as f64
    }
}

#[derive(Debug, Clone)]
struct Misfortune {
    seed: u64,
    /// Largest added delay of a packet.
    jitter_ms: f64,
    loss: f64,
    /// The source's clock against ours.
    drift_ppm: f64,
    /// Packet after which the source changes, and the one after which it pauses for a second.
    change_at: usize,
    pause_at: usize,
}

/// One packet as the source made it.
struct Sent {
    side: Side,
    /// When its sound began, on our clock, were the network without jitter.
    true_us: f64,
    arrival_us: u64,
    header: RtpHeader,
    code: u8,
    arrives: bool,
}

/// What a source says: each packet is one code throughout, so that every sample tells which packet it is of.
fn source(side: Side, from_us: f64, packets: usize, misfortune: &Misfortune) -> Vec<Sent> {
    let mut chance = Chance(misfortune.seed ^ (side as u64 + 1));
    let rate = 1.0 + misfortune.drift_ppm / 1e6;
    let mut media_us = 0.0;
    let (mut ssrc, mut base) = (11, 0xFFFF_FF00_u32);
    let mut sent = Vec::new();
    for n in 0..packets {
        if n == misfortune.change_at {
            (ssrc, base) = (ssrc + 1, base.wrapping_add(77_777));
        }
        if n == misfortune.pause_at {
            media_us += 1_000_000.0;
        }
        let true_us = from_us + media_us / rate;
        // One packet in four is not delayed at all.
        let delay_us = if chance.next() < 0.25 { 0.0 } else { chance.next() * misfortune.jitter_ms * 1000.0 };
        let header = RtpHeader {
            payload_type: 8,
            marker: false,
            sequence: (65_500_usize + n) as u16,
            timestamp: base.wrapping_add((media_us / 125.0) as u32),
            ssrc,
        };
        sent.push(Sent {
            side,
            true_us,
            arrival_us: (true_us + delay_us) as u64,
            header,
            code: (n % 100 * 2) as u8,
            arrives: chance.next() >= misfortune.loss,
        });
        media_us += 20_000.0;
    }
    sent
}

fn file_of(sent: &[Sent], end_us: Option<u64>) -> Vec<u8> {
    let header = FileHeader { start_us: START_US, start_utc_ms: UTC_MS };
    let mut writer = RecordWriter::new(&header, 65_536);
    let mut by_arrival: Vec<&Sent> = sent.iter().filter(|packet| packet.arrives).collect();
    by_arrival.sort_by_key(|packet| packet.arrival_us);
    let mut file = Vec::new();
    for packet in by_arrival {
        let payload = [packet.code; 160];
        writer.packet(packet.side, START_US + packet.arrival_us, Codec::Pcma, &packet.header, &payload).unwrap();
        file.extend_from_slice(writer.pending());
        writer.written(writer.pending().len());
    }
    if let Some(end_us) = end_us {
        writer.note(Side::Caller, START_US + end_us, Note::Ended).unwrap();
    }
    file.extend_from_slice(writer.pending());
    file
}

fn finalised(file: &[u8]) -> (RecordingSummary, Vec<i16>) {
    let mut out = Cursor::new(Vec::new());
    let summary = finalise(Cursor::new(file), &mut out).unwrap();
    let wav = hound::WavReader::new(&out.get_ref()[..]).unwrap();
    assert_eq!((wav.spec().sample_rate, wav.spec().channels, wav.spec().bits_per_sample), (8_000, 2, 16));
    let samples: Vec<i16> = wav.into_samples().map(|sample| sample.unwrap()).collect();
    assert_eq!(samples.len() as u64 / 2 / 8, summary.duration_ms);
    (summary, samples)
}

/// The middle of a packet's sound is its own, exactly if it lies within 10 ms of where it should.
fn assert_in_place(stereo: &[i16], packet: &Sent) {
    let middle = (packet.true_us / 125.0) as usize + 80;
    let heard = stereo.get(middle * 2 + packet.side as usize).copied();
    assert_eq!(heard, Some(Law::A.decode(packet.code)), "packet {:?} of {:?}", packet.header, packet.side);
}

fn misfortune() -> impl Strategy<Value = Misfortune> {
    let jitter_ms = prop_oneof![Just(0.0), 0.0..60.0_f64];
    // A source heard for less than a second may have been delayed all the while, and nobody could tell.
    let change_at = prop_oneof![50..420_usize, Just(9_999)];
    (any::<u64>(), jitter_ms, 0.0..0.15_f64, -200.0..200.0_f64, change_at, 50..600_usize).prop_map(
        |(seed, jitter_ms, loss, drift_ppm, change_at, pause_at)| Misfortune {
            seed,
            jitter_ms,
            loss,
            drift_ppm,
            change_at,
            pause_at,
        },
    )
}

proptest! {
    #![proptest_config(Config { cases: 48, ..Config::default() })]

    #[test]
    fn both_channels_are_within_ten_milliseconds_of_the_truth(caller in misfortune(), heard in misfortune()) {
        let mut sent = source(Side::Caller, 137_000.0, 500, &caller);
        sent.extend(source(Side::Heard, 1_000.0, 500, &heard));
        let (summary, stereo) = finalised(&file_of(&sent, Some(12_500_000)));
        assert!(!summary.cut);
        assert_eq!(summary.start_utc_ms, Some(UTC_MS));
        assert_eq!(summary.packets.iter().sum::<u64>(), sent.iter().filter(|packet| packet.arrives).count() as u64);
        for packet in sent.iter().filter(|packet| packet.arrives) {
            assert_in_place(&stereo, packet);
        }
        for gap in &summary.gaps {
            assert!(gap.length_ms >= 60, "{gap:?}");
            // Told in whole milliseconds, so its edges may be one off.
            let samples = (gap.at_ms * 8 + 8) as usize..((gap.at_ms + gap.length_ms) * 8 - 8) as usize;
            let silent = samples.into_iter().all(|n| stereo[n * 2 + gap.side as usize] == 0);
            assert!(silent, "{gap:?} is not silent");
        }
    }

    #[test]
    fn a_file_cut_at_any_byte_keeps_all_that_was_before_the_cut(kept in 0.0..1.0_f64, caller in misfortune()) {
        let sent = source(Side::Caller, 20_000.0, 300, &caller);
        let whole = file_of(&sent, None);
        let length = (whole.len() as f64 * kept) as usize;
        let (summary, _) = finalised(&whole[..length]);
        assert!(summary.cut);
        let records = length.saturating_sub(24) / (14 + 13 + 160);
        assert_eq!(summary.packets[0], records as u64);
    }

    #[test]
    fn damage_in_the_middle_costs_only_what_it_hit(at in 0.1..0.9_f64, length in 1..2_000_usize, with: u8) {
        let calm = Misfortune { seed: 1, jitter_ms: 0.0, loss: 0.0, drift_ppm: 0.0, change_at: 999, pause_at: 999 };
        let sent = source(Side::Caller, 20_000.0, 300, &calm);
        let mut file = file_of(&sent, Some(6_020_000));
        let from = (file.len() as f64 * at) as usize;
        file[from..from + length].fill(with);
        let (summary, _) = finalised(&file);
        let hit = length / 187 + 2;
        assert!(summary.packets[0] >= 300 - hit as u64, "{} packets", summary.packets[0]);
    }

    #[test]
    fn garbage_is_an_empty_recording_or_a_short_one(bytes: Vec<u8>) {
        let (summary, _) = finalised(&bytes);
        assert!(summary.cut);
    }
}

#[test]
fn every_byte_of_a_short_file_may_be_the_last() {
    let calm = Misfortune { seed: 1, jitter_ms: 5.0, loss: 0.0, drift_ppm: 0.0, change_at: 5, pause_at: 7 };
    let file = file_of(&source(Side::Heard, 0.0, 10, &calm), Some(1_300_000));
    for length in 0..=file.len() {
        let (summary, _) = finalised(&file[..length]);
        assert_eq!(summary.cut, length < file.len(), "cut at {length}");
    }
}

#[test]
fn an_hour_of_a_drifting_clock_stays_in_place() {
    let slow = Misfortune { seed: 3, jitter_ms: 30.0, loss: 0.01, drift_ppm: -150.0, change_at: 0, pause_at: 999_999 };
    let sent = source(Side::Caller, 0.0, 180_000, &slow);
    let (_, stereo) = finalised(&file_of(&sent, None));
    for packet in sent.iter().filter(|packet| packet.arrives) {
        assert_in_place(&stereo, packet);
    }
}

/// A side that speaks from packet to packet at 20 ms, without misfortune.
fn speak(writer: &mut RecordWriter, side: Side, packets: std::ops::Range<u64>, ssrc: u32) {
    for n in packets {
        let header =
            RtpHeader { payload_type: 8, marker: false, sequence: n as u16, timestamp: (n * 160) as u32, ssrc };
        writer.packet(side, START_US + n * 20_000, Codec::Pcma, &header, &[0x2A; 160]).unwrap();
    }
}

fn reasons(summary: &RecordingSummary, side: Side) -> Vec<(u64, u64, GapReason)> {
    let of_side = summary.gaps.iter().filter(|gap| gap.side == side);
    of_side.map(|gap| (gap.at_ms, gap.length_ms, gap.reason)).collect()
}

#[test]
fn every_gap_is_named() {
    let header = FileHeader { start_us: START_US, start_utc_ms: UTC_MS };
    let mut writer = RecordWriter::new(&header, 1 << 20);
    let note = |writer: &mut RecordWriter, side, ms: u64, note| writer.note(side, START_US + ms * 1000, note).unwrap();
    speak(&mut writer, Side::Caller, 50..100, 1);
    speak(&mut writer, Side::Caller, 110..150, 1); // 200 ms by sequence: lost
    note(&mut writer, Side::Caller, 3_000, Note::HoldBegan);
    note(&mut writer, Side::Caller, 5_000, Note::HoldEnded);
    speak(&mut writer, Side::Caller, 250..300, 2);
    speak(&mut writer, Side::Caller, 310..350, 3); // another source after 200 ms
    speak(&mut writer, Side::Heard, 0..100, 9);
    note(&mut writer, Side::Heard, 2_000, Note::PauseBegan);
    note(&mut writer, Side::Heard, 4_000, Note::PauseEnded);
    speak(&mut writer, Side::Heard, 200..300, 9);
    note(&mut writer, Side::Heard, 6_500, Note::Overflowed);
    speak(&mut writer, Side::Heard, 325..350, 9);
    note(&mut writer, Side::Caller, 8_000, Note::Ended);
    let (summary, _) = finalised(writer.pending());
    assert_eq!(
        reasons(&summary, Side::Caller),
        [
            (0, 1_000, GapReason::NotBegun),
            (2_000, 200, GapReason::Lost),
            (3_000, 2_000, GapReason::OnHold),
            (6_000, 200, GapReason::SourceChanged),
            (7_000, 1_000, GapReason::Over),
        ]
    );
    assert_eq!(
        reasons(&summary, Side::Heard),
        [
            (2_000, 2_000, GapReason::RecordingPaused),
            (6_000, 500, GapReason::NotWritten),
            (7_000, 1_000, GapReason::Over),
        ]
    );
    assert_eq!((summary.duration_ms, summary.cut), (8_000, false));
}

#[test]
fn a_pause_without_loss_is_a_pause_and_bad_opus_is_said_to_be() {
    let header = FileHeader { start_us: START_US, start_utc_ms: UTC_MS };
    let mut writer = RecordWriter::new(&header, 1 << 20);
    for n in 0..100_u64 {
        let pause = if n < 50 { 0 } else { 30 };
        let header = RtpHeader {
            payload_type: 111,
            marker: false,
            sequence: n as u16,
            timestamp: ((n + pause) * 960) as u32,
            ssrc: 5,
        };
        // Two frames of 10 ms and of equal size cannot share three bytes.
        let payload: &[u8] = if (20..30).contains(&n) { &[0x41, 1, 2, 3] } else { &[0x48, 1, 2, 3, 4, 5, 6, 7] };
        writer.packet(Side::Caller, START_US + (n + pause) * 20_000, Codec::Opus, &header, payload).unwrap();
    }
    let (summary, _) = finalised(writer.pending());
    let found = reasons(&summary, Side::Caller);
    assert!(found.contains(&(1_000, 600, GapReason::Paused)), "{found:?}");
    assert!(found.contains(&(400, 200, GapReason::Undecodable)), "{found:?}");
}

#[test]
fn a_full_writer_counts_and_tells() {
    let header = FileHeader { start_us: START_US, start_utc_ms: UTC_MS };
    let mut writer = RecordWriter::new(&header, 0);
    let packet = RtpHeader::default();
    let mut refused = 0;
    for _ in 0..100 {
        refused += u64::from(writer.packet(Side::Heard, START_US, Codec::Pcma, &packet, &[0; 160]).is_err());
    }
    assert!(refused > 80);
    assert_eq!(writer.refused(), [0, refused]);
    assert!(writer.packet(Side::Heard, START_US, Codec::Pcma, &packet, &[0; 1_501]).is_err());
    writer.written(usize::MAX);
    writer.packet(Side::Heard, START_US, Codec::Pcma, &packet, &[0; 160]).unwrap();
    let marks = writer.pending().windows(2).filter(|pair| *pair == [0xC5, 0x5C]).count();
    assert_eq!(marks, 2, "a note and a packet");
}

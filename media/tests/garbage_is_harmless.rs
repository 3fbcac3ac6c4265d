//! Nothing that arrives, in whatever order and at whatever time, makes the receiving side panic or grow.

#![allow(clippy::unwrap_used, clippy::panic)]

use cordboard_media::dtmf::Receiver;
use cordboard_media::jitter::{Adjustment, JitterBuffer, JitterConfig, Pop};
use cordboard_media::opus_codec::{Decoder, carries_fec, duration_units};
use cordboard_media::playout::{PlayoutConfig, PlayoutDecoder};
use cordboard_media::rtp::{Rewriter, RtpHeader, SequenceNumber};
use cordboard_media::{Codec, wav};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use proptest::test_runner::Config;

fn codec() -> impl Strategy<Value = Codec> {
    prop_oneof![Just(Codec::Pcma), Just(Codec::Pcmu), Just(Codec::Opus)]
}

/// Fields near each other and fields from anywhere.
fn header() -> impl Strategy<Value = RtpHeader> {
    let sequence = prop_oneof![0..50_u16, any::<u16>()];
    let timestamp = prop_oneof![(0..50_u32).prop_map(|n| n * 160), any::<u32>()];
    (any::<u8>(), any::<bool>(), sequence, timestamp, 0..3_u32).prop_map(
        |(payload_type, marker, sequence, timestamp, ssrc)| RtpHeader {
            payload_type: payload_type & 0x7F,
            marker,
            sequence,
            timestamp,
            ssrc,
        },
    )
}

fn time_us() -> impl Strategy<Value = u64> {
    prop_oneof![0..2_000_000_u64, any::<u64>(), Just(u64::MAX)]
}

fn payload() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![Just(vec![0x2A; 160]), vec(any::<u8>(), 0..40), vec(any::<u8>(), 0..2_000)]
}

proptest! {
    #![proptest_config(Config { cases: 64, ..Config::default() })]

    #[test]
    fn jitter_buffer(steps in vec((time_us(), header(), codec(), payload(), any::<bool>()), 0..200), whole: bool) {
        let adjustment = if whole { Adjustment::WholeFrames } else { Adjustment::ByCaller };
        let mut buffer = JitterBuffer::new(&JitterConfig { adjustment, capacity: 8, ..JitterConfig::default() });
        for (now_us, header, codec, payload, pop) in steps {
            buffer.push(now_us, &header, codec, &payload);
            if pop {
                match buffer.pop(now_us) {
                    Pop::Frame(frame) => assert!(!frame.payload.is_empty() && frame.duration_units > 0),
                    Pop::Missing(gap) => assert!(gap.duration_units > 0 && gap.duration_units % 120 == 0),
                    Pop::Empty => {}
                }
            }
            assert!(buffer.len() <= 8);
            let stats = buffer.stats();
            assert!(stats.target_ms <= 200);
        }
        buffer.flush();
        assert!(buffer.is_empty());
    }

    #[test]
    fn playout(
        steps in vec((time_us(), header(), codec(), payload(), 0..2_000_usize), 0..100),
        rate_hz in prop_oneof![Just(8_000_u32), Just(16_000), Just(48_000)],
        opus: bool,
    ) {
        let mut playout = PlayoutDecoder::new(&PlayoutConfig { opus, ..PlayoutConfig::at(rate_hz) }).unwrap();
        let mut out = vec![0; 2_000];
        for (now_us, header, codec, payload, wanted) in steps {
            playout.push(now_us, &header, codec, &payload);
            let played = playout.pull(now_us, &mut out[..wanted]);
            assert_eq!(played.heard + played.concealed + played.silent, wanted);
        }
    }

    #[test]
    fn opus_packets(bytes in vec(any::<u8>(), 0..300), room in 0..3_000_usize) {
        let mut decoder = Decoder::new(48_000).unwrap();
        let mut out = vec![0; room];
        let announced = duration_units(&bytes);
        if let Ok(made) = decoder.decode(&bytes, &mut out) {
            assert_eq!(Some(made as u32), announced);
        }
        let _ = carries_fec(&bytes);
        let _ = decoder.decode_fec(&bytes, &mut out);
        let _ = decoder.conceal(&mut out);
    }

    #[test]
    fn digits(steps in vec((header(), vec(any::<u8>(), 0..8)), 0..200)) {
        let mut receiver = Receiver::new();
        for (header, payload) in steps {
            receiver.receive(&header, &payload);
        }
    }

    #[test]
    fn rewriter(steps in vec((time_us(), header(), 0..5_u8, 0..3_u64, any::<u32>()), 0..300)) {
        let mut rewriter = Rewriter::new(7, 65_500, u32::MAX - 1_000, 8_000, 500);
        let mut sent = std::collections::HashSet::new();
        let mut newest: Option<u16> = None;
        for (now_us, header, act, source, units) in steps {
            let out = match act {
                0 | 1 => rewriter.forward(now_us, source, &header, 8, units),
                2 => Some(rewriter.originate(now_us, 8, units)),
                3 => Some(rewriter.insert(101, false, units)),
                _ => {
                    rewriter.omit(source, &header);
                    None
                }
            };
            let Some(out) = out else { continue };
            assert_eq!(out.ssrc, 7);
            assert!(sent.insert(out.sequence), "{} was sent twice", out.sequence);
            let is_newer = newest.is_none_or(|newest| SequenceNumber(out.sequence).is_after(SequenceNumber(newest)));
            if is_newer {
                newest = Some(out.sequence);
            }
        }
    }

    #[test]
    fn wav_files(bytes in vec(any::<u8>(), 0..200), with_head: bool, size: u32) {
        let mut file = Vec::new();
        if with_head {
            wav::write(&mut file, 8_000, 1, &[]).unwrap();
            file.truncate(40);
            file.extend(size.to_le_bytes());
        }
        file.extend(bytes);
        let _ = wav::read(&file[..]);
    }
}

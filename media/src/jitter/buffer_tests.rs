//! The buffer alone, for a caller that forwards payloads: what comes out at each tick.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;

const MS: u64 = 1_000;

fn header(n: u16) -> RtpHeader {
    RtpHeader { payload_type: 8, marker: false, sequence: n, timestamp: u32::from(n) * 160, ssrc: 3 }
}

fn push(buffer: &mut JitterBuffer, at_ms: u64, n: u16) -> Pushed {
    buffer.push(at_ms * MS, &header(n), Codec::Pcma, &[n as u8; 160])
}

/// The number of the packet that comes out at `at_ms`; `Err(true)` if one is missing, `Err(false)` for silence.
fn pop(buffer: &mut JitterBuffer, at_ms: u64) -> Result<u16, bool> {
    match buffer.pop(at_ms * MS) {
        Pop::Frame(frame) => {
            assert_eq!(frame.payload, [frame.header.sequence as u8; 160]);
            assert_eq!(frame.duration_units, 960);
            Ok(frame.header.sequence)
        }
        Pop::Missing(gap) => {
            assert_eq!(gap.duration_units, 960);
            Err(true)
        }
        Pop::Empty => Err(false),
    }
}

#[test]
fn packets_wait_twenty_milliseconds_and_come_in_order() {
    let mut buffer = JitterBuffer::new(&JitterConfig::default());
    assert_eq!(pop(&mut buffer, 0), Err(false));
    for n in 0..5 {
        assert_eq!(push(&mut buffer, 100 + u64::from(n) * 20, n), Pushed::Stored);
        let expected = if n == 0 { Err(false) } else { Ok(n - 1) };
        assert_eq!(pop(&mut buffer, 100 + u64::from(n) * 20), expected);
    }
    assert_eq!(buffer.len(), 1);
    assert_eq!(buffer.stats().depth_ms, 20);
}

#[test]
fn a_lost_packet_is_missing_once_and_its_follower_is_shown() {
    let mut buffer = JitterBuffer::new(&JitterConfig::default());
    for n in [0, 1, 3, 4] {
        push(&mut buffer, u64::from(n) * 20, n);
    }
    assert_eq!(pop(&mut buffer, 40), Ok(0));
    assert_eq!(pop(&mut buffer, 60), Ok(1));
    match buffer.pop(80 * MS) {
        Pop::Missing(gap) => assert_eq!(gap.next_payload, Some(&[3_u8; 160][..])),
        other => panic!("{other:?}"),
    }
    assert_eq!(pop(&mut buffer, 100), Ok(3));
    let stats = buffer.stats();
    assert_eq!((stats.received, stats.lost, stats.late, stats.concealed_ms), (4, 1, 0, 20));
}

#[test]
fn a_packet_after_its_time_is_late_and_a_second_one_a_duplicate() {
    let mut buffer = JitterBuffer::new(&JitterConfig::default());
    for n in [0, 1, 3] {
        push(&mut buffer, u64::from(n) * 20, n);
    }
    for at_ms in [40, 60, 80] {
        let _ = pop(&mut buffer, at_ms);
    }
    assert_eq!(push(&mut buffer, 85, 2), Pushed::Late);
    assert_eq!(push(&mut buffer, 86, 2), Pushed::Duplicate);
    assert_eq!(push(&mut buffer, 87, 3), Pushed::Duplicate);
    let stats = buffer.stats();
    assert_eq!((stats.lost, stats.late, stats.duplicates, stats.reordered), (0, 1, 2, 1));
}

#[test]
fn the_end_of_speech_is_concealed_for_a_tenth_of_a_second_then_silent() {
    let mut buffer = JitterBuffer::new(&JitterConfig::default());
    push(&mut buffer, 0, 0);
    assert_eq!(pop(&mut buffer, 20), Ok(0));
    for tick in 2..7 {
        assert_eq!(pop(&mut buffer, tick * 20), Err(true), "tick {tick}");
    }
    assert_eq!(pop(&mut buffer, 140), Err(false));
    assert_eq!(buffer.stats().concealed_ms, 0, "silence is not concealment");
    // Speech again, its clock having gone on.
    push(&mut buffer, 2_000, 100);
    assert_eq!(pop(&mut buffer, 2_000), Err(false));
    assert_eq!(pop(&mut buffer, 2_020), Ok(100));
}

#[test]
fn whole_frames_are_put_in_when_delay_grows_and_taken_out_when_it_falls() {
    let mut buffer = JitterBuffer::new(&JitterConfig::default());
    let mut next = 0;
    let mut played = Vec::new();
    for tick in 0..2_000_u64 {
        // For ten seconds every third packet is 70 ms late.
        let delay = |n: u16| if (250..750).contains(&n) && n.is_multiple_of(3) { 70 } else { 0 };
        while next < 2_000 && u64::from(next) * 20 + delay(next) <= tick * 20 {
            push(&mut buffer, u64::from(next) * 20 + delay(next), next);
            next += 1;
        }
        if let Ok(n) = pop(&mut buffer, tick * 20) {
            played.push(n);
        }
        if tick == 600 {
            assert!((70..110).contains(&buffer.stats().depth_ms), "{:?}", buffer.stats());
        }
    }
    let stats = buffer.stats();
    assert!(stats.depth_ms < 56, "{stats:?}");
    assert!(stats.discarded >= 2, "{stats:?}");
    assert!(played.windows(2).all(|pair| pair[1] > pair[0]));
    assert!(played.len() > 1_950, "{}", played.len());
}

#[test]
fn a_full_buffer_gives_up_the_oldest() {
    let mut buffer = JitterBuffer::new(&JitterConfig { capacity: 4, ..JitterConfig::default() });
    for n in 0..10 {
        push(&mut buffer, 10, n);
    }
    assert_eq!(buffer.len(), 4);
    assert_eq!(buffer.stats().discarded, 6);
    assert_eq!(pop(&mut buffer, 31), Ok(9), "the others should have been played by now");
}

#[test]
fn what_cannot_be_stored_is_refused() {
    let mut buffer = JitterBuffer::new(&JitterConfig { max_payload_bytes: 200, ..JitterConfig::default() });
    assert_eq!(buffer.push(0, &header(0), Codec::Pcma, &[]), Pushed::Refused);
    assert_eq!(buffer.push(0, &header(0), Codec::Pcma, &[0; 201]), Pushed::Refused);
    assert_eq!(buffer.push(0, &header(0), Codec::Opus, &[0xFF]), Pushed::Refused);
    assert_eq!(buffer.stats().refused, 3);
}

#[test]
fn a_flushed_buffer_begins_anew() {
    let mut buffer = JitterBuffer::new(&JitterConfig::default());
    (0..3).for_each(|n| assert_eq!(push(&mut buffer, u64::from(n) * 20, n), Pushed::Stored));
    buffer.flush();
    assert_eq!(pop(&mut buffer, 60), Err(false));
    push(&mut buffer, 80, 4);
    assert_eq!(pop(&mut buffer, 100), Ok(4));
}

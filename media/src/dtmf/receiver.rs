//! Counts each pressed key once, whatever of its packets arrives.

use super::{EventPayload, digit_of};
use crate::rtp::{RtpHeader, RtpTime};

/// Events remembered, so that a packet that comes late does not count again.
const REMEMBERED: usize = 8;
/// The longest duration a packet can carry; a longer press goes on as a new segment (RFC 4733 §2.5.1.3).
const SEGMENT_UNITS: i32 = 0xFFFF;

/// Turns the telephone-event packets of one stream into keys.
///
/// A key counts at the first packet of it that arrives, which may be the last one sent: browsers may send only
/// the three end packets. It counts once per timestamp and source; a press longer than one segment stays one key.
#[derive(Debug, Clone, Default)]
pub struct Receiver {
    seen: [Option<Seen>; REMEMBERED],
    next: usize,
    current: Option<Seen>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    ssrc: u32,
    timestamp: u32,
    event: u8,
    duration: u16,
    ended: bool,
}

impl Receiver {
    /// Makes a receiver for one stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a packet in and returns its key if this is the first that is heard of it.
    ///
    /// Payloads that are too short and events that are no keys return `None`.
    pub fn receive(&mut self, header: &RtpHeader, payload: &[u8]) -> Option<char> {
        let payload = EventPayload::parse(payload)?;
        let digit = digit_of(payload.event)?;
        let seen = Seen {
            ssrc: header.ssrc,
            timestamp: header.timestamp,
            event: payload.event,
            duration: payload.duration,
            ended: payload.end,
        };
        let known = self.seen.iter().flatten().any(|old| old.ssrc == seen.ssrc && old.timestamp == seen.timestamp);
        let goes_on = self.current.is_some_and(|current| continues(&current, &seen, header.marker));
        if !known {
            self.seen[self.next] = Some(seen);
            self.next = (self.next + 1) % REMEMBERED;
        }
        let is_newest = self.current.is_none_or(|current| {
            current.ssrc != seen.ssrc || RtpTime(seen.timestamp).since(RtpTime(current.timestamp)) >= 0
        });
        if is_newest {
            let ended = seen.ended || self.current.is_some_and(|old| old.timestamp == seen.timestamp && old.ended);
            self.current = Some(Seen { ended, ..seen });
        }
        (!known && !goes_on).then_some(digit)
    }
}

/// Whether a packet with a new timestamp belongs to the key that is down: the next segment of a long press, or a
/// packet of a sender that wrongly advances the timestamp within a press (its duration grows all the same).
fn continues(current: &Seen, new: &Seen, marker: bool) -> bool {
    if current.ended || marker || current.ssrc != new.ssrc || current.event != new.event {
        return false;
    }
    let elapsed = RtpTime(new.timestamp).since(RtpTime(current.timestamp));
    let next_segment = elapsed == SEGMENT_UNITS || elapsed == SEGMENT_UNITS + 1;
    let wandering_timestamp = elapsed > 0
        && new.duration > current.duration
        && elapsed <= i32::from(new.duration) - i32::from(current.duration);
    next_segment || wandering_timestamp
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(sequence: u16, timestamp: u32, marker: bool) -> RtpHeader {
        RtpHeader { payload_type: 101, marker, sequence, timestamp, ssrc: 7 }
    }

    fn payload(event: u8, end: bool, duration: u16) -> [u8; 4] {
        EventPayload { event, end, volume: 10, duration }.to_bytes()
    }

    #[test]
    fn a_press_counts_once() {
        let mut receiver = Receiver::new();
        assert_eq!(receiver.receive(&header(1, 1000, true), &payload(5, false, 160)), Some('5'));
        for step in 2..8 {
            assert_eq!(receiver.receive(&header(step, 1000, false), &payload(5, false, 160 * step)), None);
        }
        for step in 8..11 {
            assert_eq!(receiver.receive(&header(step, 1000, false), &payload(5, true, 1280)), None);
        }
        assert_eq!(receiver.receive(&header(11, 3000, true), &payload(5, false, 160)), Some('5'));
    }

    #[test]
    fn an_end_packet_alone_counts_once() {
        let mut receiver = Receiver::new();
        assert_eq!(receiver.receive(&header(3, 1000, false), &payload(11, true, 960)), Some('#'));
        assert_eq!(receiver.receive(&header(4, 1000, false), &payload(11, true, 960)), None);
        assert_eq!(receiver.receive(&header(5, 1000, false), &payload(11, true, 960)), None);
    }

    #[test]
    fn the_same_key_again_counts_though_its_first_end_was_lost() {
        let mut receiver = Receiver::new();
        assert_eq!(receiver.receive(&header(1, 1000, true), &payload(1, false, 160)), Some('1'));
        assert_eq!(receiver.receive(&header(9, 2680, false), &payload(1, false, 320)), Some('1'));
    }

    #[test]
    fn late_packets_of_an_earlier_key_do_not_count() {
        let mut receiver = Receiver::new();
        assert_eq!(receiver.receive(&header(1, 1000, true), &payload(1, false, 160)), Some('1'));
        assert_eq!(receiver.receive(&header(9, 3000, true), &payload(2, false, 160)), Some('2'));
        assert_eq!(receiver.receive(&header(8, 1000, false), &payload(1, true, 1280)), None);
        assert_eq!(receiver.receive(&header(10, 3000, false), &payload(2, true, 1280)), None);
    }

    #[test]
    fn a_very_long_press_is_one_key() {
        let mut receiver = Receiver::new();
        assert_eq!(receiver.receive(&header(1, 0, true), &payload(9, false, 0xFFF0)), Some('9'));
        assert_eq!(receiver.receive(&header(2, 0xFFFF, false), &payload(9, false, 160)), None);
        assert_eq!(receiver.receive(&header(3, 0x1_FFFE, false), &payload(9, true, 160)), None);
        assert_eq!(receiver.receive(&header(4, 0x2_FFFD, false), &payload(9, false, 160)), Some('9'));
    }

    #[test]
    fn a_timestamp_that_wanders_within_a_press_is_one_key() {
        let mut receiver = Receiver::new();
        assert_eq!(receiver.receive(&header(1, 1000, true), &payload(4, false, 160)), Some('4'));
        for step in 1..8u16 {
            let time = 1000 + 160 * u32::from(step);
            assert_eq!(receiver.receive(&header(1 + step, time, false), &payload(4, false, 160 * (step + 1))), None);
        }
    }

    #[test]
    fn what_is_no_key_is_no_key() {
        let mut receiver = Receiver::new();
        assert_eq!(receiver.receive(&header(1, 0, true), &payload(16, false, 160)), None);
        assert_eq!(receiver.receive(&header(1, 0, true), &[1, 2, 3]), None);
        assert_eq!(receiver.receive(&header(1, 0, true), &[]), None);
    }

    #[test]
    fn two_sources_may_use_one_timestamp() {
        let mut receiver = Receiver::new();
        assert_eq!(receiver.receive(&header(1, 500, true), &payload(1, true, 800)), Some('1'));
        let other = RtpHeader { ssrc: 8, ..header(1, 500, true) };
        assert_eq!(receiver.receive(&other, &payload(2, true, 800)), Some('2'));
    }
}

//! Puts packets of changing sources and codecs onto one line of time.

use super::{UNITS_HZ, UNITS_PER_MS};
use crate::Codec;
use crate::rtp::{RtpHeader, RtpTime, SequenceNumber};

/// Sequence jumps beyond this are strays until a second packet follows (RFC 3550 A.1).
const MAX_DROPOUT: i16 = 3_000;
const MAX_MISORDER: i16 = 128;
/// A timestamp this far from where arrival puts it is a jump of the source's clock.
const MAX_STRAY_UNITS: i64 = 2_000 * UNITS_PER_MS;
/// Across a change of clock rate only arrival and sequence can place a packet, so less straying is believed.
const MAX_STRAY_AT_CHANGE_UNITS: i64 = 100 * UNITS_PER_MS;
/// For this long, packets of the source before the present one are ignored.
const FORMER_SOURCE_UNITS: i64 = 500 * UNITS_PER_MS;

/// Where a packet stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) order: i64,
    pub(super) start: i64,
    /// Steps since the newest packet: 1 follows it, 0 or less is older or the same.
    pub(super) step: i64,
    /// The line was anchored anew with this packet.
    pub(super) resync: bool,
    /// The source, or the kind of sound, is another than before.
    pub(super) fresh_source: bool,
}

#[derive(Debug, Clone, Copy)]
struct Newest {
    ssrc: u32,
    codec: Codec,
    sequence: SequenceNumber,
    timestamp: RtpTime,
    order: i64,
    start: i64,
    duration: i64,
}

/// The line of time of one incoming stream.
#[derive(Debug, Clone, Default)]
pub(super) struct Timeline {
    newest: Option<Newest>,
    former: Option<(u32, i64)>,
    restart: Option<SequenceNumber>,
}

impl Timeline {
    pub(super) fn codec(&self) -> Option<Codec> {
        self.newest.map(|newest| newest.codec)
    }

    /// Places a packet of `duration` units; `base` is arrival minus timeline for a packet without delay. `None`
    /// if it is a stray.
    pub(super) fn place(
        &mut self,
        arrival: i64,
        base: Option<i64>,
        header: &RtpHeader,
        codec: Codec,
        duration: i64,
    ) -> Option<Place> {
        let Some(newest) = self.newest else {
            return Some(self.anchor(arrival, base, header, codec, duration, true));
        };
        if header.ssrc != newest.ssrc {
            let is_former = self.former.is_some_and(|(ssrc, until)| ssrc == header.ssrc && arrival < until);
            if is_former {
                return None;
            }
            self.former = Some((newest.ssrc, arrival.saturating_add(FORMER_SOURCE_UNITS)));
            return Some(self.anchor(arrival, base, header, codec, duration, true));
        }
        let step = SequenceNumber(header.sequence).since(newest.sequence);
        if !(-MAX_MISORDER..=MAX_DROPOUT).contains(&step) {
            if self.restart == Some(SequenceNumber(header.sequence)) {
                return Some(self.anchor(arrival, base, header, codec, duration, true));
            }
            self.restart = Some(SequenceNumber(header.sequence).next());
            return None;
        }
        let same_clock = codec.clock_hz() == newest.codec.clock_hz();
        if step <= 0 && !same_clock {
            return None;
        }
        let (start, believed) = if same_clock {
            let units = i64::from(RtpTime(header.timestamp).since(newest.timestamp));
            (newest.start + units * scale(codec), MAX_STRAY_UNITS)
        } else {
            (newest.start + newest.duration * i64::from(step), MAX_STRAY_AT_CHANGE_UNITS)
        };
        let stray = base.map_or(0, |base| arrival.saturating_sub(start).saturating_sub(base).saturating_abs());
        if stray > believed {
            if step <= 0 {
                return None;
            }
            let fresh_source = codec != newest.codec;
            return Some(self.anchor(arrival, base, header, codec, duration, fresh_source));
        }
        let order = newest.order + i64::from(step);
        if step > 0 {
            self.restart = None;
            self.newest = Some(Newest {
                codec,
                sequence: SequenceNumber(header.sequence),
                timestamp: RtpTime(header.timestamp),
                order,
                start,
                duration,
                ..newest
            });
        }
        let fresh_source = step > 0 && codec != newest.codec;
        Some(Place { order, start, step: i64::from(step), resync: false, fresh_source })
    }

    /// Moves the newest packet to where its arrival puts it, and returns where that is.
    pub(super) fn move_newest(&mut self, arrival: i64, base: Option<i64>) -> i64 {
        let start = arrival.saturating_sub(base.unwrap_or(0));
        if let Some(newest) = self.newest.as_mut() {
            newest.start = start;
        }
        start
    }

    /// Starts anew with this packet, behind all others, as if it had arrived without delay.
    fn anchor(
        &mut self,
        arrival: i64,
        base: Option<i64>,
        header: &RtpHeader,
        codec: Codec,
        duration: i64,
        fresh_source: bool,
    ) -> Place {
        let by_arrival = arrival.saturating_sub(base.unwrap_or(0));
        let (order, start) = match self.newest {
            Some(newest) => (newest.order + 1, by_arrival.max(newest.start + newest.duration)),
            None => (0, by_arrival),
        };
        self.restart = None;
        self.newest = Some(Newest {
            ssrc: header.ssrc,
            codec,
            sequence: SequenceNumber(header.sequence),
            timestamp: RtpTime(header.timestamp),
            order,
            start,
            duration,
        });
        Place { order, start, step: 1, resync: true, fresh_source }
    }
}

/// Timeline units in one unit of the codec's RTP clock.
pub(super) fn scale(codec: Codec) -> i64 {
    i64::from(UNITS_HZ / codec.clock_hz())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn header(sequence: u16, timestamp: u32, ssrc: u32) -> RtpHeader {
        RtpHeader { payload_type: 8, marker: false, sequence, timestamp, ssrc }
    }

    fn place(line: &mut Timeline, arrival_ms: i64, header: RtpHeader, codec: Codec) -> Option<Place> {
        line.place(arrival_ms * UNITS_PER_MS, Some(0), &header, codec, 960)
    }

    #[test]
    fn order_and_time_follow_the_source_across_both_wraps() {
        let mut line = Timeline::default();
        let first = place(&mut line, 0, header(65_535, u32::MAX - 100, 1), Codec::Pcma).unwrap();
        let second = place(&mut line, 20, header(0, 59, 1), Codec::Pcma).unwrap();
        assert_eq!((second.order - first.order, second.start - first.start), (1, 960));
        let again = place(&mut line, 21, header(65_535, u32::MAX - 100, 1), Codec::Pcma).unwrap();
        assert_eq!((again.order, again.start, again.step), (first.order, first.start, -1));
    }

    #[test]
    fn a_new_source_goes_on_behind_the_old_one_which_is_then_ignored() {
        let mut line = Timeline::default();
        place(&mut line, 0, header(5, 0, 1), Codec::Pcma);
        let new = place(&mut line, 10, header(900, 77, 2), Codec::Pcma).unwrap();
        assert!(new.resync && new.fresh_source);
        assert_eq!((new.order, new.start), (1, 960));
        assert_eq!(place(&mut line, 30, header(6, 160, 1), Codec::Pcma), None);
        assert!(place(&mut line, 700, header(7, 320, 1), Codec::Pcma).is_some());
    }

    #[test]
    fn a_change_of_clock_rate_goes_on_by_sequence() {
        let mut line = Timeline::default();
        place(&mut line, 0, header(5, 1000, 1), Codec::Pcma);
        let opus = place(&mut line, 20, header(6, 1960, 1), Codec::Opus).unwrap();
        assert_eq!((opus.start, opus.resync, opus.fresh_source), (960, false, true));
        let next = place(&mut line, 40, header(7, 2920, 1), Codec::Opus).unwrap();
        assert_eq!((next.start, next.fresh_source), (1920, false));
        assert_eq!(place(&mut line, 41, header(4, 840, 1), Codec::Pcma), None);
    }

    #[test]
    fn a_jump_of_the_clock_is_placed_by_arrival() {
        let mut line = Timeline::default();
        place(&mut line, 0, header(5, 1000, 1), Codec::Pcma);
        let jumped = place(&mut line, 20, header(6, 5_000_000, 1), Codec::Pcma).unwrap();
        assert!(jumped.resync);
        assert_eq!(jumped.start, 960);
    }

    #[test]
    fn one_packet_far_out_of_line_is_a_stray_two_are_a_restart() {
        let mut line = Timeline::default();
        place(&mut line, 0, header(5, 1000, 1), Codec::Pcma);
        assert_eq!(place(&mut line, 20, header(30_000, 50, 1), Codec::Pcma), None);
        let ordinary = place(&mut line, 20, header(6, 1160, 1), Codec::Pcma).unwrap();
        assert!(!ordinary.resync);
        assert_eq!(place(&mut line, 40, header(40_000, 50, 1), Codec::Pcma), None);
        assert!(place(&mut line, 60, header(40_001, 210, 1), Codec::Pcma).unwrap().resync);
    }
}

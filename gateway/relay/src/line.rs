//! One outgoing RTP stream: the media crate's [`Rewriter`] with what a stream that may idle for days and is
//! encrypted needs beside it.

use std::time::Instant;

use cordboard_media::Codec;
use cordboard_media::rtp::{Rewriter, RtpHeader, SequenceNumber};

use crate::endpoint::EndpointId;

/// Turns instants into the microseconds that the media crate counts in; one for the whole relay, because legs move.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    origin: Instant,
}

impl Clock {
    pub fn new(origin: Instant) -> Self {
        Self { origin }
    }

    pub fn us(self, at: Instant) -> u64 {
        at.saturating_duration_since(self.origin).as_micros() as u64
    }
}

/// After so long without a packet the line is set up anew: 32-bit timestamps cannot be compared across half a day.
const LONG_IDLE_US: u64 = 3_600 * 1_000_000;

/// Sequence numbers whose history is kept: five seconds, longer than a receiver report is on its way.
const REMEMBERED: i64 = 256;

/// The stream.
#[derive(Debug)]
pub(crate) struct Line {
    rewriter: Rewriter,
    clock_hz: u32,
    last_us: u64,
    last_sequence: i64,
    first_sequence: i64,
    sent: u64,
    /// How many packets had been sent up to each of the last sequence numbers, by its low bits.
    sent_up_to: Box<[u32; REMEMBERED as usize]>,
}

impl Line {
    pub fn new(ssrc: u32, clock_hz: u32, now_us: u64, random: u64) -> Self {
        // SRTP receivers guess the rollover counter from the first packet: it must not be about to roll over.
        let first = (random & 0x3fff) as u16;
        let timestamp = (random >> 32) as u32;
        Self {
            rewriter: Rewriter::new(ssrc, first, timestamp, clock_hz, now_us),
            clock_hz,
            last_us: now_us,
            last_sequence: i64::from(first) - 1,
            first_sequence: i64::from(first),
            sent: 0,
            sent_up_to: Box::new([0; REMEMBERED as usize]),
        }
    }

    fn wake(&mut self, now_us: u64) {
        if now_us.saturating_sub(self.last_us) > LONG_IDLE_US {
            let next = (self.last_sequence + 1) as u16;
            let timestamp = self.rewriter.timestamp_at(now_us);
            self.rewriter = Rewriter::new(self.rewriter.ssrc(), next, timestamp, self.clock_hz, now_us);
        }
        self.last_us = now_us;
    }

    /// A packet of `source` passes through; `None` if it must not.
    pub fn forward(
        &mut self,
        now_us: u64,
        source: EndpointId,
        header: &RtpHeader,
        pt: u8,
        codec: Codec,
        payload: &[u8],
    ) -> Option<RtpHeader> {
        self.wake(now_us);
        let units = codec.duration_units(payload)?;
        let header = self.rewriter.forward(now_us, source.0, header, pt, units)?;
        self.note(&header);
        Some(header)
    }

    /// A packet of `source` is deliberately not passed on.
    pub fn omit(&mut self, source: EndpointId, header: &RtpHeader) {
        self.rewriter.omit(source.0, header);
    }

    /// A frame of 20 ms made here.
    pub fn originate(&mut self, now_us: u64, pt: u8) -> RtpHeader {
        self.wake(now_us);
        let header = self.rewriter.originate(now_us, pt, self.clock_hz / 50);
        self.note(&header);
        header
    }

    /// A packet of a telephone event that began at `began_us`.
    pub fn insert(&mut self, now_us: u64, pt: u8, marker: bool, began_us: u64) -> RtpHeader {
        self.wake(now_us);
        let timestamp = self.rewriter.timestamp_at(began_us);
        let header = self.rewriter.insert(pt, marker, timestamp);
        self.note(&header);
        header
    }

    fn note(&mut self, header: &RtpHeader) {
        let extended = self.extended(header);
        self.sent += 1;
        if extended > self.last_sequence {
            let passed_over = (self.last_sequence + 1).max(extended - REMEMBERED + 1)..extended;
            for sequence in passed_over {
                self.sent_up_to[slot(sequence)] = (self.sent - 1) as u32;
            }
            self.sent_up_to[slot(extended)] = self.sent as u32;
            self.last_sequence = extended;
        } else {
            for sequence in extended.max(self.last_sequence - REMEMBERED + 1)..=self.last_sequence {
                let count = &mut self.sent_up_to[slot(sequence)];
                *count = count.wrapping_add(1);
            }
        }
    }

    /// The header's sequence number with its rollovers, as SRTP needs it.
    pub fn extended(&self, header: &RtpHeader) -> i64 {
        SequenceNumber(header.sequence).extended_near(self.last_sequence)
    }

    /// Sequence numbers up to `highest` that were passed over because they never reached us: losses before the
    /// gateway, which a receiver cannot tell from its own. `None` if that is too long ago.
    pub fn skipped_up_to(&self, highest: i64) -> Option<u64> {
        if highest < self.first_sequence || highest > self.last_sequence || highest <= self.last_sequence - REMEMBERED {
            return None;
        }
        let sent = self.sent_up_to[slot(highest)];
        let count = (highest + 1 - self.first_sequence) as u32;
        Some(u64::from(count.wrapping_sub(sent)))
    }

    /// How long nothing was sent; for ever if nothing ever was.
    pub fn idle_us(&self, now_us: u64) -> u64 {
        if self.sent == 0 { u64::MAX } else { now_us.saturating_sub(self.last_us) }
    }
}

fn slot(sequence: i64) -> usize {
    sequence.rem_euclid(REMEMBERED) as usize
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const HOUR_US: u64 = 3_600_000_000;

    #[test]
    fn a_day_of_silence_turns_neither_time_nor_sequence_round() {
        let mut line = Line::new(1, 48_000, 0, 7);
        let first = line.originate(20_000, 111);
        let late = line.originate(26 * HOUR_US, 111);
        assert_eq!(late.sequence, first.sequence + 1);
        let expected = (26 * HOUR_US - 20_000) / 1_000_000 * 48_000 + 980_000 * 48 / 1_000;
        assert_eq!(late.timestamp.wrapping_sub(first.timestamp), expected as u32);
    }

    #[test]
    fn what_the_source_lost_is_counted_and_rollover_is_extended() {
        let mut line = Line::new(1, 8_000, 0, 0);
        let sound = [0; 160];
        for (index, sequence) in [65_530_u16, 65_531, 2, 3].into_iter().enumerate() {
            let header = RtpHeader { sequence, timestamp: index as u32 * 160, ..RtpHeader::default() };
            line.forward(index as u64 * 20_000, EndpointId(1), &header, 8, Codec::Pcma, &sound).unwrap();
        }
        assert_eq!(line.skipped_up_to(1), Some(0));
        assert_eq!(line.skipped_up_to(2), Some(1));
        assert_eq!(line.skipped_up_to(line.last_sequence), Some(6));
        assert_eq!(line.skipped_up_to(line.last_sequence + 1), None);
        let late = RtpHeader { sequence: 0, timestamp: 240, ..RtpHeader::default() };
        line.forward(80_000, EndpointId(1), &late, 8, Codec::Pcma, &sound).unwrap();
        assert_eq!(line.skipped_up_to(line.last_sequence), Some(5), "one only came late");
    }
}

//! One outgoing RTP stream out of changing sources: own SSRC, unbroken sequence, timestamps on the wall clock.
//!
//! It owns the header fields of a stream and nothing of its sound. A receiver must not notice when the source
//! behind the stream changes (a prompt, then music, then a person), nor mistake a pause for network delay; so
//! while one source speaks its own spacing is kept, with its losses and reorderings visible, and at every change
//! the timestamp returns to what the wall clock says.

use super::{RtpHeader, RtpTime, SequenceNumber};

/// Tells sources apart; the caller chooses (an endpoint's id), because two sources may use the same SSRC.
pub type SourceKey = u64;

/// A jump in sequence larger than this within one source is taken for a restart (RFC 3550 A.1 has 3000; this is
/// ten seconds of packets).
const MAX_DROPOUT: i16 = 500;
/// A packet older than this is never forwarded, and the replay window has as many bits.
const MAX_MISORDER: i16 = 64;
/// How far a source's timestamps may stray from the wall clock before the line is anchored anew: longer than a
/// network stall that is worth playing out, shorter than a pause a browser would take for delay.
const MAX_STRAY_MS: i64 = 400;

/// Maps changing sources onto one outgoing line of SSRC, sequence and timestamp.
///
/// One [`Rewriter`] serves one outgoing stream of one clock rate. Every header it returns has a sequence number
/// never returned before (in 32,768 packets), so encrypting each of them once is safe.
#[derive(Debug, Clone)]
pub struct Rewriter {
    ssrc: u32,
    clock_hz: u32,
    epoch_us: u64,
    epoch_timestamp: u32,
    /// The next sequence number of the line.
    next_sequence: u16,
    /// Sequence numbers sent, bit n for `next_sequence - 1 - n`.
    sent: u64,
    last: Option<Sent>,
    source: Option<Source>,
}

/// What the newest packet of the line carried.
#[derive(Debug, Clone, Copy)]
struct Sent {
    timestamp: u32,
    frame_units: u32,
}

/// How the present source maps onto the line.
#[derive(Debug, Clone, Copy)]
struct Source {
    key: SourceKey,
    ssrc: u32,
    /// Nothing before this is forwarded: it belongs to before the source was anchored.
    first: SequenceNumber,
    highest: SequenceNumber,
    sequence_offset: u16,
    timestamp_offset: u32,
    /// The sequence number that would prove a restart, after one packet far out of line (RFC 3550 A.1).
    restart: Option<SequenceNumber>,
}

impl Rewriter {
    /// Makes a line whose timestamp is `first_timestamp` at `now_us` and runs with the clock from there.
    ///
    /// `ssrc`, `first_sequence` and `first_timestamp` should be random (RFC 3550 §5.1).
    #[must_use]
    pub fn new(ssrc: u32, first_sequence: u16, first_timestamp: u32, clock_hz: u32, now_us: u64) -> Self {
        Self {
            ssrc,
            clock_hz,
            epoch_us: now_us,
            epoch_timestamp: first_timestamp,
            next_sequence: first_sequence,
            sent: 0,
            last: None,
            source: None,
        }
    }

    /// The SSRC of the line.
    #[must_use]
    pub const fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// What the line's timestamp is at `now_us`, whether or not anything is sent.
    #[must_use]
    pub fn timestamp_at(&self, now_us: u64) -> u32 {
        let elapsed_us = u128::from(now_us.saturating_sub(self.epoch_us));
        let units = elapsed_us * u128::from(self.clock_hz) / 1_000_000;
        self.epoch_timestamp.wrapping_add(units as u32)
    }

    /// Gives the outgoing header for a packet of `source` that is forwarded, or `None` if the packet must not be
    /// sent: a duplicate, one from before the source was switched to, or the first of an unproven restart.
    ///
    /// `payload_type` is the outgoing one. `frame_units` is how long the packet lasts in the line's clock; it
    /// spaces the line when a change of source would otherwise overlap.
    pub fn forward(
        &mut self,
        now_us: u64,
        source: SourceKey,
        header: &RtpHeader,
        payload_type: u8,
        frame_units: u32,
    ) -> Option<RtpHeader> {
        let sequence = SequenceNumber(header.sequence);
        let known = self.source.filter(|known| known.key == source && known.ssrc == header.ssrc);
        let Some(mut known) = known else {
            return Some(self.anchor(now_us, source, header, payload_type, frame_units));
        };
        let step = sequence.since(known.highest);
        if !(-MAX_MISORDER..=MAX_DROPOUT).contains(&step) {
            if known.restart == Some(sequence) {
                return Some(self.anchor(now_us, source, header, payload_type, frame_units));
            }
            known.restart = Some(sequence.next());
            self.source = Some(known);
            return None;
        }
        let timestamp = header.timestamp.wrapping_add(known.timestamp_offset);
        if step > 0 {
            if self.strays(now_us, timestamp) || self.overlaps(timestamp) {
                return Some(self.anchor(now_us, source, header, payload_type, frame_units));
            }
            known.highest = sequence;
            known.restart = None;
        } else if sequence.since(known.first) < 0 {
            return None;
        }
        let out_sequence = header.sequence.wrapping_add(known.sequence_offset);
        if !self.claim(out_sequence) {
            return None;
        }
        self.source = Some(known);
        if step > 0 {
            self.last = Some(Sent { timestamp, frame_units });
        }
        Some(self.header(payload_type, header.marker, out_sequence, timestamp))
    }

    /// Notes a packet of `source` that arrived and is deliberately not forwarded (a telephone event), so that its
    /// absence does not look like loss.
    pub fn omit(&mut self, source: SourceKey, header: &RtpHeader) {
        let Some(known) = self.source.as_mut().filter(|known| known.key == source && known.ssrc == header.ssrc) else {
            return;
        };
        let sequence = SequenceNumber(header.sequence);
        if sequence.since(known.highest) == 1 {
            known.highest = sequence;
            known.first = sequence.next();
            known.sequence_offset = known.sequence_offset.wrapping_sub(1);
        }
    }

    /// Gives the header for a frame made here (a prompt, a mix, an encoded frame), `frame_units` long.
    ///
    /// Frames follow each other without a seam while the caller keeps time; after a pause, or when the caller's
    /// ticks have strayed by more than two frames, the timestamp is the wall clock's and the marker is set.
    pub fn originate(&mut self, now_us: u64, payload_type: u8, frame_units: u32) -> RtpHeader {
        let wall = self.timestamp_at(now_us);
        let was_forwarding = self.source.take().is_some();
        let (timestamp, marker) = match self.last {
            None => (wall, true),
            Some(last) => {
                let seamless = last.timestamp.wrapping_add(last.frame_units);
                let behind = RtpTime(wall).since(RtpTime(seamless));
                let tolerance = i32::try_from(frame_units.saturating_mul(2)).unwrap_or(i32::MAX);
                if behind > tolerance { (wall, true) } else { (seamless, was_forwarding) }
            }
        };
        self.append(payload_type, marker, timestamp, frame_units)
    }

    /// Gives the header for a packet that shares a given timestamp with others, as telephone events do (RFC 4733
    /// §2.2): the next sequence number, that timestamp. Forwarded sound goes on around it.
    pub fn insert(&mut self, payload_type: u8, marker: bool, timestamp: u32) -> RtpHeader {
        let sequence = self.next_sequence;
        if let Some(source) = self.source.as_mut() {
            source.sequence_offset = source.sequence_offset.wrapping_add(1);
            source.first = source.highest.next();
        }
        self.claim(sequence);
        self.header(payload_type, marker, sequence, timestamp)
    }

    /// Forgets the present source: its next packet counts as a change of source.
    pub fn release(&mut self) {
        self.source = None;
    }

    fn strays(&self, now_us: u64, timestamp: u32) -> bool {
        let stray = i64::from(RtpTime(timestamp).since(RtpTime(self.timestamp_at(now_us))));
        stray.abs() * 1000 > MAX_STRAY_MS * i64::from(self.clock_hz)
    }

    /// A newer packet whose time is not newer than the line's: the source's clock was set back a little.
    fn overlaps(&self, timestamp: u32) -> bool {
        self.last.is_some_and(|last| RtpTime(timestamp).since(RtpTime(last.timestamp)) <= 0)
    }

    /// Starts the line anew with this packet: next sequence number, the wall clock's timestamp, marker set.
    fn anchor(
        &mut self,
        now_us: u64,
        key: SourceKey,
        header: &RtpHeader,
        payload_type: u8,
        frame_units: u32,
    ) -> RtpHeader {
        let wall = self.timestamp_at(now_us);
        let timestamp = match self.last {
            Some(last) => {
                let seamless = last.timestamp.wrapping_add(last.frame_units);
                if RtpTime(seamless).is_after(RtpTime(wall)) { seamless } else { wall }
            }
            None => wall,
        };
        let sequence = SequenceNumber(header.sequence);
        self.source = Some(Source {
            key,
            ssrc: header.ssrc,
            first: sequence,
            highest: sequence,
            sequence_offset: self.next_sequence.wrapping_sub(header.sequence),
            timestamp_offset: timestamp.wrapping_sub(header.timestamp),
            restart: None,
        });
        self.append(payload_type, true, timestamp, frame_units)
    }

    fn append(&mut self, payload_type: u8, marker: bool, timestamp: u32, frame_units: u32) -> RtpHeader {
        let sequence = self.next_sequence;
        self.claim(sequence);
        self.last = Some(Sent { timestamp, frame_units });
        self.header(payload_type, marker, sequence, timestamp)
    }

    /// Takes a sequence number for one packet; false if it was taken before or is too old to know.
    fn claim(&mut self, sequence: u16) -> bool {
        let ahead = SequenceNumber(sequence).since(SequenceNumber(self.next_sequence));
        if ahead >= 0 {
            let shift = u32::from(ahead.unsigned_abs()) + 1;
            self.sent = self.sent.checked_shl(shift).unwrap_or(0) | 1;
            self.next_sequence = sequence.wrapping_add(1);
            return true;
        }
        let age = u32::from(ahead.unsigned_abs()) - 1;
        let Some(bit) = 1_u64.checked_shl(age) else { return false };
        let fresh = self.sent & bit == 0;
        self.sent |= bit;
        fresh
    }

    fn header(&self, payload_type: u8, marker: bool, sequence: u16, timestamp: u32) -> RtpHeader {
        RtpHeader { payload_type, marker, sequence, timestamp, ssrc: self.ssrc }
    }
}

#[cfg(test)]
#[path = "rewriter_tests.rs"]
mod tests;

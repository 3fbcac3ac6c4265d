//! Copies of frames that later packets carry (RFC 2198): where they stand, and whether they are still wanted.

use super::{JitterBuffer, Pushed, SNAP_UNITS};
use crate::Codec;
use crate::jitter::timeline::scale;
use crate::rtp::RtpHeader;

/// A packet from which the copies it carries are placed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Anchor {
    pub(super) order: i64,
    pub(super) start: i64,
    pub(super) arrival: i64,
    pub(super) header: RtpHeader,
    pub(super) codec: Codec,
}

impl JitterBuffer {
    /// Takes in a copy that the packet pushed last carried of a frame `offset` units of its clock before (RFC 2198).
    ///
    /// A copy is kept until its original comes; both are heard once. Its frame counts as lost all the same, and as
    /// recovered when it is played.
    pub fn push_copy(&mut self, offset: u32, codec: Codec, payload: &[u8]) -> Pushed {
        let Some(anchor) = self.anchor.filter(|anchor| anchor.codec.clock_hz() == codec.clock_hz()) else {
            return Pushed::Stray;
        };
        let Some(duration) = codec.duration_units(payload).filter(|_| self.store.fits(payload)) else {
            self.stats.refused += 1;
            return Pushed::Refused;
        };
        // The format has no sequence number of a copy: frames of one stream are taken to be of one length.
        let back = i64::from((offset + duration / 2) / duration.max(1));
        let order = anchor.order - back;
        let start = anchor.start - i64::from(offset) * scale(codec);
        let end = start + i64::from(duration) * scale(codec);
        // The first copy says how long waiting for it takes; a later one of the same frame must not.
        if back == 0 || self.seen.has(order) || !self.copied.mark(order) {
            return Pushed::Duplicate;
        }
        self.arrivals.observe_copy(anchor.arrival, start);
        if self.is_late(anchor.arrival, start, end - start) {
            return Pushed::Late;
        }
        if self.store.is_full() || !self.store.is_free(order, (start + SNAP_UNITS, end - SNAP_UNITS)) {
            return Pushed::Refused;
        }
        let header = RtpHeader {
            sequence: anchor.header.sequence.wrapping_sub(back as u16),
            timestamp: anchor.header.timestamp.wrapping_sub(offset),
            marker: false,
            ..anchor.header
        };
        self.store.insert_copy(order, (start, end), header, codec, payload);
        Pushed::Stored
    }
}

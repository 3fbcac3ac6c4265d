//! Keeps packets in order, in memory taken once.

use crate::Codec;
use crate::rtp::RtpHeader;
use std::collections::VecDeque;

/// A stored packet, without its payload.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// Place in the order of sending.
    pub(super) order: i64,
    /// When its sound starts and ends on the timeline.
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) header: RtpHeader,
    pub(super) codec: Codec,
    /// Whether it is the first after a change of source.
    pub(super) fresh_source: bool,
    /// Whether it is a copy that a later packet carried.
    pub(super) is_copy: bool,
    slot: u16,
    length: u16,
}

/// A bounded set of packets, sorted by order of sending.
#[derive(Debug)]
pub(super) struct Store {
    entries: VecDeque<Entry>,
    /// Taken last in, first out, so that a shallow buffer touches little memory.
    free: Vec<u16>,
    bytes: Vec<u8>,
    slot_bytes: usize,
}

impl Store {
    pub(super) fn new(capacity: u16, slot_bytes: u16) -> Self {
        let capacity = capacity.max(1);
        Self {
            entries: VecDeque::with_capacity(usize::from(capacity)),
            free: (0..capacity).rev().collect(),
            bytes: vec![0; usize::from(capacity) * usize::from(slot_bytes)],
            slot_bytes: usize::from(slot_bytes),
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.free.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn first(&self) -> Option<&Entry> {
        self.entries.front()
    }

    pub(super) fn fits(&self, payload: &[u8]) -> bool {
        payload.len() <= self.slot_bytes && payload.len() <= usize::from(u16::MAX)
    }

    /// Stores a packet in its place; false if it is there already, does not fit, or nothing is free.
    #[allow(clippy::too_many_arguments)] // The fields of one packet, all different.
    pub(super) fn insert(
        &mut self,
        order: i64,
        (start, end): (i64, i64),
        header: RtpHeader,
        codec: Codec,
        fresh_source: bool,
        payload: &[u8],
    ) -> bool {
        let after = self.entries.iter().rposition(|entry| entry.order <= order);
        let place = after.map_or(0, |index| index + 1);
        let is_there = after.is_some_and(|index| self.entries[index].order == order);
        if is_there || !self.fits(payload) {
            return false;
        }
        let Some(slot) = self.free.pop() else { return false };
        let at = usize::from(slot) * self.slot_bytes;
        self.bytes[at..at + payload.len()].copy_from_slice(payload);
        let length = payload.len() as u16;
        let is_copy = false;
        self.entries.insert(place, Entry { order, start, end, header, codec, fresh_source, is_copy, slot, length });
        true
    }

    /// Stores a copy as [`Store::insert`] does a packet.
    pub(super) fn insert_copy(
        &mut self,
        order: i64,
        span: (i64, i64),
        header: RtpHeader,
        codec: Codec,
        payload: &[u8],
    ) -> bool {
        let stored = self.insert(order, span, header, codec, false, payload);
        if let Some(entry) = self.entries.iter_mut().find(|entry| stored && entry.order == order) {
            entry.is_copy = true;
        }
        stored
    }

    /// Whether all that was sent before `order` ends by `start`, and all that was sent after it begins from `end` on.
    pub(super) fn is_free(&self, order: i64, (start, end): (i64, i64)) -> bool {
        self.entries.iter().all(|entry| if entry.order < order { entry.end <= start } else { entry.start >= end })
    }

    /// Takes the first packet out; its payload can be read until the next insertion.
    pub(super) fn take_first(&mut self) -> Option<Entry> {
        let entry = self.entries.pop_front()?;
        self.free.push(entry.slot);
        Some(entry)
    }

    pub(super) fn payload(&self, entry: &Entry) -> &[u8] {
        let at = usize::from(entry.slot) * self.slot_bytes;
        &self.bytes[at..at + usize::from(entry.length)]
    }

    pub(super) fn clear(&mut self) {
        while self.take_first().is_some() {}
    }
}

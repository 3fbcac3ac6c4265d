//! Decides what is played next, and what to do about packets that are missing, late, or too many.

mod copies;

use super::arrivals::Arrivals;
use super::seen::Seen;
use super::store::{Entry, Store};
use super::timeline::{Timeline, scale};
use super::{Adjustment, FRAME_UNITS, JitterConfig, JitterStats, UNITS_PER_MS};
use crate::Codec;
use crate::opus_codec::carries_fec;
use crate::rtp::RtpHeader;
use copies::Anchor;

/// A packet this little ahead of its turn is played; rounding of clocks makes such gaps.
const SNAP_UNITS: i64 = 120;
/// Being this much too early, a missing packet is waited for instead of given up.
const WAIT_UNITS: i64 = 480;
/// After this much concealment in a row the source is taken to be silent.
const SILENT_AFTER_UNITS: i64 = 100 * UNITS_PER_MS;
/// The longest span given out to conceal at once.
const MOST_GAP_UNITS: i64 = 60 * UNITS_PER_MS;
/// When packets have come too late for this long, it is the source's clock that stood still, not the network.
const LATE_FOR_UNITS: i64 = 80 * UNITS_PER_MS;

/// What became of a packet given to [`JitterBuffer::push`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// It waits to be played.
    Stored,
    /// It came after its time.
    Late,
    /// It came before.
    Duplicate,
    /// It is of a source already left, or far out of line.
    Stray,
    /// It is empty, too long, or not of its codec.
    Refused,
}

/// What to play next.
#[derive(Debug, PartialEq, Eq)]
pub enum Pop<'a> {
    /// A packet, in its turn.
    Frame(Frame<'a>),
    /// Nothing is there for this moment, though the source is speaking: conceal.
    Missing(Gap<'a>),
    /// The source is silent, or has not begun: play silence for a tick.
    Empty,
}

/// A packet whose turn has come.
#[derive(Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Its header.
    pub header: RtpHeader,
    /// Its codec.
    pub codec: Codec,
    /// Its payload.
    pub payload: &'a [u8],
    /// How long its sound lasts, in units of 1/48000 s.
    pub duration_units: u32,
    /// Whether it begins a new source or codec, so that decoders should forget the old one.
    pub fresh_source: bool,
}

/// A span to conceal.
#[derive(Debug, PartialEq, Eq)]
pub struct Gap<'a> {
    /// The codec spoken before it.
    pub codec: Codec,
    /// How much to fill, in units of 1/48000 s; a multiple of 2.5 ms, at most 60.
    pub duration_units: u32,
    /// The payload that comes right behind the gap, if it is there already: Opus may carry a copy in it.
    pub next_payload: Option<&'a [u8]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The source is silent; play begins when a packet has waited long enough.
    Idle,
    /// Sound up to `head` has been played; of it the last `concealed` units were made up.
    Playing { head: i64, concealed: i64 },
}

/// Puts packets in order and hands them out at the pace of its caller, as late as needed and no later.
///
/// Give it every packet of one incoming stream as it arrives, whatever source or codec it is of, and call
/// [`JitterBuffer::pop`] whenever sound is needed. Times are microseconds of one clock of the caller's.
#[derive(Debug)]
pub struct JitterBuffer {
    store: Store,
    timeline: Timeline,
    arrivals: Arrivals,
    state: State,
    stats: JitterStats,
    adjustment: Adjustment,
    seen: Seen,
    /// Frames of which a copy came.
    copied: Seen,
    late_since: Option<i64>,
    last_duration: i64,
    last_lag: i64,
    /// The latest arrival: a caller's clock that runs backwards stands still here.
    latest: i64,
    /// Where the packet taken in last stands, if it was stored: copies in it are placed from there.
    anchor: Option<Anchor>,
}

impl JitterBuffer {
    /// Makes an empty buffer within `config`'s bounds.
    #[must_use]
    pub fn new(config: &JitterConfig) -> Self {
        Self {
            store: Store::new(config.capacity, config.max_payload_bytes),
            timeline: Timeline::default(),
            arrivals: Arrivals::new(config),
            state: State::Idle,
            stats: JitterStats::default(),
            adjustment: config.adjustment,
            seen: Seen::default(),
            copied: Seen::default(),
            late_since: None,
            last_duration: i64::from(FRAME_UNITS),
            last_lag: 0,
            latest: 0,
            anchor: None,
        }
    }

    /// Takes in a packet that arrived at `arrival_us`.
    pub fn push(&mut self, arrival_us: u64, header: &RtpHeader, codec: Codec, payload: &[u8]) -> Pushed {
        self.anchor = None;
        let duration = match codec.duration_units(payload) {
            Some(units) if self.store.fits(payload) => i64::from(units) * scale(codec),
            _ => {
                self.stats.refused += 1;
                return Pushed::Refused;
            }
        };
        self.latest = self.latest.max(units_of(arrival_us));
        let arrival = self.latest;
        let base = self.arrivals.base();
        let Some(place) = self.timeline.place(arrival, base, header, codec, duration) else {
            self.stats.strays += 1;
            return Pushed::Stray;
        };
        let first_ever = self.seen.is_empty();
        if place.resync && !first_ever {
            self.stats.resyncs += 1;
            self.arrivals.forget_last();
        }
        if !self.seen.mark(place.order) {
            self.stats.duplicates += 1;
            return Pushed::Duplicate;
        }
        self.stats.received += 1;
        if place.step <= 0 {
            self.stats.reordered += 1;
        }
        let mut start = place.start;
        if self.is_late(arrival, start, duration) {
            let since = *self.late_since.get_or_insert(arrival);
            let clock_stood_still = match self.state {
                State::Idle => true,
                State::Playing { .. } => arrival.saturating_sub(since) >= LATE_FOR_UNITS,
            };
            if place.step <= 0 || !clock_stood_still {
                self.arrivals.observe(arrival, start);
                self.stats.late += 1;
                return Pushed::Late;
            }
            start = self.timeline.move_newest(arrival, base);
            self.stats.resyncs += 1;
            self.arrivals.forget_last();
        }
        self.late_since = None;
        self.arrivals.observe(arrival, start);
        if self.store.is_full() {
            self.store.take_first();
            self.stats.discarded += 1;
        }
        let fresh_source = place.fresh_source && !first_ever;
        self.store.insert(place.order, (start, start + duration), *header, codec, fresh_source, payload);
        if !fresh_source && !place.resync {
            self.anchor = Some(Anchor { order: place.order, start, arrival, header: *header, codec });
            if codec == Codec::Opus && !self.seen.has(place.order - 1) && carries_fec(payload) {
                self.arrivals.observe_copy(arrival, start - duration);
            }
        }
        Pushed::Stored
    }

    /// Hands out what to play at `now_us`, or says what is missing.
    ///
    /// A caller that needs 20 ms and gets a frame of 10 calls again. What counts for the delay is the moment of
    /// this call, not when the caller plays what it gets: a packet must be here when it is asked for.
    pub fn pop(&mut self, now_us: u64) -> Pop<'_> {
        let Some(desired) = self.desired(units_of(now_us)) else { return Pop::Empty };
        let (mut head, mut concealed) = match self.state {
            State::Playing { head, concealed } => (head, concealed),
            State::Idle => match self.store.first() {
                Some(first) if first.start <= desired => (first.start, 0),
                _ => return Pop::Empty,
            },
        };
        if desired.saturating_sub(head) > self.most_lag() {
            head = self.catch_up(desired);
            concealed = 0;
        }
        self.last_lag = desired.saturating_sub(head);
        while self.store.first().is_some_and(|first| first.end <= head) {
            self.store.take_first();
            self.stats.discarded += 1;
        }
        let ready = self.store.first().is_some_and(|first| first.start <= head + SNAP_UNITS);
        if ready && self.last_lag > -self.most_lead() {
            let Some(entry) = self.store.take_first() else { return Pop::Empty };
            self.state = State::Playing { head: entry.end, concealed: 0 };
            self.stats.concealed_ms += (concealed / UNITS_PER_MS) as u64;
            self.stats.recovered += u64::from(entry.is_copy && !self.seen.has(entry.order));
            return self.frame(&entry);
        }
        self.missing(head, concealed, ready)
    }

    /// How far what was handed out last is behind where it should be, in units: positive when packets wait longer
    /// than needed, negative when they wait less.
    #[must_use]
    pub const fn lag_units(&self) -> i64 {
        self.last_lag
    }

    /// What has happened so far.
    #[must_use]
    pub fn stats(&self) -> JitterStats {
        let target = self.target();
        let depth = if self.state == State::Idle { 0 } else { target.saturating_add(self.last_lag).max(0) };
        JitterStats {
            lost: self.seen.expected().saturating_sub(self.stats.received),
            target_ms: to_ms(target),
            depth_ms: to_ms(depth + UNITS_PER_MS / 2),
            jitter_ms: self.arrivals.jitter_ms(),
            ..self.stats
        }
    }

    /// Packets waiting.
    #[must_use]
    pub fn len(&self) -> usize {
        self.store.len()
    }

    /// Whether no packet waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.store.len() == 0
    }

    /// Throws away what waits and begins anew with the next packet; what was learnt of the network stays.
    pub fn flush(&mut self) {
        self.stats.discarded += self.store.len() as u64;
        self.store.clear();
        self.state = State::Idle;
    }

    fn frame(&mut self, entry: &Entry) -> Pop<'_> {
        self.last_duration = entry.end - entry.start;
        Pop::Frame(Frame {
            header: entry.header,
            codec: entry.codec,
            payload: self.store.payload(entry),
            duration_units: self.last_duration as u32,
            fresh_source: entry.fresh_source,
        })
    }

    /// Nothing can be played at `head`: either the schedule is ahead of itself (`ready`, or the packet may still
    /// come), and time is put in; or the packet is given up, and time goes on without it.
    fn missing(&mut self, head: i64, concealed: i64, ready: bool) -> Pop<'_> {
        let next = self.store.first().copied();
        let distance = next.map_or(i64::MAX, |next| next.start.saturating_sub(head));
        let wait = ready || self.last_lag < -WAIT_UNITS;
        let usual = self.last_duration.min(MOST_GAP_UNITS);
        // Opus conceals in steps of 2.5 ms.
        let span = if wait { usual } else { usual.min(distance) }.max(1).saturating_add(119) / 120 * 120;
        let concealed = concealed + span;
        if concealed > SILENT_AFTER_UNITS {
            self.state = State::Idle;
            return Pop::Empty;
        }
        self.state = State::Playing { head: if wait { head } else { head + span }, concealed };
        let copy = next.filter(|next| !wait && distance <= next.end - next.start + SNAP_UNITS);
        Pop::Missing(Gap {
            codec: self.timeline.codec().unwrap_or(Codec::Pcma),
            duration_units: span as u32,
            next_payload: copy.map(|next| self.store.payload(&next)),
        })
    }

    /// Drops what should have been played long ago and returns where to go on.
    fn catch_up(&mut self, wanted: i64) -> i64 {
        while self.store.first().is_some_and(|first| first.end <= wanted) {
            self.store.take_first();
            self.stats.discarded += 1;
        }
        match self.store.first() {
            Some(first) if first.start < wanted => first.start,
            _ => wanted,
        }
    }

    /// Where on the timeline the listener should be at `now`.
    fn desired(&self, now: i64) -> Option<i64> {
        self.arrivals.base().map(|base| now.saturating_sub(base).saturating_sub(self.target()))
    }

    fn target(&self) -> i64 {
        self.arrivals.target()
    }

    /// Late is what ends before the head; when nothing plays, what is later than any delay aimed at.
    fn is_late(&self, arrival: i64, start: i64, duration: i64) -> bool {
        match self.state {
            State::Playing { head, .. } => start + duration <= head,
            State::Idle => self.arrivals.base().is_some_and(|base| {
                let delay = arrival.saturating_sub(start).saturating_sub(base);
                delay > self.target() + SILENT_AFTER_UNITS
            }),
        }
    }

    const fn most_lag(&self) -> i64 {
        match self.adjustment {
            Adjustment::WholeFrames => 35 * UNITS_PER_MS,
            Adjustment::ByCaller => 120 * UNITS_PER_MS,
        }
    }

    const fn most_lead(&self) -> i64 {
        match self.adjustment {
            Adjustment::WholeFrames => 20 * UNITS_PER_MS,
            Adjustment::ByCaller => 100 * UNITS_PER_MS,
        }
    }
}

/// Microseconds in units; the largest value still fits.
const fn units_of(time_us: u64) -> i64 {
    (time_us / 1000 * 48 + time_us % 1000 * 48 / 1000) as i64
}

fn to_ms(units: i64) -> u32 {
    u32::try_from(units / UNITS_PER_MS).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "buffer_tests.rs"]
mod tests;

//! Puts the packets of one side on the recording's clock.
//!
//! Within a run of packets of one source, timestamps say exactly how packets lie to each other, and arrivals say
//! roughly when. A packet cannot arrive before it was sent, so the fastest packets around tell best; the offset of
//! timestamps to the clock is that of the fastest packet within two seconds, which also follows a drifting clock.

use crate::Codec;
use crate::rtp::{RtpHeader, RtpTime, SequenceNumber};
use std::collections::VecDeque;

/// The rate of the WAV.
pub(super) const RATE_HZ: i64 = 8_000;
const UNITS_HZ: i64 = 48_000;
/// The fastest packet is looked for this far to both sides.
const REACH_UNITS: i64 = 2 * UNITS_HZ;
/// When delay changes by more than this from packet to packet, the source's clock has jumped.
const JUMP_UNITS: i64 = UNITS_HZ / 4;
/// Runs that may still get a packet; an older one is closed for a new one.
const MOST_OPEN_RUNS: usize = 4;
/// Sequence numbers further apart belong to a restarted source.
const MOST_STEP: i16 = 3_000;

/// A packet as found in the file, in the order of arrival.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// Since the start of the recording.
    pub(super) time_us: u64,
    pub(super) payload_at: u64,
    pub(super) payload_bytes: u16,
    /// Samples at 8 kHz.
    pub(super) samples: u32,
    pub(super) codec: Codec,
    pub(super) header: RtpHeader,
    /// Bytes before it could not be read.
    pub(super) after_damage: bool,
}

/// A packet with its place on the clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    /// Samples at 8 kHz from the start of the recording.
    pub(super) start: i64,
    /// The run of one source it belongs to, and its place therein.
    pub(super) run: u32,
    pub(super) order: i64,
    pub(super) found: Found,
}

/// A packet within its run.
#[derive(Debug, Clone, Copy)]
struct Member {
    index: usize,
    order: i64,
    /// Arrival and media time, in units of 1/48000 s.
    arrival: i64,
    media: i64,
}

impl Member {
    const fn delay(&self) -> i64 {
        self.arrival - self.media
    }
}

/// A run of packets of one source, in order of arrival.
struct Run {
    number: u32,
    members: Vec<Member>,
}

/// Places all packets of a side and sorts them by time; duplicates are dropped.
pub(super) fn place(packets: &[Found]) -> Vec<Placed> {
    let mut placed = Vec::with_capacity(packets.len());
    // A packet of the old source may arrive after the first of the new one, so several runs stay open.
    let mut open: VecDeque<Run> = VecDeque::new();
    let mut runs = 0;
    for (index, found) in packets.iter().enumerate() {
        let arrival = (found.time_us / 1000 * 48 + found.time_us % 1000 * 48 / 1000) as i64;
        let same_source = open.iter_mut().rev().find_map(|run| {
            let last = run.members.last()?;
            let member = follow(last, &packets[last.index], found, index, arrival)?;
            Some((run, member))
        });
        if let Some((run, member)) = same_source {
            run.members.push(member);
            continue;
        }
        if open.len() == MOST_OPEN_RUNS
            && let Some(run) = open.pop_front()
        {
            place_run(&run, packets, &mut placed);
        }
        let first = Member { index, order: i64::from(found.header.sequence), arrival, media: arrival };
        open.push_back(Run { number: runs, members: vec![first] });
        runs += 1;
    }
    for run in &open {
        place_run(run, packets, &mut placed);
    }
    placed.sort_by_key(|packet| (packet.run, packet.order));
    placed.dedup_by_key(|packet| (packet.run, packet.order));
    placed.sort_by_key(|packet| packet.start);
    placed
}

/// The packet as a member of the run that `last` belongs to, if it belongs to it.
fn follow(last: &Member, before: &Found, found: &Found, index: usize, arrival: i64) -> Option<Member> {
    let same_source = before.header.ssrc == found.header.ssrc && before.codec.clock_hz() == found.codec.clock_hz();
    let step = SequenceNumber(found.header.sequence).since(SequenceNumber(before.header.sequence));
    if !same_source || step.saturating_abs() > MOST_STEP {
        return None;
    }
    let scale = UNITS_HZ / i64::from(found.codec.clock_hz());
    let units = i64::from(RtpTime(found.header.timestamp).since(RtpTime(before.header.timestamp))) * scale;
    let member = Member { index, order: last.order + i64::from(step), arrival, media: last.media + units };
    ((member.delay() - last.delay()).abs() <= JUMP_UNITS).then_some(member)
}

fn place_run(run: &Run, packets: &[Found], placed: &mut Vec<Placed>) {
    let first = placed.len();
    // Candidates for the least delay, rising from front to back.
    let mut least: VecDeque<usize> = VecDeque::new();
    let mut ahead = 0;
    let members = &run.members;
    let mut delays = Vec::with_capacity(members.len());
    for member in members {
        while ahead < members.len() && members[ahead].arrival <= member.arrival + REACH_UNITS {
            while least.back().is_some_and(|&back| members[back].delay() >= members[ahead].delay()) {
                least.pop_back();
            }
            least.push_back(ahead);
            ahead += 1;
        }
        while least.front().is_some_and(|&front| members[front].arrival < member.arrival - REACH_UNITS) {
            least.pop_front();
        }
        delays.push(least.front().map_or(member.delay(), |&front| members[front].delay()));
    }
    placed.extend(members.iter().zip(delays).map(|(member, delay)| Placed {
        start: (member.media + delay) * RATE_HZ / UNITS_HZ,
        run: run.number,
        order: member.order,
        found: packets[member.index],
    }));
    placed[first..].sort_by_key(|packet| packet.order);
    // A delay that falls must not turn the order of packets round.
    let mut earliest = i64::MIN;
    for packet in &mut placed[first..] {
        packet.start = packet.start.max(earliest);
        earliest = packet.start + 1;
    }
}

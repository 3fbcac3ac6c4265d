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

/// Places all packets of a side and sorts them by source and sequence; duplicates are dropped.
pub(super) fn place(packets: &[Found]) -> Vec<Placed> {
    let mut placed = Vec::with_capacity(packets.len());
    let mut run: Vec<Member> = Vec::new();
    let mut run_number = 0;
    for (index, found) in packets.iter().enumerate() {
        let arrival = (found.time_us / 1000 * 48 + found.time_us % 1000 * 48 / 1000) as i64;
        let next = run.last().and_then(|last| follow(last, &packets[last.index], found, index, arrival));
        if let Some(member) = next {
            run.push(member);
        } else {
            place_run(&run, packets, run_number, &mut placed);
            run_number += 1;
            run.clear();
            run.push(Member { index, order: i64::from(found.header.sequence), arrival, media: arrival });
        }
    }
    place_run(&run, packets, run_number, &mut placed);
    placed.sort_by_key(|packet| (packet.run, packet.order));
    placed.dedup_by_key(|packet| (packet.run, packet.order));
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

fn place_run(run: &[Member], packets: &[Found], run_number: u32, placed: &mut Vec<Placed>) {
    // Candidates for the least delay, rising from front to back.
    let mut least: VecDeque<usize> = VecDeque::new();
    let mut ahead = 0;
    for member in run {
        while ahead < run.len() && run[ahead].arrival <= member.arrival + REACH_UNITS {
            while least.back().is_some_and(|&back| run[back].delay() >= run[ahead].delay()) {
                least.pop_back();
            }
            least.push_back(ahead);
            ahead += 1;
        }
        while least.front().is_some_and(|&front| run[front].arrival < member.arrival - REACH_UNITS) {
            least.pop_front();
        }
        let delay = least.front().map_or(member.delay(), |&front| run[front].delay());
        placed.push(Placed {
            start: (member.media + delay) * RATE_HZ / UNITS_HZ,
            run: run_number,
            order: member.order,
            found: packets[member.index],
        });
    }
}

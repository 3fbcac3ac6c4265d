//! Turns the placed packets of one side into an unbroken line of samples, and notes where there was nothing.

use super::clock::Placed;
use super::decoders::{Decoders, MOST_SAMPLES};
use super::{GapReason, RecordingGap, Side};
use std::io;

/// Silence up to this long is not worth a name: 60 ms.
const NAMED_ABOVE: i64 = 480;
/// Sound this far from its place is put right at once, with a seam: 8 ms.
const FORCED_ABOVE: i64 = 64;
/// Sound this near to its place is left alone.
const IGNORED_BELOW: i64 = 2;

/// Gives the payload at a place of the file.
pub(super) trait Payloads {
    /// Reads `bytes` bytes at `at`.
    fn read(&mut self, at: u64, bytes: usize) -> io::Result<&[u8]>;
}

/// Paints one side from left to right.
pub(super) struct Painter {
    side: Side,
    packets: Vec<Placed>,
    next: usize,
    /// Where the next sample goes.
    cursor: i64,
    silence: i64,
    sound: Vec<i16>,
    sound_from: usize,
    decoders: Decoders,
    undecodable: i64,
    total: i64,
    gaps: Vec<RecordingGap>,
    painted: u64,
}

impl Painter {
    /// A painter of `total` samples.
    pub(super) fn new(side: Side, packets: Vec<Placed>, total: i64) -> Self {
        Self {
            side,
            packets,
            next: 0,
            cursor: 0,
            silence: 0,
            sound: Vec::with_capacity(MOST_SAMPLES + 1),
            sound_from: 0,
            decoders: Decoders::default(),
            undecodable: 0,
            total,
            gaps: Vec::new(),
            painted: 0,
        }
    }

    /// Fills `out` with what comes next.
    pub(super) fn paint(&mut self, payloads: &mut impl Payloads, out: &mut [i16]) -> io::Result<()> {
        let mut done = 0;
        while done < out.len() {
            let left = out.len() - done;
            if self.silence > 0 {
                let count = left.min(usize::try_from(self.silence).unwrap_or(usize::MAX));
                out[done..done + count].fill(0);
                self.silence -= count as i64;
                self.cursor += count as i64;
                done += count;
            } else if self.sound_from < self.sound.len() {
                let count = left.min(self.sound.len() - self.sound_from);
                out[done..done + count].copy_from_slice(&self.sound[self.sound_from..self.sound_from + count]);
                self.sound_from += count;
                self.cursor += count as i64;
                done += count;
            } else if let Some(packet) = self.packets.get(self.next).copied() {
                self.take(&packet, payloads)?;
                self.next += 1;
            } else {
                self.name_undecodable();
                self.name_silence((self.total - self.cursor).max(0), GapReason::Over);
                self.silence = (self.total - self.cursor).max(left as i64);
            }
        }
        Ok(())
    }

    /// The gaps named, and how many packets were painted.
    pub(super) fn finish(mut self) -> (Vec<RecordingGap>, u64) {
        self.name_undecodable();
        (self.gaps, self.painted)
    }

    /// Decodes a packet and decides where it goes: behind the last one if it follows it, else at its own place.
    fn take(&mut self, packet: &Placed, payloads: &mut impl Payloads) -> io::Result<()> {
        let before = self.next.checked_sub(1).and_then(|last| self.packets.get(last)).copied();
        let follows = before.is_some_and(|before| before.run == packet.run && packet.order == before.order + 1);
        let distance = packet.start - self.cursor;
        self.sound.clear();
        self.sound_from = 0;
        if distance + i64::from(packet.found.samples) <= 0 {
            return Ok(());
        }
        if distance > NAMED_ABOVE {
            self.name_undecodable();
            self.name_silence(distance, reason_before(before.as_ref(), packet, distance));
        }
        let payload = payloads.read(packet.found.payload_at, usize::from(packet.found.payload_bytes))?;
        let decoded = self.decoders.decode(packet.found.codec, payload, &mut self.sound);
        if decoded {
            self.name_undecodable();
            self.painted += 1;
        } else {
            self.sound.resize((packet.found.samples as usize).min(MOST_SAMPLES), 0);
            self.undecodable += self.sound.len() as i64;
        }
        if follows && distance.abs() <= FORCED_ABOVE {
            self.slew(distance);
        } else if distance > 0 {
            self.silence = distance;
        } else {
            self.sound_from = usize::try_from(-distance).unwrap_or(0).min(self.sound.len());
        }
        Ok(())
    }

    /// Brings sound that follows without a break nearer to its place, by one sample a packet: too little to hear.
    fn slew(&mut self, distance: i64) {
        if distance >= IGNORED_BELOW {
            if let Some(&last) = self.sound.last() {
                self.sound.push(last);
            }
        } else if distance <= -IGNORED_BELOW {
            self.sound.pop();
        }
    }

    fn name_silence(&mut self, samples: i64, reason: GapReason) {
        self.name(self.cursor, samples, reason);
    }

    fn name_undecodable(&mut self) {
        let samples = std::mem::take(&mut self.undecodable);
        self.name(self.cursor - samples, samples, GapReason::Undecodable);
    }

    fn name(&mut self, start: i64, samples: i64, reason: GapReason) {
        if samples > NAMED_ABOVE {
            let ms = |samples: i64| u64::try_from(samples / 8).unwrap_or(0);
            self.gaps.push(RecordingGap { side: self.side, at_ms: ms(start), length_ms: ms(samples), reason });
        }
    }
}

/// Why there is nothing between two packets, as far as the packets themselves can tell.
fn reason_before(before: Option<&Placed>, packet: &Placed, samples: i64) -> GapReason {
    let Some(before) = before else { return GapReason::NotBegun };
    if packet.found.after_damage {
        return GapReason::FileDamaged;
    }
    if before.found.header.ssrc != packet.found.header.ssrc {
        return GapReason::SourceChanged;
    }
    let missing = i64::from(packet.found.header.sequence.wrapping_sub(before.found.header.sequence)) - 1;
    let explains = missing * i64::from(before.found.samples);
    if missing < 3_000 && explains * 2 >= samples { GapReason::Lost } else { GapReason::Paused }
}

//! Finds out whether the agent talks while the caller is heard from the loudspeaker.
//!
//! When only the caller talks, a filter that has learnt the room leaves a small part of the echo, always about the same.
//! When much more than that is left, it is the agent. A filter that has not learnt enough leaves much as well: nothing
//! is concluded before it has shown what it can do, and no more once it leaves much all the time.

use std::collections::VecDeque;

/// The filter learns hissing sounds last and leaves much of them, so that what is below about 2 kHz must say the same as
/// the whole: a filter of one pole.
const LOW: f32 = 0.5;
/// What is left is compared with the echo, which rings on for a while: its power, held so much from block to block.
const RINGS_ON: f32 = 0.97;
/// Both are smoothed over three blocks.
const SMOOTHED: f32 = 0.3;
/// Microphones hiss; below this nothing is compared. About −76 dBFS.
const HISS: f32 = 25.0;
/// An echo so loud shows what the filter leaves of it. About −56 dBFS.
const LOUD_ECHO: f32 = 3_000.0;
/// How much is left is judged over half a second of loud echo, and the best of the last ten seconds counts.
const BLOCKS_JUDGED: u32 = 125;
const JUDGEMENTS_KEPT: usize = 20;
/// A filter that leaves more than this has not learnt the room.
const LEARNT_DB: f32 = -12.0;
/// So much more than the filter leaves is the agent, between these bounds.
const MORE_DB: f32 = 12.0;
const LEAST_DB: f32 = -18.0;
const MOST_DB: f32 = -4.0;
/// What an agent says is nothing like the echo: 0.16 at most in half a second of recorded speech. Where much is left and
/// it is more like the echo than this, it is one, and the room has changed.
const MUCH_DB: f32 = -8.0;
const LIKE_THE_ECHO: f32 = 0.35;
/// And an agent leaves gaps between syllables. Where none came in five seconds, nothing is known any more.
const JUDGEMENTS_WITHOUT_GAP: u32 = 10;
/// So many blocks in a row are an agent, who is heard for so many more: 50 ms.
const BLOCKS_TO_BEGIN: u32 = 2;
const BLOCKS_HELD: u32 = 12;
/// How fast the agent is let through, a part of the whole with each block, and how fast no more.
const OPENS: f32 = 0.5;
const CLOSES: f32 = 0.1;

/// What is known of who talks.
pub(super) struct Talk {
    all: Beside,
    low: Beside,
    low_left: Low,
    low_echo: Low,
    judged: Judged,
    /// What the filter left, decibels beside the echo, half a second each.
    judgements: VecDeque<f32>,
    without_gap: u32,
    room_changed: bool,
    in_a_row: u32,
    held: u32,
    share: f32,
}

/// Half a second of loud echo.
#[derive(Clone, Copy)]
struct Judged {
    blocks: u32,
    left: f32,
    echo: f32,
    both: f32,
    least_db: f32,
}

impl Judged {
    const NOTHING: Judged = Judged { blocks: 0, left: 0.0, echo: 0.0, both: 0.0, least_db: f32::MAX };
}

/// What is left, beside the echo.
#[derive(Default)]
struct Beside {
    left: f32,
    echo: f32,
}

impl Beside {
    fn observe(&mut self, left: f32, echo: f32) -> f32 {
        self.left += (left - self.left) * SMOOTHED;
        self.echo = (self.echo * RINGS_ON).max(self.echo + (echo - self.echo) * SMOOTHED);
        decibels((self.left + HISS) / (self.echo + HISS))
    }
}

/// Lets through what is below about 2 kHz.
struct Low(f32);

impl Low {
    /// Returns the power of it.
    fn of(&mut self, samples: &[f32]) -> f32 {
        let mut power = 0.0;
        for sample in samples {
            self.0 += (sample - self.0) * LOW;
            power += self.0 * self.0;
        }
        power / samples.len().max(1) as f32
    }
}

impl Default for Talk {
    fn default() -> Self {
        Talk {
            all: Beside::default(),
            low: Beside::default(),
            low_left: Low(0.0),
            low_echo: Low(0.0),
            judged: Judged::NOTHING,
            judgements: VecDeque::with_capacity(JUDGEMENTS_KEPT + 1),
            without_gap: 0,
            room_changed: false,
            in_a_row: 0,
            held: 0,
            share: 0.0,
        }
    }
}

impl Talk {
    /// Takes what the filter left of a block and the echo it took out; returns which part of the agent is let through
    /// unsuppressed at the block's beginning and at its end.
    pub(super) fn observe(&mut self, left: &[f32], echo: &[f32]) -> [f32; 2] {
        let both = mean_product(left, echo);
        let (low_left, low_echo) = (self.low_left.of(left), self.low_echo.of(echo));
        let (left, echo) = (mean_product(left, left), mean_product(echo, echo));
        let left_db = self.all.observe(left, echo).min(self.low.observe(low_left, low_echo));
        if echo > LOUD_ECHO {
            self.judge(left, echo, both, left_db);
        }
        let usual_db = self.usual_db();
        let agent = usual_db < LEARNT_DB && left_db > (usual_db + MORE_DB).clamp(LEAST_DB, MOST_DB);
        self.in_a_row = if agent { self.in_a_row + 1 } else { 0 };
        self.held = if self.in_a_row >= BLOCKS_TO_BEGIN { BLOCKS_HELD } else { self.held.saturating_sub(1) };
        let before = self.share;
        self.share = if self.held > 0 { (self.share + OPENS).min(1.0) } else { (self.share - CLOSES).max(0.0) };
        [before, self.share]
    }

    /// Says once that a room which the filter had learnt is another one now.
    pub(super) fn room_changed(&mut self) -> bool {
        std::mem::take(&mut self.room_changed)
    }

    fn usual_db(&self) -> f32 {
        self.judgements.iter().copied().fold(f32::MAX, f32::min)
    }

    fn judge(&mut self, left: f32, echo: f32, both: f32, left_db: f32) {
        self.judged.blocks += 1;
        self.judged.left += left;
        self.judged.echo += echo;
        self.judged.both += both;
        self.judged.least_db = self.judged.least_db.min(left_db);
        if self.judged.blocks < BLOCKS_JUDGED {
            return;
        }
        let judged = std::mem::replace(&mut self.judged, Judged::NOTHING);
        if self.judgements.len() == JUDGEMENTS_KEPT {
            self.judgements.pop_front();
        }
        let left_db = decibels(judged.left / judged.echo);
        self.judgements.push_back(left_db);
        let likeness = judged.both.abs() / (judged.left * judged.echo).sqrt().max(f32::MIN_POSITIVE);
        self.room_changed |= left_db > MUCH_DB && likeness > LIKE_THE_ECHO && self.usual_db() < LEARNT_DB;
        self.without_gap = if judged.least_db > MUCH_DB { self.without_gap + 1 } else { 0 };
        if self.room_changed || self.without_gap >= JUDGEMENTS_WITHOUT_GAP {
            self.judgements.clear();
        }
    }
}

fn mean_product(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum::<f32>() / one.len().max(1) as f32
}

fn decibels(ratio: f32) -> f32 {
    10.0 * ratio.max(f32::MIN_POSITIVE).log10()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block of something as loud as this, in one of two ways that are nothing alike.
    fn block(power: f32, way: usize) -> [f32; 64] {
        std::array::from_fn(|n| if (n / (8 << way)).is_multiple_of(2) { power.sqrt() } else { -power.sqrt() })
    }

    const ECHO: f32 = 1e6;

    fn after(talk: &mut Talk, blocks: u32, left: f32, way: usize) -> f32 {
        (0..blocks).map(|_| talk.observe(&block(left, way), &block(ECHO, 0))[1]).last().unwrap_or(0.0)
    }

    #[test]
    fn an_agent_is_told_from_what_the_filter_leaves() {
        let mut talk = Talk::default();
        assert!(after(&mut talk, 1_000, ECHO * 0.001, 1) <= 0.0, "only the caller talks");
        assert!(after(&mut talk, 400, ECHO, 1) >= 1.0, "the agent talks, as loud as the echo");
        assert!(after(&mut talk, 100, ECHO * 0.001, 1) <= 0.0, "and is silent again");
    }

    #[test]
    fn a_filter_that_has_not_learnt_proves_nothing() {
        let mut talk = Talk::default();
        assert!(after(&mut talk, 1_000, ECHO * 0.2, 1) <= 0.0);
        assert!(after(&mut talk, 50, ECHO, 1) <= 0.0);
    }

    #[test]
    fn a_room_that_changed_is_not_an_agent_for_long() {
        let mut talk = Talk::default();
        after(&mut talk, 1_000, ECHO * 0.001, 1);
        assert!(after(&mut talk, 300, ECHO, 0) <= 0.0, "what is left is like the echo");
        assert!(talk.room_changed() && !talk.room_changed());
        let mut talk = Talk::default();
        after(&mut talk, 1_000, ECHO * 0.001, 1);
        assert!(after(&mut talk, 1_500, ECHO, 1) <= 0.0, "nobody talks for so long without a gap");
        assert!(!talk.room_changed());
    }

    #[test]
    fn without_an_echo_nothing_is_concluded() {
        let mut talk = Talk::default();
        let shares = (0..1_000).map(|_| talk.observe(&block(ECHO, 1), &[0.0; 64])[1]).fold(0.0, f32::max);
        assert!(shares <= 0.0);
    }
}

//! Finds out whether the agent talks while the caller is heard from the loudspeaker.
//!
//! The filter knows how unsure it is of the room. When only the caller talks, what it leaves of the echo is about what it
//! is unsure of; when much more is left, it is the agent, or the room has changed and the filter does not know it.

/// So much more than what the filter is unsure of is the agent: it is rarely so wrong when only the caller talks, and most
/// syllables of an agent are beyond it.
const AGENT_DB: f32 = 10.0;
/// A filter that adds to what is heard in place of taking out is wrong, whoever talks.
const ADDED: f32 = 1.5;
/// An agent is heard for so many packets more: 200 ms, which bridges the gaps between syllables.
const PACKETS_HELD: u32 = 10;
/// How fast the agent is let through, a part of the whole with each block, and how fast no more.
const OPENS: f32 = 0.5;
const CLOSES: f32 = 0.1;
/// Whether it is the room that changed is judged over half a second.
const PACKETS_JUDGED: u32 = 25;
/// What an agent says is nothing like the echo: 0.16 at most in half a second of recorded speech. Where what is left is
/// more like the echo than this, it is one, and the room has changed.
const LIKE_THE_ECHO: f32 = 0.35;
/// And an agent leaves gaps between syllables. Where none came in five seconds, the room has changed as well.
const JUDGEMENTS_WITHOUT_GAP: u32 = 10;

/// What is known of who talks.
#[derive(Default)]
pub(super) struct Talk {
    held: u32,
    share: f32,
    judged: Judged,
    without_gap: u32,
    room_changed: bool,
}

/// Half a second.
#[derive(Default)]
struct Judged {
    packets: u32,
    surprised: u32,
    left: f32,
    echo: f32,
    both: f32,
}

impl Talk {
    /// Takes what was heard in a packet, what the filter left of it, what is sent if the agent talks, and by how much what is
    /// left is more than what the filter is unsure of.
    pub(super) fn observe(&mut self, surprise_db: f32, heard: &[f32], left: &[f32], sent: &[f32]) {
        let surprised = surprise_db > AGENT_DB;
        let agent = surprised && power(sent) < ADDED * power(heard);
        self.held = if agent { PACKETS_HELD } else { self.held.saturating_sub(1) };
        self.judged.packets += 1;
        self.judged.surprised += u32::from(surprised);
        for (left, heard) in left.iter().zip(heard) {
            // What the filter took out is the echo as it was foretold.
            let echo = heard - left;
            self.judged.left += left * left;
            self.judged.echo += echo * echo;
            self.judged.both += left * echo;
        }
        if self.judged.packets == PACKETS_JUDGED {
            self.judge();
        }
    }

    fn judge(&mut self) {
        let Judged { packets, surprised, left, echo, both } = std::mem::take(&mut self.judged);
        let likeness = both.abs() / (left * echo).sqrt().max(f32::MIN_POSITIVE);
        let echo_comes = echo > left * 0.01;
        self.without_gap = if surprised == packets && echo_comes { self.without_gap + 1 } else { 0 };
        if (surprised * 2 > packets && likeness > LIKE_THE_ECHO) || self.without_gap >= JUDGEMENTS_WITHOUT_GAP {
            self.without_gap = 0;
            self.room_changed = true;
        }
    }

    /// Returns which part of the agent is let through unsuppressed at the next block's beginning and at its end.
    pub(super) fn shares(&mut self) -> [f32; 2] {
        let before = self.share;
        self.share = if self.held > 0 { (self.share + OPENS).min(1.0) } else { (self.share - CLOSES).max(0.0) };
        [before, self.share]
    }

    /// Says once that a room which the filter had learnt is another one now.
    pub(super) fn room_changed(&mut self) -> bool {
        std::mem::take(&mut self.room_changed)
    }
}

/// The power of so many samples together.
pub(super) fn power(samples: &[f32]) -> f32 {
    samples.iter().map(|sample| sample * sample).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A packet of something as loud as this, in one of two ways that are nothing alike.
    fn packet(power: f32, way: usize) -> [f32; 320] {
        std::array::from_fn(|n| if (n / (8 << way)).is_multiple_of(2) { power.sqrt() } else { -power.sqrt() })
    }

    const ECHO: f32 = 1e6;

    /// The share let through after so many packets, in each of which the filter left so much; `way` 0 is like the echo.
    fn after(talk: &mut Talk, packets: u32, surprise_db: f32, left: f32, way: usize) -> f32 {
        let left = packet(left, way);
        let echo = packet(ECHO, 0);
        let heard: [f32; 320] = std::array::from_fn(|n| left[n] + echo[n]);
        let mut share = 0.0;
        for _ in 0..packets {
            talk.observe(surprise_db, &heard, &left, &left);
            share = (0..5).map(|_| talk.shares()[1]).fold(0.0, |_, share| share);
        }
        share
    }

    #[test]
    fn an_agent_is_told_from_what_the_filter_leaves() {
        let mut talk = Talk::default();
        assert!(after(&mut talk, 100, 3.0, ECHO * 0.01, 1) <= 0.0, "only the caller talks");
        assert!(after(&mut talk, 80, 20.0, ECHO, 1) >= 1.0, "the agent talks, as loud as the echo");
        assert!(after(&mut talk, 5, 3.0, ECHO * 0.01, 1) >= 1.0, "between two syllables");
        assert!(after(&mut talk, 20, 3.0, ECHO * 0.01, 1) <= 0.0, "and is silent again");
        assert!(!talk.room_changed());
    }

    #[test]
    fn a_filter_that_adds_to_what_is_heard_is_not_an_agent() {
        let mut talk = Talk::default();
        for _ in 0..100 {
            talk.observe(20.0, &packet(ECHO * 0.01, 0), &packet(ECHO, 0), &packet(ECHO, 0));
        }
        assert!(talk.shares()[1] <= 0.0);
    }

    #[test]
    fn a_room_that_changed_is_not_an_agent_for_long() {
        let mut talk = Talk::default();
        after(&mut talk, PACKETS_JUDGED, 20.0, ECHO, 0);
        assert!(talk.room_changed() && !talk.room_changed(), "what is left is like the echo");
        let mut talk = Talk::default();
        after(&mut talk, PACKETS_JUDGED * JUDGEMENTS_WITHOUT_GAP, 20.0, ECHO, 1);
        assert!(talk.room_changed(), "nobody talks for so long without a gap");
    }
}

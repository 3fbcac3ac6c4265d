//! Counts packets' times: one after the other by the ends' clock, and by the wall clock across calls and sleeps.

use std::time::{Duration, Instant};

/// A frame this far from where the last ones foretold it was not made up for: the machine slept.
const FAR: Duration = Duration::from_millis(200);

/// Numbers the frames of a stream.
#[derive(Debug)]
pub(super) struct Ticks {
    frame: Duration,
    epoch: Instant,
    tick: u64,
    /// When the next frame is foretold; none after a pause.
    next: Option<Instant>,
}

impl Ticks {
    pub(super) fn new(frame: Duration) -> Ticks {
        Ticks { frame, epoch: Instant::now(), tick: 0, next: None }
    }

    /// A pause is over: the next frame's number is the wall clock's.
    pub(super) fn reopened(&mut self) {
        self.next = None;
    }

    /// Returns the number of the frame due at `due`; it always rises.
    pub(super) fn next(&mut self, due: Instant) -> u64 {
        let follows = self
            .next
            .is_some_and(|next| due.saturating_duration_since(next) < FAR && next.saturating_duration_since(due) < FAR);
        self.tick += 1;
        // Foretold by the frame itself, so that a clock which is a little off is not far off in the end.
        self.next = Some(due + self.frame);
        if !follows {
            let passed = due.saturating_duration_since(self.epoch).as_millis() / self.frame.as_millis().max(1);
            self.tick = self.tick.max(u64::try_from(passed).unwrap_or(u64::MAX));
        }
        self.tick
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_follow_the_frames_and_across_pauses_the_wall() {
        let frame = Duration::from_millis(20);
        let mut ticks = Ticks::new(frame);
        let start = ticks.epoch + Duration::from_secs(10);
        assert_eq!(ticks.next(start), 500);
        // Two in a burst are two frames all the same.
        assert_eq!(ticks.next(start + frame), 501);
        assert_eq!(ticks.next(start + frame), 502);
        assert_eq!(ticks.next(start + Duration::from_secs(2)), 600);
        ticks.reopened();
        assert_eq!(ticks.next(start + Duration::from_secs(3)), 650);
        assert_eq!(ticks.next(start), 651, "never back");
    }
}

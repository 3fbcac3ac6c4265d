//! How eagerly a worker wakes: at once while there is little to do, in small batches when packets crowd.
//!
//! A wake-up costs about as much as sending a packet. Beyond some thousands a second the worker waits a third of a
//! millisecond after each, so that the next brings several packets: well within the millisecond that a packet's way
//! through the gateway may take.

use std::time::{Duration, Instant};

/// How long packets may gather.
const GATHER: Duration = Duration::from_micros(300);
/// Wake-ups that are looked at together.
const WINDOW: u32 = 32;
/// A window shorter than this means a crowd: more than 3,200 wake-ups a second.
const CROWD: Duration = Duration::from_millis(10);
/// Gathering goes on while it brings at least this many packets a wake-up.
const WORTH: u32 = 2;

/// The state of it.
#[derive(Debug)]
pub(super) struct Pace {
    gathering: bool,
    began: Instant,
    wakes: u32,
    events: u32,
}

impl Pace {
    pub fn new(now: Instant) -> Self {
        Self { gathering: false, began: now, wakes: 0, events: 0 }
    }

    /// Notes a wake-up that brought `events`.
    pub fn woke(&mut self, events: usize) {
        self.wakes += 1;
        self.events = self.events.saturating_add(u32::try_from(events).unwrap_or(u32::MAX));
        if self.wakes < WINDOW {
            return;
        }
        let now = Instant::now();
        self.gathering = if self.gathering {
            self.events >= WORTH * WINDOW
        } else {
            now.saturating_duration_since(self.began) < CROWD
        };
        (self.began, self.wakes, self.events) = (now, 0, 0);
    }

    /// How long to let packets gather before looking again, if `left` until the next deadline allows it.
    pub fn gather(&self, left: Option<Duration>) -> Option<Duration> {
        let allowed = cfg!(unix) && left.is_none_or(|left| left > GATHER * 2);
        (self.gathering && allowed).then_some(GATHER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_is_gathered_while_that_is_worth_it() {
        let mut pace = Pace::new(Instant::now());
        assert_eq!(pace.gather(None), None);
        (0..WINDOW).for_each(|_| pace.woke(1));
        assert_eq!(pace.gather(None), Some(GATHER));
        assert_eq!(pace.gather(Some(GATHER)), None, "a deadline is near");
        (0..WINDOW).for_each(|_| pace.woke(3));
        assert_eq!(pace.gather(None), Some(GATHER));
        (0..WINDOW).for_each(|_| pace.woke(1));
        assert_eq!(pace.gather(None), None);
    }
}

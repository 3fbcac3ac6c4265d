//! Holds a ring back until what belongs before it has been done, or a moment has passed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Frames that a ring is held back at most, 40 ms.
const MOST_HELD: u32 = 8;

/// Holds each ring back for 40 ms at most, unless it is released sooner: the customer's page is asked for before the ring
/// is heard. Clones are the same hold.
#[derive(Debug, Clone, Default)]
pub struct RingHold(Arc<AtomicBool>);

impl RingHold {
    /// Lets the ring be heard.
    pub fn release(&self) {
        self.0.store(false, Ordering::Release);
    }

    /// Holds the next ring back.
    pub(super) fn hold(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn holds(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// One ring that may be held back.
pub(super) struct HeldRing {
    hold: Option<RingHold>,
    frames_left: u32,
}

impl HeldRing {
    pub(super) fn new(hold: Option<RingHold>) -> HeldRing {
        HeldRing { hold, frames_left: MOST_HELD }
    }

    /// Says of each frame in turn whether it is held back; none is after one that was not.
    pub(super) fn holds_back(&mut self) -> bool {
        let held = self.frames_left > 0 && self.hold.as_ref().is_some_and(RingHold::holds);
        self.frames_left = if held { self.frames_left - 1 } else { 0 };
        held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(frames: usize, ring: &mut HeldRing) -> usize {
        (0..frames).filter(|_| ring.holds_back()).count()
    }

    #[test]
    fn a_ring_waits_until_it_is_released() {
        let hold = RingHold::default();
        hold.hold();
        let mut ring = HeldRing::new(Some(hold.clone()));
        assert_eq!(held(3, &mut ring), 3);
        hold.release();
        assert_eq!(held(3, &mut ring), 0);
        // Another call that rings meanwhile does not make it pause.
        hold.hold();
        assert_eq!(held(100, &mut ring), 0);
    }

    #[test]
    fn a_ring_that_nobody_releases_is_heard_all_the_same() {
        let hold = RingHold::default();
        hold.hold();
        assert_eq!(held(100, &mut HeldRing::new(Some(hold))), 8);
    }

    #[test]
    fn where_nobody_may_hold_it_a_ring_is_heard_at_once() {
        assert_eq!(held(100, &mut HeldRing::new(None)), 0);
        assert_eq!(held(100, &mut HeldRing::new(Some(RingHold::default()))), 0);
    }
}

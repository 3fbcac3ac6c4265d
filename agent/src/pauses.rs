//! Growing pauses between attempts, spread by chance so that a thousand desks do not come back at once.

use std::time::Duration;

/// Gives the pause before each next attempt.
#[derive(Debug, Clone)]
pub(crate) struct Pauses {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl Pauses {
    /// Pauses that begin at `first` and double up to `longest`.
    pub(crate) fn new(first: Duration, longest: Duration) -> Pauses {
        Pauses { first, longest, next: first }
    }

    /// Returns the next pause: half to one and a half of what is due. `chance` is in 0..1.
    pub(crate) fn next(&mut self, chance: f64) -> Duration {
        let due = self.next;
        self.next = (due * 2).min(self.longest);
        due.mul_f64(0.5 + chance.clamp(0.0, 1.0))
    }

    /// An attempt went well: the next pause is the first again.
    pub(crate) fn start_over(&mut self) {
        self.next = self.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_limit_and_start_over() {
        let mut pauses = Pauses::new(Duration::from_millis(100), Duration::from_millis(350));
        let grown: Vec<u128> = (0..4).map(|_| pauses.next(0.5).as_millis()).collect();
        assert_eq!(grown, [100, 200, 350, 350]);
        pauses.start_over();
        assert_eq!(pauses.next(0.0).as_millis(), 50);
        assert_eq!(pauses.next(1.0).as_millis(), 300);
    }
}

//! Effects that leave the machine, waiting for the journal batch they belong to.

use std::collections::VecDeque;

/// Effects in the order they were decided, each batch behind its journal commit.
#[derive(Debug)]
pub struct Pending<T> {
    batches: VecDeque<(u64, Vec<T>)>,
}

impl<T> Default for Pending<T> {
    fn default() -> Self {
        Self { batches: VecDeque::new() }
    }
}

impl<T> Pending<T> {
    /// Queues effects behind a batch.
    pub fn push(&mut self, batch: u64, effects: Vec<T>) {
        if !effects.is_empty() {
            self.batches.push_back((batch, effects));
        }
    }

    /// The next batch whose commit has been reached, in order.
    pub fn pop(&mut self, committed: u64) -> Option<Vec<T>> {
        match self.batches.front() {
            Some((batch, _)) if *batch <= committed => self.batches.pop_front().map(|(_, effects)| effects),
            Some(_) | None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn nothing_leaves_before_its_batch_and_order_is_kept() {
        let hang_up = |leg: u64| vec![leg];
        let mut pending = Pending::default();
        pending.push(1, hang_up(1));
        pending.push(2, hang_up(2));
        pending.push(2, hang_up(3));
        assert_eq!(pending.pop(0), None);
        assert_eq!(pending.pop(1), Some(hang_up(1)));
        assert_eq!(pending.pop(1), None);
        assert_eq!(pending.pop(5), Some(hang_up(2)));
        assert_eq!(pending.pop(5), Some(hang_up(3)));
        assert_eq!(pending.pop(5), None);
    }
}

//! Lines: how many calls each of our numbers is in, and which trunks are down.

use std::collections::BTreeSet;

use super::keys::Table;
use crate::{Number, NumberEntry, TrunkId};

/// What is in use and what is down.
#[derive(Debug, Default)]
pub(super) struct Lines {
    in_use: Table<Number, u32>,
    down: BTreeSet<TrunkId>,
}

impl Lines {
    /// Whether a number can have one more call.
    pub fn has_room(&self, number: &Number, entry: &NumberEntry) -> bool {
        entry.cap.is_none_or(|cap| self.in_use(number) < cap)
    }

    /// How many calls a number is in.
    pub fn in_use(&self, number: &Number) -> u32 {
        self.in_use.get(number).copied().unwrap_or(0)
    }

    /// One more call of a number.
    pub fn take(&mut self, number: &Number) {
        *self.in_use.entry(number.clone()).or_insert(0) += 1;
    }

    /// One call less.
    pub fn give_back(&mut self, number: &Number) {
        if let Some(count) = self.in_use.get_mut(number) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.in_use.remove(number);
            }
        }
    }

    /// Whether a trunk is up, as far as is known.
    pub fn is_up(&self, trunk: &TrunkId) -> bool {
        !self.down.contains(trunk)
    }

    /// Notes a trunk's state.
    pub fn trunk_changed(&mut self, trunk: TrunkId, up: bool) {
        tracing::info!(%trunk, up, "trunk changed");
        if up {
            self.down.remove(&trunk);
        } else {
            self.down.insert(trunk);
        }
    }
}

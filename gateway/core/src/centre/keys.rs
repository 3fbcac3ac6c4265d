//! Short names inside the centre: copied and compared for less than the ids' texts, and never reused.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, DefaultHasher},
};

use crate::{LegId, PlayId};

/// A map that hashes alike in every process, so that equal events give equal steps.
pub(super) type Table<K, V> = HashMap<K, V, BuildHasherDefault<DefaultHasher>>;

/// A call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct CallKey(pub u64);

/// An agent, by position among all agents ever met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct AgentKey(pub u32);

/// A skill group, by position among all groups ever met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct GroupKey(pub u32);

/// Counts what must never come twice.
#[derive(Debug, Default)]
pub(super) struct Counters {
    legs: u64,
    plays: u64,
    calls: u64,
    turns: u64,
}

impl Counters {
    /// A new leg.
    pub fn leg(&mut self) -> LegId {
        self.legs += 1;
        LegId(self.legs)
    }

    /// A new playing.
    pub fn play(&mut self) -> PlayId {
        self.plays += 1;
        PlayId(self.plays)
    }

    /// A new call.
    pub fn call(&mut self) -> CallKey {
        self.calls += 1;
        CallKey(self.calls)
    }

    /// A place in an order: who comes at the same time as another comes after.
    pub fn place(&mut self) -> u64 {
        self.turns += 1;
        self.turns
    }
}

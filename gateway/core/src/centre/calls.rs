//! All calls under way, found by key, by id and by leg.

use std::collections::BTreeSet;

use super::{
    broken::Broken,
    call::Call,
    keys::{AgentKey, CallKey, Table},
};
use crate::{CallId, LegId};

/// What a leg is in its call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Party {
    /// The customer's.
    Customer,
    /// An agent's.
    Agent(AgentKey),
}

/// Legs counted for arrivals and not used yet, at most. More means that the shell forgets arrivals.
const EXPECTED_MAX: usize = 4096;

/// All calls under way.
#[derive(Debug, Default)]
pub(super) struct Calls {
    all: Table<CallKey, Call>,
    by_id: Table<CallId, CallKey>,
    legs: Table<LegId, (CallKey, Party)>,
    expected: BTreeSet<LegId>,
}

impl Calls {
    /// How many.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Notes that a leg was counted for an arrival.
    pub fn expect_arrival(&mut self, leg: LegId) {
        self.expected.insert(leg);
        if self.expected.len() > EXPECTED_MAX {
            self.expected.pop_first();
        }
    }

    /// Whether a leg was counted for an arrival that has not come yet; it has now.
    pub fn arrives(&mut self, leg: LegId) -> bool {
        self.expected.remove(&leg)
    }

    /// Adds a call with its customer's leg.
    pub fn insert(&mut self, key: CallKey, call: Call) {
        self.by_id.insert(call.id.clone(), key);
        self.legs.insert(call.customer, (key, Party::Customer));
        self.all.insert(key, call);
    }

    /// Adds an agent's leg to a call.
    pub fn add_desk(&mut self, key: CallKey, leg: LegId, agent: AgentKey) {
        self.legs.insert(leg, (key, Party::Agent(agent)));
    }

    /// Takes a call out, with its legs.
    pub fn remove(&mut self, key: CallKey) -> Option<Call> {
        let call = self.all.remove(&key)?;
        self.by_id.remove(&call.id);
        self.legs.remove(&call.customer);
        if let Some(desk) = call.stage.desk() {
            self.legs.remove(&desk.leg);
        }
        Some(call)
    }

    /// The agents' legs of a call, found by a search.
    pub fn desks_of(&self, key: CallKey) -> Vec<LegId> {
        let legs = self.legs.iter().filter_map(|(leg, (call, party))| match party {
            Party::Agent(_) if *call == key => Some(*leg),
            Party::Agent(_) | Party::Customer => None,
        });
        let mut desks: Vec<LegId> = legs.collect();
        desks.sort_unstable();
        desks
    }

    /// Forgets a leg; whether there was one.
    pub fn forget_leg(&mut self, leg: LegId) -> bool {
        self.legs.remove(&leg).is_some()
    }

    /// The key of a call under way.
    pub fn find(&self, id: &CallId) -> Option<CallKey> {
        self.by_id.get(id).copied()
    }

    /// The call of a leg that lives.
    pub fn of_leg(&self, leg: LegId) -> Option<(CallKey, Party)> {
        self.legs.get(&leg).copied()
    }

    /// The call of a customer's leg that lives.
    pub fn of_customer(&self, leg: LegId) -> Option<CallKey> {
        match self.of_leg(leg)? {
            (key, Party::Customer) => Some(key),
            (_, Party::Agent(_)) => None,
        }
    }

    /// A call.
    pub fn get(&self, key: CallKey) -> Result<&Call, Broken> {
        self.all.get(&key).ok_or(Broken::rule("a key names a call"))
    }

    /// A call, to change.
    pub fn get_mut(&mut self, key: CallKey) -> Result<&mut Call, Broken> {
        self.all.get_mut(&key).ok_or(Broken::rule("a key names a call"))
    }
}

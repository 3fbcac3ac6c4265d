//! One step of the centre: when it happens, and the effects gathered so far.

use super::keys::{AgentKey, GroupKey};
use crate::{CallId, Effect, Fact, JournalEntry, Now};

/// Gathers what one event leads to.
#[derive(Debug)]
pub(super) struct Turn {
    /// The time of the event.
    pub now: Now,
    effects: Vec<Effect>,
    views: Vec<AgentKey>,
    queues: Vec<GroupKey>,
}

impl Turn {
    /// A step that has done nothing yet.
    pub fn new(now: Now) -> Self {
        Self { now, effects: Vec::new(), views: Vec::new(), queues: Vec::new() }
    }

    /// Adds an effect.
    pub fn push(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Writes a fact about a call.
    pub fn journal(&mut self, call: &CallId, fact: Fact) {
        self.journal_entry(Some(call.clone()), fact);
    }

    /// Writes a fact.
    pub fn journal_entry(&mut self, call: Option<CallId>, fact: Fact) {
        self.push(Effect::Journal(JournalEntry { at: self.now.utc, call, fact }));
    }

    /// Notes that an agent's view changed.
    pub fn view(&mut self, agent: AgentKey) {
        if !self.views.contains(&agent) {
            self.views.push(agent);
        }
    }

    /// Notes that a queue may have changed.
    pub fn queue(&mut self, group: GroupKey) {
        if !self.queues.contains(&group) {
            self.queues.push(group);
        }
    }

    /// The agents whose views changed.
    pub fn take_views(&mut self) -> Vec<AgentKey> {
        std::mem::take(&mut self.views)
    }

    /// The queues that may have changed.
    pub fn take_queues(&mut self) -> Vec<GroupKey> {
        std::mem::take(&mut self.queues)
    }

    /// All effects in their order.
    pub fn into_effects(self) -> Vec<Effect> {
        self.effects
    }
}

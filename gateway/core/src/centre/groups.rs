//! Skill groups: who is ready in each and who waits in each, both in the order in which they are served.

use std::collections::BTreeSet;

use super::{
    Centre,
    agents::IdleSince,
    broken::Broken,
    keys::{AgentKey, CallKey, GroupKey, Table},
    turn::Turn,
};
use crate::{Effect, Mono, SkillGroupId};

/// Where an agent stands among the ready of a group: strongest level, then longest idle.
pub(super) type ReadyPlace = (u8, IdleSince, AgentKey);

/// Where a call stands among the waiting of a group: first priority, then longest wait.
pub(super) type WaitingPlace = (u8, Mono, u64, CallKey);

/// A skill group.
#[derive(Debug)]
pub(super) struct Group {
    pub id: SkillGroupId,
    /// Ready agents with a desk and without a call.
    pub ready: BTreeSet<ReadyPlace>,
    /// Calls that wait and ring nowhere.
    pub waiting: BTreeSet<WaitingPlace>,
    /// How many waiting calls the shell was told of.
    told: u32,
}

impl Group {
    /// How many calls wait.
    pub fn waiting_count(&self) -> u32 {
        u32::try_from(self.waiting.len()).unwrap_or(u32::MAX)
    }
}

/// All groups ever met, by key and by id, and those in which a call and an agent can be brought together.
#[derive(Debug, Default)]
pub(super) struct Groups {
    all: Vec<Group>,
    by_id: Table<SkillGroupId, GroupKey>,
    matchable: BTreeSet<GroupKey>,
}

impl Groups {
    /// The key of a group that was met before.
    pub fn find(&self, id: &SkillGroupId) -> Option<GroupKey> {
        self.by_id.get(id).copied()
    }

    /// The key of a group, met now if not before.
    pub fn meet(&mut self, id: &SkillGroupId) -> GroupKey {
        if let Some(key) = self.find(id) {
            return key;
        }
        let key = GroupKey(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        self.all.push(Group { id: id.clone(), ready: BTreeSet::new(), waiting: BTreeSet::new(), told: 0 });
        self.by_id.insert(id.clone(), key);
        key
    }

    /// A group.
    pub fn get(&self, key: GroupKey) -> Result<&Group, Broken> {
        self.all.get(key.0 as usize).ok_or(Broken::rule("a key names a group"))
    }

    /// Changes who is ready or waiting in a group.
    pub fn change(&mut self, key: GroupKey, change: impl FnOnce(&mut Group)) -> Result<(), Broken> {
        let group = self.all.get_mut(key.0 as usize).ok_or(Broken::rule("a key names a group"))?;
        change(group);
        if group.ready.is_empty() || group.waiting.is_empty() {
            self.matchable.remove(&key);
        } else {
            self.matchable.insert(key);
        }
        Ok(())
    }

    /// The groups in which somebody waits and somebody is ready.
    pub fn matchable(&self) -> impl Iterator<Item = (GroupKey, &Group)> {
        self.matchable.iter().filter_map(|key| Some((*key, self.all.get(key.0 as usize)?)))
    }
}

impl Centre {
    /// Tells how long the queues are that changed in this turn.
    pub(super) fn tell_queues(&mut self, turn: &mut Turn) {
        for key in turn.take_queues() {
            let Some(group) = self.groups.all.get_mut(key.0 as usize) else { continue };
            let waiting = group.waiting_count();
            if group.told != waiting {
                group.told = waiting;
                turn.push(Effect::QueueChanged { group: group.id.clone(), waiting });
            }
        }
    }
}

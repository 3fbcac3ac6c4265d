//! Taking over a changed configuration while the centre works.

use super::{
    Centre,
    agents::Duty,
    broken::Step,
    keys::{AgentKey, GroupKey},
    turn::Turn,
};
use crate::{Directory, Presence};

impl Centre {
    /// The configuration changed. Levels count at once; who has left the directory is signed out, after the call
    /// if there is one. Calls keep their flow, their queue and the deadlines that stand.
    pub(super) fn on_directory_changed(&mut self, turn: &mut Turn, directory: Directory) -> Step {
        let changed = self.adopt_directory(directory);
        for key in changed {
            let agent = self.agents.get_mut(key)?;
            if !agent.known && agent.signed_in() {
                match agent.duty {
                    Duty::Idle | Duty::WrapUp(_) => {
                        agent.wish = None;
                        self.move_agent(turn, key, Presence::Offline, Duty::Idle, None)?;
                    }
                    Duty::Ringing(_) | Duty::Dialing(_) | Duty::Talking(_) => agent.wish = Some(Presence::Offline),
                }
            }
            let agent = self.agents.get_mut(key)?;
            if agent.known && agent.wish == Some(Presence::Offline) {
                agent.wish = None;
            }
            self.agent_touched(turn, key)?;
        }
        Ok(())
    }

    /// Replaces the directory and says whose entry or levels changed. Those stand in no ready order until they are
    /// touched.
    pub(super) fn adopt_directory(&mut self, mut directory: Directory) -> Vec<AgentKey> {
        self.flows.publish(std::mem::take(&mut directory.flows));
        self.directory = directory;
        for group in self.directory.groups.keys() {
            self.groups.meet(group);
        }
        for agent in self.directory.agents.keys() {
            self.agents.meet(agent);
        }
        let mut changed = Vec::new();
        for key in self.agents.keys() {
            let Some((known, levels)) = self.entry_of(key) else { continue };
            let Ok(agent) = self.agents.get(key) else { continue };
            if agent.known == known && agent.levels == levels {
                continue;
            }
            if let Err(broken) = self.unindex_agent(key) {
                tracing::error!(rule = broken.rule, "an agent could not be taken out of the ready order");
            }
            if let Ok(agent) = self.agents.get_mut(key) {
                agent.known = known;
                agent.levels = levels;
            }
            changed.push(key);
        }
        changed
    }

    fn entry_of(&self, key: AgentKey) -> Option<(bool, Vec<(GroupKey, u8)>)> {
        let agent = self.agents.get(key).ok()?;
        let Some(entry) = self.directory.agents.get(&agent.id) else { return Some((false, Vec::new())) };
        let existing = entry.levels.iter().filter(|(group, _)| self.directory.groups.contains_key(*group));
        let levels = existing.filter_map(|(group, level)| Some((self.groups.find(group)?, (*level).clamp(1, 10))));
        Some((true, levels.collect()))
    }
}

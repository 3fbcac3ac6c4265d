//! The router: brings waiting calls and ready agents together.
//!
//! Between steps no group holds both a waiting call and a ready agent, so each decision looks only at groups that
//! the last change has touched, and takes the first of ordered sets: its cost grows with the logarithm of the
//! number of agents.

use super::{
    Centre,
    agents::Duty,
    broken::Step,
    groups::{Group, ReadyPlace, WaitingPlace},
    keys::{AgentKey, GroupKey},
    turn::Turn,
};
use crate::Presence;

/// Who could be brought together, and in which group.
#[derive(Debug, Clone, Copy)]
struct Match {
    group: GroupKey,
    call: WaitingPlace,
    agent: ReadyPlace,
}

impl Centre {
    /// Offers calls as long as somebody waits for an agent who is ready.
    ///
    /// Of all calls that could be served, the one of the first priority that waits longest goes first, whatever its
    /// group; it gets the agent with the strongest level in its group who has been idle longest.
    pub(super) fn route_waiting_calls(&mut self, turn: &mut Turn) {
        while let Some(found) = self.next_match() {
            let (call, agent) = (found.call.3, found.agent.2);
            // Both leave their order first, so that even a broken rule cannot bring the same pair up again.
            let offered = self.take_out(found).and_then(|()| self.offer(turn, call, agent));
            if let Err(broken) = offered {
                self.contain(turn, broken.of(call));
                if let Err(broken) = self.index_agent(agent) {
                    self.contain(turn, broken);
                }
            }
        }
    }

    /// Puts an agent into the ready order of their groups or takes them out, as their state asks.
    pub(super) fn index_agent(&mut self, key: AgentKey) -> Step {
        let agent = self.agents.get_mut(key)?;
        let connected = agent.connected || planted!(self, OffersWithoutDesk);
        let available = connected && agent.presence == Presence::Ready && agent.duty == Duty::Idle;
        let wanted = available.then_some(agent.idle_since);
        if agent.ready == wanted || (wanted.is_some() && planted!(self, ForgetsReadyAgent) && key.0 == 3) {
            return Ok(());
        }
        let stood = std::mem::replace(&mut agent.ready, wanted);
        for &(group, level) in &agent.levels {
            self.groups.change(group, |group| {
                if let Some(idle) = stood {
                    group.ready.remove(&(level, idle, key));
                }
                if let Some(idle) = wanted {
                    group.ready.insert((level, idle, key));
                }
            })?;
        }
        Ok(())
    }

    fn next_match(&self) -> Option<Match> {
        let matches = self.groups.matchable().filter_map(|(key, group)| {
            Some(Match { group: key, call: self.next_waiting(group)?, agent: self.next_ready(group)? })
        });
        matches.min_by_key(|found| found.call)
    }

    fn next_waiting(&self, group: &Group) -> Option<WaitingPlace> {
        if planted!(self, ServesLastComer) {
            return group.waiting.last().copied();
        }
        group.waiting.first().copied()
    }

    fn next_ready(&self, group: &Group) -> Option<ReadyPlace> {
        if planted!(self, PrefersWeakestLevel) {
            return group.ready.last().copied();
        }
        if planted!(self, PrefersShortestIdle) {
            let level = group.ready.first()?.0;
            return group.ready.iter().take_while(|place| place.0 == level).last().copied();
        }
        group.ready.first().copied()
    }

    fn take_out(&mut self, found: Match) -> Step {
        self.groups.change(found.group, |group| {
            group.waiting.remove(&found.call);
            group.ready.remove(&found.agent);
        })?;
        self.unindex_agent(found.agent.2)
    }

    /// Takes an agent out of the ready order, whatever their state.
    pub(super) fn unindex_agent(&mut self, key: AgentKey) -> Step {
        let agent = self.agents.get_mut(key)?;
        let Some(idle) = agent.ready.take() else { return Ok(()) };
        for &(group, level) in &agent.levels {
            self.groups.change(group, |group| {
                group.ready.remove(&(level, idle, key));
            })?;
        }
        Ok(())
    }
}

//! Who a moment of a call is about: agents, the customer, queues and flows each have their own line of events.

use super::Fold;
use crate::{
    AgentId, SkillGroupId, UtcMs,
    record::{AgentEvents, Moment, QueueEvents, RecordEvent},
};

impl Fold {
    pub(super) fn group(&mut self, group: Option<&SkillGroupId>) {
        if let Some(group) = group
            && !self.record.groups.contains(group)
        {
            self.record.groups.push(group.clone());
        }
    }

    pub(super) fn agent_moment(&mut self, agent: &AgentId, group: Option<&SkillGroupId>, what: Moment, at: UtcMs) {
        if !self.record.agents.contains(agent) {
            self.record.agents.push(agent.clone());
        }
        let events = &mut self.record.agent_events;
        // Each offer is a presence of its own; what follows belongs to the agent's latest.
        let begins = matches!(what, Moment::Ringing | Moment::Dialing);
        let place = if begins { None } else { events.iter().rposition(|party| party.agent == *agent) };
        let place = place.unwrap_or_else(|| {
            events.push(AgentEvents { agent: agent.clone(), group: group.cloned(), events: Vec::new() });
            events.len() - 1
        });
        if let Some(party) = events.get_mut(place) {
            party.events.push(moment(what, at, None));
        }
    }

    pub(super) fn customer_moment(&mut self, what: Moment, at: UtcMs) {
        self.record.customer_events.push(moment(what, at, None));
    }

    pub(super) fn queue_moment(&mut self, group: &SkillGroupId, what: Moment, at: UtcMs) {
        match self.record.queue_events.iter_mut().rfind(|party| party.group == *group) {
            Some(party) => party.events.push(moment(what, at, None)),
            None => {
                let flow = self.record.flow_events.last().map(|events| events.flow.clone());
                let events = vec![moment(what, at, None)];
                self.record.queue_events.push(QueueEvents { group: group.clone(), flow, events });
            }
        }
    }

    pub(super) fn flow_moment(&mut self, what: Moment, at: UtcMs, detail: Option<String>) {
        if let Some(party) = self.record.flow_events.last_mut() {
            party.events.push(moment(what, at, detail));
        }
    }
}

pub(super) fn moment(moment: Moment, at: UtcMs, detail: Option<String>) -> RecordEvent {
    RecordEvent { moment, at, duration_ms: 0, detail }
}

pub(super) fn set_durations(events: &mut [RecordEvent], end: UtcMs) {
    let mut until = end;
    for event in events.iter_mut().rev() {
        event.duration_ms = (until.0 - event.at.0).max(0);
        until = event.at;
    }
}

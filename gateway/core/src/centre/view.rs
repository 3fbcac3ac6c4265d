//! Read-only copies of what the centre knows, for the shell to show.

use super::{
    Centre,
    agents::{Agent, Duty},
    call::{Call, Progress, Stage},
};
use crate::{AgentId, AgentSnapshot, CallPhase, CallSnapshot, Direction, SkillGroupId, UtcMs, WaitingSnapshot};

impl Centre {
    /// An agent's whole world; none for somebody whom neither the directory nor a desk has ever named.
    pub fn agent_snapshot(&self, agent: &AgentId) -> Option<AgentSnapshot> {
        let agent = self.agents.get(self.agents.find(agent)?).ok()?;
        Some(AgentSnapshot {
            agent: agent.id.clone(),
            presence: agent.presence.clone(),
            activity: agent.duty.activity(),
            since: agent.since,
            next_presence: agent.wish.clone(),
            groups: self.groups_of(agent),
            desk_connected: agent.connected,
            calls: self.calls_of(agent).into_iter().collect(),
            wrap_up: match &agent.duty {
                Duty::WrapUp(wrap_up) => Some(wrap_up.snapshot()),
                Duty::Idle | Duty::Ringing(_) | Duty::Dialing(_) | Duty::Talking(_) => None,
            },
        })
    }

    /// The calls that wait in a group's queue and ring nowhere, in the order in which they will be served.
    pub fn waiting(&self, group: &SkillGroupId) -> Vec<WaitingSnapshot> {
        let Some(group) = self.groups.find(group).and_then(|key| self.groups.get(key).ok()) else { return Vec::new() };
        let calls = group.waiting.iter().filter_map(|place| self.calls.get(place.3).ok());
        let snapshots = calls.filter_map(|call| {
            let place = call.stage.place()?;
            Some(WaitingSnapshot {
                call: call.id.clone(),
                caller: call.caller.clone(),
                called: call.called.clone(),
                city: call.city.clone(),
                priority: place.priority,
                since: place.since_utc,
                keys: call.keys.clone(),
            })
        });
        snapshots.collect()
    }

    fn groups_of(&self, agent: &Agent) -> Vec<(SkillGroupId, u8, u32)> {
        if !agent.signed_in() {
            return Vec::new();
        }
        let groups = agent.levels.iter().filter_map(|(key, level)| {
            let group = self.groups.get(*key).ok()?;
            Some((group.id.clone(), *level, group.waiting_count()))
        });
        groups.collect()
    }

    fn calls_of(&self, agent: &Agent) -> Option<CallSnapshot> {
        let call = self.calls.get(agent.duty.call()?).ok()?;
        let at = phase(call);
        Some(CallSnapshot {
            call: call.id.clone(),
            customer_leg: call.customer,
            direction: call.direction,
            phase: at.phase,
            caller: call.caller.clone(),
            called: call.called.clone(),
            trunk: call.trunk.clone(),
            city: call.city.clone(),
            group: match call.direction {
                Direction::Inbound => call.group.and_then(|key| Some(self.groups.get(key).ok()?.id.clone())),
                Direction::Outbound => None,
            },
            waited_ms: at.waited_ms,
            keys: call.keys.clone(),
            last_contact: call.last_contact,
            started: call.started,
            phase_since: at.since,
            ring_ends: at.ring_ends,
            answered: at.answered,
            muted: at.muted,
            held_by_far_side: call.held_by_far_side,
            recorded: call.recorded,
        })
    }
}

struct At {
    phase: CallPhase,
    since: UtcMs,
    waited_ms: Option<i64>,
    ring_ends: Option<UtcMs>,
    answered: Option<UtcMs>,
    muted: bool,
}

fn phase(call: &Call) -> At {
    let nothing = At {
        phase: CallPhase::Ringing,
        since: call.started,
        waited_ms: None,
        ring_ends: None,
        answered: None,
        muted: false,
    };
    match &call.stage {
        Stage::Passing | Stage::InFlow(_) | Stage::Waiting(_) => nothing,
        Stage::Ringing(offer) => {
            At { since: offer.offered, waited_ms: Some(offer.waited_ms), ring_ends: Some(offer.ends_utc), ..nothing }
        }
        Stage::Dialing(dial) => {
            let phase = match dial.progress {
                Progress::Nothing => CallPhase::Dialing,
                Progress::Ringing | Progress::Speaking => CallPhase::Alerting,
            };
            At { phase, since: dial.since, ..nothing }
        }
        Stage::Talking(talk) => At {
            phase: if talk.held.is_some() { CallPhase::Held } else { CallPhase::Talking },
            since: talk.phase_since,
            waited_ms: talk.waited_ms,
            answered: Some(talk.answered),
            muted: talk.muted,
            ..nothing
        },
    }
}

//! How calls end. Nothing here can fail: whatever state a call is in, its legs, its line, its place and its agent
//! are given back, and `CallEnded` is its last fact.

use super::{
    Centre,
    agents::Duty,
    call::{Call, Stage, deadlines},
    keys::{AgentKey, CallKey},
    timers::Timer,
    turn::Turn,
    wrap_up::WrapUp,
};
use crate::{Disposition, Effect, Fact, OfferEnd, Presence, WhoseDoing};

/// How a call ends.
#[derive(Debug, Clone)]
pub(super) struct End {
    pub disposition: Disposition,
    pub by: WhoseDoing,
    pub sip_status: Option<u16>,
    pub text: String,
    /// Whether the customer's leg is already over.
    pub customer_gone: bool,
}

/// Longest text kept of the far side's words, characters.
const TEXT_MAX: usize = 200;

impl End {
    /// An end of our doing: the customer's leg is hung up.
    pub fn new(disposition: Disposition, by: WhoseDoing) -> Self {
        Self { disposition, by, sip_status: None, text: String::new(), customer_gone: false }
    }

    /// With words about what failed.
    pub fn with_text(self, text: &str) -> Self {
        Self { text: text.chars().take(TEXT_MAX).collect(), ..self }
    }

    /// After the customer's leg has ended.
    pub fn customer_gone(disposition: Disposition, by: WhoseDoing, sip_status: Option<u16>, text: &str) -> Self {
        Self { sip_status, customer_gone: true, ..Self::new(disposition, by).with_text(text) }
    }
}

impl Centre {
    /// Ends a call. The agent who was on it is in after-call work, one who was rung is free again.
    pub(super) fn end_call(&mut self, turn: &mut Turn, key: CallKey, end: End) {
        if let Stage::Ringing(_) = self.calls.get(key).map_or(&Stage::Passing, |call| &call.stage)
            && let Err(broken) = self.withdraw_offer(turn, key, OfferEnd::Abandoned)
        {
            tracing::error!(rule = broken.rule, "an offer could not be withdrawn");
        }
        let Some(mut call) = self.calls.remove(key) else { return };
        for (timer, _) in deadlines(&call.stage) {
            self.timers.arm(turn.now.mono, Timer::Call(key, timer), call.armed.slot(timer), None);
        }
        self.leave_queue(turn, key, &call);
        if call.recorded && !planted!(self, ForgetsToStopRecording) {
            turn.push(Effect::StopRecording { leg: call.customer, call: call.id.clone() });
            turn.journal(&call.id, Fact::RecordingStopped);
        }
        if let Some(desk) = call.stage.desk() {
            turn.push(Effect::DetachDesk { leg: desk.leg });
        }
        let left_up = planted!(self, LeavesLegUp) && end.by == WhoseDoing::Agent;
        if !end.customer_gone && !left_up {
            turn.push(Effect::HangUpLeg { leg: call.customer });
        }
        if !planted!(self, LeaksLine) {
            self.lines.give_back(call.own_number());
        }
        if let Some(agent) = call.stage.agent() {
            self.release_agent(turn, agent, key, &call, &end);
        }
        tracing::info!(call = %call.id, disposition = ?end.disposition, by = ?end.by, "call ended");
        let ended =
            Fact::CallEnded { disposition: end.disposition, by: end.by, sip_status: end.sip_status, text: end.text };
        if planted!(self, EndsTwice) && matches!(call.stage, Stage::Waiting(_)) {
            turn.journal(&call.id, ended.clone());
        }
        turn.journal(&call.id, ended);
    }

    /// Ends a call about which a rule was broken. Its stage may not name all that belongs to it, so everything is
    /// searched.
    pub(super) fn end_broken_call(&mut self, turn: &mut Turn, key: CallKey, rule: &str) {
        let desks = self.calls.desks_of(key);
        self.end_call(turn, key, End::new(Disposition::InternalError, WhoseDoing::Gateway).with_text(rule));
        for leg in desks {
            if self.calls.forget_leg(leg) {
                turn.push(Effect::DetachDesk { leg });
            }
        }
        for agent_key in self.agents.keys() {
            let Ok(agent) = self.agents.get(agent_key) else { continue };
            if agent.duty.call() != Some(key) {
                continue;
            }
            let presence = agent.presence.clone();
            if let Err(broken) = self.move_agent(turn, agent_key, presence, Duty::Idle, None) {
                tracing::error!(rule = broken.rule, "an agent could not leave a broken call");
            }
        }
    }

    fn leave_queue(&mut self, turn: &mut Turn, key: CallKey, call: &Call) {
        let Stage::Waiting(place) = &call.stage else { return };
        turn.queue(place.group);
        let left = self.groups.change(place.group, |group| {
            group.waiting.remove(&place.order(key));
        });
        if let Err(broken) = left {
            tracing::error!(rule = broken.rule, "a call could not leave its queue");
        }
    }

    fn release_agent(&mut self, turn: &mut Turn, agent_key: AgentKey, key: CallKey, call: &Call, end: &End) {
        let ends = self.directory.settings.wrap_up.map(|length| turn.now.mono + length);
        let Ok(agent) = self.agents.get_mut(agent_key) else { return };
        if agent.duty.call() != Some(key) {
            return;
        }
        let moved = if agent.known {
            let wrap_up = Box::new(WrapUp::of(turn, call, end, ends));
            let presence = agent.presence.clone();
            self.move_agent(turn, agent_key, presence, Duty::WrapUp(wrap_up), Some(&call.id))
        } else {
            agent.wish = None;
            self.move_agent(turn, agent_key, Presence::Offline, Duty::Idle, Some(&call.id))
        };
        if let Err(broken) = moved {
            tracing::error!(rule = broken.rule, "an agent could not leave a call");
        }
    }
}

//! After-call work: what it remembers of the call, and the ways it ends.

use super::{
    Centre,
    agents::Duty,
    broken::Step,
    call::{Call, Stage},
    ending::End,
    keys::AgentKey,
    offers::{millis, utc_of},
    turn::Turn,
};
use crate::{CallId, Direction, Disposition, Mono, Number, Presence, UtcMs, WhoseDoing, WrapUpSnapshot};

/// After-call work under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WrapUp {
    /// When it ends by itself.
    pub ends: Option<Mono>,
    ends_utc: Option<UtcMs>,
    call: CallId,
    direction: Direction,
    caller: Number,
    called: Number,
    talked_ms: i64,
    disposition: Disposition,
    by: WhoseDoing,
    sip_status: Option<u16>,
}

impl WrapUp {
    /// The work after a call that ends now.
    pub fn of(turn: &Turn, call: &Call, end: &End, ends: Option<Mono>) -> Self {
        let talked_ms = match &call.stage {
            Stage::Talking(talk) => millis(turn.now.mono.since(talk.since)),
            Stage::Passing | Stage::InFlow(_) | Stage::Waiting(_) | Stage::Ringing(_) | Stage::Dialing(_) => 0,
        };
        Self {
            ends,
            ends_utc: ends.map(|at| utc_of(turn, at)),
            call: call.id.clone(),
            direction: call.direction,
            caller: call.caller.clone(),
            called: call.called.clone(),
            talked_ms,
            disposition: end.disposition,
            by: end.by,
            sip_status: end.sip_status,
        }
    }

    /// The same without an end of its own.
    pub fn kept(&self) -> Self {
        Self { ends: None, ends_utc: None, ..self.clone() }
    }

    /// As it is shown.
    pub fn snapshot(&self) -> WrapUpSnapshot {
        WrapUpSnapshot {
            ends: self.ends_utc,
            call: self.call.clone(),
            direction: self.direction,
            caller: self.caller.clone(),
            called: self.called.clone(),
            talked_ms: self.talked_ms,
            disposition: self.disposition,
            by: self.by,
            sip_status: self.sip_status,
        }
    }
}

impl Centre {
    /// The time for after-call work is over.
    pub(super) fn on_wrap_up_over(&mut self, turn: &mut Turn, key: AgentKey) -> Step {
        match self.agents.get(key)?.duty {
            Duty::WrapUp(_) => self.end_wrap_up(turn, key, None),
            Duty::Idle | Duty::Ringing(_) | Duty::Dialing(_) | Duty::Talking(_) => Ok(()),
        }
    }

    /// Ends after-call work: with the presence chosen now, else the one wished for during the call, else the one
    /// before it.
    pub(super) fn end_wrap_up(&mut self, turn: &mut Turn, key: AgentKey, chosen: Option<Presence>) -> Step {
        let agent = self.agents.get_mut(key)?;
        let wished = if planted!(self, ForgetsWish) { None } else { agent.wish.take() };
        let presence = chosen.or(wished).unwrap_or_else(|| agent.presence.clone());
        self.move_agent(turn, key, presence, Duty::Idle, None)
    }
}

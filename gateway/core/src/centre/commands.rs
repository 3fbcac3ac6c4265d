//! Commands of agents: each is answered once, in the step in which it came.

use super::{Centre, broken::Broken, call::Stage, keys::AgentKey, keys::CallKey, turn::Turn};
use crate::{AgentCommand, AgentId, CallId, Effect, Refusal, Ticket};

/// A command that was carried out.
#[derive(Debug)]
pub(super) struct Done {
    call: Option<CallId>,
}

impl Done {
    /// About no call.
    pub fn without_call() -> Self {
        Self { call: None }
    }

    /// About a call.
    pub fn with_call(call: CallId) -> Self {
        Self { call: Some(call) }
    }
}

/// Why a command was not carried out.
#[derive(Debug)]
pub(super) enum Objection {
    /// It does not fit; nothing changed.
    Refused(Refusal),
    /// A rule was found broken on the way.
    Broken(Broken),
}

impl From<Refusal> for Objection {
    fn from(refusal: Refusal) -> Self {
        Objection::Refused(refusal)
    }
}

impl From<Broken> for Objection {
    fn from(broken: Broken) -> Self {
        Objection::Broken(broken)
    }
}

impl Centre {
    /// Carries out a command or refuses it.
    pub(super) fn on_command(&mut self, turn: &mut Turn, agent: &AgentId, ticket: Ticket, command: AgentCommand) {
        let answer = match self.obey(turn, agent, command) {
            Ok(done) => Effect::Accept { ticket, call: done.call },
            Err(Objection::Refused(refusal)) => {
                tracing::debug!(%agent, ?refusal, "command refused");
                if planted!(self, ForgetsToAnswerCommand) && refusal == Refusal::NotHeld {
                    return;
                }
                Effect::Refuse { ticket, refusal }
            }
            Err(Objection::Broken(broken)) => {
                self.contain(turn, broken);
                Effect::Refuse { ticket, refusal: Refusal::NoSuchCall }
            }
        };
        turn.push(answer);
    }

    fn obey(&mut self, turn: &mut Turn, agent: &AgentId, command: AgentCommand) -> Result<Done, Objection> {
        let signs_in = command == AgentCommand::SignIn;
        let missing = if signs_in { Refusal::NoSkillGroup } else { Refusal::SignedOut };
        let key = self.agents.find(agent).ok_or(missing)?;
        if !signs_in && !self.agents.get(key)?.signed_in() {
            return Err(Refusal::SignedOut.into());
        }
        match command {
            AgentCommand::SignIn => self.sign_in(turn, key),
            AgentCommand::Ready => self.choose_ready(turn, key),
            AgentCommand::Break { code } => self.choose_break(turn, key, code),
            AgentCommand::SignOut => self.sign_out(turn, key),
            AgentCommand::KeepWrapUp => self.keep_wrap_up(turn, key),
            AgentCommand::Answer { call } => self.answer(turn, key, call),
            AgentCommand::Decline { call } => self.decline(turn, key, call),
            AgentCommand::HangUp { call } => self.hang_up(turn, key, call),
            AgentCommand::Hold { call } => self.hold(turn, key, call),
            AgentCommand::Retrieve { call } => self.retrieve(turn, key, call),
            AgentCommand::Mute { call, muted } => self.mute(turn, key, call, muted),
            AgentCommand::Digits { call, digits } => self.send_digits(turn, key, call, &digits),
            AgentCommand::Dial { call, callee, caller, chance, city, last_contact } => {
                self.dial(turn, key, super::dial::DialWish { call, callee, caller, chance, city, last_contact })
            }
        }
    }

    /// The call of that id, if it is at this agent.
    pub(super) fn own_call(&self, agent: AgentKey, call: &CallId) -> Result<CallKey, Objection> {
        let key = self.agents.get(agent)?.duty.call().ok_or(Refusal::NoSuchCall)?;
        let found = self.calls.get(key).map_err(|broken| broken.of(key))?;
        if found.id != *call {
            return Err(Refusal::NoSuchCall.into());
        }
        if found.stage.agent() != Some(agent) {
            return Err(Broken::rule("an agent's call is with that agent").of(key).into());
        }
        Ok(key)
    }

    fn answer(&mut self, turn: &mut Turn, agent: AgentKey, call: CallId) -> Result<Done, Objection> {
        let key = self.own_ringing_call(agent, &call)?;
        self.answer_offer(turn, key).map_err(|broken| broken.of(key))?;
        Ok(Done::with_call(call))
    }

    fn decline(&mut self, turn: &mut Turn, agent: AgentKey, call: CallId) -> Result<Done, Objection> {
        let key = self.own_ringing_call(agent, &call)?;
        self.return_call(turn, key, crate::OfferEnd::Declined).map_err(|broken| broken.of(key))?;
        Ok(Done::with_call(call))
    }

    fn own_ringing_call(&self, agent: AgentKey, call: &CallId) -> Result<CallKey, Objection> {
        let key = self.own_call(agent, call)?;
        match self.calls.get(key)?.stage {
            Stage::Ringing(_) => Ok(key),
            Stage::Passing | Stage::InFlow(_) | Stage::Waiting(_) | Stage::Dialing(_) | Stage::Talking(_) => {
                Err(Refusal::NotRinging.into())
            }
        }
    }
}

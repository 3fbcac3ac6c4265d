//! What agents choose: signing in and out, ready, break, and what comes after the call.

use super::{
    Centre,
    agents::Duty,
    commands::{Done, Objection},
    keys::AgentKey,
    turn::Turn,
};
use crate::{Presence, Refusal};

/// Break code of an agent who has just signed in.
const WARM_UP: &str = "Warm-up";
/// Longest break code, characters.
const BREAK_CODE_MAX: usize = 64;

impl Centre {
    /// Signs in, on break. Who is signed in already stays as they are: a desk that comes back asks again.
    pub(super) fn sign_in(&mut self, turn: &mut Turn, key: AgentKey) -> Result<Done, Objection> {
        let agent = self.agents.get(key)?;
        if !agent.known || agent.levels.is_empty() {
            return Err(Refusal::NoSkillGroup.into());
        }
        if !agent.signed_in() {
            self.move_agent(turn, key, Presence::Break(WARM_UP.to_owned()), Duty::Idle, None)?;
        }
        Ok(Done::without_call())
    }

    /// Chooses ready. It needs no working sound: calls are offered once there is some.
    pub(super) fn choose_ready(&mut self, turn: &mut Turn, key: AgentKey) -> Result<Done, Objection> {
        self.choose(turn, key, Presence::Ready)
    }

    /// Chooses a break.
    pub(super) fn choose_break(&mut self, turn: &mut Turn, key: AgentKey, code: String) -> Result<Done, Objection> {
        let length = code.chars().count();
        if length == 0 || length > BREAK_CODE_MAX || code.chars().any(char::is_control) {
            return Err(Refusal::BadCommand.into());
        }
        self.choose(turn, key, Presence::Break(code))
    }

    fn choose(&mut self, turn: &mut Turn, key: AgentKey, presence: Presence) -> Result<Done, Objection> {
        let agent = self.agents.get_mut(key)?;
        match agent.duty {
            Duty::Idle => self.move_agent(turn, key, presence, Duty::Idle, None)?,
            Duty::WrapUp(_) => self.end_wrap_up(turn, key, Some(presence))?,
            // Who has left the directory in the middle of a call can only leave after it.
            Duty::Ringing(_) | Duty::Dialing(_) | Duty::Talking(_) if !agent.known => {
                return Err(Refusal::NoSkillGroup.into());
            }
            Duty::Ringing(_) | Duty::Dialing(_) | Duty::Talking(_) => {
                agent.wish = Some(presence);
                turn.view(key);
            }
        }
        Ok(Done::without_call())
    }

    /// Signs out, also in the middle of after-call work.
    pub(super) fn sign_out(&mut self, turn: &mut Turn, key: AgentKey) -> Result<Done, Objection> {
        let agent = self.agents.get_mut(key)?;
        match agent.duty {
            Duty::Ringing(_) | Duty::Dialing(_) | Duty::Talking(_) => Err(Refusal::InCall.into()),
            Duty::Idle | Duty::WrapUp(_) => {
                agent.wish = None;
                self.move_agent(turn, key, Presence::Offline, Duty::Idle, None)?;
                Ok(Done::without_call())
            }
        }
    }

    /// Stops the timer of after-call work.
    pub(super) fn keep_wrap_up(&mut self, turn: &mut Turn, key: AgentKey) -> Result<Done, Objection> {
        let agent = self.agents.get(key)?;
        let Duty::WrapUp(wrap_up) = &agent.duty else { return Err(Refusal::NotInWrapUp.into()) };
        let (presence, kept) = (agent.presence.clone(), Box::new(wrap_up.kept()));
        self.move_agent(turn, key, presence, Duty::WrapUp(kept), None)?;
        Ok(Done::without_call())
    }
}

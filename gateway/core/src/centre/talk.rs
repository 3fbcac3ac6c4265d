//! What can be done while agent and customer talk: hold, mute, keys, hanging up.

use super::{
    Centre,
    broken::{Broken, Step},
    call::{Stage, Talk},
    commands::{Done, Objection},
    ending::End,
    keys::{AgentKey, CallKey},
    turn::Turn,
};
use crate::{CallId, Direction, Disposition, Effect, Fact, LegId, Refusal, WhoseDoing};

/// Most keys in one command.
const DIGITS_MAX: usize = 32;

/// Whether a character is a key of a telephone.
pub(super) fn is_key(digit: char) -> bool {
    matches!(digit, '0'..='9' | '*' | '#' | 'A'..='D')
}

impl Centre {
    /// Holds the customer: music there, silence here.
    pub(super) fn hold(&mut self, turn: &mut Turn, agent: AgentKey, call: CallId) -> Result<Done, Objection> {
        let key = self.own_call(agent, &call)?;
        let talk = self.talk_of(key)?;
        if talk.held.is_some() {
            return Err(Refusal::AlreadyHeld.into());
        }
        talk.held = Some(turn.now.utc);
        talk.phase_since = turn.now.utc;
        turn.journal(&call, Fact::Held { agent: self.agents.get(agent)?.id.clone() });
        self.call_touched(turn, key).map_err(|broken| broken.of(key))?;
        Ok(Done::with_call(call))
    }

    /// Takes the customer back.
    pub(super) fn retrieve(&mut self, turn: &mut Turn, agent: AgentKey, call: CallId) -> Result<Done, Objection> {
        let key = self.own_call(agent, &call)?;
        let talk = self.talk_of(key)?;
        if talk.held.take().is_none() {
            return Err(Refusal::NotHeld.into());
        }
        talk.phase_since = turn.now.utc;
        turn.journal(&call, Fact::Retrieved { agent: self.agents.get(agent)?.id.clone() });
        self.call_touched(turn, key).map_err(|broken| broken.of(key))?;
        Ok(Done::with_call(call))
    }

    /// Mutes or unmutes the agent. Asking for what is already so is no mistake.
    pub(super) fn mute(
        &mut self,
        turn: &mut Turn,
        agent: AgentKey,
        call: CallId,
        muted: bool,
    ) -> Result<Done, Objection> {
        let key = self.own_call(agent, &call)?;
        let talk = self.talk_of(key)?;
        if talk.muted != muted {
            talk.muted = muted;
            let who = self.agents.get(agent)?.id.clone();
            turn.journal(&call, if muted { Fact::Muted { agent: who } } else { Fact::Unmuted { agent: who } });
            if planted!(self, ForgetsViewOnMute) {
                self.tell_hearing(turn, key)?;
                return Ok(Done::with_call(call));
            }
            self.call_touched(turn, key).map_err(|broken| broken.of(key))?;
        }
        Ok(Done::with_call(call))
    }

    /// Sends keys to the customer's side.
    pub(super) fn send_digits(
        &mut self,
        turn: &mut Turn,
        agent: AgentKey,
        call: CallId,
        digits: &str,
    ) -> Result<Done, Objection> {
        let key = self.own_call(agent, &call)?;
        self.talk_of(key)?;
        if digits.is_empty() || digits.len() > DIGITS_MAX || !digits.chars().all(is_key) {
            return Err(Refusal::BadCommand.into());
        }
        let leg = self.calls.get(key)?.customer;
        for digit in digits.chars() {
            turn.push(Effect::SendDigit { leg, digit });
        }
        Ok(Done::with_call(call))
    }

    /// Hangs up a talk, or gives up a dial.
    pub(super) fn hang_up(&mut self, turn: &mut Turn, agent: AgentKey, call: CallId) -> Result<Done, Objection> {
        let key = self.own_call(agent, &call)?;
        let found = self.calls.get(key)?;
        let disposition = match (&found.stage, found.direction) {
            (Stage::Talking(_), Direction::Inbound) if !self.directory.settings.may_hang_up_inbound => {
                return Err(Refusal::HangUpNotAllowed.into());
            }
            (Stage::Talking(_), _) => Disposition::Completed,
            (Stage::Dialing(_), _) => Disposition::Cancelled,
            (Stage::Passing | Stage::InFlow(_) | Stage::Waiting(_) | Stage::Ringing(_), _) => {
                return Err(Refusal::NotTalking.into());
            }
        };
        self.end_call(turn, key, End::new(disposition, WhoseDoing::Agent));
        Ok(Done::with_call(call))
    }

    /// The far side put us on hold or took us back; it can do so at any time, also in a queue.
    pub(super) fn on_far_side_held(&mut self, turn: &mut Turn, leg: LegId, held: bool) -> Step {
        let Some(key) = self.calls.of_customer(leg) else { return Ok(()) };
        let call = self.calls.get_mut(key)?;
        if call.held_by_far_side == held {
            return Ok(());
        }
        call.held_by_far_side = held;
        let fact = if held { Fact::HeldByFarSide } else { Fact::RetrievedByFarSide };
        turn.journal(&call.id, fact);
        self.call_touched(turn, key).map_err(|broken| broken.of(key))
    }

    fn talk_of(&mut self, key: CallKey) -> Result<&mut Talk, Objection> {
        match &mut self.calls.get_mut(key).map_err(|broken: Broken| broken.of(key))?.stage {
            Stage::Talking(talk) => Ok(talk),
            Stage::Passing | Stage::InFlow(_) | Stage::Waiting(_) | Stage::Ringing(_) | Stage::Dialing(_) => {
                Err(Refusal::NotTalking.into())
            }
        }
    }
}

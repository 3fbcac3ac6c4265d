//! Desks that come and go. An agent's leg outlives the desk's connection, for a while.

use super::{
    Centre,
    agents::Duty,
    broken::{Broken, Step},
    ending::End,
    keys::{AgentKey, CallKey},
    turn::Turn,
};
use crate::{AgentId, Disposition, Fact, OfferEnd, WhoseDoing};

impl Centre {
    /// A desk's sound works. If a call of its agent was waiting for it, the call goes on.
    pub(super) fn on_desk_connected(&mut self, turn: &mut Turn, agent: &AgentId) -> Step {
        let key = self.agents.meet(agent);
        let agent = self.agents.get_mut(key)?;
        if agent.connected {
            return Ok(());
        }
        agent.connected = true;
        if let Some(call) = agent.duty.call() {
            self.desk_of_call(turn, key, call, false).map_err(|broken| broken.of(call))?;
        }
        self.agent_touched(turn, key)
    }

    /// A desk is gone. What rings there goes back to its place in the queue; a dial or talk waits for it.
    pub(super) fn on_desk_lost(&mut self, turn: &mut Turn, agent: &AgentId) -> Step {
        let Some(key) = self.agents.find(agent) else { return Ok(()) };
        let agent = self.agents.get_mut(key)?;
        if !agent.connected {
            return Ok(());
        }
        agent.connected = false;
        match agent.duty {
            Duty::Ringing(call) => {
                self.return_call(turn, call, OfferEnd::DeskLost).map_err(|broken| broken.of(call))?;
            }
            Duty::Dialing(call) | Duty::Talking(call) => {
                self.desk_of_call(turn, key, call, true).map_err(|broken| broken.of(call))?;
            }
            Duty::Idle | Duty::WrapUp(_) => {}
        }
        self.agent_touched(turn, key)
    }

    fn desk_of_call(&mut self, turn: &mut Turn, key: AgentKey, call_key: CallKey, away: bool) -> Step {
        let grace = self.directory.settings.desk_grace;
        let agent = self.agents.get(key)?.id.clone();
        let call = self.calls.get_mut(call_key)?;
        let Some(desk) = call.stage.desk_mut() else { return Ok(()) };
        desk.away_until = away.then(|| turn.now.mono + grace);
        let fact = if away { Fact::DeskLost { agent } } else { Fact::DeskReturned { agent } };
        turn.journal(&call.id, fact);
        self.call_touched(turn, call_key)
    }

    /// A desk stayed away too long.
    pub(super) fn on_desk_grace_over(&mut self, turn: &mut Turn, key: CallKey) -> Step {
        if self.calls.get(key)?.stage.desk().is_none() {
            return Err(Broken::rule("only a call with a desk waits for one"));
        }
        self.end_call(turn, key, End::new(Disposition::DeskLost, WhoseDoing::Agent));
        Ok(())
    }
}

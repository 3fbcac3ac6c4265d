//! Offers: one presentation of a call to one agent, and the ways it ends.

use super::{
    Centre,
    agents::Duty,
    broken::{Broken, Step},
    call::{DeskLeg, Offer, Stage, Talk},
    keys::{AgentKey, CallKey},
    turn::Turn,
};
use crate::{Effect, Fact, Mono, OfferEnd, Presence, UtcMs};

/// Break code of an agent who let a call ring.
const RINGING_TIMEOUT: &str = "RingingTimeout";
/// Break code of an agent who declined a call.
const REJECT_CALL: &str = "RejectCall";

impl Centre {
    /// Offers a waiting call to a ready agent: the desk rings.
    pub(super) fn offer(&mut self, turn: &mut Turn, key: CallKey, agent: AgentKey) -> Step {
        let timeout = self.directory.settings.ring_timeout;
        let call = self.calls.get(key)?;
        let Stage::Waiting(place) = &call.stage else {
            return Err(Broken::rule("only a waiting call is offered").of(key));
        };
        let (place, id) = (place.clone(), call.id.clone());
        let group = self.groups.get(place.group)?.id.clone();
        let waited_ms = millis(turn.now.mono.since(place.since));
        let offer = Offer {
            agent,
            place,
            offered: turn.now.utc,
            ends: turn.now.mono + timeout,
            ends_utc: UtcMs(turn.now.utc.0 + millis(timeout)),
            waited_ms,
        };
        let presence = self.agents.get(agent)?.presence.clone();
        turn.journal(&id, Fact::Offered { agent: self.agents.get(agent)?.id.clone(), group });
        self.change_stage(turn, key, Stage::Ringing(offer))?;
        self.move_agent(turn, agent, presence, Duty::Ringing(key), Some(&id))
    }

    /// The agent answers: both talk, and it is recorded.
    pub(super) fn answer_offer(&mut self, turn: &mut Turn, key: CallKey) -> Step {
        let leg = self.counters.leg();
        let call = self.calls.get(key)?;
        let Stage::Ringing(offer) = &call.stage else {
            return Err(Broken::rule("only an offered call is answered").of(key));
        };
        let (agent, waited_ms) = (offer.agent, Some(offer.waited_ms));
        self.bridge(turn, key, DeskLeg { agent, leg, away_until: None }, waited_ms)
    }

    /// Connects agent and customer.
    pub(super) fn bridge(&mut self, turn: &mut Turn, key: CallKey, desk: DeskLeg, waited_ms: Option<i64>) -> Step {
        let id = self.calls.get(key)?.id.clone();
        let agent = self.agents.get(desk.agent)?;
        let (agent_id, agent_key, presence) = (agent.id.clone(), desk.agent, agent.presence.clone());
        turn.journal(&id, Fact::Bridged { agent: agent_id.clone() });
        if self.calls.of_leg(desk.leg).is_none() {
            self.calls.add_desk(key, desk.leg, agent_key);
            turn.push(Effect::AttachDesk { leg: desk.leg, agent: agent_id, call: id.clone() });
        }
        let talk = Talk {
            desk,
            since: turn.now.mono,
            answered: turn.now.utc,
            held: None,
            phase_since: turn.now.utc,
            muted: false,
            waited_ms,
        };
        self.change_stage(turn, key, Stage::Talking(talk))?;
        self.move_agent(turn, agent_key, presence, Duty::Talking(key), Some(&id))
    }

    /// Nobody answered in time: the call goes back to its old place, the agent on break.
    pub(super) fn on_ring_timeout(&mut self, turn: &mut Turn, key: CallKey) -> Step {
        self.return_call(turn, key, OfferEnd::TimedOut)
    }

    /// Ends an offer and puts the call back to its old place in the queue.
    pub(super) fn return_call(&mut self, turn: &mut Turn, key: CallKey, how: OfferEnd) -> Step {
        let call = self.calls.get(key)?;
        let Stage::Ringing(offer) = &call.stage else {
            return Err(Broken::rule("only an offered call is returned").of(key));
        };
        let mut place = offer.place.clone();
        if planted!(self, ReturnsCallToTheEnd) {
            place.since = turn.now.mono;
            place.order = self.counters.place();
        }
        self.withdraw_offer(turn, key, how)?;
        self.change_stage(turn, key, Stage::Waiting(place))
    }

    /// Ends an offer as far as the agent goes; the call is moved by the caller of this.
    ///
    /// Who let it ring or declined goes on break, with the break they wished for themselves if there is one. Who
    /// did nothing wrong stays as they chose to be.
    pub(super) fn withdraw_offer(&mut self, turn: &mut Turn, key: CallKey, how: OfferEnd) -> Step {
        let call = self.calls.get(key)?;
        let Stage::Ringing(offer) = &call.stage else {
            return Err(Broken::rule("only an offer is withdrawn").of(key));
        };
        let (agent_key, id) = (offer.agent, call.id.clone());
        let agent = self.agents.get_mut(agent_key)?;
        turn.journal(&id, Fact::OfferEnded { agent: agent.id.clone(), how });
        let wish = agent.wish.take();
        let chosen = agent.presence.clone();
        let presence = match (how, wish) {
            (_, Some(wish @ (Presence::Offline | Presence::Break(_)))) => wish,
            (OfferEnd::TimedOut, Some(Presence::Ready) | None) => Presence::Break(RINGING_TIMEOUT.to_owned()),
            (OfferEnd::Declined, Some(Presence::Ready) | None) => Presence::Break(REJECT_CALL.to_owned()),
            (OfferEnd::Abandoned | OfferEnd::DeskLost | OfferEnd::QueueTimedOut, Some(Presence::Ready) | None) => {
                chosen
            }
        };
        self.move_agent(turn, agent_key, presence, Duty::Idle, None)
    }
}

/// A duration in whole milliseconds.
pub(super) fn millis(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// The UTC time at which a deadline comes, seen from now.
pub(super) fn utc_of(turn: &Turn, at: Mono) -> UtcMs {
    UtcMs(turn.now.utc.0.saturating_add(millis(at.since(turn.now.mono))))
}

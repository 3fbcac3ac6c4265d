//! What the journal says of queues and offers.

use std::time::Duration;

use cordboard_core::{AgentId, CallId, Node, OfferEnd, Presence, SkillGroupId};

use crate::{
    law::{Checked, hold},
    model::{Duty, Model, Place, Stage, Step},
};

impl Model {
    pub fn enqueued(&mut self, step: &Step<'_>, id: &CallId, group: &SkillGroupId, priority: u8) -> Checked {
        let order = self.order();
        let limit = self.queue_limit(id);
        let served = self.available(group).next().is_some();
        let waiting = self.waiting(group);
        hold!(CapsHold, waiting < limit || served, "{id} is number {waiting} of {limit} in {group}");
        let timeout = self.queue_timeout(id);
        let call = self.call(id)?;
        let fits = matches!(call.stage, Stage::Arrived | Stage::InFlow);
        hold!(FitsTheState, fits, "{id} enters a queue while {:?}", call.stage);
        let place = Place { priority, since: step.now.mono, order, call: id.clone() };
        call.stage = Stage::Waiting;
        call.group = Some(group.clone());
        call.place = Some(place.clone());
        call.wait_ends = Some(step.now.mono + timeout);
        self.queues.entry(group.clone()).or_default().insert(place);
        Ok(())
    }

    fn transfer_node(&self, id: &CallId) -> Option<(Option<u32>, Option<u32>)> {
        let call = self.calls.get(id)?;
        match call.flow.as_ref()?.nodes.get(call.node.as_ref()?)? {
            Node::TransferToAgent { queue_timeout_seconds, queue_limit, .. } => {
                Some((*queue_timeout_seconds, *queue_limit))
            }
            _ => None,
        }
    }

    fn queue_limit(&self, id: &CallId) -> usize {
        let own = self.transfer_node(id).and_then(|node| node.1);
        own.unwrap_or(self.directory.settings.queue_limit) as usize
    }

    fn queue_timeout(&self, id: &CallId) -> Duration {
        let own = self.transfer_node(id).and_then(|node| node.0);
        own.map_or(self.directory.settings.queue_timeout, |seconds| Duration::from_secs(seconds.into()))
    }

    pub fn overflowed(&mut self, id: &CallId, group: &SkillGroupId) -> Checked {
        let (waiting, limit) = (self.waiting(group), self.queue_limit(id));
        let served = self.available(group).next().is_some();
        hold!(CapsHold, waiting >= limit && !served, "{id} overflows {group} at {waiting} of {limit}");
        Ok(())
    }

    pub fn queue_timed_out(&mut self, step: &Step<'_>, id: &CallId, group: &SkillGroupId) -> Checked {
        let call = self.call(id)?;
        let waited = call.wait_ends.take().is_some_and(|ends| ends <= step.now.mono);
        hold!(NothingOverdue, waited, "{id} timed out too early");
        call.stage = Stage::InFlow;
        if let Some(place) = call.place.take() {
            self.queues.entry(group.clone()).or_default().remove(&place);
        }
        Ok(())
    }

    pub fn offered(&mut self, step: &Step<'_>, id: &CallId, to: &AgentId, group: &SkillGroupId) -> Checked {
        let level = self.level(to, group);
        hold!(FitsTheState, level.is_some(), "{to} is not in {group}");
        let agent = self.agent(to)?;
        hold!(OneOffer, agent.call.is_none(), "{to} is offered {id} while on {:?}", agent.call);
        hold!(FitsTheState, agent.available(), "{to} is offered {id} while {agent:?}");
        let best = self.available(group).min_by_key(|(level, idle, _)| (*level, *idle)).map(|best| best.2.clone());
        hold!(BestAgent, best.as_ref() == Some(to), "{id} of {group} goes to {to}, not to {best:?}");
        let first = self.queues.iter().filter(|(group, _)| self.available(group).next().is_some());
        let first = first.filter_map(|(_, queue)| queue.first()).min().map(|place| place.call.clone());
        hold!(QueueOrder, first.as_ref() == Some(id), "{id} is offered before {first:?}");
        let ends = step.now.mono + self.directory.settings.ring_timeout;
        let call = self.call(id)?;
        hold!(FitsTheState, call.stage == Stage::Waiting, "{id} is offered while {:?}", call.stage);
        call.stage = Stage::Ringing;
        call.agent = Some(to.clone());
        call.ends = Some(ends);
        let place = call.place.clone();
        if let (Some(place), Some(queue)) = (place, self.queues.get_mut(group)) {
            queue.remove(&place);
        }
        let agent = self.agent(to)?;
        agent.duty = Duty::Ringing;
        agent.call = Some(id.clone());
        Ok(())
    }

    pub fn offer_ended(&mut self, step: &Step<'_>, id: &CallId, by: &AgentId, how: OfferEnd) -> Checked {
        let call = self.call(id)?;
        let fits = call.stage == Stage::Ringing && call.agent.as_ref() == Some(by);
        hold!(FitsTheState, fits, "the offer of {id} to {by} ends while {:?} at {:?}", call.stage, call.agent);
        let over = call.ends.take().is_some_and(|ends| ends <= step.now.mono);
        hold!(NothingOverdue, over || how != OfferEnd::TimedOut, "{id} rang {by} too short");
        call.agent = None;
        call.stage = Stage::Waiting;
        let (place, group) = (call.place.clone(), call.group.clone());
        let returns = matches!(how, OfferEnd::TimedOut | OfferEnd::Declined | OfferEnd::DeskLost);
        if let (true, Some(place), Some(group)) = (returns, place, group) {
            self.queues.entry(group).or_default().insert(place);
        }
        let agent = self.agent(by)?;
        agent.duty = Duty::Idle;
        agent.call = None;
        let code = match how {
            OfferEnd::TimedOut => Some("RingingTimeout"),
            OfferEnd::Declined => Some("RejectCall"),
            OfferEnd::Abandoned | OfferEnd::DeskLost | OfferEnd::QueueTimedOut => None,
        };
        match (agent.wish.take(), code) {
            (Some(wish @ (Presence::Break(_) | Presence::Offline)), _) => agent.presence = wish,
            (_, Some(code)) => agent.presence = Presence::Break(code.to_owned()),
            (_, None) => {}
        }
        Ok(())
    }
}

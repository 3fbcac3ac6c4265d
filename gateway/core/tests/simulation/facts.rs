//! What the journal says, checked against what the model knows, and taken over into it.

use std::time::Duration;

use cordboard_core::{
    AgentId, AgentState, CallId, Direction, Disposition, Fact, JournalEntry, Node, OfferEnd, Presence, SkillGroupId,
    Sound, fold_record,
};

use crate::{
    law::{Checked, Violation, hold},
    model::{Call, Duty, Leg, Model, Place, Stage, Step},
};

impl Model {
    /// Takes a row over.
    pub fn fact(&mut self, step: &Step<'_>, entry: &JournalEntry) -> Checked {
        hold!(TimesAreNow, entry.at == step.now.utc, "{entry:?} at {:?}", step.now.utc);
        let Some(id) = &entry.call else { return self.agent_fact(step, None, &entry.fact) };
        hold!(EndedOnce, !self.ended.contains(id), "{id} has ended, then {:?}", entry.fact);
        match &entry.fact {
            Fact::CallArrived { leg, called, .. } => self.begins(id, *leg, called, Direction::Inbound)?,
            Fact::CallDialled { leg, caller, .. } => self.begins(id, *leg, caller, Direction::Outbound)?,
            _ => {}
        }
        let Some(call) = self.calls.get_mut(id) else {
            hold!(FitsTheState, false, "{id} never began, then {:?}", entry.fact);
            return Ok(());
        };
        call.rows.push(entry.clone());
        match &entry.fact {
            Fact::AgentChanged { .. } => self.agent_fact(step, Some(id), &entry.fact),
            Fact::Offered { agent, group } => self.offered(step, id, agent, group),
            Fact::OfferEnded { agent, how } => self.offer_ended(step, id, agent, *how),
            Fact::Enqueued { group, priority } => self.enqueued(step, id, group, *priority),
            Fact::QueueTimedOut { group } => self.queue_timed_out(step, id, group),
            Fact::QueueOverflowed { group } => self.overflowed(id, group),
            Fact::CallEnded { disposition, .. } => self.call_ended(id, *disposition),
            Fact::CallDialled { agent, .. } => self.dialled(step, id, agent),
            Fact::Bridged { agent } => self.bridged(id, agent),
            fact => self.call_fact(step, id, fact),
        }
    }

    fn begins(
        &mut self,
        id: &CallId,
        leg: cordboard_core::LegId,
        number: &cordboard_core::Number,
        direction: Direction,
    ) -> Checked {
        hold!(FitsTheState, !self.calls.contains_key(id), "{id} begins twice");
        hold!(FitsTheState, leg > self.newest_leg, "leg {leg:?} of {id} is not new");
        self.newest_leg = leg;
        self.legs.insert(leg, Leg { call: id.clone(), hears: Sound::Silence, ending: false });
        let call = Call {
            direction,
            number: number.clone(),
            customer: leg,
            desk: None,
            stage: Stage::Arrived,
            flow: None,
            node: None,
            group: None,
            place: None,
            agent: None,
            ends: None,
            wait_ends: None,
            away_ends: None,
            rings: false,
            speaks: false,
            held: false,
            muted: false,
            far_held: false,
            recording: false,
            rows: Vec::new(),
        };
        self.calls.insert(id.clone(), call);
        Ok(())
    }

    fn call(&mut self, id: &CallId) -> Result<&mut Call, Violation> {
        match self.calls.get_mut(id) {
            Some(call) => Ok(call),
            None => Err(Violation { law: crate::law::Law::FitsTheState, what: format!("there is no call {id}") }),
        }
    }

    fn agent(&mut self, id: &AgentId) -> Result<&mut crate::model::Agent, Violation> {
        match self.agents.get_mut(id) {
            Some(agent) => Ok(agent),
            None => Err(Violation { law: crate::law::Law::FitsTheState, what: format!("there is no agent {id}") }),
        }
    }

    fn call_fact(&mut self, step: &Step<'_>, id: &CallId, fact: &Fact) -> Checked {
        let grace = self.directory.settings.desk_grace;
        let flows = self.flows.clone();
        let call = self.call(id)?;
        match fact {
            Fact::FlowEntered { flow } => {
                hold!(FitsTheState, call.stage == Stage::Arrived, "{id} enters a flow while {:?}", call.stage);
                call.stage = Stage::InFlow;
                call.flow = flows.get(flow).cloned();
            }
            Fact::NodeEntered { node } => {
                let flow = call.flow.clone();
                let exits = flow.as_ref().map(|flow| exits(flow, call.node.as_deref())).unwrap_or_default();
                hold!(FlowsFollowExits, exits.contains(&node.as_str()), "{id} went from {:?} to {node}", call.node);
                hold!(FitsTheState, call.stage == Stage::InFlow, "{id} enters a node while {:?}", call.stage);
                call.node = Some(node.clone());
            }
            Fact::CustomerRinging { early_media } => {
                hold!(FitsTheState, call.stage == Stage::Dialing, "{id} is rung while {:?}", call.stage);
                call.rings = true;
                call.speaks |= early_media;
            }
            Fact::CallRefused { sip_status: 486 } => {
                let number = call.number.clone();
                let cap = self.directory.numbers.get(&number).and_then(|entry| entry.cap);
                let others = self.in_use(&number) - 1;
                hold!(CapsHold, cap.is_some_and(|cap| others >= cap as usize), "{id} refused at {others} of {cap:?}");
            }
            Fact::Held { .. } | Fact::Retrieved { .. } => {
                let hold = matches!(fact, Fact::Held { .. });
                let fits = call.stage == Stage::Talking && call.held != hold;
                hold!(FitsTheState, fits, "{fact:?} of {id} while {:?}", call.stage);
                call.held = hold;
            }
            Fact::HeldByFarSide | Fact::RetrievedByFarSide => {
                let held = *fact == Fact::HeldByFarSide;
                hold!(FitsTheState, call.far_held != held, "{fact:?} of {id} twice");
                call.far_held = held;
            }
            Fact::DeskLost { .. } | Fact::DeskReturned { .. } => {
                let lost = matches!(fact, Fact::DeskLost { .. });
                let fits = matches!(call.stage, Stage::Talking | Stage::Dialing) && call.away_ends.is_some() != lost;
                hold!(FitsTheState, fits, "{fact:?} of {id} while {:?}", call.stage);
                call.away_ends = lost.then(|| step.now.mono + grace);
            }
            _ => {}
        }
        Ok(())
    }

    fn enqueued(&mut self, step: &Step<'_>, id: &CallId, group: &SkillGroupId, priority: u8) -> Checked {
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

    fn overflowed(&mut self, id: &CallId, group: &SkillGroupId) -> Checked {
        let (waiting, limit) = (self.waiting(group), self.queue_limit(id));
        let served = self.available(group).next().is_some();
        hold!(CapsHold, waiting >= limit && !served, "{id} overflows {group} at {waiting} of {limit}");
        Ok(())
    }

    fn queue_timed_out(&mut self, step: &Step<'_>, id: &CallId, group: &SkillGroupId) -> Checked {
        let call = self.call(id)?;
        let waited = call.wait_ends.take().is_some_and(|ends| ends <= step.now.mono);
        hold!(NothingOverdue, waited, "{id} timed out too early");
        call.stage = Stage::InFlow;
        if let Some(place) = call.place.take() {
            self.queues.entry(group.clone()).or_default().remove(&place);
        }
        Ok(())
    }

    fn offered(&mut self, step: &Step<'_>, id: &CallId, to: &AgentId, group: &SkillGroupId) -> Checked {
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

    fn offer_ended(&mut self, step: &Step<'_>, id: &CallId, by: &AgentId, how: OfferEnd) -> Checked {
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

    fn dialled(&mut self, step: &Step<'_>, id: &CallId, by: &AgentId) -> Checked {
        let ends = step.now.mono + self.directory.settings.dial_timeout;
        let agent = self.agent(by)?;
        let fits = agent.connected && matches!(agent.duty, Duty::Idle | Duty::WrapUp);
        hold!(OneOffer, agent.call.is_none() && fits, "{by} dials {id} while {agent:?}");
        agent.duty = Duty::Dialing;
        agent.call = Some(id.clone());
        let call = self.call(id)?;
        call.stage = Stage::Dialing;
        call.agent = Some(by.clone());
        call.ends = Some(ends);
        Ok(())
    }

    fn bridged(&mut self, id: &CallId, with: &AgentId) -> Checked {
        let call = self.call(id)?;
        let fits = matches!(call.stage, Stage::Ringing | Stage::Dialing) && call.agent.as_ref() == Some(with);
        hold!(FitsTheState, fits, "{id} is bridged with {with} while {:?} at {:?}", call.stage, call.agent);
        call.stage = Stage::Talking;
        call.ends = None;
        call.wait_ends = None;
        call.place = None;
        let agent = self.agent(with)?;
        hold!(OneOffer, agent.call.as_ref() == Some(id), "{with} talks on {id} and is on {:?}", agent.call);
        agent.duty = Duty::Talking;
        Ok(())
    }

    fn call_ended(&mut self, id: &CallId, disposition: Disposition) -> Checked {
        hold!(NoInternalError, disposition != Disposition::InternalError, "{id} ended by a broken rule");
        let Some(call) = self.calls.remove(id) else { return Ok(()) };
        self.ended.insert(id.clone());
        hold!(FitsTheState, fits(call.stage, disposition), "{id} ended as {disposition:?} while {:?}", call.stage);
        hold!(RecordingBalanced, !call.recording, "{id} is still being recorded");
        if let Some(place) = &call.place
            && let Some(queue) = call.group.as_ref().and_then(|group| self.queues.get_mut(group))
        {
            queue.remove(place);
        }
        if let Some(agent) = call.agent.as_ref().and_then(|agent| self.agents.get(agent)) {
            hold!(OneOffer, agent.call.as_ref() != Some(id), "{:?} is still on {id}", call.agent);
        }
        self.must_be_over.push(call.customer);
        self.must_be_over.extend(call.desk);
        let Some(record) = fold_record(&call.rows) else {
            hold!(OneRecord, false, "no record of {id} from {:?}", call.rows);
            return Ok(());
        };
        let parts = record.ivr_ms + record.queue_ms + record.ring_ms + record.dial_ms + record.talk_ms;
        hold!(OneRecord, parts == record.duration_ms, "{parts} of {} ms in {record:?}", record.duration_ms);
        hold!(OneRecord, record.recorded_ms == record.talk_ms, "recorded otherwise than talked in {record:?}");
        hold!(OneRecord, record.disposition == disposition && record.call == *id, "not of {id}: {record:?}");
        Ok(())
    }

    fn agent_fact(&mut self, step: &Step<'_>, about: Option<&CallId>, fact: &Fact) -> Checked {
        let Fact::AgentChanged { agent: id, state, break_code } = fact else {
            hold!(FitsTheState, false, "a row without a call: {fact:?}");
            return Ok(());
        };
        let order = self.order();
        let wrap_up_ends = self.directory.settings.wrap_up.map(|length| step.now.mono + length);
        let known = self.directory.agents.contains_key(id);
        let agent = self.agent(id)?;
        let now = (*state, break_code.clone());
        hold!(StateIsJournalled, agent.journalled != now, "{id} is journalled twice as {state:?}");
        *agent.told_ms.entry(agent.journalled.0 as u8).or_default() += step.now.utc.0 - agent.since.0;
        if *state == AgentState::Ready && agent.journalled.0 != AgentState::Ringing {
            agent.idle = (step.now.mono, order);
        }
        agent.journalled = now;
        agent.since = step.now.utc;
        match (agent.duty, state) {
            (Duty::Talking | Duty::Dialing, AgentState::WrapUp) => {
                hold!(FitsTheState, agent.call.as_ref() == about, "{id} wraps up {about:?}");
                agent.duty = Duty::WrapUp;
                agent.call = None;
                agent.wrap_up_ends = wrap_up_ends;
            }
            (Duty::Talking | Duty::Dialing, AgentState::Offline) if !known => {
                agent.duty = Duty::Idle;
                agent.call = None;
                agent.presence = Presence::Offline;
                agent.wish = None;
            }
            (Duty::WrapUp, AgentState::Offline | AgentState::Break | AgentState::Ready) => {
                agent.duty = Duty::Idle;
                let wished = agent.wish.take().unwrap_or(agent.presence.clone());
                let chosen = step.chosen(id);
                agent.presence = wished;
                if let Some(chosen) = chosen
                    && agent.state() != agent.journalled
                {
                    agent.presence = chosen;
                }
                hold!(WishComesTrue, agent.state() == agent.journalled, "{id} left wrap-up as {state:?}: {agent:?}");
            }
            _ => {}
        }
        Ok(())
    }
}

/// Whether a call in a stage can end so.
fn fits(stage: Stage, disposition: Disposition) -> bool {
    use Disposition::{
        AbandonedInIvr, AbandonedInQueue, AbandonedInRing, Busy, Cancelled, CarrierFailed, Completed, DeskLost,
        FlowEnded, FlowFailed, GatewayLost, InternalError, MediaLost, NoAnswer, NotExist, QueueOverflow, QueueTimeout,
        Refused, Rejected, TrunkDown,
    };
    match disposition {
        Completed => stage == Stage::Talking,
        AbandonedInIvr => stage == Stage::InFlow,
        AbandonedInQueue => stage == Stage::Waiting,
        // The offer has been taken back by then.
        AbandonedInRing => stage == Stage::Waiting,
        QueueTimeout | FlowEnded | FlowFailed => stage == Stage::InFlow,
        QueueOverflow => matches!(stage, Stage::InFlow | Stage::Arrived),
        Refused => stage == Stage::Arrived,
        Busy | NoAnswer | Rejected | NotExist | TrunkDown | Cancelled => stage == Stage::Dialing,
        DeskLost => matches!(stage, Stage::Talking | Stage::Dialing),
        CarrierFailed | MediaLost | GatewayLost => true,
        InternalError => false,
    }
}

/// Where a call at a node can go; without a node, where it begins.
fn exits<'a>(flow: &'a cordboard_core::Flow, node: Option<&str>) -> Vec<&'a str> {
    let Some(node) = node else { return vec![&flow.start] };
    match flow.nodes.get(node) {
        None | Some(Node::HangUp) => Vec::new(),
        Some(Node::Play { next, .. }) => vec![next],
        Some(Node::Menu { keys, otherwise, .. }) => keys.values().chain([otherwise]).map(String::as_str).collect(),
        Some(Node::TransferToAgent { on_timeout, on_overflow, .. }) => {
            on_timeout.iter().chain(on_overflow).map(String::as_str).collect()
        }
    }
}

//! What the journal says, checked against what the model knows, and taken over into it.

use cordboard_core::{
    AgentId, AgentState, CallId, Direction, Disposition, Fact, JournalEntry, Node, Presence, Sound, fold_record,
};

use crate::{
    law::{Checked, Violation, hold},
    model::{Call, Duty, Leg, Model, Stage, Step},
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

    pub fn call(&mut self, id: &CallId) -> Result<&mut Call, Violation> {
        match self.calls.get_mut(id) {
            Some(call) => Ok(call),
            None => Err(Violation { law: crate::law::Law::FitsTheState, what: format!("there is no call {id}") }),
        }
    }

    pub fn agent(&mut self, id: &AgentId) -> Result<&mut crate::model::Agent, Violation> {
        match self.agents.get_mut(id) {
            Some(agent) => Ok(agent),
            None => Err(Violation { law: crate::law::Law::FitsTheState, what: format!("there is no agent {id}") }),
        }
    }

    fn call_fact(&mut self, step: &Step<'_>, id: &CallId, fact: &Fact) -> Checked {
        let grace = self.directory.settings.desk_grace;
        let begins = match fact {
            Fact::FlowEntered { flow } => self.flows.get(flow).cloned(),
            _ => None,
        };
        let call = self.call(id)?;
        match fact {
            Fact::FlowEntered { .. } => {
                hold!(FitsTheState, call.stage == Stage::Arrived, "{id} enters a flow while {:?}", call.stage);
                call.stage = Stage::InFlow;
                call.flow = begins;
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
            Fact::Muted { .. } | Fact::Unmuted { .. } => {
                let muted = matches!(fact, Fact::Muted { .. });
                let fits = call.stage == Stage::Talking && call.muted != muted;
                hold!(FitsTheState, fits, "{fact:?} of {id} while {:?}", call.stage);
                call.muted = muted;
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

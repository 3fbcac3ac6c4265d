//! What holds of the whole centre after a step.

use cordboard_core::{Activity, AgentSnapshot, AgentState, Centre, Direction, Effect, Event, Presence, Refusal, Sound};

use crate::{
    law::{Checked, hold},
    model::{Agent, Call, Duty, Model, Stage, Step},
};

impl Model {
    /// Checks a whole step and takes it over.
    pub fn check(&mut self, centre: &Centre, step: &Step<'_>) -> Checked {
        let stale = self.is_stale(step);
        self.before(step);
        let expected = self.expected(step);
        for effect in step.effects {
            self.effect(step, effect)?;
        }
        self.answers(step, expected, stale)?;
        for leg in &self.must_be_over {
            let over = self.legs.get(leg).is_none_or(|leg| leg.ending);
            hold!(LegsEnd, over, "{leg:?} outlives its call");
        }
        if let Event::LegEnded { leg, .. } = step.event {
            self.legs.remove(leg);
        }
        self.the_calls(step)?;
        self.the_queues(centre)?;
        self.the_agents(centre, step)?;
        hold!(CallsAreCounted, centre.calls() == self.calls.len(), "{} of {}", centre.calls(), self.calls.len());
        if let Some((at, reason)) = centre.next_deadline() {
            hold!(DeadlinesAhead, at > step.now.mono, "{reason:?} at {at:?}, now {:?}", step.now.mono);
        }
        Ok(())
    }

    /// Checks that nothing is left when everybody has gone home.
    pub fn nothing_is_left(&self) -> Checked {
        hold!(EndedOnce, self.calls.is_empty(), "calls that never end: {:?}", self.calls);
        hold!(LegsEnd, self.legs.is_empty(), "legs that never end: {:?}", self.legs);
        Ok(())
    }

    /// Whether an event is about a leg that is over or was never there.
    fn is_stale(&self, step: &Step<'_>) -> bool {
        match step.event {
            Event::LegRinging { leg, .. }
            | Event::LegAnswered { leg }
            | Event::LegEnded { leg, .. }
            | Event::FarSideHeld { leg, .. }
            | Event::PromptEnded { leg, .. }
            | Event::DigitPressed { leg, .. } => !self.legs.contains_key(leg),
            Event::CallArrived(arrival) => arrival.leg <= self.newest_leg,
            Event::DirectoryChanged(_)
            | Event::DeadlineReached
            | Event::DeskConnected { .. }
            | Event::DeskLost { .. }
            | Event::Commanded { .. }
            | Event::TrunkChanged { .. } => false,
        }
    }

    fn answers(&self, step: &Step<'_>, expected: Option<Result<(), Refusal>>, stale: bool) -> Checked {
        let asked = u32::from(step.command().is_some());
        hold!(AnsweredOnce, self.answers == asked, "{} answers to {:?}", self.answers, step.event);
        if step.due {
            return Ok(());
        }
        hold!(StaleIsNothing, !stale || step.effects.is_empty(), "{:?} led to {:?}", step.event, step.effects);
        let refused = step.effects.iter().find_map(|effect| match effect {
            Effect::Refuse { refusal, .. } => Some(*refusal),
            _ => None,
        });
        if let Some(refusal) = refused {
            hold!(RefusedIsNothing, step.effects.len() == 1, "{refusal:?} and {:?}", step.effects);
        }
        if let (Some(expected), true) = (expected, asked == 1) {
            let given = refused.map_or(Ok(()), Err);
            hold!(AnsweredOnce, given == expected, "{:?} got {given:?}, not {expected:?}", step.event);
        }
        Ok(())
    }

    fn the_calls(&self, step: &Step<'_>) -> Checked {
        let now = step.now.mono;
        for (id, call) in &self.calls {
            for ends in [call.ends, call.wait_ends, call.away_ends].into_iter().flatten() {
                hold!(NothingOverdue, ends > now, "{id} should have moved at {ends:?}: {call:?}");
            }
            let talking = call.stage == Stage::Talking;
            hold!(RecordingBalanced, call.recording == talking, "{id} recorded: {}", call.recording);
            let customer = self.legs.get(&call.customer).map(|leg| &leg.hears);
            hold!(LegsEnd, customer.is_some(), "{id} goes on without its customer");
            let desk = call.desk.and_then(|leg| self.legs.get(&leg)).map(|leg| &leg.hears);
            hearing(id, call, customer, desk)?;
        }
        Ok(())
    }

    fn the_queues(&self, centre: &Centre) -> Checked {
        for (group, queue) in &self.queues {
            let waiting = centre.waiting(group);
            let told = self.told_queues.get(group).copied().unwrap_or(0) as usize;
            hold!(QueueIsTold, told == waiting.len(), "{group} was told to hold {told}, holds {}", waiting.len());
            let same =
                waiting.len() == queue.len() && waiting.iter().zip(queue).all(|(seen, place)| seen.call == place.call);
            hold!(PlaceKept, same, "{group} holds {waiting:?}, should hold {queue:?}");
            let idle = if queue.is_empty() { None } else { self.available(group).next() };
            hold!(NobodyIdles, idle.is_none(), "{:?} idles while {:?} waits in {group}", idle, queue.first());
        }
        Ok(())
    }

    fn the_agents(&mut self, centre: &Centre, step: &Step<'_>) -> Checked {
        let views = &self.views;
        for (id, agent) in &mut self.agents {
            let Some(mut seen) = centre.agent_snapshot(id) else {
                hold!(FitsTheState, agent.presence == Presence::Offline, "{id} is nowhere to be seen");
                continue;
            };
            // Queue lengths are told by themselves.
            seen.groups.iter_mut().for_each(|group| group.2 = 0);
            let same = agent.snapshot.as_ref() == Some(&seen);
            let first = agent.snapshot.is_none();
            hold!(ViewIsTold, same || first || views.contains(id), "{id}: {:?} became {seen:?}", agent.snapshot);
            let calls: Vec<_> = seen.calls.iter().map(|call| &call.call).collect();
            hold!(
                OneOffer,
                calls == agent.call.iter().collect::<Vec<_>>(),
                "{id} sees {calls:?}, has {:?}",
                agent.call
            );
            hold!(
                WishComesTrue,
                seen.presence == agent.presence,
                "{id} is {:?}, not {:?}",
                seen.presence,
                agent.presence
            );
            hold!(WishComesTrue, seen.next_presence == agent.wish, "{id} wished {:?}", agent.wish);
            let state = agent.state();
            hold!(StateIsJournalled, agent.journalled == state, "{id} is {state:?}, last {:?}", agent.journalled);
            agent.seen = seen_state(&seen);
            hold!(StateIsJournalled, agent.seen == state.0, "{id} is seen {:?}, is {state:?}", agent.seen);
            let since = agent.state().0 == AgentState::Offline || seen.since == agent.since;
            hold!(StateIsJournalled, since, "{id} since {:?}, not {:?}", seen.since, agent.since);
            add_up(id, agent, step)?;
            let overdue = agent.duty == Duty::WrapUp && agent.wrap_up_ends.is_some_and(|ends| over(ends, step));
            hold!(NothingOverdue, !overdue, "{id} should be out of wrap-up");
            if !same {
                agent.snapshot = Some(seen);
            }
        }
        Ok(())
    }
}

/// A deadline of no length is kept a millisecond later.
fn over(ends: cordboard_core::Mono, step: &Step<'_>) -> bool {
    ends + std::time::Duration::from_millis(1) <= step.now.mono
}

fn add_up(id: &cordboard_core::AgentId, agent: &Agent, step: &Step<'_>) -> Checked {
    if agent.since != step.now.utc {
        return Ok(());
    }
    for (state, told) in &agent.told_ms {
        let seen = agent.seen_ms.get(state).copied().unwrap_or(0);
        hold!(StatesAddUp, *told == seen, "{id} was in state {state} {seen} ms, {told} ms by the journal");
    }
    Ok(())
}

fn seen_state(seen: &AgentSnapshot) -> AgentState {
    match (seen.activity, &seen.presence) {
        (Activity::Idle, Presence::Offline) => AgentState::Offline,
        (Activity::Idle, Presence::Break(_)) => AgentState::Break,
        (Activity::Idle, Presence::Ready) => AgentState::Ready,
        (Activity::Ringing, _) => AgentState::Ringing,
        (Activity::Dialing, _) => AgentState::Dialing,
        (Activity::Talking, _) => AgentState::Talking,
        (Activity::WrapUp, _) => AgentState::WrapUp,
    }
}

/// Who hears what in a call.
fn hearing(id: &cordboard_core::CallId, call: &Call, customer: Option<&Sound>, desk: Option<&Sound>) -> Checked {
    let hears_leg = |sound: Option<&Sound>, leg| matches!(sound, Some(Sound::Legs(legs)) if *legs == [leg]);
    let silent = |sound: Option<&Sound>| sound == Some(&Sound::Silence);
    let (theirs, ours) = (call.customer, call.desk.unwrap_or(cordboard_core::LegId(0)));
    match call.stage {
        Stage::Arrived => {}
        Stage::InFlow => {
            let fits = matches!(customer, Some(Sound::Silence | Sound::Prompts { .. }));
            hold!(TalkersHear, fits, "{id} in its flow hears {customer:?}");
        }
        Stage::Waiting | Stage::Ringing => {
            hold!(WaitersHearMusic, customer == Some(&Sound::Music), "{id} waits and hears {customer:?}");
        }
        Stage::Dialing => {
            hold!(WaitersHearMusic, silent(customer), "{id} is dialled and hears {customer:?}");
            let fits = match (call.away_ends, call.speaks, call.rings) {
                (Some(_), _, _) | (None, false, false) => silent(desk),
                (None, true, _) => hears_leg(desk, theirs),
                (None, false, true) => desk == Some(&Sound::Ringback),
            };
            hold!(TalkersHear, fits, "the agent who dials {id} hears {desk:?}");
        }
        Stage::Talking if call.held => {
            hold!(HeldHearsMusic, customer == Some(&Sound::Music), "{id} is held and hears {customer:?}");
            hold!(HeldHearsMusic, silent(desk), "the agent holding {id} hears {desk:?}");
        }
        Stage::Talking => {
            let away = call.away_ends.is_some();
            if call.muted {
                hold!(MutedIsNotHeard, silent(customer), "{id} hears {customer:?}, the agent is muted");
            } else {
                let fits = if away { silent(customer) } else { hears_leg(customer, ours) };
                hold!(TalkersHear, fits, "{id} hears {customer:?}, away: {away}");
            }
            let fits = if away || call.far_held { silent(desk) } else { hears_leg(desk, theirs) };
            hold!(TalkersHear, fits, "the agent on {id} hears {desk:?}, away: {away}, held: {}", call.far_held);
        }
    }
    hold!(FitsTheState, call.direction == Direction::Inbound || call.agent.is_some(), "{id} is dialled by nobody");
    Ok(())
}

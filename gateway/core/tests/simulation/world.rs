//! The world around the centre: customers, agents, desks, carriers, and their misfortunes.
//!
//! It knows of the centre only what the shell would: the effects. What follows of them by chance is put into a
//! diary, and what comes first in it is the next event.

mod mishaps;

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use cordboard_core::{
    AgentCommand, AgentId, Arrival, CallId, Centre, DeadlineReason, Directory, Effect, Event, Fact, LegCause, LegEnd,
    LegId, Mono, Now, PlayId, Sound, Ticket, UtcMs,
};

use crate::{rng::Rng, town};

/// Something that will happen if it still makes sense when its time comes.
#[derive(Debug, Clone)]
enum Plan {
    CustomerCalls,
    Mishap,
    CustomerLeaves(LegId),
    CarrierAnswers(LegId),
    CarrierRings { leg: LegId, early_media: bool },
    CarrierEnds { leg: LegId, kind: LegEnd, sip_status: Option<u16> },
    PromptEnds { leg: LegId, play: PlayId, played: bool },
    KeyPressed(LegId),
    AgentDoes(AgentId, AgentCommand),
    DeskReturns(AgentId),
    Again(Box<Event>),
}

/// The world.
pub struct World {
    rng: Rng,
    now: Now,
    plans: BTreeMap<(Mono, u64), Plan>,
    planned: u64,
    directory: Directory,
    /// Customers' legs that live, with their calls.
    customers: BTreeMap<LegId, CallId>,
    desks: BTreeMap<LegId, AgentId>,
    /// The last call seen at each agent.
    at_agent: BTreeMap<AgentId, CallId>,
    /// Legs that are over, the latest last.
    over: VecDeque<LegId>,
    calls_made: u64,
    tickets: u64,
    homeward: bool,
}

/// What happens next.
pub struct Next {
    pub now: Now,
    pub event: Event,
}

/// Whether the deadlines that come with an event could not be told from it by what they lead to.
fn changes_the_rules(event: &Event) -> bool {
    matches!(event, Event::DirectoryChanged(_) | Event::DeskConnected { .. } | Event::DeskLost { .. })
}

impl World {
    pub fn new(mut rng: Rng, directory: Directory) -> Self {
        let now = Now { mono: Mono(Duration::from_secs(1)), utc: UtcMs(1_800_000_000_000) };
        let mut world = Self {
            now,
            plans: BTreeMap::new(),
            planned: 0,
            directory,
            customers: BTreeMap::new(),
            desks: BTreeMap::new(),
            at_agent: BTreeMap::new(),
            over: VecDeque::new(),
            calls_made: 0,
            tickets: 0,
            homeward: false,
            rng: rng.clone(),
        };
        world.plan(Duration::ZERO, Plan::CustomerCalls);
        world.plan(Duration::ZERO, Plan::Mishap);
        for index in 0..town::AGENTS {
            world.plan(rng.millis(0, 5_000), Plan::DeskReturns(town::agent(index)));
            world.plan(rng.millis(0, 5_000), Plan::AgentDoes(town::agent(index), AgentCommand::SignIn));
            world.plan(rng.millis(5_000, 9_000), Plan::AgentDoes(town::agent(index), AgentCommand::Ready));
        }
        world
    }

    pub fn now(&self) -> Now {
        self.now
    }

    fn plan(&mut self, after: Duration, plan: Plan) {
        let goes_home = matches!(plan, Plan::CustomerLeaves(_) | Plan::CarrierEnds { .. } | Plan::Again(_));
        if self.homeward && !goes_home {
            return;
        }
        self.planned += 1;
        self.plans.insert((self.now.mono + after, self.planned), plan);
    }

    fn advance(&mut self, to: Mono) {
        let passed = to.since(self.now.mono);
        self.now.mono = to.max(self.now.mono);
        self.now.utc.0 += i64::try_from(passed.as_millis()).unwrap_or(0);
    }

    /// What happens next: a deadline of the centre, mostly in time, or the next plan.
    pub fn next(&mut self, centre: &mut Centre, deadline: Option<(Mono, DeadlineReason)>) -> Next {
        loop {
            let first = self.plans.first_key_value().map(|(key, _)| *key);
            let due = deadline.map(|(at, _)| at).filter(|at| first.is_none_or(|first| *at <= first.0));
            if let Some(at) = due
                && !self.rng.once_in(20)
            {
                let lateness = if self.rng.once_in(10) { self.rng.millis(1, 3) } else { Duration::ZERO };
                self.advance(at + lateness);
                return Next { now: self.now, event: Event::DeadlineReached };
            }
            let Some(plan) = first.and_then(|first| Some((first.0, self.plans.remove(&first)?))) else {
                return Next { now: self.now, event: Event::DeadlineReached };
            };
            self.advance(plan.0);
            let late = deadline.is_some_and(|(at, _)| at <= self.now.mono);
            let Some(event) = self.carry_out(centre, plan.1) else { continue };
            if late && changes_the_rules(&event) {
                self.plan(Duration::ZERO, Plan::Again(Box::new(event)));
                return Next { now: self.now, event: Event::DeadlineReached };
            }
            return Next { now: self.now, event };
        }
    }

    fn carry_out(&mut self, centre: &mut Centre, plan: Plan) -> Option<Event> {
        match plan {
            Plan::CustomerCalls => Some(self.customer_calls(centre)),
            Plan::Mishap => {
                let after = self.rng.millis(0, 900);
                self.plan(after, Plan::Mishap);
                self.mishap()
            }
            Plan::CustomerLeaves(leg) => {
                let kind = if self.rng.once_in(15) { LegEnd::Lost } else { LegEnd::FarSideHungUp };
                self.customers.contains_key(&leg).then(|| self.leg_ends(leg, kind, None))
            }
            Plan::CarrierAnswers(leg) => Some(Event::LegAnswered { leg }),
            Plan::CarrierRings { leg, early_media } => Some(Event::LegRinging { leg, early_media }),
            Plan::CarrierEnds { leg, kind, sip_status } => Some(self.leg_ends(leg, kind, sip_status)),
            Plan::PromptEnds { leg, play, played } => Some(Event::PromptEnded { leg, play, played }),
            Plan::KeyPressed(leg) => Some(Event::DigitPressed { leg, digit: self.key() }),
            Plan::AgentDoes(agent, command) => Some(self.command(agent, command)),
            Plan::DeskReturns(agent) => Some(Event::DeskConnected { agent }),
            Plan::Again(event) => Some(*event),
        }
    }

    fn key(&mut self) -> char {
        *self.rng.pick(&['0', '1', '1', '2', '2', '3', '9', '*', '#', 'A']).unwrap_or(&'1')
    }

    fn command(&mut self, agent: AgentId, command: AgentCommand) -> Event {
        self.tickets += 1;
        Event::Commanded { agent, ticket: Ticket(self.tickets), command }
    }

    fn customer_calls(&mut self, centre: &mut Centre) -> Event {
        // Rush hours come and go, so that queues fill and empty.
        let rush = (self.now.mono.0.as_secs() / 300).is_multiple_of(2);
        let pause = if rush { self.rng.millis(0, 4_000) } else { self.rng.millis(1_000, 14_000) };
        self.plan(pause, Plan::CustomerCalls);
        let leg = centre.next_leg();
        self.calls_made += 1;
        let call = CallId(format!("job-{:08}-in", self.calls_made));
        self.customers.insert(leg, call.clone());
        let patience = match self.rng.below(4) {
            0 => self.rng.millis(0, 3_000),
            1 => self.rng.millis(1_000, 30_000),
            _ => self.rng.millis(20_000, 200_000),
        };
        self.plan(patience, Plan::CustomerLeaves(leg));
        let event = Event::CallArrived(Arrival {
            call,
            leg,
            trunk: "east".into(),
            caller: "+8613900000000".into(),
            called: town::called(&mut self.rng),
            city: None,
            last_contact: None,
        });
        self.perhaps_again(&event);
        event
    }

    fn leg_ends(&mut self, leg: LegId, kind: LegEnd, sip_status: Option<u16>) -> Event {
        self.leg_is_over(leg);
        let event = Event::LegEnded { leg, cause: LegCause { kind, sip_status, text: String::new() } };
        self.perhaps_again(&event);
        event
    }

    fn leg_is_over(&mut self, leg: LegId) {
        self.customers.remove(&leg);
        self.desks.remove(&leg);
        self.over.push_back(leg);
        if self.over.len() > 50 {
            self.over.pop_front();
        }
    }

    fn perhaps_again(&mut self, event: &Event) {
        if self.rng.once_in(30) {
            let after = self.rng.millis(0, 2_000);
            self.plan(after, Plan::Again(Box::new(event.clone())));
        }
    }

    /// No more calls and no more mishaps: whoever is in a call leaves it.
    pub fn everybody_goes_home(&mut self) {
        self.plans.clear();
        self.homeward = true;
        for leg in self.customers.keys().copied().collect::<Vec<_>>() {
            let after = self.rng.millis(0, 60_000);
            self.plan(after, Plan::CustomerLeaves(leg));
        }
    }

    /// Whether nothing more will happen.
    pub fn is_over(&self, centre: &Centre) -> bool {
        self.plans.is_empty() && centre.next_deadline().is_none()
    }

    /// Takes note of what the centre did, and plans what follows by chance.
    pub fn see(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::Journal(entry) => self.see_fact(&entry.call, &entry.fact),
                Effect::Hear { leg, sound: Sound::Prompts { play, prompts } } => {
                    let (leg, play) = (*leg, *play);
                    let missing = self.rng.once_in(30);
                    let each = if missing { (1, 5) } else { (300, 3_000) };
                    let after = self.rng.millis(each.0, each.1 * prompts.len() as u64);
                    self.plan(after, Plan::PromptEnds { leg, play, played: !missing });
                    if self.rng.percent(60) {
                        let after = self.rng.millis(100, 5_000);
                        self.plan(after, Plan::KeyPressed(leg));
                    }
                }
                Effect::Hear { .. } | Effect::SendDigit { .. } => {}
                Effect::HangUpLeg { leg } | Effect::RefuseLeg { leg, .. } => self.see_hang_up(*leg),
                Effect::DialLeg { leg, call, .. } => self.see_dial(*leg, call),
                Effect::AnswerLeg { leg } => {
                    let after = self.rng.millis(0, 300);
                    self.plan(after, Plan::CarrierAnswers(*leg));
                }
                Effect::AttachDesk { leg, agent, .. } => {
                    self.desks.insert(*leg, agent.clone());
                }
                Effect::DetachDesk { leg } => self.leg_is_over(*leg),
                Effect::ViewChanged { .. }
                | Effect::QueueChanged { .. }
                | Effect::Accept { .. }
                | Effect::Refuse { .. }
                | Effect::StartRecording { .. }
                | Effect::StopRecording { .. } => {}
            }
        }
    }

    fn see_hang_up(&mut self, leg: LegId) {
        self.leg_is_over(leg);
        let after = self.rng.millis(0, 400);
        self.plan(after, Plan::CarrierEnds { leg, kind: LegEnd::WeHungUp, sip_status: None });
    }

    fn see_dial(&mut self, leg: LegId, call: &CallId) {
        self.customers.insert(leg, call.clone());
        let rings = self.rng.millis(0, 2_000);
        let early_media = self.rng.percent(40);
        if !self.rng.once_in(6) {
            self.plan(rings, Plan::CarrierRings { leg, early_media });
        }
        let answers = rings + self.rng.millis(0, 25_000);
        let fails = |kind, sip_status| Plan::CarrierEnds { leg, kind, sip_status };
        let outcome = match self.rng.below(10) {
            0..=4 => Plan::CarrierAnswers(leg),
            5 => fails(LegEnd::Refused, Some(486)),
            6 => fails(LegEnd::Refused, Some(404)),
            7 => fails(LegEnd::Failed, None),
            8 => fails(LegEnd::NoAnswer, Some(408)),
            _ => Plan::CarrierRings { leg, early_media: true },
        };
        self.plan(answers, outcome);
        let leaves = answers + self.rng.millis(0, 60_000);
        self.plan(leaves, Plan::CustomerLeaves(leg));
    }

    fn see_fact(&mut self, call: &Option<CallId>, fact: &Fact) {
        let Some(call) = call else { return self.see_agent(fact) };
        match fact {
            Fact::Offered { agent, .. } => {
                self.at_agent.insert(agent.clone(), call.clone());
                let call = call.clone();
                let after = self.rng.millis(0, 8_000);
                match self.rng.below(20) {
                    0..=13 => self.plan(after, Plan::AgentDoes(agent.clone(), AgentCommand::Answer { call })),
                    14 | 15 => self.plan(after, Plan::AgentDoes(agent.clone(), AgentCommand::Decline { call })),
                    _ => {}
                }
            }
            Fact::CallDialled { agent, .. } => {
                self.at_agent.insert(agent.clone(), call.clone());
                if self.rng.once_in(5) {
                    let (after, call) = (self.rng.millis(0, 30_000), call.clone());
                    self.plan(after, Plan::AgentDoes(agent.clone(), AgentCommand::HangUp { call }));
                }
            }
            Fact::OfferEnded { agent, .. } => {
                self.at_agent.remove(agent);
            }
            Fact::CallEnded { .. } => self.at_agent.retain(|_, at| at != call),
            Fact::Bridged { agent } => {
                let (after, call) = (self.rng.millis(500, 90_000), call.clone());
                self.plan(after, Plan::AgentDoes(agent.clone(), AgentCommand::HangUp { call }));
            }
            _ => self.see_agent(fact),
        }
    }

    /// Agents on break and in after-call work come back sooner or later.
    fn see_agent(&mut self, fact: &Fact) {
        let Fact::AgentChanged { agent, state, .. } = fact else { return };
        use cordboard_core::AgentState::{Break, Dialing, Offline, Ready, Ringing, Talking, WrapUp};
        let (agent, after) = (agent.clone(), self.rng.millis(500, 25_000));
        match state {
            Offline => self.plan(after, Plan::AgentDoes(agent, AgentCommand::SignIn)),
            Break | WrapUp => self.plan(after, Plan::AgentDoes(agent, AgentCommand::Ready)),
            Ready | Ringing | Dialing | Talking => {}
        }
    }
}

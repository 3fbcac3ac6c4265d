//! Stories of the centre: given a state and an event, exactly these effects.

#![allow(clippy::unwrap_used, clippy::panic)]

mod abandon;
mod broken_rules;
mod desk;
mod directory;
mod inbound;
mod menu;
mod outbound;
mod presence;
mod queue;
mod records;
mod ring;
mod talk;

use std::{collections::BTreeMap, time::Duration};

use super::Centre;
use crate::*;

/// A small centre: alice and bob in sales, bob and dave in support; a flow *welcome* behind `+861`, sales at once
/// behind `+862`, `+863` for calls out only.
pub(crate) struct Bench {
    pub centre: Centre,
    pub now: Now,
    tickets: u64,
}

pub(crate) const WELCOME: &str = "+861";
pub(crate) const SALES: &str = "+862";
pub(crate) const OUTWARD: &str = "+863";

pub(crate) fn directory() -> Directory {
    let agent = |levels: &[(&str, u8)]| AgentEntry {
        display_name: String::new(),
        extension: String::new(),
        levels: levels.iter().map(|(group, level)| ((*group).into(), *level)).collect(),
    };
    let group = |numbers: &[&str]| GroupEntry {
        display_name: String::new(),
        outbound_numbers: numbers.iter().map(|number| (*number).into()).collect(),
    };
    let number = |usage, route, cap| NumberEntry { usage, route, cap, trunk: "carrier".into(), city: None };
    let flow: Flow = serde_json::from_str(include_str!("tests/welcome.json")).unwrap();
    Directory {
        agents: BTreeMap::from([
            ("alice".into(), agent(&[("sales", 5)])),
            ("bob".into(), agent(&[("sales", 5), ("support", 5)])),
            ("dave".into(), agent(&[("support", 1)])),
        ]),
        groups: BTreeMap::from([("sales".into(), group(&[SALES, OUTWARD])), ("support".into(), group(&[OUTWARD]))]),
        numbers: BTreeMap::from([
            (WELCOME.into(), number(NumberUsage::Bidirection, Some(NumberRoute::Flow("welcome".into())), Some(2))),
            (SALES.into(), number(NumberUsage::Bidirection, Some(NumberRoute::Group("sales".into())), None)),
            (OUTWARD.into(), number(NumberUsage::Outbound, None, Some(1))),
        ]),
        flows: BTreeMap::from([("welcome".into(), flow)]),
        settings: Settings::default(),
    }
}

impl Bench {
    pub fn new() -> Self {
        Self::with(directory())
    }

    pub fn with(directory: Directory) -> Self {
        let now = Now { mono: Mono(Duration::from_secs(1000)), utc: UtcMs(1_700_000_000_000) };
        Self { centre: Centre::new("demo".into(), directory), now, tickets: 0 }
    }

    /// Lets time pass without an event.
    pub fn pass(&mut self, seconds: u64) {
        self.now.mono = self.now.mono + Duration::from_secs(seconds);
        self.now.utc.0 += i64::try_from(seconds).unwrap() * 1000;
    }

    /// Lets time pass and the deadlines in it come, and gives the effects of all of them.
    pub fn wait(&mut self, seconds: u64) -> Vec<Effect> {
        self.pass(seconds);
        self.on(Event::DeadlineReached)
    }

    pub fn on(&mut self, event: Event) -> Vec<Effect> {
        self.centre.handle(self.now, event)
    }

    /// A command, with the effects but for the answer, which must be an acceptance.
    pub fn does(&mut self, agent: &str, command: AgentCommand) -> Vec<Effect> {
        let mut effects = self.commands(agent, command);
        let answer = effects.iter().position(|effect| matches!(effect, Effect::Accept { .. }));
        let answer = answer.unwrap_or_else(|| panic!("not accepted: {effects:?}"));
        effects.remove(answer);
        effects
    }

    /// A command that must be refused and change nothing.
    pub fn is_refused(&mut self, agent: &str, command: AgentCommand) -> Refusal {
        let before = self.snapshot(agent);
        let effects = self.commands(agent, command);
        assert_eq!(before, self.snapshot(agent));
        match effects.as_slice() {
            [Effect::Refuse { refusal, .. }] => *refusal,
            other => panic!("not just refused: {other:?}"),
        }
    }

    fn commands(&mut self, agent: &str, command: AgentCommand) -> Vec<Effect> {
        self.tickets += 1;
        self.on(Event::Commanded { agent: agent.into(), ticket: Ticket(self.tickets), command })
    }

    /// Has an agent signed in, connected and ready.
    pub fn is_ready(&mut self, agent: &str) {
        self.on(Event::DeskConnected { agent: agent.into() });
        self.does(agent, AgentCommand::SignIn);
        self.does(agent, AgentCommand::Ready);
    }

    /// A call comes in.
    pub fn calls_in(&mut self, call: &str, called: &str) -> (LegId, Vec<Effect>) {
        let leg = self.centre.next_leg();
        let effects = self.on(Event::CallArrived(Arrival {
            call: call.into(),
            leg,
            trunk: "carrier".into(),
            caller: "+8613900000000".into(),
            called: called.into(),
            city: None,
            last_contact: None,
        }));
        (leg, effects)
    }

    /// A call that came in by the flow, heard its greeting and presses a key at the menu; what that key led to.
    pub fn presses(&mut self, call: &str, digit: char) -> (LegId, Vec<Effect>) {
        let (leg, effects) = self.calls_in(call, WELCOME);
        let Some((_, Sound::Prompts { play, .. })) = heard(&effects).pop() else { panic!("no greeting: {effects:?}") };
        self.on(Event::PromptEnded { leg, play, played: true });
        (leg, self.on(Event::DigitPressed { leg, digit }))
    }

    /// A call that an agent has answered.
    pub fn talks(&mut self, agent: &str, call: &str) -> LegId {
        self.is_ready(agent);
        let (leg, _) = self.calls_in(call, SALES);
        self.does(agent, AgentCommand::Answer { call: call.into() });
        leg
    }

    pub fn ended(&mut self, leg: LegId, kind: LegEnd, sip_status: Option<u16>) -> Vec<Effect> {
        self.on(Event::LegEnded { leg, cause: LegCause { kind, sip_status, text: String::new() } })
    }

    pub fn snapshot(&self, agent: &str) -> AgentSnapshot {
        self.centre.agent_snapshot(&agent.into()).unwrap()
    }

    pub fn presence(&self, agent: &str) -> Presence {
        self.snapshot(agent).presence
    }

    pub fn activity(&self, agent: &str) -> Activity {
        self.snapshot(agent).activity
    }

    pub fn waiting(&self, group: &str) -> Vec<CallId> {
        self.centre.waiting(&group.into()).into_iter().map(|waiting| waiting.call).collect()
    }

    /// A row as the journal will have it at this moment.
    pub fn row(&self, call: &str, fact: Fact) -> Effect {
        Effect::Journal(JournalEntry { at: self.now.utc, call: Some(call.into()), fact })
    }

    /// A row about an agent outside calls.
    pub fn agent_row(&self, agent: &str, state: AgentState, break_code: Option<&str>) -> Effect {
        let fact = Fact::AgentChanged { agent: agent.into(), state, break_code: break_code.map(str::to_owned) };
        Effect::Journal(JournalEntry { at: self.now.utc, call: None, fact })
    }
}

/// The facts among effects.
pub(crate) fn facts(effects: &[Effect]) -> Vec<Fact> {
    let facts = effects.iter().filter_map(|effect| match effect {
        Effect::Journal(entry) => Some(entry.fact.clone()),
        _ => None,
    });
    facts.collect()
}

/// What legs were told to hear.
pub(crate) fn heard(effects: &[Effect]) -> Vec<(LegId, Sound)> {
    let heard = effects.iter().filter_map(|effect| match effect {
        Effect::Hear { leg, sound } => Some((*leg, sound.clone())),
        _ => None,
    });
    heard.collect()
}

/// How a call ended, if it did.
pub(crate) fn ending(effects: &[Effect]) -> Option<(Disposition, WhoseDoing)> {
    facts(effects).into_iter().find_map(|fact| match fact {
        Fact::CallEnded { disposition, by, .. } => Some((disposition, by)),
        _ => None,
    })
}

pub(crate) fn view(agent: &str) -> Effect {
    Effect::ViewChanged { agent: agent.into() }
}

pub(crate) fn changed(agent: &str, state: AgentState) -> Fact {
    Fact::AgentChanged { agent: agent.into(), state, break_code: None }
}

//! A small model of the centre, kept up from events and effects alone. It is slow and plain on purpose: where the
//! centre keeps order, the model searches.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use cordboard_core::{
    AgentCommand, AgentId, AgentSnapshot, AgentState, CallId, Direction, Directory, Effect, Event, Flow, FlowId,
    JournalEntry, LegId, Mono, Now, Number, Presence, SkillGroupId, Sound, Ticket, UtcMs,
};

use crate::town;

/// What an agent does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    Idle,
    Ringing,
    Dialing,
    Talking,
    WrapUp,
}

/// An agent as seen from outside.
#[derive(Debug)]
pub struct Agent {
    pub presence: Presence,
    pub wish: Option<Presence>,
    pub duty: Duty,
    pub call: Option<CallId>,
    pub connected: bool,
    /// What the journal last said, and when.
    pub journalled: (AgentState, Option<String>),
    pub since: UtcMs,
    pub idle: (Mono, u64),
    pub wrap_up_ends: Option<Mono>,
    pub snapshot: Option<AgentSnapshot>,
    /// Time in each state: by the journal, and as it was seen.
    pub told_ms: BTreeMap<u8, i64>,
    pub seen_ms: BTreeMap<u8, i64>,
    pub seen: AgentState,
}

impl Agent {
    fn new(now: Now) -> Self {
        Self {
            presence: Presence::Offline,
            wish: None,
            duty: Duty::Idle,
            call: None,
            connected: false,
            journalled: (AgentState::Offline, None),
            since: now.utc,
            idle: (Mono::default(), 0),
            wrap_up_ends: None,
            snapshot: None,
            told_ms: BTreeMap::new(),
            seen_ms: BTreeMap::new(),
            seen: AgentState::Offline,
        }
    }

    /// What the journal should have said last.
    pub fn state(&self) -> (AgentState, Option<String>) {
        match (self.duty, &self.presence) {
            (Duty::Ringing, _) => (AgentState::Ringing, None),
            (Duty::Dialing, _) => (AgentState::Dialing, None),
            (Duty::Talking, _) => (AgentState::Talking, None),
            (Duty::WrapUp, _) => (AgentState::WrapUp, None),
            (Duty::Idle, Presence::Offline) => (AgentState::Offline, None),
            (Duty::Idle, Presence::Break(code)) => (AgentState::Break, Some(code.clone())),
            (Duty::Idle, Presence::Ready) => (AgentState::Ready, None),
        }
    }

    pub fn available(&self) -> bool {
        self.connected && self.presence == Presence::Ready && self.duty == Duty::Idle
    }
}

/// Where a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Arrived,
    InFlow,
    Waiting,
    Ringing,
    Dialing,
    Talking,
}

/// A place in a queue, in the order of service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub priority: u8,
    pub since: Mono,
    pub order: u64,
    pub call: CallId,
}

/// A call as seen from outside.
#[derive(Debug)]
pub struct Call {
    pub direction: Direction,
    pub number: Number,
    pub customer: LegId,
    pub desk: Option<LegId>,
    pub stage: Stage,
    pub flow: Option<Rc<Flow>>,
    pub node: Option<String>,
    pub group: Option<SkillGroupId>,
    pub place: Option<Place>,
    pub agent: Option<AgentId>,
    /// When what it waits for is over: the ring, the dial.
    pub ends: Option<Mono>,
    pub wait_ends: Option<Mono>,
    pub away_ends: Option<Mono>,
    pub rings: bool,
    pub speaks: bool,
    pub held: bool,
    pub muted: bool,
    pub far_held: bool,
    pub recording: bool,
    pub rows: Vec<JournalEntry>,
}

/// A leg that lives.
#[derive(Debug)]
pub struct Leg {
    pub call: CallId,
    pub hears: Sound,
    /// Whether the event of this step says that it is over.
    pub ending: bool,
}

/// One step of the centre, as it is checked.
pub struct Step<'a> {
    pub now: Now,
    pub event: &'a Event,
    pub effects: &'a [Effect],
    /// Whether a deadline had come: its effects are mixed with the event's.
    pub due: bool,
}

impl Step<'_> {
    /// The command of this step.
    pub fn command(&self) -> Option<(&AgentId, Ticket, &AgentCommand)> {
        match self.event {
            Event::Commanded { agent, ticket, command } => Some((agent, *ticket, command)),
            _ => None,
        }
    }

    /// The presence that the step's command chose, if it was accepted.
    pub fn chosen(&self, by: &AgentId) -> Option<Presence> {
        let (agent, _, command) = self.command()?;
        let accepted = self.effects.iter().any(|effect| matches!(effect, Effect::Accept { .. }));
        if agent != by || !accepted {
            return None;
        }
        match command {
            AgentCommand::Ready => Some(Presence::Ready),
            AgentCommand::Break { code } => Some(Presence::Break(code.clone())),
            AgentCommand::SignOut => Some(Presence::Offline),
            _ => None,
        }
    }
}

/// The model.
pub struct Model {
    pub directory: Directory,
    pub flows: BTreeMap<FlowId, Rc<Flow>>,
    pub agents: BTreeMap<AgentId, Agent>,
    pub calls: BTreeMap<CallId, Call>,
    pub legs: BTreeMap<LegId, Leg>,
    pub queues: BTreeMap<SkillGroupId, BTreeSet<Place>>,
    pub told_queues: BTreeMap<SkillGroupId, u32>,
    pub newest_leg: LegId,
    pub ended: BTreeSet<CallId>,
    /// Of the present step: legs of calls that ended, answers given, views told.
    pub must_be_over: Vec<LegId>,
    pub answers: u32,
    pub views: BTreeSet<AgentId>,
    pub last: Now,
    orders: u64,
}

impl Model {
    pub fn new(now: Now, directory: Directory) -> Self {
        let mut model = Self {
            flows: BTreeMap::new(),
            agents: (0..town::AGENTS).map(|index| (town::agent(index), Agent::new(now))).collect(),
            calls: BTreeMap::new(),
            legs: BTreeMap::new(),
            queues: BTreeMap::new(),
            told_queues: BTreeMap::new(),
            newest_leg: LegId(0),
            ended: BTreeSet::new(),
            must_be_over: Vec::new(),
            answers: 0,
            views: BTreeSet::new(),
            last: now,
            orders: 0,
            directory: Directory::default(),
        };
        model.adopt(directory);
        model
    }

    /// Takes over a directory.
    pub fn adopt(&mut self, directory: Directory) {
        self.flows = directory.flows.iter().map(|(id, flow)| (id.clone(), Rc::new(flow.clone()))).collect();
        self.directory = directory;
    }

    /// The next in an order.
    pub fn order(&mut self) -> u64 {
        self.orders += 1;
        self.orders
    }

    /// An agent's level in a group, if both exist.
    pub fn level(&self, agent: &AgentId, group: &SkillGroupId) -> Option<u8> {
        let level = *self.directory.agents.get(agent)?.levels.get(group)?;
        self.directory.groups.contains_key(group).then_some(level)
    }

    /// Agents who could take a call of a group now.
    pub fn available<'a>(&'a self, group: &'a SkillGroupId) -> impl Iterator<Item = (u8, (Mono, u64), &'a AgentId)> {
        self.agents
            .iter()
            .filter(|(_, agent)| agent.available())
            .filter_map(move |(id, agent)| Some((self.level(id, group)?, agent.idle, id)))
    }

    /// How many calls a number is in.
    pub fn in_use(&self, number: &Number) -> usize {
        self.calls.values().filter(|call| call.number == *number).count()
    }

    /// How many calls wait in a group.
    pub fn waiting(&self, group: &SkillGroupId) -> usize {
        self.queues.get(group).map_or(0, BTreeSet::len)
    }
}

//! Agents: what each chose, what each does, and the one place where that changes.

use super::{
    Centre,
    broken::{Broken, Step},
    keys::{AgentKey, CallKey, GroupKey, Table},
    timers::Timer,
    turn::Turn,
    wrap_up::WrapUp,
};
use crate::{Activity, AgentId, AgentState, CallId, Effect, Fact, Mono, Presence, UtcMs};

/// What an agent does, as the system derives it.
///
/// ```text
///          offered             answered
///   Idle ───────────▶ Ringing ──────────▶ Talking ───┐
///   ▲ │ ▲                │                   ▲       │ the call ended
///   │ │ └────────────────┘                   │       ▼
///   │ │   timed out, declined, abandoned,    │ ┌─▶ WrapUp ─┐
///   │ │   desk lost, queue timed out         │ │      │    │
///   │ │ dialled                     answered │ │      │    │ timer, ready, break, sign-out
///   │ └───────────────▶ Dialing ─────────────┘ │      │    │
///   │                    ▲   └─────────────────┘      │    │
///   │                    └────────────────────────────┘    │
///   └──────────────────────────────────────────────────────┘
/// ```
///
/// An agent who has left the directory goes from a call to `Idle` at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Duty {
    /// No call.
    Idle,
    /// This call is offered.
    Ringing(CallKey),
    /// This call is being dialled.
    Dialing(CallKey),
    /// On this call.
    Talking(CallKey),
    /// After-call work.
    WrapUp(Box<WrapUp>),
}

impl Duty {
    /// The call it is about, while there is one.
    pub fn call(&self) -> Option<CallKey> {
        match self {
            Duty::Ringing(call) | Duty::Dialing(call) | Duty::Talking(call) => Some(*call),
            Duty::Idle | Duty::WrapUp(_) => None,
        }
    }

    /// The word for it.
    pub fn activity(&self) -> Activity {
        match self {
            Duty::Idle => Activity::Idle,
            Duty::Ringing(_) => Activity::Ringing,
            Duty::Dialing(_) => Activity::Dialing,
            Duty::Talking(_) => Activity::Talking,
            Duty::WrapUp(_) => Activity::WrapUp,
        }
    }

    fn may_become(&self, next: &Duty) -> bool {
        match (self, next) {
            (Duty::Idle, Duty::Idle | Duty::Ringing(_) | Duty::Dialing(_)) => true,
            (Duty::Ringing(_), Duty::Idle) => true,
            (Duty::Ringing(rung), Duty::Talking(talked)) => rung == talked,
            (Duty::Dialing(dialled), Duty::Talking(talked)) => dialled == talked,
            (Duty::Dialing(_) | Duty::Talking(_), Duty::Idle | Duty::WrapUp(_)) => true,
            (Duty::WrapUp(_), Duty::Idle | Duty::Dialing(_) | Duty::WrapUp(_)) => true,
            (Duty::Idle | Duty::WrapUp(_), Duty::Talking(_)) => false,
            (Duty::Idle | Duty::Ringing(_), Duty::WrapUp(_)) => false,
            (Duty::Ringing(_) | Duty::Dialing(_) | Duty::Talking(_) | Duty::WrapUp(_), Duty::Ringing(_)) => false,
            (Duty::Ringing(_) | Duty::Dialing(_) | Duty::Talking(_), Duty::Dialing(_)) => false,
            (Duty::Talking(talked), Duty::Talking(still)) => talked == still,
        }
    }
}

/// When an agent's present idleness began, and the order among those who began it together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct IdleSince {
    pub at: Mono,
    pub order: u64,
}

/// A person who can take calls.
#[derive(Debug)]
pub(super) struct Agent {
    pub id: AgentId,
    /// Whether the directory knows them.
    pub known: bool,
    /// Groups with levels, from the directory.
    pub levels: Vec<(GroupKey, u8)>,
    pub presence: Presence,
    /// The presence wished for after the call.
    pub wish: Option<Presence>,
    pub duty: Duty,
    /// Since when presence and duty are what they are.
    pub since: UtcMs,
    /// Since when they could have had a call: the end of the last one, or the choice of ready. A ring that ended
    /// through no fault of theirs, or a desk that was away for a moment, does not count as work.
    pub idle_since: IdleSince,
    /// Whether the desk's sound works.
    pub connected: bool,
    /// The place in the ready order of their groups, while they stand there.
    pub ready: Option<IdleSince>,
    /// When the wrap-up timer stands armed.
    pub armed: Option<Mono>,
}

impl Agent {
    fn new(id: AgentId) -> Self {
        Self {
            id,
            known: false,
            levels: Vec::new(),
            presence: Presence::Offline,
            wish: None,
            duty: Duty::Idle,
            since: UtcMs::default(),
            idle_since: IdleSince::default(),
            connected: false,
            ready: None,
            armed: None,
        }
    }

    /// Whether the agent is signed in.
    pub fn signed_in(&self) -> bool {
        self.presence != Presence::Offline
    }

    /// The state in the sense of reports, with the break's reason.
    fn reported(&self) -> (AgentState, Option<String>) {
        match (&self.duty, &self.presence) {
            (Duty::Ringing(_), _) => (AgentState::Ringing, None),
            (Duty::Dialing(_), _) => (AgentState::Dialing, None),
            (Duty::Talking(_), _) => (AgentState::Talking, None),
            (Duty::WrapUp(_), _) => (AgentState::WrapUp, None),
            (Duty::Idle, Presence::Offline) => (AgentState::Offline, None),
            (Duty::Idle, Presence::Break(code)) => (AgentState::Break, Some(code.clone())),
            (Duty::Idle, Presence::Ready) => (AgentState::Ready, None),
        }
    }
}

/// All agents ever met, by key and by id.
#[derive(Debug, Default)]
pub(super) struct Agents {
    all: Vec<Agent>,
    by_id: Table<AgentId, AgentKey>,
}

impl Agents {
    /// The key of an agent who was met before.
    pub fn find(&self, id: &AgentId) -> Option<AgentKey> {
        self.by_id.get(id).copied()
    }

    /// The key of an agent, met now if not before.
    pub fn meet(&mut self, id: &AgentId) -> AgentKey {
        if let Some(key) = self.find(id) {
            return key;
        }
        let key = AgentKey(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        self.all.push(Agent::new(id.clone()));
        self.by_id.insert(id.clone(), key);
        key
    }

    /// An agent.
    pub fn get(&self, key: AgentKey) -> Result<&Agent, Broken> {
        self.all.get(key.0 as usize).ok_or(Broken::rule("a key names an agent"))
    }

    /// An agent, to change.
    pub fn get_mut(&mut self, key: AgentKey) -> Result<&mut Agent, Broken> {
        self.all.get_mut(key.0 as usize).ok_or(Broken::rule("a key names an agent"))
    }

    /// The keys of all.
    pub fn keys(&self) -> impl Iterator<Item = AgentKey> + use<> {
        (0..u32::try_from(self.all.len()).unwrap_or(u32::MAX)).map(AgentKey)
    }
}

impl Centre {
    /// Moves an agent to a presence and a duty: the one place where either changes.
    ///
    /// `about` is the call the change belongs to in the journal.
    pub(super) fn move_agent(
        &mut self,
        turn: &mut Turn,
        key: AgentKey,
        presence: Presence,
        duty: Duty,
        about: Option<&CallId>,
    ) -> Step {
        let agent = self.agents.get_mut(key)?;
        if !agent.duty.may_become(&duty) {
            let broken = Broken::rule("an agent's duty follows from the one before");
            return Err(match duty.call() {
                Some(call) => broken.of(call),
                None => broken,
            });
        }
        let was_ready = agent.presence == Presence::Ready && matches!(agent.duty, Duty::Idle | Duty::Ringing(_));
        let before = agent.reported();
        agent.presence = presence;
        agent.duty = duty;
        let after = agent.reported();
        if after != before {
            let (state, break_code) = after;
            tracing::info!(agent = %agent.id, from = ?before.0, to = ?state, "agent moved");
            agent.since = turn.now.utc;
            turn.journal_entry(about.cloned(), Fact::AgentChanged { agent: agent.id.clone(), state, break_code });
        }
        if agent.presence == Presence::Ready && agent.duty == Duty::Idle && !was_ready {
            agent.idle_since = IdleSince { at: turn.now.mono, order: self.counters.place() };
        }
        self.agent_touched(turn, key)
    }

    /// Brings everything that follows from an agent's state up to it: timer, place in the ready order, view.
    pub(super) fn agent_touched(&mut self, turn: &mut Turn, key: AgentKey) -> Step {
        let agent = self.agents.get_mut(key)?;
        let wanted = match &agent.duty {
            Duty::WrapUp(wrap_up) => wrap_up.ends,
            Duty::Idle | Duty::Ringing(_) | Duty::Dialing(_) | Duty::Talking(_) => None,
        };
        self.timers.arm(turn.now.mono, Timer::WrapUp(key), &mut agent.armed, wanted);
        turn.view(key);
        self.index_agent(key)
    }

    /// Sends the views that changed.
    pub(super) fn tell_views(&self, turn: &mut Turn) {
        for key in turn.take_views() {
            if let Ok(agent) = self.agents.get(key) {
                turn.push(Effect::ViewChanged { agent: agent.id.clone() });
            }
        }
    }
}

//! A call, and the stages it goes through.

use super::{
    groups::WaitingPlace,
    hearing::Told,
    keys::{AgentKey, CallKey, GroupKey},
    timers::CallTimer,
    walk::Walk,
};
use crate::{CallId, Direction, LegId, Mono, NodeId, Number, PlayId, TrunkId, UtcMs};

/// A call: one customer, and whom the centre brings together with them.
#[derive(Debug)]
pub(super) struct Call {
    pub id: CallId,
    pub direction: Direction,
    pub trunk: TrunkId,
    pub caller: Number,
    pub called: Number,
    pub city: Option<String>,
    pub last_contact: Option<UtcMs>,
    pub started: UtcMs,
    /// The customer's leg.
    pub customer: LegId,
    /// Whether the customer's side has put us on hold.
    pub held_by_far_side: bool,
    /// Keys pressed before an agent answered.
    pub keys: String,
    /// The group whose queue it was last in, or whose number it was dialled with.
    pub group: Option<GroupKey>,
    /// The flow it walks.
    pub walk: Option<Walk>,
    pub stage: Stage,
    pub recorded: bool,
    /// What each leg was told to hear.
    pub told: Vec<Told>,
    pub armed: Armed,
}

impl Call {
    /// The centre's own number in it.
    pub fn own_number(&self) -> &Number {
        match self.direction {
            Direction::Inbound => &self.called,
            Direction::Outbound => &self.caller,
        }
    }
}

/// Where a call stands.
///
/// ```text
///  inbound                                       outbound
///     ▼          node                               ▼
///  Passing ──────────────▶ InFlow                Dialing
///   │   ▲                    │                      │
///   │   │ timed out          │                      │ answered
///   │   │      ┌─────────────┘                      │
///   │   │      ▼                                    │
///   └─▶ Waiting ◀───────────┐ timed out, declined,  │
///          │                │ desk lost             │
///          └──────────▶ Ringing ─────▶ Talking ◀────┘
///            offered         answered
/// ```
///
/// From everywhere a call can end, which takes it out of the centre.
#[derive(Debug)]
pub(super) enum Stage {
    /// Just answered, or its time in a queue is over: on its way to a node or a queue. No step ends with a call here.
    Passing,
    /// In a flow, waiting for a prompt's end or a key.
    InFlow(FlowStep),
    /// In a queue.
    Waiting(Place),
    /// Offered to an agent; its place in the queue is kept.
    Ringing(Offer),
    /// Dialled by an agent.
    Dialing(Dial),
    /// An agent and the customer talk.
    Talking(Talk),
}

impl Stage {
    /// The word for it.
    pub fn name(&self) -> &'static str {
        match self {
            Stage::Passing => "passing",
            Stage::InFlow(_) => "in flow",
            Stage::Waiting(_) => "waiting",
            Stage::Ringing(_) => "ringing",
            Stage::Dialing(_) => "dialing",
            Stage::Talking(_) => "talking",
        }
    }

    /// The agent it is with.
    pub fn agent(&self) -> Option<AgentKey> {
        match self {
            Stage::Passing | Stage::InFlow(_) | Stage::Waiting(_) => None,
            Stage::Ringing(offer) => Some(offer.agent),
            Stage::Dialing(dial) => Some(dial.desk.agent),
            Stage::Talking(talk) => Some(talk.desk.agent),
        }
    }

    /// The agent's leg.
    pub fn desk(&self) -> Option<&DeskLeg> {
        match self {
            Stage::Passing | Stage::InFlow(_) | Stage::Waiting(_) | Stage::Ringing(_) => None,
            Stage::Dialing(dial) => Some(&dial.desk),
            Stage::Talking(talk) => Some(&talk.desk),
        }
    }

    /// The agent's leg, to change.
    pub fn desk_mut(&mut self) -> Option<&mut DeskLeg> {
        match self {
            Stage::Passing | Stage::InFlow(_) | Stage::Waiting(_) | Stage::Ringing(_) => None,
            Stage::Dialing(dial) => Some(&mut dial.desk),
            Stage::Talking(talk) => Some(&mut talk.desk),
        }
    }

    /// The place in a queue, kept while it rings.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Stage::Waiting(place) => Some(place),
            Stage::Ringing(offer) => Some(&offer.place),
            Stage::Passing | Stage::InFlow(_) | Stage::Dialing(_) | Stage::Talking(_) => None,
        }
    }

    /// Whether the diagram has this arrow.
    pub fn may_become(&self, next: &Stage) -> bool {
        match (self, next) {
            (Stage::Passing | Stage::InFlow(_), Stage::InFlow(_) | Stage::Waiting(_)) => true,
            (Stage::Waiting(_), Stage::Ringing(_) | Stage::Passing) => true,
            (Stage::Ringing(_), Stage::Waiting(_) | Stage::Talking(_)) => true,
            (Stage::Dialing(_), Stage::Talking(_)) => true,
            (Stage::Passing | Stage::InFlow(_), Stage::Passing | Stage::Ringing(_)) => false,
            (Stage::Passing | Stage::InFlow(_), Stage::Dialing(_) | Stage::Talking(_)) => false,
            (Stage::Waiting(_), Stage::InFlow(_) | Stage::Waiting(_)) => false,
            (Stage::Waiting(_), Stage::Dialing(_) | Stage::Talking(_)) => false,
            (Stage::Ringing(_), Stage::Passing | Stage::InFlow(_)) => false,
            (Stage::Ringing(_), Stage::Ringing(_) | Stage::Dialing(_)) => false,
            (Stage::Dialing(_), Stage::Passing | Stage::InFlow(_) | Stage::Waiting(_)) => false,
            (Stage::Dialing(_), Stage::Ringing(_) | Stage::Dialing(_)) => false,
            (Stage::Talking(_), _) => false,
        }
    }
}

/// What a call in a flow waits for.
#[derive(Debug)]
pub(super) enum FlowStep {
    /// The end of prompts.
    Playing { play: PlayId, prompts: Vec<String>, next: NodeId },
    /// The end of a menu's prompts, or a key.
    Prompting { play: PlayId, prompts: Vec<String>, tries_left: u8 },
    /// A key.
    Listening { until: Mono, tries_left: u8 },
}

/// A place in a queue.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub group: GroupKey,
    pub priority: u8,
    pub since: Mono,
    pub since_utc: UtcMs,
    pub order: u64,
    pub expires: Mono,
    /// Where the flow goes on when the time is over.
    pub on_timeout: Option<NodeId>,
}

impl Place {
    /// The place as its queue is ordered.
    pub fn order(&self, call: CallKey) -> WaitingPlace {
        (self.priority, self.since, self.order, call)
    }
}

/// One presentation of a call to one agent.
#[derive(Debug)]
pub(super) struct Offer {
    pub agent: AgentKey,
    pub place: Place,
    pub offered: UtcMs,
    pub ends: Mono,
    pub ends_utc: UtcMs,
    pub waited_ms: i64,
}

/// An agent's leg in a call. It outlives the desk's connection.
#[derive(Debug)]
pub(super) struct DeskLeg {
    pub agent: AgentKey,
    pub leg: LegId,
    /// Until when the desk may be away, while it is.
    pub away_until: Option<Mono>,
}

/// An outbound call before it is answered.
#[derive(Debug)]
pub(super) struct Dial {
    pub desk: DeskLeg,
    pub progress: Progress,
    pub since: UtcMs,
    pub ends: Mono,
}

/// What was heard of an outbound call.
///
/// ```text
///   Nothing ──▶ Ringing ──▶ Speaking
///      └────────────────────────▲
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// Nothing yet.
    Nothing,
    /// It rings, without sound of its own.
    Ringing,
    /// The network speaks or plays its own ringing.
    Speaking,
}

/// Agent and customer connected.
#[derive(Debug)]
pub(super) struct Talk {
    pub desk: DeskLeg,
    pub since: Mono,
    pub answered: UtcMs,
    /// Since when the customer is held.
    pub held: Option<UtcMs>,
    /// When it was last held or retrieved, or answered.
    pub phase_since: UtcMs,
    pub muted: bool,
    /// How long it had waited, where it came from a queue.
    pub waited_ms: Option<i64>,
}

/// A call's deadlines as they stand armed.
#[derive(Debug, Default)]
pub(super) struct Armed {
    ring: Option<Mono>,
    queue: Option<Mono>,
    menu: Option<Mono>,
    dial: Option<Mono>,
    grace: Option<Mono>,
}

impl Armed {
    /// Where a deadline is noted.
    pub fn slot(&mut self, timer: CallTimer) -> &mut Option<Mono> {
        match timer {
            CallTimer::Ring => &mut self.ring,
            CallTimer::Queue => &mut self.queue,
            CallTimer::Menu => &mut self.menu,
            CallTimer::Dial => &mut self.dial,
            CallTimer::Grace => &mut self.grace,
        }
    }
}

/// The deadlines that a stage wants.
pub(super) fn deadlines(stage: &Stage) -> [(CallTimer, Option<Mono>); 5] {
    let (mut ring, mut menu, mut dial) = (None, None, None);
    match stage {
        Stage::Passing | Stage::InFlow(FlowStep::Playing { .. } | FlowStep::Prompting { .. }) => {}
        Stage::InFlow(FlowStep::Listening { until, .. }) => menu = Some(*until),
        Stage::Waiting(_) => {}
        Stage::Ringing(offer) => ring = Some(offer.ends),
        Stage::Dialing(dialled) => dial = Some(dialled.ends),
        Stage::Talking(_) => {}
    }
    [
        (CallTimer::Ring, ring),
        (CallTimer::Queue, stage.place().map(|place| place.expires)),
        (CallTimer::Menu, menu),
        (CallTimer::Dial, dial),
        (CallTimer::Grace, stage.desk().and_then(|desk| desk.away_until)),
    ]
}

//! What the core knows, for the shell to show: read-only copies.

use serde::{Deserialize, Serialize};

use crate::{AgentId, CallId, Disposition, Number, SkillGroupId, TrunkId, UtcMs, WhoseDoing};

/// An agent's whole world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentSnapshot {
    /// Who.
    pub agent: AgentId,
    /// What the agent chose.
    pub presence: Presence,
    /// What the system derives.
    pub activity: Activity,
    /// Since when presence and activity are what they are.
    pub since: UtcMs,
    /// What comes after the call.
    pub next_presence: Option<Presence>,
    /// Groups signed in to with levels, and how many calls wait there.
    pub groups: Vec<(SkillGroupId, u8, u32)>,
    /// Whether the desk's sound works.
    pub desk_connected: bool,
    /// Calls at this agent.
    pub calls: Vec<CallSnapshot>,
    /// The wrap-up under way.
    pub wrap_up: Option<WrapUpSnapshot>,
}

/// What an agent chose.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Presence {
    /// Signed out.
    Offline,
    /// On break with a reason.
    Break(String),
    /// Takes calls.
    Ready,
}

/// What the system derives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Activity {
    /// No call.
    Idle,
    /// Rung.
    Ringing,
    /// Dialling.
    Dialing,
    /// Talking.
    Talking,
    /// After-call work.
    WrapUp,
}

/// Which way a call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// In.
    Inbound,
    /// Out.
    Outbound,
}

/// Where a call stands at an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallPhase {
    /// Offered.
    Ringing,
    /// Dialled.
    Dialing,
    /// The far side rings.
    Alerting,
    /// Both talk.
    Talking,
    /// The customer is held.
    Held,
}

/// A call at an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallSnapshot {
    /// Its id.
    pub call: CallId,
    /// The customer's leg.
    pub customer_leg: crate::LegId,
    /// Which way.
    pub direction: Direction,
    /// Where it stands.
    pub phase: CallPhase,
    /// Caller.
    pub caller: Number,
    /// Called.
    pub called: Number,
    /// The trunk.
    pub trunk: TrunkId,
    /// The customer's city.
    pub city: Option<String>,
    /// The queue it came from.
    pub group: Option<SkillGroupId>,
    /// How long it had waited when it was offered, milliseconds.
    pub waited_ms: Option<i64>,
    /// Keys pressed.
    pub keys: String,
    /// Last contact with this customer.
    pub last_contact: Option<UtcMs>,
    /// When it began.
    pub started: UtcMs,
    /// When the phase began.
    pub phase_since: UtcMs,
    /// When the offer runs out.
    pub ring_ends: Option<UtcMs>,
    /// When both could first talk.
    pub answered: Option<UtcMs>,
    /// Agent muted.
    pub muted: bool,
    /// Held by the far side.
    pub held_by_far_side: bool,
    /// Being recorded.
    pub recorded: bool,
}

/// After-call work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrapUpSnapshot {
    /// When it ends by itself.
    pub ends: Option<UtcMs>,
    /// The call.
    pub call: CallId,
    /// Which way it went.
    pub direction: Direction,
    /// Caller.
    pub caller: Number,
    /// Called.
    pub called: Number,
    /// Time both talked, milliseconds.
    pub talked_ms: i64,
    /// How it ended.
    pub disposition: Disposition,
    /// Whose doing.
    pub by: WhoseDoing,
    /// SIP status, where there was one.
    pub sip_status: Option<u16>,
}

/// A call waiting in a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingSnapshot {
    /// Its id.
    pub call: CallId,
    /// Who.
    pub caller: Number,
    /// The number called.
    pub called: Number,
    /// The customer's city, where known.
    pub city: Option<String>,
    /// 1 (first) to 99.
    pub priority: u8,
    /// When it entered the queue.
    pub since: UtcMs,
    /// Keys pressed.
    pub keys: String,
}

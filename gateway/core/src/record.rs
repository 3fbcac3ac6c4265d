//! Call records and agents' states, folded from the journal.
//!
//! Both are pure functions of the rows: folding the same rows again gives the same record, which is what makes
//! writing records idempotent after a restart.

mod agent_states;
mod fold;

pub use agent_states::{AgentStateSpan, end_lost_agents, fold_agent_states};
pub use fold::{end_lost, fold_record};
use serde::{Deserialize, Serialize};

use crate::{AgentId, CallId, Direction, Disposition, FlowId, LegId, Number, SkillGroupId, TrunkId, UtcMs, WhoseDoing};

/// Everything that is known of a call that has ended: the figures of a call detail record, and the timeline sorted
/// by whom it is about. Durations are milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRecord {
    /// The call.
    pub call: CallId,
    /// Which way it went.
    pub direction: Direction,
    /// The trunk.
    pub trunk: TrunkId,
    /// The customer's leg.
    pub customer_leg: LegId,
    /// Who called: the customer inbound, our number outbound.
    pub caller: Number,
    /// Who was called: our number inbound, the customer outbound.
    pub called: Number,
    /// When it came in or was dialled.
    pub started: UtcMs,
    /// When the customer's leg was answered: by us inbound, by the customer outbound.
    pub answered: Option<UtcMs>,
    /// When an agent and the customer could first talk.
    pub established: Option<UtcMs>,
    /// When it ended.
    pub released: UtcMs,
    /// How it ended.
    pub disposition: Disposition,
    /// Whose doing that was.
    pub by: WhoseDoing,
    /// The SIP status of the end, where there was one.
    pub sip_status: Option<u16>,
    /// The far side's words, or what failed here.
    pub text: String,
    /// From start to release.
    pub duration_ms: i64,
    /// In flows.
    pub ivr_ms: i64,
    /// In queues, ringing at agents not counted.
    pub queue_ms: i64,
    /// Ringing at agents.
    pub ring_ms: i64,
    /// From dialling to answer or failure.
    pub dial_ms: i64,
    /// Agent and customer connected, holds included.
    pub talk_ms: i64,
    /// Of that, held by the agent.
    pub held_ms: i64,
    /// The agents it was offered to or who dialled it, in that order, each once.
    pub agents: Vec<AgentId>,
    /// The agent who talked.
    pub talked_with: Option<AgentId>,
    /// The groups whose queues it was in or whose number it was dialled with, in that order, each once.
    pub groups: Vec<SkillGroupId>,
    /// The flows it walked, each once.
    pub flows: Vec<FlowId>,
    /// Keys the customer pressed in flows.
    pub keys: String,
    /// How many offers nobody answered in time.
    pub missed_offers: u32,
    /// How many offers were declined.
    pub declined_offers: u32,
    /// Whether the far side rang with sound of its own.
    pub early_media: bool,
    /// Whether there is a recording, named by the call.
    pub recorded: bool,
    /// How long it was recorded.
    pub recorded_ms: i64,
    /// What happened at each agent.
    pub agent_events: Vec<AgentEvents>,
    /// What happened at the customer's side.
    pub customer_events: Vec<RecordEvent>,
    /// What happened in each queue.
    pub queue_events: Vec<QueueEvents>,
    /// What happened in each flow.
    pub flow_events: Vec<FlowEvents>,
}

/// A moment of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordEvent {
    /// What.
    pub moment: Moment,
    /// When.
    pub at: UtcMs,
    /// Until the next moment of the same party, or the release; milliseconds.
    pub duration_ms: i64,
    /// More about it: the node, the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What happened to a party of a call. The API's edge puts the vendor's names to these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// It is dialled.
    Dialing,
    /// It rings.
    Ringing,
    /// It is connected: a customer's leg answered, an agent talking.
    Established,
    /// The agent put the customer on hold.
    Held,
    /// The agent took the customer back.
    Retrieved,
    /// The agent muted the microphone.
    Muted,
    /// The agent is heard again.
    Unmuted,
    /// The far side put us on hold.
    HeldByFarSide,
    /// The far side took us back.
    RetrievedByFarSide,
    /// The agent's desk went away.
    DeskLost,
    /// The agent's desk came back.
    DeskReturned,
    /// Nobody answered in time.
    RingingTimedOut,
    /// The agent declined.
    Declined,
    /// The offer was taken back.
    OfferWithdrawn,
    /// The customer gave up before an agent answered.
    Abandoned,
    /// It is over for this party.
    Released,
    /// The call entered a queue.
    Enqueued,
    /// The queue gave the call to an agent.
    Assigned,
    /// The call came back to the queue.
    Returned,
    /// The wait was too long.
    QueueTimedOut,
    /// The queue was full.
    QueueOverflowed,
    /// The call entered a flow.
    FlowEntered,
    /// The call entered a node.
    NodeEntered,
    /// A prompt could not be played.
    PromptMissing,
    /// The customer pressed a key.
    KeyPressed,
}

/// What happened at an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentEvents {
    /// The agent.
    pub agent: AgentId,
    /// The group by which the call came to the agent.
    pub group: Option<SkillGroupId>,
    /// In order.
    pub events: Vec<RecordEvent>,
}

/// What happened in a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueEvents {
    /// Whose queue.
    pub group: SkillGroupId,
    /// The flow it came from.
    pub flow: Option<FlowId>,
    /// In order.
    pub events: Vec<RecordEvent>,
}

/// What happened in a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowEvents {
    /// The flow.
    pub flow: FlowId,
    /// In order.
    pub events: Vec<RecordEvent>,
}

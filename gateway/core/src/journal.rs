//! What is written before it is told: the journal's rows, from which records, logs and pushes are folded.

use serde::{Deserialize, Serialize};

use crate::{AgentId, CallId, FlowId, LegId, Number, SkillGroupId, TrunkId, UtcMs};

/// One row's content. The shell adds instance, epoch and sequence number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// When.
    pub at: UtcMs,
    /// The call it belongs to; none for agents' states outside calls.
    pub call: Option<CallId>,
    /// What happened.
    pub fact: Fact,
}

/// What happened, in the past tense. Serialised with its `kind`; new fields get defaults, kinds never change meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// A call came in.
    CallArrived {
        /// The customer's leg.
        leg: LegId,
        /// The trunk.
        trunk: TrunkId,
        /// Who.
        caller: Number,
        /// Our number.
        called: Number,
    },
    /// An agent dialled.
    CallDialled {
        /// The customer's leg.
        leg: LegId,
        /// The trunk.
        trunk: TrunkId,
        /// Our number.
        caller: Number,
        /// Whom.
        callee: Number,
        /// The agent.
        agent: AgentId,
        /// The group whose number it is.
        group: Option<SkillGroupId>,
    },
    /// The call was refused at once.
    CallRefused {
        /// With which SIP status.
        sip_status: u16,
    },
    /// The customer's leg rings.
    CustomerRinging {
        /// Whether with sound.
        early_media: bool,
    },
    /// The customer's leg is answered (by the customer, or by us for an inbound call).
    CustomerAnswered,
    /// The call entered a flow.
    FlowEntered {
        /// The flow.
        flow: FlowId,
    },
    /// The call entered a node.
    NodeEntered {
        /// The node's name.
        node: String,
    },
    /// A prompt could not be played.
    PromptMissing {
        /// The node.
        node: String,
    },
    /// The customer pressed a key.
    KeyPressed {
        /// Which.
        digit: char,
    },
    /// The call entered a queue.
    Enqueued {
        /// Whose.
        group: SkillGroupId,
        /// 1 to 99.
        priority: u8,
    },
    /// It waited too long.
    QueueTimedOut {
        /// Whose queue.
        group: SkillGroupId,
    },
    /// The queue was full.
    QueueOverflowed {
        /// Whose queue.
        group: SkillGroupId,
    },
    /// The call was offered to an agent: the desk rings.
    Offered {
        /// The agent.
        agent: AgentId,
        /// From which queue.
        group: SkillGroupId,
    },
    /// The offer ended without an answer.
    OfferEnded {
        /// The agent.
        agent: AgentId,
        /// How.
        how: OfferEnd,
    },
    /// The agent answered, or the customer answered the agent's dial: both talk.
    Bridged {
        /// The agent.
        agent: AgentId,
    },
    /// Recording began.
    RecordingStarted,
    /// Recording ended.
    RecordingStopped,
    /// The agent held the customer.
    Held {
        /// The agent.
        agent: AgentId,
    },
    /// The agent took the customer back.
    Retrieved {
        /// The agent.
        agent: AgentId,
    },
    /// The agent muted the microphone.
    Muted {
        /// The agent.
        agent: AgentId,
    },
    /// The agent is heard again.
    Unmuted {
        /// The agent.
        agent: AgentId,
    },
    /// The far side put us on hold.
    HeldByFarSide,
    /// The far side took us back.
    RetrievedByFarSide,
    /// The agent's desk went away in the call.
    DeskLost {
        /// The agent.
        agent: AgentId,
    },
    /// The agent's desk is back in the call.
    DeskReturned {
        /// The agent.
        agent: AgentId,
    },
    /// The call ended. The last fact of every call, exactly once.
    CallEnded {
        /// How.
        disposition: Disposition,
        /// Whose doing.
        by: WhoseDoing,
        /// The SIP status, where the far side gave one.
        sip_status: Option<u16>,
        /// The far side's words, or what failed here.
        text: String,
    },
    /// An agent's state changed. It belongs to the call that rings, is dialled, talked on or was just ended.
    AgentChanged {
        /// The agent.
        agent: AgentId,
        /// The state, in the reports' sense.
        state: AgentState,
        /// The break's reason.
        break_code: Option<String>,
    },
    /// What the shell needs to end a dialog after a restart (written by the shell, opaque here).
    DialogKnown {
        /// The leg.
        leg: LegId,
        /// The dialog's identity, as JSON text of the SIP side.
        dialog: String,
    },
}

/// How an offer ended without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferEnd {
    /// Nobody answered in time.
    TimedOut,
    /// The agent declined.
    Declined,
    /// The caller hung up.
    Abandoned,
    /// The desk went away.
    DeskLost,
    /// The queue's time ran out while it rang.
    QueueTimedOut,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// Both talked, then somebody hung up.
    Completed,
    /// The caller hung up in the flow.
    AbandonedInIvr,
    /// In the queue.
    AbandonedInQueue,
    /// While an agent was rung.
    AbandonedInRing,
    /// Waited too long.
    QueueTimeout,
    /// The queue was full.
    QueueOverflow,
    /// The flow's last node.
    FlowEnded,
    /// A node could not be carried out.
    FlowFailed,
    /// Refused at the door (unknown number, cap).
    Refused,
    /// Callee busy.
    Busy,
    /// Callee did not answer.
    NoAnswer,
    /// Callee declined.
    Rejected,
    /// No such number.
    NotExist,
    /// The carrier refused or failed.
    CarrierFailed,
    /// The trunk cannot be reached.
    TrunkDown,
    /// The agent gave up the dial.
    Cancelled,
    /// The desk was away too long.
    DeskLost,
    /// No sound from the far side.
    MediaLost,
    /// The gateway died in the call.
    GatewayLost,
    /// A broken invariant.
    InternalError,
}

/// Whose doing an end was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhoseDoing {
    /// The customer.
    Customer,
    /// The agent.
    Agent,
    /// The carrier.
    Carrier,
    /// The gateway.
    Gateway,
}

/// An agent's state as reports know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentState {
    /// Signed out.
    Offline,
    /// On break.
    Break,
    /// Ready, idle.
    Ready,
    /// Rung.
    Ringing,
    /// Dialling.
    Dialing,
    /// Talking.
    Talking,
    /// After-call work.
    WrapUp,
}

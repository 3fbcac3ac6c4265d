//! The desk's whole world as the gateway sees it. Times are UTC milliseconds of the gateway's clock.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Quality;

/// Everything a desk shows about the agent and the agent's calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct DeskView {
    /// The agent.
    pub agent: AgentView,
    /// Calls ringing, dialled or talked on; at most one is talked on at a time.
    pub calls: Vec<CallView>,
    /// The wrap-up under way.
    pub wrap_up: Option<WrapUpView>,
    /// Things that went wrong and have not been read yet, oldest first, at most 20.
    pub notices: Vec<Notice>,
    /// The centre around the agent.
    pub centre: CentreView,
}

/// The agent as the gateway sees them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct AgentView {
    /// `login@instance`.
    pub user_id: String,
    /// The name to show.
    pub display_name: String,
    /// Eight digits beginning with 80.
    pub extension: String,
    /// What the agent chose.
    pub presence: Presence,
    /// What the system derives.
    pub activity: Activity,
    /// Since when presence and activity are what they are.
    #[ts(type = "number")]
    pub since_ms: i64,
    /// The presence the agent asked for, in force when the present call and its wrap-up are over.
    pub next_presence: Option<Presence>,
    /// The skill groups the agent is signed in to.
    pub groups: Vec<GroupView>,
    /// Whether the gateway has a working media connection with this desk.
    pub media_connected: bool,
    /// Quality of that connection, while in a call.
    pub quality: Option<Quality>,
}

/// What an agent chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Presence {
    /// Signed out.
    Offline,
    /// On break.
    Break {
        /// `Warm-up`, `RingingTimeout`, `RejectCall`, or the agent's own words.
        code: String,
    },
    /// Takes calls.
    Ready,
}

/// What the system derives of an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// No call.
    Idle,
    /// A call is offered.
    Ringing,
    /// The agent's own dial is under way.
    Dialing,
    /// In a call.
    Talking,
    /// After-call work.
    WrapUp,
}

/// A skill group the agent is signed in to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GroupView {
    /// `name@instance`.
    pub skill_group_id: String,
    /// The name to show.
    pub display_name: String,
    /// 1 (strongest) to 10.
    pub level: u8,
    /// Calls waiting in its queue now.
    pub waiting: u32,
}

/// Which way a call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// A customer called the centre.
    Inbound,
    /// An agent called a number.
    Outbound,
}

/// Where a call stands at this desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CallPhase {
    /// Offered to this agent.
    Ringing,
    /// Dialled, nothing heard from the far side yet.
    Dialing,
    /// The far side rings, or its network speaks (early media is heard).
    Alerting,
    /// Both talk.
    Talking,
    /// The agent put the customer on hold.
    Held,
}

/// One call at the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CallView {
    /// `job-…`.
    pub call_id: String,
    /// Which way.
    pub direction: Direction,
    /// Where it stands.
    pub phase: CallPhase,
    /// Caller's number, as people of the centre's zone write it.
    pub caller: String,
    /// Called number, likewise.
    pub called: String,
    /// The customer's city, where known.
    pub city: Option<String>,
    /// Name of the skill group whose queue the call came from.
    pub queue: Option<String>,
    /// How long the customer had waited in the queue when it was offered, milliseconds.
    #[ts(type = "number | null")]
    pub waited_ms: Option<i64>,
    /// Keys the customer pressed in the flow.
    pub keys: String,
    /// When this customer was last in contact.
    #[ts(type = "number | null")]
    pub last_contact_ms: Option<i64>,
    /// When the call came in or was dialled.
    #[ts(type = "number")]
    pub started_ms: i64,
    /// When the present phase began.
    #[ts(type = "number")]
    pub phase_ms: i64,
    /// When the offer runs out (ringing only).
    #[ts(type = "number | null")]
    pub ring_ends_ms: Option<i64>,
    /// When both could first talk.
    #[ts(type = "number | null")]
    pub answered_ms: Option<i64>,
    /// Whether the agent is muted.
    pub muted: bool,
    /// Whether the far side has put us on hold.
    pub held_by_far_side: bool,
    /// Whether the call is being recorded now.
    pub recorded: bool,
    /// Why one of the two does not hear the other, while it is so.
    pub sound_trouble: Option<SoundTroubleView>,
    /// The CRM page to show for this call, already filled in and escaped.
    pub pop_url: Option<String>,
}

/// Why one of the two in a call does not hear the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SoundTroubleView {
    /// What it is.
    pub code: SoundTrouble,
    /// What is wrong, whose side it is on, and what to do, in the desk's language.
    pub message: String,
}

/// Kinds of one-way sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SoundTrouble {
    /// Nothing arrives from the carrier.
    NothingFromCustomer,
    /// Nothing arrives from the desk, though it should be heard.
    NothingFromDesk,
    /// The microphone has given nothing but silence since the talk began.
    MicrophoneSilent,
    /// Most of what is sent to the desk is lost on the way.
    LostOnTheWayDown,
}

/// After-call work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WrapUpView {
    /// When it ends by itself; none: when the agent says so.
    #[ts(type = "number | null")]
    pub ends_ms: Option<i64>,
    /// The call it is about.
    pub call: EndedCallView,
}

/// A call that has just ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EndedCallView {
    /// `job-…`.
    pub call_id: String,
    /// Which way it went.
    pub direction: Direction,
    /// Caller's number.
    pub caller: String,
    /// Called number.
    pub called: String,
    /// Time both talked, milliseconds.
    #[ts(type = "number")]
    pub talked_ms: i64,
    /// How it ended.
    pub cause: EndCause,
    /// Whose doing that was.
    pub by: WhoseDoing,
    /// The SIP status the far side gave, where it gave one.
    pub sip_status: Option<u16>,
    /// The same in one sentence, in the desk's language.
    pub sentence: String,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum EndCause {
    /// Talked, then hung up.
    Completed,
    /// The caller hung up in the flow.
    AbandonedInIvr,
    /// The caller hung up in the queue.
    AbandonedInQueue,
    /// The caller hung up while an agent was rung.
    AbandonedInRing,
    /// Nobody took it in time.
    QueueTimeout,
    /// The queue was full.
    QueueOverflow,
    /// The flow hung up.
    FlowEnded,
    /// The flow could not go on.
    FlowFailed,
    /// The callee is busy (486, 600).
    Busy,
    /// The callee did not answer (408, 480, ring time-out).
    NoAnswer,
    /// The callee declined (603, 403 …).
    Rejected,
    /// No such number (404, 410, 484, 604).
    NotExist,
    /// The carrier refused or failed (5xx, 401, no common codec).
    CarrierFailed,
    /// The trunk cannot be reached.
    TrunkDown,
    /// The agent gave up the dial.
    Cancelled,
    /// The agent's desk was gone too long.
    DeskLost,
    /// No sound arrived from the far side for too long.
    MediaLost,
    /// The gateway was stopped or died in the call.
    GatewayLost,
    /// The gateway broke one of its own rules and ended the call; the log says which.
    InternalError,
}

/// Whose doing something was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
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

/// Something that went wrong, kept on the desk until it has been read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Notice {
    /// To dismiss it, and to quote.
    pub notice_id: String,
    /// What it is about.
    pub code: NoticeCode,
    /// What happened, why, and what to do next, in the desk's language.
    pub message: String,
    /// When.
    #[ts(type = "number")]
    pub at_ms: i64,
    /// The call it is about.
    pub call_id: Option<String>,
}

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NoticeCode {
    /// A call rang here and was not answered: the agent is on break.
    RingTimedOut,
    /// A dial failed; the message says how.
    DialFailed,
    /// The desk was away and the call ended.
    CallLost,
    /// The trunk is down.
    TrunkDown,
    /// The built-in customer could not call.
    CustomerFailed,
}

/// The centre around an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CentreView {
    /// The instance.
    pub instance: String,
    /// Break reasons to choose from.
    pub break_codes: Vec<String>,
    /// The page to show when no call is up: the CRM's home.
    pub pop_home_url: Option<String>,
    /// Whether the demo's customer can be asked to call.
    pub demo: bool,
    /// Whether every trunk that the centre dials out through is up.
    pub trunk_up: bool,
    /// Whether an agent may hang up an inbound call.
    pub may_hang_up_inbound: bool,
}

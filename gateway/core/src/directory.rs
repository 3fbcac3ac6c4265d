//! What the people who run the centre have configured: agents, skill groups, numbers, flows, settings.
//!
//! The shell loads it from the store and hands it over whole whenever it changes
//! ([`crate::Event::DirectoryChanged`]); calls under way keep the flow they started with.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{AgentId, Flow, FlowId, Number, SkillGroupId, TrunkId};

/// Everything configured in one instance.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Directory {
    /// The people who can take calls.
    pub agents: BTreeMap<AgentId, AgentEntry>,
    /// The skill groups, each with one queue.
    pub groups: BTreeMap<SkillGroupId, GroupEntry>,
    /// The centre's own numbers.
    pub numbers: BTreeMap<Number, NumberEntry>,
    /// Published flows.
    pub flows: BTreeMap<FlowId, Flow>,
    /// Timers and rules.
    pub settings: Settings,
}

/// A person who can take calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentEntry {
    /// The name to show.
    pub display_name: String,
    /// Eight digits beginning with 80.
    pub extension: String,
    /// Skill levels, 1 (strongest) to 10.
    pub levels: BTreeMap<SkillGroupId, u8>,
}

/// A skill group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupEntry {
    /// The name to show.
    pub display_name: String,
    /// Numbers its agents may call out with, in order of preference.
    pub outbound_numbers: Vec<Number>,
}

/// One of the centre's numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberEntry {
    /// What it may be used for.
    pub usage: NumberUsage,
    /// What an incoming call meets; none: 404.
    pub route: Option<NumberRoute>,
    /// Most calls at once, both ways together; none: no cap.
    pub cap: Option<u32>,
    /// The trunk that outbound calls with it leave by.
    pub trunk: TrunkId,
    /// The city it belongs to: a callee of the same city is called with it first.
    pub city: Option<String>,
}

/// What a number may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NumberUsage {
    /// Calls in only.
    Inbound,
    /// Calls out only.
    Outbound,
    /// Both.
    Bidirection,
}

/// What an incoming call to a number meets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberRoute {
    /// A flow.
    Flow(FlowId),
    /// The queue of a skill group, at once.
    Group(SkillGroupId),
}

/// Timers and rules of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How long an offer rings at a desk before the call goes back and the agent on break. 5 to 90 s.
    pub ring_timeout: Duration,
    /// After-call work; none: until the agent says so.
    pub wrap_up: Option<Duration>,
    /// How long a desk may be away in the middle of a call before the call ends.
    pub desk_grace: Duration,
    /// How long an outbound call may ring.
    pub dial_timeout: Duration,
    /// How long a caller waits in a queue when the flow does not say.
    pub queue_timeout: Duration,
    /// Most calls waiting in one queue when the flow does not say.
    pub queue_limit: u32,
    /// Whether an agent may hang up an inbound call.
    pub may_hang_up_inbound: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ring_timeout: Duration::from_secs(30),
            wrap_up: Some(Duration::from_secs(15)),
            desk_grace: Duration::from_secs(10),
            dial_timeout: Duration::from_secs(60),
            queue_timeout: Duration::from_secs(600),
            queue_limit: 1000,
            may_hang_up_inbound: true,
        }
    }
}

//! Flows (IVR) are data: nodes by name, each with its exits. The engine that walks them is [`crate::Centre`]'s.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{FlowId, SkillGroupId};

mod check;

pub use check::{FlowFault, FlowFaultKind};

/// A published flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// Its id.
    #[serde(rename = "id")]
    pub flow_id: FlowId,
    /// The name to show.
    pub name: String,
    /// The node a call enters first.
    pub start: NodeId,
    /// The nodes by name.
    pub nodes: BTreeMap<NodeId, Node>,
}

/// A node's name within its flow.
pub type NodeId = String;

/// One step of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Node {
    /// Plays prompts, then goes on.
    Play {
        /// Names of prompts, played one after the other.
        prompts: Vec<String>,
        /// Where to go then.
        next: NodeId,
    },
    /// Plays prompts and waits for one key; a key cuts the prompts short.
    Menu {
        /// Names of prompts.
        prompts: Vec<String>,
        /// Where each key leads (`0`-`9`, `*`, `#`).
        keys: BTreeMap<char, NodeId>,
        /// How long to wait after the prompts, milliseconds, 1,000 to 60,000.
        timeout_ms: u32,
        /// How often the menu is played in all before `otherwise`, 1 to 10.
        tries: u8,
        /// Played when a key leads nowhere, before the next try.
        #[serde(default)]
        invalid_prompts: Vec<String>,
        /// Where to go when no try brought a key that leads somewhere.
        otherwise: NodeId,
    },
    /// Puts the call in a skill group's queue until an agent answers.
    TransferToAgent {
        /// The group.
        skill_group: SkillGroupId,
        /// 1 (first) to 99 (last).
        #[serde(default = "middle_priority")]
        priority: u8,
        /// Longest wait, seconds, 1 to 3,600; none: the instance's setting.
        #[serde(default)]
        queue_timeout_seconds: Option<u32>,
        /// Most calls waiting; one more overflows; none: the instance's setting.
        #[serde(default)]
        queue_limit: Option<u32>,
        /// Where to go when the wait was too long; none: hang up.
        #[serde(default)]
        on_timeout: Option<NodeId>,
        /// Where to go when the queue is full; none: hang up.
        #[serde(default)]
        on_overflow: Option<NodeId>,
    },
    /// Ends the call.
    HangUp,
}

fn middle_priority() -> u8 {
    50
}

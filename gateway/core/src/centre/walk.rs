//! How far a call has come in its flow, and the keys it pressed before it was asked.

use std::{collections::BTreeMap, sync::Arc};

use crate::{Flow, Mono, NodeId};

/// A call's way through a flow. It keeps the flow it began with.
#[derive(Debug, Clone)]
pub(super) struct Walk {
    pub flow: Arc<Flow>,
    pub node: NodeId,
    /// Nodes entered since the last time it waited.
    pub hurried: u32,
    /// When it last began to wait.
    pub waits_since: Mono,
    /// Keys pressed while something was played, for the next menu: who knows the way does not wait to be asked.
    pub typed_ahead: String,
}

/// Most keys kept for the next menu.
const TYPED_AHEAD_MAX: usize = 8;

impl Walk {
    /// Keeps a key for the next menu; beyond eight they are let go.
    pub fn type_ahead(&mut self, digit: char) {
        if self.typed_ahead.len() < TYPED_AHEAD_MAX {
            self.typed_ahead.push(digit);
        }
    }

    /// Where the first key kept leads in a menu. Keys that lead nowhere there are let go.
    pub fn typed_ahead(&mut self, keys: &BTreeMap<char, NodeId>) -> Option<NodeId> {
        let typed = std::mem::take(&mut self.typed_ahead);
        let (at, next) = typed.chars().enumerate().find_map(|(at, digit)| Some((at, keys.get(&digit)?.clone())))?;
        self.typed_ahead = typed.chars().skip(at + 1).collect();
        Some(next)
    }
}

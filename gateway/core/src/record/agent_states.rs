//! The agent state log, folded from the journal.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{AgentId, AgentState, CallId, Fact, JournalEntry, UtcMs};

/// A time an agent spent in one state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentStateSpan {
    /// The agent.
    pub agent: AgentId,
    /// The state.
    pub state: AgentState,
    /// The break's reason.
    pub break_code: Option<String>,
    /// When it began.
    pub since: UtcMs,
    /// How long it lasted, milliseconds; none: it lasts.
    pub duration_ms: Option<i64>,
    /// The call it belongs to.
    pub call: Option<CallId>,
}

/// Folds rows to the states of agents, in the order in which they began.
///
/// The last state of each agent has no duration. To fold on from there, begin the next rows with the one that
/// opened it.
pub fn fold_agent_states(entries: &[JournalEntry]) -> Vec<AgentStateSpan> {
    let mut spans: Vec<AgentStateSpan> = Vec::new();
    let mut open: BTreeMap<&AgentId, usize> = BTreeMap::new();
    for entry in entries {
        let Fact::AgentChanged { agent, state, break_code } = &entry.fact else { continue };
        if let Some(before) = open.insert(agent, spans.len()).and_then(|index| spans.get_mut(index)) {
            before.duration_ms = Some((entry.at.0 - before.since.0).max(0));
        }
        spans.push(AgentStateSpan {
            agent: agent.clone(),
            state: *state,
            break_code: break_code.clone(),
            since: entry.at,
            duration_ms: None,
            call: entry.call.clone(),
        });
    }
    spans
}

/// The rows that sign out everybody whom the gateway lost: who stood in the journal in another state than offline
/// when a new process took over.
pub fn end_lost_agents(entries: &[JournalEntry], at: UtcMs) -> Vec<JournalEntry> {
    let lost = fold_agent_states(entries).into_iter().filter(|span| span.duration_ms.is_none());
    let lost = lost.filter(|span| span.state != AgentState::Offline);
    lost.map(|span| JournalEntry {
        at: at.max(span.since),
        call: None,
        fact: Fact::AgentChanged { agent: span.agent, state: AgentState::Offline, break_code: None },
    })
    .collect()
}

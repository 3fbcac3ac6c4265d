//! What a follower of the journal made of some rows, kept together with how far it has come.

use crate::{AgentStateRow, CallRecordRow, Result, Store, agent_states, journal, records};

/// What was folded from the journal up to a place.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Folded {
    /// Changes of agents' states, in order.
    pub states: Vec<AgentStateRow>,
    /// Records of calls that ended.
    pub records: Vec<CallRecordRow>,
    /// The place of the last row that was read.
    pub seq: u64,
}

impl Store {
    /// Keeps all of it, and the follower's place, in one transaction: one sync of the disk however much it is.
    /// Folding the same rows twice changes nothing.
    pub async fn keep_folded(&self, instance: &str, follower: &str, folded: &Folded) -> Result<()> {
        let tx = self.begin().await?;
        agent_states::put_in(&tx, instance, &folded.states).await?;
        for record in &folded.records {
            records::put_in(&tx, instance, record).await?;
        }
        journal::set_cursor_in(&tx, instance, follower, folded.seq).await?;
        Ok(tx.commit().await?)
    }
}

//! The agent state log: when each agent was in which state, folded from the journal.

use sea_orm::ConnectionTrait;

use crate::{
    Result, Store,
    sql::{self, Row, values},
};

/// A stretch of time an agent spent in a state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentStateRow {
    /// The agent.
    pub user_id: String,
    /// The place in the journal of the row that began it: makes folding twice harmless.
    pub seq: u64,
    /// When it began.
    pub started_ms: i64,
    /// When it ended; none: it lasts.
    pub ended_ms: Option<i64>,
    /// The state, in the core's words.
    pub state: String,
    /// The break's reason; may be empty.
    pub break_code: String,
    /// How the agent took calls then.
    pub work_mode: String,
}

impl Store {
    /// Keeps changes of state in order; each ends the agent's state before it. Rows already kept are passed over;
    /// `ended_ms` of what is given is not read.
    pub async fn put_agent_states(&self, instance: &str, rows: &[AgentStateRow]) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let tx = self.begin().await?;
        put_in(&tx, instance, rows).await?;
        Ok(tx.commit().await?)
    }

    /// What an agent's states were in a span, in order: every stretch that touches it, at most `limit`.
    pub async fn agent_states(
        &self,
        instance: &str,
        user_id: &str,
        from_ms: i64,
        to_ms: i64,
        limit: u32,
    ) -> Result<Vec<AgentStateRow>> {
        let sql = "SELECT * FROM agent_state_logs
             WHERE instance_id = $1 AND user_id = $2 AND started_ms <= $4 AND (ended_ms IS NULL OR ended_ms >= $3)
             ORDER BY started_ms, seq LIMIT $5";
        let rows = sql::all(&self.reader, sql, values![instance, user_id, from_ms, to_ms, i64::from(limit)]).await?;
        rows.iter().map(read).collect()
    }
}

/// Keeps changes of state inside a transaction.
pub(crate) async fn put_in<C: ConnectionTrait>(on: &C, instance: &str, rows: &[AgentStateRow]) -> Result<()> {
    for row in rows {
        let seq = i64::try_from(row.seq).unwrap_or(i64::MAX);
        let sql = "UPDATE agent_state_logs SET ended_ms = $3
             WHERE instance_id = $1 AND user_id = $2 AND ended_ms IS NULL AND seq < $4";
        sql::run(on, sql, values![instance, &*row.user_id, row.started_ms, seq]).await?;
        let sql = "INSERT INTO agent_state_logs
                 (instance_id, user_id, seq, started_ms, state, break_code, work_mode)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (instance_id, user_id, seq) DO NOTHING";
        let values =
            values![instance, &*row.user_id, seq, row.started_ms, &*row.state, &*row.break_code, &*row.work_mode];
        sql::run(on, sql, values).await?;
    }
    Ok(())
}

fn read(row: &Row) -> Result<AgentStateRow> {
    Ok(AgentStateRow {
        user_id: row.get("user_id")?,
        seq: row.unsigned("seq")?,
        started_ms: row.get("started_ms")?,
        ended_ms: row.get("ended_ms")?,
        state: row.get("state")?,
        break_code: row.get("break_code")?,
        work_mode: row.get("work_mode")?,
    })
}

//! When an agent was in which state.

use cordboard_store::AgentStateRow;
use serde_json::{Value, json};

use super::{
    Answer, OperationError, Request, access,
    words::{midnight_ms, seconds},
};

/// A busy agent's week; more are not answered at once.
const ROWS_MAX: u32 = 10_000;

/// `ListAgentStateLogs`: of today when no span is given. A state that lasts counts up to now.
pub(super) async fn list(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let user_id = parameters.required("AgentId")?;
    access::check_user(context, &user_id)?;
    let from_ms = parameters.integer("StartTime")?.unwrap_or_else(|| midnight_ms(context));
    let to_ms = parameters.integer("EndTime")?.unwrap_or(context.now_ms);
    if from_ms > to_ms {
        return Err(OperationError::minimum("EndTime", from_ms));
    }
    let rows = context.store.agent_states(&context.instance, &user_id, from_ms, to_ms, ROWS_MAX).await;
    let rows = rows.map_err(|e| request.store_error(e))?;
    Ok(rows.iter().map(|row| describe(row, context.now_ms)).collect())
}

fn describe(row: &AgentStateRow, now_ms: i64) -> Value {
    json!({
        "State": state(&row.state),
        "StateCode": if row.break_code == "Warm-up" { "CHECK_IN_BREAK" } else { "" },
        "BreakCode": row.break_code,
        "StartTime": row.started_ms,
        "Duration": seconds(row.ended_ms.unwrap_or(now_ms) - row.started_ms),
        "OutboundScenario": false,
        "WorkMode": row.work_mode,
    })
}

/// The reports' words: after-call work is `ACW` here and `WORKING` in the control API.
fn state(word: &str) -> &str {
    match word {
        "offline" => "Offline",
        "break" => "Break",
        "ready" => "Ready",
        "ringing" => "Ringing",
        "dialing" => "Dialing",
        "talking" => "Talking",
        "wrap_up" => "ACW",
        other => other,
    }
}

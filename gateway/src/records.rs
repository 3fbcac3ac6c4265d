//! A folded call record as the store keeps it: figures in columns, the whole record beside them as JSON.

use cordboard_core::{CallId, CallRecord, Disposition, record::Moment};
use cordboard_store::CallRecordRow;

use crate::numbers;

/// The row of a record. Its `timeline` is the whole [`CallRecord`] as JSON.
pub fn row(record: &CallRecord) -> CallRecordRow {
    let city = |number| numbers::city(number).map(|(city, _)| city.to_owned()).unwrap_or_default();
    CallRecordRow {
        call_id: CallId::to_string(&record.call),
        direction: word(&record.direction),
        caller: record.caller.0.clone(),
        called: record.called.0.clone(),
        caller_city: city(&record.caller),
        called_city: city(&record.called),
        trunk: record.trunk.0.clone(),
        started_ms: record.started.0,
        answered_ms: record.answered.map(|at| at.0),
        established_ms: record.established.map(|at| at.0),
        ended_ms: record.released.0,
        ivr_ms: record.ivr_ms,
        queue_ms: record.queue_ms,
        ring_ms: record.ring_ms,
        dial_ms: record.dial_ms,
        talk_ms: record.talk_ms,
        held_ms: record.held_ms,
        agents: record.agents.iter().map(|agent| agent.0.clone()).collect(),
        groups: record.groups.iter().map(|group| group.0.clone()).collect(),
        disposition: word(&disposition(record)),
        ended_by: word(&record.by),
        sip_status: record.sip_status,
        release_text: record.text.clone(),
        keys: record.keys.clone(),
        transfers: 0,
        recorded: record.recorded,
        timeline: serde_json::to_value(record).unwrap_or_default(),
    }
}

/// How the call ended for those who look for it: a flow that only says sorry after the queue gave up does not change
/// that the queue gave up.
fn disposition(record: &CallRecord) -> Disposition {
    let last_of_queues = record.queue_events.last().and_then(|queue| queue.events.last()).map(|event| event.moment);
    match (record.disposition, last_of_queues) {
        (Disposition::FlowEnded, Some(Moment::QueueTimedOut)) => Disposition::QueueTimeout,
        (Disposition::FlowEnded, Some(Moment::QueueOverflowed)) => Disposition::QueueOverflow,
        (disposition, _) => disposition,
    }
}

/// An enum's word, as serde writes it.
pub fn word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(_) | Err(_) => String::new(),
    }
}

//! One call record with its timeline, party by party.

use cordboard_core::{
    CallRecord,
    record::{Moment, RecordEvent},
};
use cordboard_store::CallRecordRow;
use cordboard_wire::Role;
use serde_json::{Value, json};

use super::{
    Answer, OperationError, Request, access,
    call_records::{Names, call_seconds, common},
    words::{seconds, shown},
};

/// Satisfaction: no survey was sent.
pub(super) const NOT_SENT: i64 = -2;
/// A queue of a skill group, not of one agent.
const QUEUE_OF_GROUP: i64 = 1;

/// `GetCallDetailRecord`
pub(super) async fn get(request: &Request<'_>) -> Answer {
    let context = request.context;
    let row = visible(request, &request.parameters.required("ContactId")?).await?;
    let names = Names::of(request, std::slice::from_ref(&row)).await?;
    let recording = context.store.recording(&context.instance, &row.call_id).await;
    let recording = recording.map_err(|e| request.store_error(e))?;
    let mut described = common(&row, &names, &context.instance);
    described["CallDuration"] = Value::from(call_seconds(&row));
    described["Satisfaction"] = Value::from(NOT_SENT);
    described["RecordingReady"] = Value::from(recording.is_some_and(|recording| recording.ready));
    // A timeline written by a build this one cannot read leaves the figures standing.
    match serde_json::from_value::<CallRecord>(row.timeline.clone()) {
        Ok(record) => add_timeline(&mut described, &record, &names),
        Err(error) => tracing::warn!(%error, call = row.call_id, "a call record's timeline cannot be read"),
    }
    Ok(described)
}

/// The record of a call that the caller may see: agents their own, Managers all.
pub(super) async fn visible(request: &Request<'_>, call_id: &str) -> Result<CallRecordRow, OperationError> {
    let context = request.context;
    let row = context.store.record(&context.instance, call_id).await.map_err(|e| request.store_error(e))?;
    let row = row.ok_or_else(|| OperationError::no_such_call(call_id))?;
    if access::has(context, Role::Manager) || row.agents.contains(&context.user_id) {
        return Ok(row);
    }
    Err(OperationError::no_permission("Agents see the calls they took part in."))
}

fn add_timeline(described: &mut Value, record: &CallRecord, names: &Names) {
    let agents = record.agent_events.iter().map(|events| {
        let mut described = json!({
            "AgentId": events.agent.as_str(),
            "AgentName": names.user(events.agent.as_str()),
            "EventSequence": sequence(&events.events),
        });
        if let Some(group) = &events.group {
            described["SkillGroupId"] = Value::from(group.as_str());
        }
        described
    });
    let queues = record.queue_events.iter().map(|events| {
        let mut described = json!({
            "QueueId": events.group.as_str(),
            "QueueName": names.group(events.group.as_str()),
            "QueueType": QUEUE_OF_GROUP,
            "EventSequence": sequence(&events.events),
        });
        if let Some(flow) = &events.flow {
            described["FlowId"] = Value::from(flow.as_str());
        }
        described
    });
    let flows = record.flow_events.iter().map(|events| {
        json!({
            "FlowId": events.flow.as_str(),
            "FlowType": "MAIN_FLOW",
            "EventSequence": sequence(&events.events),
        })
    });
    described["AgentEvents"] = agents.collect();
    described["QueueEvents"] = queues.collect();
    described["IvrEvents"] = flows.collect();
    let customer = match record.direction {
        cordboard_core::Direction::Inbound => &record.caller,
        cordboard_core::Direction::Outbound => &record.called,
    };
    described["CustomerEvents"] =
        json!([{"CustomerId": shown(customer.as_str()), "EventSequence": sequence(&record.customer_events)}]);
}

fn sequence(events: &[RecordEvent]) -> Value {
    let describe = |event: &RecordEvent| {
        let mut described = json!({
            "Event": event_name(event.moment),
            "EventTime": event.at.0,
            "Duration": seconds(event.duration_ms),
        });
        if let Some(detail) = &event.detail {
            described["Detail"] = Value::from(detail.clone());
        }
        described
    };
    events.iter().map(describe).collect()
}

/// The vendor's event names; where it has none, our own in the same form.
fn event_name(moment: Moment) -> &'static str {
    match moment {
        Moment::Dialing => "Dialing",
        Moment::Ringing => "Ringing",
        Moment::Established => "Established",
        Moment::Held => "Held",
        Moment::Retrieved => "Retrieved",
        Moment::Muted => "Muted",
        Moment::Unmuted => "Unmuted",
        Moment::HeldByFarSide => "HeldByFarSide",
        Moment::RetrievedByFarSide => "RetrievedByFarSide",
        Moment::DeskLost => "DeskLost",
        Moment::DeskReturned => "DeskReturned",
        Moment::RingingTimedOut => "RingingTimeout",
        Moment::Declined => "Rejected",
        Moment::OfferWithdrawn => "OfferWithdrawn",
        Moment::Abandoned => "Abandoned",
        Moment::Released => "Released",
        Moment::Enqueued => "Enqueue",
        Moment::Assigned => "AssignAgent",
        Moment::Returned => "QueueingRerouted",
        Moment::QueueTimedOut => "QueueingTimeout",
        Moment::QueueOverflowed => "QueueingOverflow",
        Moment::FlowEntered => "Route2IVR",
        Moment::NodeEntered => "IvrTracking",
        Moment::PromptMissing => "PromptMissing",
        Moment::KeyPressed => "KeyPressed",
    }
}

//! Editing contact flows: one editor at a time, nothing saved or published that a call could fail on.

use cordboard_core::{Flow, FlowFault, Node};
use serde_json::Value;

use super::{Answer, OperationError, Request, contact_flows::DESCRIPTION_MAX, skill_groups};

/// Of many faults the first few are told.
const FAULTS_TOLD: usize = 3;

/// `StartEditContactFlow`: answers the draft's id.
pub(super) async fn start(request: &Request<'_>) -> Answer {
    let context = request.context;
    let flow_id = request.parameters.required("ContactFlowId")?;
    let draft = context.store.start_edit(&context.instance, &flow_id, &context.user_id).await;
    draft.map(Value::from).map_err(|e| request.store_error(e))
}

/// `CommitContactFlow`: saves; the lock stays.
pub(super) async fn commit(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let (flow_id, draft_id) = ids(request)?;
    let description = parameters.text_up_to("Description", DESCRIPTION_MAX)?.unwrap_or_default();
    let definition = parameters.required("Definition")?;
    let flow = context.store.flow(&context.instance, &flow_id).await.map_err(|e| request.store_error(e))?;
    let flow = flow.ok_or_else(|| OperationError::no_such_flow(&flow_id, &context.instance))?;
    let definition = checked(&definition, &flow_id, &flow.name)?;
    let (editor, saved) = (&context.user_id, (definition.as_str(), description.as_str()));
    let kept = context.store.commit_flow(&context.instance, &flow_id, &draft_id, editor, saved, context.now_ms).await;
    kept.map_err(|e| request.store_error(e))?;
    Ok(Value::Null)
}

/// `PublishContactFlow`: what is saved becomes what calls meet; the lock is released.
pub(super) async fn publish(request: &Request<'_>) -> Answer {
    let context = request.context;
    let (flow_id, draft_id) = ids(request)?;
    let flow = context.store.flow(&context.instance, &flow_id).await.map_err(|e| request.store_error(e))?;
    let flow = flow.ok_or_else(|| OperationError::no_such_flow(&flow_id, &context.instance))?;
    // Saved flows were checked; groups may have gone since.
    let parsed: Flow = serde_json::from_str(&flow.definition).map_err(|error| not_a_flow(&error))?;
    for node in parsed.nodes.values() {
        if let Node::TransferToAgent { skill_group, .. } = node {
            skill_groups::required(request, skill_group.as_str()).await?;
        }
    }
    let published =
        context.store.publish_flow(&context.instance, &flow_id, &draft_id, &context.user_id, context.now_ms).await;
    published.map_err(|e| request.store_error(e))?;
    Ok(Value::Null)
}

/// `DiscardEditingContactFlow`: releases the lock, also another's: only Admins may edit at all.
pub(super) async fn discard(request: &Request<'_>) -> Answer {
    let context = request.context;
    let (flow_id, draft_id) = ids(request)?;
    let discarded = context.store.discard_edit(&context.instance, &flow_id, &draft_id, &context.user_id, true).await;
    discarded.map_err(|e| request.store_error(e))?;
    Ok(Value::Null)
}

fn ids(request: &Request<'_>) -> Result<(String, String), OperationError> {
    Ok((request.parameters.required("ContactFlowId")?, request.parameters.required("DraftId")?))
}

/// A definition that can be run, with the flow's own id and, where it has none, its name.
pub(super) fn checked(definition: &str, flow_id: &str, name: &str) -> Result<String, OperationError> {
    let mut value: Value = serde_json::from_str(definition).map_err(|error| not_a_flow(&error))?;
    if let Value::Object(fields) = &mut value {
        fields.insert("id".to_owned(), Value::from(flow_id));
        fields.entry("name").or_insert_with(|| Value::from(name));
    }
    let flow: Flow = serde_json::from_value(value.clone()).map_err(|error| not_a_flow(&error))?;
    let faults = flow.validate();
    if faults.is_empty() {
        return Ok(value.to_string());
    }
    let told: Vec<_> = faults.iter().take(FAULTS_TOLD).map(FlowFault::to_string).collect();
    let mut told = told.join("; ");
    if faults.len() > FAULTS_TOLD {
        told.push_str(&format!("; and {} more", faults.len() - FAULTS_TOLD));
    }
    Err(OperationError::invalid("Definition", &told))
}

fn not_a_flow(error: &serde_json::Error) -> OperationError {
    OperationError::invalid("Definition", &error.to_string())
}

//! Every administrative act and every question, once, with the vendor's name and shape (API of 2020-07-01).
//!
//! Whoever comes in, by session or by signature, ends in [`call`]: it finds the operation in the one table, checks
//! the role, carries it out on the store and writes acts into the audit log. The vendor's words are used here and
//! nowhere deeper. A session or a key belongs to one instance, so `InstanceId` may be left out; another instance
//! does not exist for the caller.
//!
//! Roles: an Agent sees and changes what is the agent's own, a Manager sees everybody and moves people and numbers
//! between skill groups, an Admin may do everything. The table says the least role; what is one's own is decided by
//! the operation.

mod access;
mod agent_state_logs;
mod call_record_detail;
mod call_records;
mod config_items;
mod contact_flows;
mod dispositions;
mod error;
mod flow_editing;
mod instance;
mod outbound_numbers;
mod parameters;
mod phone_numbers;
mod recordings;
mod records_query;
mod skill_group_members;
mod skill_group_numbers;
mod skill_groups;
mod table;
#[cfg(test)]
mod tests;
mod user_skill_levels;
mod users;
mod words;

use cordboard_store::{AuditEntry, Store};
use cordboard_wire::Role;
use serde_json::{Map, Value, json};

pub use error::OperationError;
use parameters::Parameters;
use table::{Effect, Operation};

/// Who asks, of which instance, when.
#[derive(Debug, Clone)]
pub struct Context {
    /// Where everything is kept.
    pub store: Store,
    /// The instance.
    pub instance: String,
    /// Who asks: `login@instance`.
    pub user_id: String,
    /// With which role.
    pub role: Role,
    /// The instance's IANA zone.
    pub zone: String,
    /// Now.
    pub now_ms: i64,
    /// To quote.
    pub request_id: String,
}

/// An operation carried out.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// The answer's `Data`; null: the answer has none.
    pub data: Value,
    /// What the centre is configured with changed: it must be read again.
    pub directory_changed: bool,
}

/// What an operation works with.
struct Request<'a> {
    context: &'a Context,
    parameters: Parameters,
}

/// What an operation answers.
type Answer = Result<Value, OperationError>;

/// Carries out one operation.
///
/// # Errors
/// [`OperationError`] with the vendor's code: unknown operation, missing role, parameters, what the store says.
pub async fn call(context: &Context, action: &str, parameters: Map<String, Value>) -> Result<Done, OperationError> {
    let operation = table::find(action).ok_or_else(|| OperationError::no_such_operation(action))?;
    let request = Request { context, parameters: Parameters::new(parameters) };
    let answer = carry_out(operation, &request).await;
    if operation.effect != Effect::Reads {
        write_down(operation, &request, &answer).await;
    }
    let data = answer?;
    Ok(Done { data, directory_changed: operation.effect == Effect::ChangesDirectory })
}

async fn carry_out(operation: &Operation, request: &Request<'_>) -> Answer {
    access::check_role(operation, request.context)?;
    if let Some(instance) = request.parameters.text("InstanceId")?
        && instance != request.context.instance
    {
        return Err(OperationError::no_such_instance(&instance));
    }
    (operation.handler)(request).await
}

/// An act is done whether or not it can be written down; that it could not is said loudly.
async fn write_down(operation: &Operation, request: &Request<'_>, answer: &Answer) {
    let context = request.context;
    let outcome = answer.as_ref().map_or_else(|error| error.code.as_str(), |_| "OK");
    tracing::info!(operation = operation.name, outcome, request_id = context.request_id, "operation");
    let entry = AuditEntry {
        at_ms: context.now_ms,
        actor: context.user_id.clone(),
        door: "operations".to_owned(),
        operation: operation.name.to_owned(),
        subject: request.parameters.subject(),
        outcome: outcome.to_owned(),
        request_id: context.request_id.clone(),
    };
    if let Err(error) = context.store.put_audit(&context.instance, &entry).await {
        tracing::error!(%error, operation = operation.name, request_id = context.request_id, "audit log not written");
    }
}

/// The vendor's envelope around an answer.
pub fn envelope(request_id: &str, data: Value) -> Value {
    let mut envelope =
        json!({"RequestId": request_id, "Code": "OK", "Message": "", "HttpStatusCode": 200, "Params": []});
    if !data.is_null() {
        envelope["Data"] = data;
    }
    envelope
}

/// The vendor's envelope around an error.
pub fn error_envelope(request_id: &str, error: &OperationError) -> Value {
    json!({
        "RequestId": request_id,
        "HostId": "cordboard",
        "Code": error.code,
        "Message": error.message,
        "HttpStatusCode": error.http,
    })
}

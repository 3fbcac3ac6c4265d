//! Contact flows: made, read, removed. How they change is in [`super::flow_editing`].

use cordboard_store::{Flow, FlowOrder, NewFlow};
use serde_json::{Value, json};

use super::{
    Answer, OperationError, Request, flow_editing,
    words::{paged, written_time},
};

const TYPES: [&str; 3] = ["MAIN_FLOW", "SUB_FLOW", "SURVEY_FLOW"];
const NAME_MAX: usize = 64;
pub(super) const DESCRIPTION_MAX: usize = 256;

/// `CreateContactFlow`: answers its id. It is not published yet.
pub(super) async fn create(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    parameters.required("Name")?;
    let name = parameters.text_up_to("Name", NAME_MAX)?.unwrap_or_default();
    let flow_type = parameters.one_of("Type", &TYPES)?.ok_or_else(|| OperationError::blank("Type"))?;
    let flow_id = uuid::Uuid::new_v4().to_string();
    let definition = flow_editing::checked(&parameters.required("Definition")?, &flow_id, &name)?;
    let flow = NewFlow {
        flow_id: Some(flow_id),
        name,
        flow_type: flow_type.to_owned(),
        description: parameters.text_up_to("Description", DESCRIPTION_MAX)?.unwrap_or_default(),
        definition,
        at_ms: context.now_ms,
    };
    let made = context.store.create_flow(&context.instance, &flow).await.map_err(|e| request.store_error(e))?;
    Ok(Value::from(made.flow_id))
}

/// `GetContactFlow`; the draft, where named, must be the current one.
pub(super) async fn get(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let flow_id = parameters.required("ContactFlowId")?;
    let flow = context.store.flow(&context.instance, &flow_id).await.map_err(|e| request.store_error(e))?;
    let flow = flow.ok_or_else(|| OperationError::no_such_flow(&flow_id, &context.instance))?;
    if let Some(draft) = parameters.text("DraftId")?
        && draft != flow.draft_id
    {
        let missing = cordboard_store::StoreError::NotFound { what: cordboard_store::What::Draft, id: draft };
        return Err(request.store_error(missing));
    }
    let mut described = describe(&flow, request);
    described["Definition"] = Value::from(flow.definition);
    Ok(described)
}

/// `ListContactFlows`; definitions are left out, `GetContactFlow` has them.
pub(super) async fn list(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let page = parameters.page()?;
    let flow_type = parameters.one_of("Type", &TYPES)?;
    let search = parameters.text_up_to("SearchPattern", 64)?;
    let by_name = parameters.one_of("OrderByField", &["UpdatedTime", "Name"])? == Some("Name");
    let order = match (by_name, parameters.one_of("SortOrder", &["ASC", "DESC"])?) {
        (false, Some("ASC")) => FlowOrder::UpdatedAscending,
        (false, _) => FlowOrder::UpdatedDescending,
        (true, Some("DESC")) => FlowOrder::NameDescending,
        (true, _) => FlowOrder::NameAscending,
    };
    let found = context.store.flows(&context.instance, flow_type, search.as_deref(), order, page).await;
    let found = found.map_err(|e| request.store_error(e))?;
    let mut list = Vec::with_capacity(found.rows.len());
    for flow in &found.rows {
        let mut described = describe(flow, request);
        let numbers = context.store.numbers_of_flow(&context.instance, &flow.flow_id).await;
        described["NumberList"] = Value::from(numbers.map_err(|e| request.store_error(e))?);
        list.push(described);
    }
    Ok(paged(list, page, found.total))
}

/// `DeleteContactFlow`; one that numbers lead to only with `Force`.
pub(super) async fn delete(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let flow_id = parameters.required("ContactFlowId")?;
    let force = parameters.boolean("Force")?.unwrap_or(false);
    let removed = context.store.remove_flow(&context.instance, &flow_id, &context.user_id, force).await;
    removed.map_err(|e| request.store_error(e))?;
    Ok(Value::Null)
}

fn describe(flow: &Flow, request: &Request<'_>) -> Value {
    json!({
        "InstanceId": request.context.instance,
        "ContactFlowId": flow.flow_id,
        "Name": flow.name,
        "Type": flow.flow_type,
        "Description": flow.description,
        "DraftId": flow.draft_id,
        "Editor": flow.editor.clone().unwrap_or_default(),
        "Published": flow.published_definition.is_some(),
        "CreatedTime": written_time(flow.created_ms, request.context),
        "UpdatedTime": written_time(flow.updated_ms, request.context),
    })
}

//! The centre's numbers.
//!
//! Beside the vendor's parameters: `SkillGroupId` sends callers straight to that group's queue, `Trunk` names the
//! trunk that calls leave by (else the instance's setting `DefaultTrunk`), `Cap` is the most calls at once, `City`
//! and `Province` are shown where the area code does not say.

use std::collections::BTreeMap;

use cordboard_store::{NewNumber, NumberChange, NumberFilter, NumberRow};
use serde_json::{Value, json};

use super::{
    Answer, OperationError, Request,
    parameters::Parameters,
    words::{USAGES, paged, place, read_number, shown},
};

const CAP_MAX: i64 = 100_000;

/// `AddPhoneNumbers`: all or none; answers those added.
pub(super) async fn add(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let typed = parameters.required_list("NumberList")?;
    let usage = usage(parameters)?;
    let flow_id = parameters.text("ContactFlowId")?;
    let route_group_id = parameters.text("SkillGroupId")?;
    check_route(request, usage, flow_id.as_deref(), route_group_id.as_deref()).await?;
    let trunk = match parameters.text_up_to("Trunk", 64)? {
        Some(trunk) => trunk,
        None => default_trunk(request).await?,
    };
    let mut numbers: Vec<NewNumber> = Vec::with_capacity(typed.len());
    for typed in typed {
        let number = read_number("NumberList", &typed)?;
        check_inbound_only(&number, usage)?;
        if numbers.iter().any(|known| known.number == number) {
            continue;
        }
        numbers.push(NewNumber {
            number,
            typed,
            usage: usage.to_owned(),
            flow_id: flow_id.clone(),
            route_group_id: route_group_id.clone(),
            cap: cap(parameters)?,
            city: parameters.text_up_to("City", 32)?.unwrap_or_default(),
            province: parameters.text_up_to("Province", 32)?.unwrap_or_default(),
            trunk: trunk.clone(),
        });
    }
    let added = context.store.add_numbers(&context.instance, &numbers, context.now_ms).await;
    added.map_err(|e| request.store_error(e))?;
    Ok(numbers.iter().map(|number| shown(&number.number)).collect())
}

/// `ModifyPhoneNumber`: what is not sent stays, what is sent blank is cleared. A flow takes the place of a queue and
/// the other way round; a number that is no longer called leads nowhere.
pub(super) async fn modify(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let typed = parameters.required("Number")?;
    let number = read_number("Number", &typed)?;
    let usage = usage(parameters)?;
    check_inbound_only(&number, usage)?;
    let (flow_id, group_id) = (parameters.text("ContactFlowId")?, parameters.text("SkillGroupId")?);
    check_route(request, usage, flow_id.as_deref(), group_id.as_deref()).await?;
    let clears = |name: &str| parameters.has(name).then_some(None);
    let (flow_id, route_group_id) = match (flow_id, group_id) {
        _ if usage == "Outbound" => (Some(None), Some(None)),
        (Some(flow_id), _) => (Some(Some(flow_id)), Some(None)),
        (None, Some(group_id)) => (Some(None), Some(Some(group_id))),
        (None, None) => (clears("ContactFlowId"), clears("SkillGroupId")),
    };
    let change = NumberChange {
        usage: Some(usage.to_owned()),
        flow_id,
        route_group_id,
        cap: cap(parameters)?.map(Some).or_else(|| parameters.has("Cap").then_some(None)),
        city: parameters.text_up_to("City", 32)?,
        province: parameters.text_up_to("Province", 32)?,
        trunk: parameters.text_up_to("Trunk", 64)?,
    };
    let changed = context.store.update_number(&context.instance, &number, &change).await;
    changed.map_err(|e| match request.store_error(e) {
        error if error.code == "NotExists.Number" => OperationError::no_such_number(&typed, &context.instance),
        error => error,
    })?;
    Ok(Value::Null)
}

/// `ListPhoneNumbers`
pub(super) async fn list(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let page = parameters.page()?;
    let filter = NumberFilter {
        search: search(parameters)?,
        usages: parameters.one_of("Usage", &USAGES)?.map(str::to_owned).into_iter().collect(),
        ..NumberFilter::default()
    };
    if parameters.boolean("Active")? == Some(false) {
        return Ok(paged(Vec::new(), page, 0));
    }
    let found = context.store.numbers(&context.instance, &filter, page).await.map_err(|e| request.store_error(e))?;
    let total = found.total;
    Ok(paged(describe(request, found.rows).await?, page, total))
}

/// `RemovePhoneNumbers`: all or none; answers those removed. Their bindings go with them.
pub(super) async fn remove(request: &Request<'_>) -> Answer {
    let context = request.context;
    let typed = request.parameters.required_list("NumberList")?;
    let read = typed.iter().map(|typed| read_number("NumberList", typed));
    let numbers = read.collect::<Result<Vec<_>, _>>()?;
    context.store.remove_numbers(&context.instance, &numbers).await.map_err(|e| request.store_error(e))?;
    Ok(numbers.iter().map(|number| shown(number)).collect())
}

/// Numbers as the vendor's lists show them.
pub(super) async fn describe(request: &Request<'_>, rows: Vec<NumberRow>) -> Result<Vec<Value>, OperationError> {
    let context = request.context;
    let store = &context.store;
    let flow_ids: Vec<String> = rows.iter().filter_map(|row| row.flow_id.clone()).collect();
    let group_ids: Vec<String> = rows.iter().flat_map(|row| row.groups.clone()).collect();
    let flows = store.flow_names(&context.instance, &flow_ids).await.map_err(|e| request.store_error(e))?;
    let groups = store.group_names(&context.instance, &group_ids).await.map_err(|e| request.store_error(e))?;
    Ok(rows.iter().map(|row| describe_one(row, &context.instance, &flows, &groups)).collect())
}

fn describe_one(
    row: &NumberRow,
    instance: &str,
    flows: &BTreeMap<String, String>,
    groups: &BTreeMap<String, String>,
) -> Value {
    let (city, province) = place(row);
    let group = |group_id: &String| {
        json!({
            "SkillGroupId": group_id,
            "Name": group_id.split('@').next(),
            "DisplayName": groups.get(group_id).unwrap_or(group_id),
            "InstanceId": instance,
        })
    };
    let mut described = json!({
        "InstanceId": instance,
        "Number": shown(&row.number),
        "Usage": row.usage,
        "Active": true,
        "City": city,
        "Province": province,
        "Provider": "",
        "CreateTime": row.created_ms.to_string(),
        "SkillGroups": row.groups.iter().map(group).collect::<Vec<_>>(),
        "Trunk": row.trunk,
    });
    if let Some(flow_id) = &row.flow_id {
        described["ContactFlowId"] = Value::from(flow_id.clone());
        described["ContactFlowName"] = Value::from(flows.get(flow_id).cloned().unwrap_or_default());
    }
    if let Some(group_id) = &row.route_group_id {
        described["SkillGroupId"] = Value::from(group_id.clone());
    }
    if let Some(cap) = row.cap {
        described["Cap"] = Value::from(cap);
    }
    described
}

/// People search by what they see: national digits, whose leading 0 is not kept.
pub(super) fn search(parameters: &Parameters) -> Result<Option<String>, OperationError> {
    let text = parameters.text_up_to("SearchPattern", 64)?;
    Ok(text.map(|text| text.strip_prefix('0').map(str::to_owned).filter(|rest| !rest.is_empty()).unwrap_or(text)))
}

fn usage(parameters: &Parameters) -> Result<&'static str, OperationError> {
    parameters.one_of("Usage", &USAGES)?.ok_or_else(|| OperationError::enumeration("Usage", &USAGES))
}

fn cap(parameters: &Parameters) -> Result<Option<u32>, OperationError> {
    let cap = parameters.integer_within("Cap", 1, CAP_MAX)?;
    cap.map(|cap| u32::try_from(cap).map_err(|_| OperationError::maximum("Cap", CAP_MAX))).transpose()
}

/// Numbers that begin with 400 are called and never call.
fn check_inbound_only(number: &str, usage: &str) -> Result<(), OperationError> {
    if usage != "Inbound" && number.starts_with("400") && number.len() == 10 {
        return Err(OperationError::invalid("Usage", &format!("Number {number} can only be called (Inbound)")));
    }
    Ok(())
}

/// Callers can be sent to a published flow or to a group, and only if the number is one that is called.
async fn check_route(
    request: &Request<'_>,
    usage: &str,
    flow_id: Option<&str>,
    group_id: Option<&str>,
) -> Result<(), OperationError> {
    let context = request.context;
    if usage == "Outbound" && (flow_id.is_some() || group_id.is_some()) {
        let name = if flow_id.is_some() { "ContactFlowId" } else { "SkillGroupId" };
        return Err(OperationError::invalid(name, "A number of usage Outbound is not called"));
    }
    if flow_id.is_some() && group_id.is_some() {
        return Err(OperationError::invalid("SkillGroupId", "Callers meet a contact flow or a queue, not both"));
    }
    let Some(flow_id) = flow_id else { return Ok(()) };
    let flow = context.store.flow(&context.instance, flow_id).await.map_err(|e| request.store_error(e))?;
    let flow = flow.ok_or_else(|| OperationError::no_such_flow(flow_id, &context.instance))?;
    if flow.published_definition.is_none() {
        return Err(OperationError::invalid("ContactFlowId", &format!("Contact flow {flow_id} is not published")));
    }
    Ok(())
}

async fn default_trunk(request: &Request<'_>) -> Result<String, OperationError> {
    let context = request.context;
    let item = context.store.config_item(&context.instance, "INSTANCE", &context.instance, "DefaultTrunk").await;
    Ok(item.map_err(|e| request.store_error(e))?.unwrap_or_default())
}

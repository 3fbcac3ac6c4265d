//! The numbers that a skill group's people may call out with.

use cordboard_store::NumberFilter;
use serde_json::Value;

use super::{
    Answer, OperationError, Request, phone_numbers, skill_groups,
    words::{paged, read_number},
};

/// `AddNumbersToSkillGroup`
pub(super) async fn add(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let group_id = parameters.required("SkillGroupId")?;
    let numbers = numbers(request)?;
    let bound = context.store.bind_numbers(&context.instance, &group_id, &numbers).await;
    bound.map_err(|e| request.store_error(e))?;
    Ok(Value::Null)
}

/// `RemovePhoneNumbersFromSkillGroup`
pub(super) async fn remove(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let group_id = parameters.required("SkillGroupId")?;
    let numbers = numbers(request)?;
    skill_groups::required(request, &group_id).await?;
    let unbound = context.store.unbind_numbers(&context.instance, &group_id, &numbers).await;
    unbound.map_err(|e| request.store_error(e))?;
    Ok(Value::Null)
}

/// `ListPhoneNumbersOfSkillGroup`; `IsMember` false: the numbers it has not.
pub(super) async fn list(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let group_id = parameters.required("SkillGroupId")?;
    let page = parameters.page()?;
    let member = parameters.boolean("IsMember")?.unwrap_or(true);
    skill_groups::required(request, &group_id).await?;
    let filter = NumberFilter {
        search: phone_numbers::search(parameters)?,
        group_ids: member.then(|| vec![group_id.clone()]),
        not_in_group: (!member).then_some(group_id),
        ..NumberFilter::default()
    };
    if parameters.boolean("Active")? == Some(false) {
        return Ok(paged(Vec::new(), page, 0));
    }
    let found = context.store.numbers(&context.instance, &filter, page).await.map_err(|e| request.store_error(e))?;
    let total = found.total;
    Ok(paged(phone_numbers::describe(request, found.rows).await?, page, total))
}

fn numbers(request: &Request<'_>) -> Result<Vec<String>, OperationError> {
    let typed = request.parameters.required_list("NumberList")?;
    typed.iter().map(|typed| read_number("NumberList", typed)).collect()
}

//! Skill groups.

use cordboard_store::{GroupChange, GroupCount, NewGroup, SkillGroup};
use serde_json::{Value, json};

use super::{Answer, Context, OperationError, Request, words::paged};

const NAME_MAX: usize = 32;
const DISPLAY_NAME_MAX: usize = 64;
const DESCRIPTION_MAX: usize = 256;
/// The kinds of media the vendor knows; here calls are made of sound.
const MEDIA_TYPES: [&str; 2] = ["AUDIO", "CHAT"];

/// `CreateSkillGroup`
pub(super) async fn create(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let name = name(&parameters.required("Name")?)?;
    parameters.required("DisplayName")?;
    let group = NewGroup {
        name,
        display_name: parameters.text_up_to("DisplayName", DISPLAY_NAME_MAX)?.unwrap_or_default(),
        description: parameters.text_up_to("Description", DESCRIPTION_MAX)?.unwrap_or_default(),
        media_type: parameters.one_of("MediaType", &MEDIA_TYPES)?.unwrap_or("AUDIO").to_owned(),
        at_ms: context.now_ms,
    };
    let made = context.store.create_group(&context.instance, &group).await.map_err(|e| request.store_error(e))?;
    Ok(describe(&made, context))
}

/// `ModifySkillGroup`: what is not sent stays; a description sent blank is cleared.
pub(super) async fn modify(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let group_id = parameters.required("SkillGroupId")?;
    let description = parameters.text_up_to("Description", DESCRIPTION_MAX)?;
    let change = GroupChange {
        display_name: parameters.text_up_to("DisplayName", DISPLAY_NAME_MAX)?,
        description: description.or_else(|| parameters.has("Description").then(String::new)),
    };
    let changed = context.store.update_group(&context.instance, &group_id, &change, context.now_ms).await;
    changed.map_err(|e| request.store_error(e))?;
    Ok(Value::Null)
}

/// `DeleteSkillGroup`
pub(super) async fn delete(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let group_id = parameters.required("SkillGroupId")?;
    let force = parameters.boolean("Force")?.unwrap_or(false);
    let removed = context.store.remove_group(&context.instance, &group_id, force).await;
    removed.map_err(|e| request.store_error(e))?;
    Ok(Value::Null)
}

/// `GetSkillGroup`
pub(super) async fn get(request: &Request<'_>) -> Answer {
    let group = required(request, &request.parameters.required("SkillGroupId")?).await?;
    Ok(describe(&group, request.context))
}

/// `ListSkillGroups` and `ListBriefSkillGroups`
pub(super) async fn list(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let page = parameters.page()?;
    let search = parameters.text_up_to("SearchPattern", 128)?;
    let media_type = parameters.one_of("MediaType", &MEDIA_TYPES)?;
    let found = context.store.groups(&context.instance, search.as_deref(), media_type, page).await;
    let found = found.map_err(|e| request.store_error(e))?;
    let list = found.rows.iter().map(|row: &GroupCount| {
        let mut described = describe(&row.group, context);
        described["SkillGroupName"] = Value::from(row.group.name.clone());
        described["PhoneNumberCount"] = Value::from(row.numbers);
        described["UserCount"] = Value::from(row.users);
        described
    });
    Ok(paged(list.collect(), page, found.total))
}

/// The group, which must be there.
pub(super) async fn required(request: &Request<'_>, group_id: &str) -> Result<SkillGroup, OperationError> {
    let context = request.context;
    let group = context.store.group(&context.instance, group_id).await.map_err(|e| request.store_error(e))?;
    group.ok_or_else(|| OperationError::no_such_group(group_id, &context.instance))
}

fn describe(group: &SkillGroup, context: &Context) -> Value {
    json!({
        "InstanceId": context.instance,
        "SkillGroupId": group.group_id,
        "Name": group.name,
        "DisplayName": group.display_name,
        "Description": group.description,
        "MediaType": group.media_type,
    })
}

fn name(typed: &str) -> Result<String, OperationError> {
    let letters_and_digits = typed.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if typed.len() > NAME_MAX || !letters_and_digits || !typed.starts_with(|c: char| c.is_ascii_alphabetic()) {
        let expected = "1 to 32 letters, digits, '_' or '-' are expected, a letter first.";
        return Err(OperationError::format("Name", expected));
    }
    Ok(typed.to_owned())
}

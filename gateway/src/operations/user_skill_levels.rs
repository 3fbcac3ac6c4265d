//! A user's skill groups and levels.

use std::collections::BTreeMap;

use cordboard_store::{LevelRow, User};
use serde_json::{Value, json};

use super::{Answer, OperationError, Request, access, parameters::Parameters, words::paged};

/// The middle of 1 to 10, as in the vendor's examples.
const LEVEL_DEFAULT: i64 = 5;

/// `AddSkillGroupsToUser`
pub(super) async fn add(request: &Request<'_>) -> Answer {
    put(request).await?;
    Ok(Value::Null)
}

/// `ModifySkillLevelsOfUser`
pub(super) async fn modify(request: &Request<'_>) -> Answer {
    put(request).await.map(Value::from)
}

async fn put(request: &Request<'_>) -> Result<String, OperationError> {
    let (context, parameters) = (request.context, &request.parameters);
    let user_id = parameters.required("UserId")?;
    let levels = read(parameters, "SkillLevelList", "SkillGroupId")?;
    let rows: Vec<_> =
        levels.into_iter().map(|(group_id, level)| LevelRow { user_id: user_id.clone(), group_id, level }).collect();
    context.store.put_levels(&context.instance, &rows).await.map_err(|e| request.store_error(e))?;
    Ok(user_id)
}

/// `RemoveSkillGroupsFromUser`
pub(super) async fn remove(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let user_id = parameters.required("UserId")?;
    let groups = parameters.required_list("SkillGroupIdList")?;
    exists(request, &user_id).await?;
    let pairs: Vec<_> = groups.into_iter().map(|group| (user_id.clone(), group)).collect();
    context.store.remove_levels(&context.instance, &pairs).await.map_err(|e| request.store_error(e))?;
    Ok(Value::from(user_id))
}

/// `ListSkillLevelsOfUser`: of the caller when nobody is named; `IsMember` false: the groups the user is not in.
pub(super) async fn list(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let user_id = parameters.text("UserId")?.unwrap_or_else(|| context.user_id.clone());
    let page = parameters.page()?;
    let member = parameters.boolean("IsMember")?.unwrap_or(true);
    let search = parameters.text_up_to("SearchPattern", 128)?;
    access::check_user(context, &user_id)?;
    exists(request, &user_id).await?;
    let found = context.store.levels_of_user(&context.instance, &user_id, member, search.as_deref(), page).await;
    let found = found.map_err(|e| request.store_error(e))?;
    let list = found.rows.iter().map(|row| {
        let mut described = json!({
            "SkillGroupId": row.group_id,
            "SkillGroupName": row.group_name,
            "MediaType": row.media_type,
        });
        // Text here, a number everywhere else: the vendor's shape.
        if let Some(level) = row.level {
            described["SkillLevel"] = Value::from(level.to_string());
        }
        described
    });
    Ok(paged(list.collect(), page, found.total))
}

/// The levels of a page of users, as `ListUsers` shows them, by user.
pub(super) async fn of_users(
    request: &Request<'_>,
    users: &[User],
) -> Result<BTreeMap<String, Vec<Value>>, OperationError> {
    let context = request.context;
    let user_ids: Vec<String> = users.iter().map(|user| user.user_id.clone()).collect();
    let rows = context.store.levels_of_users(&context.instance, &user_ids).await;
    let rows = rows.map_err(|e| request.store_error(e))?;
    let group_ids: Vec<String> = rows.iter().map(|row| row.group_id.clone()).collect();
    let names = context.store.group_names(&context.instance, &group_ids).await.map_err(|e| request.store_error(e))?;
    let mut levels: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for row in rows {
        levels.entry(row.user_id).or_default().push(json!({
            "SkillGroupName": names.get(&row.group_id).unwrap_or(&row.group_id),
            "SkillGroupId": row.group_id,
            "SkillLevel": row.level,
        }));
    }
    Ok(levels)
}

/// A list of `{<id>, skillLevel}`.
pub(super) fn read(parameters: &Parameters, list: &str, id: &str) -> Result<Vec<(String, u8)>, OperationError> {
    let objects = parameters.required_objects(list)?;
    let read = |object: &Parameters| {
        let level = object.integer_within("SkillLevel", 1, 10)?.unwrap_or(LEVEL_DEFAULT);
        let level = u8::try_from(level).map_err(|_| OperationError::maximum("SkillLevel", 10))?;
        Ok((object.required(id)?, level))
    };
    objects.iter().map(read).collect()
}

async fn exists(request: &Request<'_>, user_id: &str) -> Result<(), OperationError> {
    let context = request.context;
    let user = context.store.user(&context.instance, user_id).await.map_err(|e| request.store_error(e))?;
    user.map(drop).ok_or_else(|| OperationError::no_such_user(user_id, &context.instance))
}

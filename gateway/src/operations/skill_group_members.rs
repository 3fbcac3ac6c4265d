//! The people of a skill group.

use cordboard_store::LevelRow;
use serde_json::{Value, json};

use super::{
    Answer, Request, skill_groups, user_skill_levels,
    words::{paged, role_id},
};

/// `AddUsersToSkillGroup`
pub(super) async fn add(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let group_id = parameters.required("SkillGroupId")?;
    let levels = user_skill_levels::read(parameters, "UserSkillLevelList", "UserId")?;
    let rows: Vec<_> =
        levels.into_iter().map(|(user_id, level)| LevelRow { user_id, group_id: group_id.clone(), level }).collect();
    context.store.put_levels(&context.instance, &rows).await.map_err(|e| request.store_error(e))?;
    Ok(Value::Null)
}

/// `RemoveUsersFromSkillGroup`
pub(super) async fn remove(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let group_id = parameters.required("SkillGroupId")?;
    let users = parameters.required_list("UserIdList")?;
    skill_groups::required(request, &group_id).await?;
    let pairs: Vec<_> = users.into_iter().map(|user| (user, group_id.clone())).collect();
    context.store.remove_levels(&context.instance, &pairs).await.map_err(|e| request.store_error(e))?;
    Ok(Value::Null)
}

/// `ListUserLevelsOfSkillGroup`; `IsMember` false: the people who are not in it.
pub(super) async fn list(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let group_id = parameters.required("SkillGroupId")?;
    let page = parameters.page()?;
    let member = parameters.boolean("IsMember")?.unwrap_or(true);
    let search = parameters.text_up_to("SearchPattern", 128)?;
    let group = skill_groups::required(request, &group_id).await?;
    let found = context.store.levels_of_group(&context.instance, &group_id, member, search.as_deref(), page).await;
    let found = found.map_err(|e| request.store_error(e))?;
    let list = found.rows.iter().map(|row| {
        let mut described = json!({
            "UserId": row.user_id,
            "LoginName": row.login_name,
            "DisplayName": row.display_name,
            "RoleId": role_id(&row.role, context),
            "RoleName": row.role,
            "SkillGroupId": group.group_id,
            "SkillGroupName": group.display_name,
        });
        if let Some(level) = row.level {
            described["SkillLevel"] = Value::from(level);
        }
        described
    });
    Ok(paged(list.collect(), page, found.total))
}

//! Users and roles.

use cordboard_store::{NewUser, User, UserChange, UserFilter};
use serde_json::{Value, json};

use super::{
    Answer, Context, OperationError, Request, access, user_skill_levels,
    words::{ROLES, WORK_MODES, paged, role_id, role_of},
};

const LOGIN_NAME_MAX: usize = 64;
/// The vendor wants four; the demo's `bob` has three.
const LOGIN_NAME_MIN: usize = 3;

/// `ListUsers`
pub(super) async fn list(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let page = parameters.page()?;
    let filter = UserFilter {
        search: parameters.text_up_to("SearchPattern", 128)?,
        group_id: parameters.text("SkillGroupId")?,
        role: None,
    };
    let found = context.store.users(&context.instance, &filter, page).await.map_err(|e| request.store_error(e))?;
    let mut levels = user_skill_levels::of_users(request, &found.rows).await?;
    let list = found.rows.iter().map(|user| {
        let mut described = describe(user, context);
        described["SkillLevelList"] = Value::Array(levels.remove(&user.user_id).unwrap_or_default());
        described["PersonalOutboundNumberList"] = json!([]);
        described
    });
    Ok(paged(list.collect(), page, found.total))
}

/// `GetUser`, by id or extension; without either, the caller.
pub(super) async fn get(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let (user_id, extension) = (parameters.text("UserId")?, parameters.text("Extension")?);
    let store = &context.store;
    let (found, wanted) = match (user_id, extension) {
        (None, Some(extension)) => (store.user_by_extension(&context.instance, &extension).await, extension),
        (user_id, _) => {
            let user_id = user_id.unwrap_or_else(|| context.user_id.clone());
            (store.user(&context.instance, &user_id).await, user_id)
        }
    };
    // Who may not see others learns nothing about who exists.
    let user = found.map_err(|e| request.store_error(e))?;
    access::check_user(context, user.as_ref().map_or(&wanted, |user| &user.user_id))?;
    let user = user.ok_or_else(|| OperationError::no_such_user(&wanted, &context.instance))?;
    Ok(describe(&user, context))
}

/// `CreateUser`. Beside the vendor's parameters, `Password` sets one.
pub(super) async fn create(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let password = parameters.text_up_to("Password", 128)?;
    let must_change = parameters.boolean("ResetPassword")?.unwrap_or(false);
    let user = NewUser {
        login_name: login_name(&parameters.required("LoginName")?)?,
        display_name: {
            parameters.required("DisplayName")?;
            parameters.text_up_to("DisplayName", 128)?.unwrap_or_default()
        },
        nickname: parameters.text_up_to("Nickname", 128)?.unwrap_or_default(),
        email: email(&parameters.required("Email")?)?,
        mobile: mobile(request)?.unwrap_or_default(),
        display_id: parameters.text_up_to("DisplayId", 8)?.unwrap_or_default(),
        avatar_url: parameters.text_up_to("AvatarUrl", 1024)?.unwrap_or_default(),
        role: role_of(&parameters.required("RoleId")?, context)?.to_owned(),
        work_mode: parameters.one_of("WorkMode", &WORK_MODES)?.unwrap_or("ON_SITE").to_owned(),
        levels: if parameters.text("SkillLevelList")?.is_some_and(|list| list != "[]") {
            user_skill_levels::read(parameters, "SkillLevelList", "SkillGroupId")?
        } else {
            Vec::new()
        },
        at_ms: context.now_ms,
    };
    let made = context.store.create_user(&context.instance, &user).await.map_err(|e| request.store_error(e))?;
    if let Some(password) = password {
        let set = context.store.set_password(&context.instance, &made.user_id, &password, must_change).await;
        set.map_err(|e| request.store_error(e))?;
    }
    Ok(describe(&made, context))
}

/// `ModifyUser`: what is not sent stays, what is sent blank is cleared.
pub(super) async fn modify(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let user_id = parameters.required("UserId")?;
    let sent = |name: &str, most| match parameters.text_up_to(name, most)? {
        Some(text) => Ok(Some(text)),
        None => Ok(parameters.has(name).then(String::new)),
    };
    let role = parameters.text("RoleId")?.map(|id| role_of(&id, context)).transpose()?;
    if role.is_some_and(|role| role != "Admin") {
        check_admin_left(request, std::slice::from_ref(&user_id)).await?;
    }
    let work_mode = parameters.one_of("WorkMode", &WORK_MODES)?.ok_or_else(|| OperationError::blank("WorkMode"))?;
    let change = UserChange {
        display_name: parameters.text_up_to("DisplayName", 128)?,
        nickname: sent("Nickname", 128)?,
        email: None,
        mobile: mobile(request)?.or_else(|| parameters.has("Mobile").then(String::new)),
        display_id: sent("DisplayId", 8)?,
        avatar_url: sent("AvatarUrl", 1024)?,
        role: role.map(str::to_owned),
        work_mode: Some(work_mode.to_owned()),
    };
    let changed = context.store.update_user(&context.instance, &user_id, &change, context.now_ms).await;
    changed.map_err(|e| request.store_error(e))?;
    Ok(Value::from(user_id))
}

/// `RemoveUsers`: all or none; nobody removes the last Admin.
pub(super) async fn remove(request: &Request<'_>) -> Answer {
    let context = request.context;
    let user_ids = request.parameters.required_list("UserIdList")?;
    check_admin_left(request, &user_ids).await?;
    context.store.remove_users(&context.instance, &user_ids).await.map_err(|e| request.store_error(e))?;
    Ok(Value::Null)
}

/// `ResetUserPassword`: signs the user out everywhere. `ResetPassword` true asks for a new one at the next sign-in.
pub(super) async fn reset_password(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let user_id = parameters.required("UserId")?;
    parameters.required("Password")?;
    let password = parameters.text_up_to("Password", 128)?.unwrap_or_default();
    let must_change = parameters.boolean("ResetPassword")?.unwrap_or(false);
    let set = context.store.set_password(&context.instance, &user_id, &password, must_change).await;
    set.map_err(|e| request.store_error(e))?;
    let revoked = context.store.revoke_sessions_of_user(&context.instance, &user_id, context.now_ms).await;
    revoked.map_err(|e| request.store_error(e))?;
    Ok(Value::Null)
}

/// `ListRoles`
pub(super) async fn list_roles(request: &Request<'_>) -> Answer {
    Ok(ROLES.iter().map(|role| json!({"Name": role, "RoleId": role_id(role, request.context)})).collect())
}

/// A user as the vendor's lists show one.
pub(super) fn describe(user: &User, context: &Context) -> Value {
    json!({
        "InstanceId": context.instance,
        "UserId": user.user_id,
        "LoginName": user.login_name,
        "DisplayName": user.display_name,
        "Nickname": user.nickname,
        "Email": user.email,
        "Mobile": user.mobile,
        "DisplayId": user.display_id,
        "AvatarUrl": user.avatar_url,
        "RoleId": role_id(&user.role, context),
        "RoleName": user.role,
        "WorkMode": user.work_mode,
        "Extension": user.extension,
        "Primary": false,
        "PrimaryAccount": false,
    })
}

/// After these are gone or no longer Admins, somebody still is one.
async fn check_admin_left(request: &Request<'_>, user_ids: &[String]) -> Result<(), OperationError> {
    let context = request.context;
    let filter = UserFilter { role: Some("Admin".to_owned()), ..UserFilter::default() };
    let page = cordboard_store::Page::new(1, cordboard_store::Page::MAX_SIZE);
    let admins = context.store.users(&context.instance, &filter, page).await.map_err(|e| request.store_error(e))?;
    let gone = admins.rows.iter().filter(|admin| user_ids.contains(&admin.user_id)).count() as u64;
    if gone > 0 && gone == admins.total {
        let message = format!("User ({}) is the last Admin of instance {}.", user_ids.join(", "), context.instance);
        return Err(OperationError::not_allowed(&message));
    }
    Ok(())
}

/// Kept in lower case: people type their names as they like.
fn login_name(typed: &str) -> Result<String, OperationError> {
    match typed.chars().count() {
        ..LOGIN_NAME_MIN => return Err(OperationError::minimum("LoginName", LOGIN_NAME_MIN)),
        length if length > LOGIN_NAME_MAX => return Err(OperationError::maximum("LoginName", LOGIN_NAME_MAX)),
        _ => {}
    }
    if !typed.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')) {
        return Err(OperationError::format("LoginName", "Letters, digits, '.', '_' and '-' are allowed."));
    }
    Ok(typed.to_ascii_lowercase())
}

fn email(typed: &str) -> Result<String, OperationError> {
    let plausible = typed.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    if !plausible || typed.contains(char::is_whitespace) || typed.len() > 254 {
        return Err(OperationError::format("Email", "An e-mail address is expected."));
    }
    Ok(typed.to_owned())
}

fn mobile(request: &Request<'_>) -> Result<Option<String>, OperationError> {
    let mobile = request.parameters.text_up_to("Mobile", 20)?;
    if mobile.as_deref().is_some_and(|typed| crate::numbers::normalise(typed).is_err()) {
        return Err(OperationError::format("Mobile", "A telephone number is expected."));
    }
    Ok(mobile)
}

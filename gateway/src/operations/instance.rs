//! The instance itself.

use cordboard_store::{NumberFilter, Page, UserFilter};
use cordboard_wire::Role;
use serde_json::{Value, json};

use super::{Answer, OperationError, Request, access, phone_numbers, users};

/// `GetInstance`: agents see whose centre it is; only Managers and Admins its administrators and numbers.
pub(super) async fn get(request: &Request<'_>) -> Answer {
    let context = request.context;
    let instance = context.store.instance(&context.instance).await.map_err(|e| request.store_error(e))?;
    let instance = instance.ok_or_else(|| OperationError::no_such_instance(&context.instance))?;
    let (mut admins, mut numbers) = (Vec::new(), Vec::new());
    if access::has(context, Role::Manager) {
        let page = Page::new(1, Page::MAX_SIZE);
        let filter = UserFilter { role: Some("Admin".to_owned()), ..UserFilter::default() };
        let found = context.store.users(&context.instance, &filter, page).await.map_err(|e| request.store_error(e))?;
        admins = found.rows.iter().map(|user| users::describe(user, context)).collect();
        let found = context.store.numbers(&context.instance, &NumberFilter::default(), page).await;
        numbers = phone_numbers::describe(request, found.map_err(|e| request.store_error(e))?.rows).await?;
    }
    Ok(json!({
        "Id": instance.instance_id,
        "DomainName": instance.instance_id,
        "Name": instance.display_name,
        "Description": instance.description,
        "ConsoleUrl": format!("/workbench/{}/agentdesk", instance.instance_id),
        "Status": "RUNNING",
        "AdminList": admins,
        "NumberList": Value::Array(numbers),
    }))
}

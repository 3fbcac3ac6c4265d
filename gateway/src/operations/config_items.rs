//! Settings by name, of the instance, a skill group or a user. Values are strings; those that mean something here are
//! checked, others are kept for whoever put them there.

use cordboard_store::ConfigItem;
use cordboard_wire::Role;
use serde_json::{Value, json};

use super::{Answer, OperationError, Request, access, parameters::Parameters, skill_groups};

const OBJECT_TYPES: [&str; 4] = ["ALIYUN_UID", "INSTANCE", "SKILL_GROUP", "USER"];
const NAME_MAX: usize = 64;
const VALUE_MAX: usize = 4096;

/// `ListConfigItems`: agents see their own and what is everybody's.
pub(super) async fn list(request: &Request<'_>) -> Answer {
    let context = request.context;
    let (object_type, object_id) = object(request)?;
    if object_type == "USER" {
        access::check_user(context, &object_id)?;
    } else if object_type == "ALIYUN_UID" && !access::has(context, Role::Manager) {
        return Err(OperationError::no_permission("These settings are the owner's."));
    }
    let items = context.store.config_items(&context.instance, object_type, &object_id).await;
    let describe = |item: ConfigItem| {
        json!({
            "InstanceId": context.instance,
            "ObjectType": item.object_type,
            "ObjectId": item.object_id,
            "Name": item.name,
            "Value": item.value,
        })
    };
    Ok(items.map_err(|e| request.store_error(e))?.into_iter().map(describe).collect())
}

/// `UpdateConfigItems`: all or none.
pub(super) async fn update(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let (object_type, object_id) = object(request)?;
    match object_type {
        "INSTANCE" if object_id != context.instance => return Err(OperationError::no_such_instance(&object_id)),
        "SKILL_GROUP" => drop(skill_groups::required(request, &object_id).await?),
        "USER" => {
            let user = context.store.user(&context.instance, &object_id).await.map_err(|e| request.store_error(e))?;
            if user.is_none() {
                return Err(OperationError::no_such_user(&object_id, &context.instance));
            }
        }
        _ => {}
    }
    let read = |item: &Parameters| {
        item.required("Name")?;
        let name = item.text_up_to("Name", NAME_MAX)?.unwrap_or_default();
        let value = item.text_up_to("Value", VALUE_MAX)?.unwrap_or_default();
        check(&name, &value)?;
        Ok(ConfigItem { object_type: object_type.to_owned(), object_id: object_id.clone(), name, value })
    };
    let items = parameters.required_objects("ConfigItems")?.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    context.store.put_config_items(&context.instance, &items).await.map_err(|e| request.store_error(e))?;
    Ok(Value::Null)
}

fn object(request: &Request<'_>) -> Result<(&'static str, String), OperationError> {
    let object_type = request.parameters.one_of("ObjectType", &OBJECT_TYPES)?;
    let object_type = object_type.ok_or_else(|| OperationError::enumeration("ObjectType", &OBJECT_TYPES))?;
    Ok((object_type, request.parameters.required("ObjectId")?))
}

/// The values of settings that the centre reads.
fn check(name: &str, value: &str) -> Result<(), OperationError> {
    let within = |least: u64, most: u64| match value.parse::<u64>() {
        Ok(seconds) if seconds < least => Err(OperationError::minimum(name, least)),
        Ok(seconds) if seconds > most => Err(OperationError::maximum(name, most)),
        Ok(_) => Ok(()),
        Err(_) => Err(OperationError::format(name, "Whole seconds are expected.")),
    };
    // Blank takes the setting back to its default.
    if value.is_empty() {
        return Ok(());
    }
    match name {
        "AgentRingingTimeoutSeconds" => within(2, 90),
        "DeskGraceSeconds" => within(1, 120),
        "DialTimeoutSeconds" => within(5, 300),
        "QueueTimeoutSeconds" => within(1, 3600),
        "AfterCallRule" if value == "manual" => Ok(()),
        "AfterCallRule" => within(0, 3600),
        "AllowHangup" if !matches!(value, "true" | "false" | "1" | "0") => {
            Err(OperationError::enumeration(name, &["true", "false", "1", "0"]))
        }
        "BreakCodes" => {
            let codes: Result<Vec<String>, _> = serde_json::from_str(value);
            let usable = codes.is_ok_and(|codes| codes.iter().all(|code| (1..=32).contains(&code.chars().count())));
            let expected = "A JSON array of reasons of 1 to 32 characters is expected.";
            if usable { Ok(()) } else { Err(OperationError::format(name, expected)) }
        }
        _ => Ok(()),
    }
}

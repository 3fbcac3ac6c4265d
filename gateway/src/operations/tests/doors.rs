//! What holds for every operation: names, instance, roles, envelopes, the audit log.

use cordboard_store::Page;
use serde_json::{Value, json};

use super::{Centre, error};
use crate::operations::{OperationError, envelope, error_envelope};

#[tokio::test]
async fn unknown_operations_and_instances_are_told_so() {
    let centre = Centre::empty().await;
    let told = centre.error("admin", "MakeCoffee", json!({})).await;
    assert_eq!(told, error(404, "InvalidAction.NotFound", "Specified api is not found: MakeCoffee"));
    let told = centre.error("admin", "GetInstance", json!({"InstanceId": "other"})).await;
    assert_eq!(told, error(404, "NotExists.InstanceId", "The specified instance other does not exist."));
    let instance = centre.ok("admin", "GetInstance", json!({"instanceId ": " demo "})).await;
    assert_eq!((&instance["Name"], &instance["Status"]), (&json!("示范"), &json!("RUNNING")));
    assert_eq!(instance["AdminList"][0]["UserId"], "admin@demo");
}

#[tokio::test]
async fn roles_are_held_to() {
    let centre = Centre::staffed().await;
    for (user, action) in [
        ("alice", "ListUsers"),
        ("alice", "CreateUser"),
        ("alice", "AddUsersToSkillGroup"),
        ("alice", "PublishContactFlow"),
        ("carol", "CreateUser"),
        ("carol", "RemovePhoneNumbers"),
        ("carol", "UpdateConfigItems"),
    ] {
        let (http, code, message) = centre.error(user, action, json!({})).await;
        assert_eq!((http, code.as_str()), (403, "Permission.Common"));
        assert!(
            message.starts_with(&format!("You have no permission to access. {action} needs the role ")),
            "{message}"
        );
    }
    let for_agents = centre.ok("alice", "GetInstance", json!({})).await;
    assert_eq!((&for_agents["AdminList"], &for_agents["NumberList"]), (&json!([]), &json!([])));
}

#[tokio::test]
async fn agents_see_themselves_only() {
    let centre = Centre::staffed().await;
    let page = |user: &str| json!({"UserId": user, "PageNumber": 1, "PageSize": 10, "AgentId": user});
    for action in ["GetUser", "ListSkillLevelsOfUser", "ListOutboundNumbersOfUser", "ListAgentStateLogs"] {
        centre.ok("alice", action, page("alice@demo")).await;
        centre.ok("carol", action, page("alice@demo")).await;
        let told = centre.error("alice", action, page("bob@demo")).await;
        assert_eq!(told, error(403, "Permission.User", "You have no permission to access user(s) bob@demo."));
    }
    let told = centre.error("alice", "GetUser", json!({"UserId": "ghost@demo"})).await;
    assert_eq!(told.0, 403, "who exists is not told either");
}

#[tokio::test]
async fn acts_are_written_down_and_questions_are_not() {
    let centre = Centre::empty().await;
    centre.ok("admin", "CreateSkillGroup", json!({"Name": "sales", "DisplayName": "Sales"})).await;
    centre.ok("admin", "ListRoles", json!({})).await;
    let _ = centre.error("admin", "ResetUserPassword", json!({"UserId": "ghost@demo", "Password": "secret"})).await;
    let _ = centre.error("bob", "DeleteSkillGroup", json!({"SkillGroupId": "sales@demo"})).await;
    let log = centre.store.audit_log("demo", None, Page::new(1, 10)).await.unwrap();
    let mut log: Vec<_> = log.rows.iter().map(|e| (&*e.actor, &*e.operation, &*e.subject, &*e.outcome)).collect();
    log.sort_unstable();
    let expected = [
        ("admin@demo", "CreateSkillGroup", "sales", "OK"),
        ("admin@demo", "ResetUserPassword", "ghost@demo", "NotExists.UserId"),
        ("bob@demo", "DeleteSkillGroup", "sales@demo", "Permission.Common"),
    ];
    assert_eq!(log, expected);
}

#[tokio::test]
async fn what_changes_the_directory_says_so() {
    let centre = Centre::empty().await;
    let changed = async |action, parameters| centre.call("admin", action, parameters).await.unwrap().directory_changed;
    assert!(changed("CreateSkillGroup", json!({"Name": "sales", "DisplayName": "Sales"})).await);
    assert!(!changed("ListRoles", json!({})).await);
    assert!(!changed("ResetUserPassword", json!({"UserId": "admin@demo", "Password": "new one"})).await);
}

#[test]
fn envelopes_have_the_vendors_fields() {
    let expected = json!({
        "RequestId": "R", "Code": "OK", "Message": "", "HttpStatusCode": 200, "Params": [], "Data": [],
    });
    assert_eq!(envelope("R", json!([])), expected);
    assert!(envelope("R", Value::Null).get("Data").is_none());
    let failed = error_envelope("R", &OperationError::new(404, "NotExists.JobId", "The call x does not exist."));
    assert_eq!((&failed["RequestId"], &failed["Code"]), (&json!("R"), &json!("NotExists.JobId")));
    assert_eq!((&failed["Message"], &failed["HostId"]), (&json!("The call x does not exist."), &json!("cordboard")));
}

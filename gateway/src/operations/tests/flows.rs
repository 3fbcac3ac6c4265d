//! Contact flows: made, edited by one, checked, published, removed.

use serde_json::{Value, json};

use super::{Centre, error};

/// A flow that leads to the queue of sales.
fn definition() -> Value {
    json!({
        "start": "hello",
        "nodes": {
            "hello": {"type": "play", "prompts": ["en/welcome"], "next": "queue"},
            "queue": {"type": "transfer_to_agent", "skill_group": "sales@demo"},
        },
    })
}

async fn created(centre: &Centre) -> String {
    let flow =
        json!({"Name": "welcome", "Type": "MAIN_FLOW", "Description": "1.0", "Definition": definition().to_string()});
    centre.ok("admin", "CreateContactFlow", flow).await.as_str().unwrap().to_owned()
}

/// A published flow's id.
pub async fn published(centre: &Centre) -> String {
    let flow = created(centre).await;
    let draft = centre.ok("admin", "StartEditContactFlow", json!({"ContactFlowId": flow})).await;
    centre.ok("admin", "PublishContactFlow", json!({"ContactFlowId": flow, "DraftId": draft})).await;
    flow
}

#[tokio::test]
async fn a_flow_lives() {
    let centre = Centre::staffed().await;
    let flow = created(&centre).await;
    let draft = centre.ok("admin", "StartEditContactFlow", json!({"ContactFlowId": flow})).await;
    let mut changed = definition();
    changed["nodes"]["queue"]["skill_group"] = json!("support@demo");
    let commit = json!({"ContactFlowId": flow, "DraftId": draft, "Definition": changed, "Description": "2.0"});
    centre.ok("admin", "CommitContactFlow", commit).await;
    let listed =
        centre.ok("carol", "ListContactFlows", json!({"PageNumber": 1, "PageSize": 10, "Type": "MAIN_FLOW"})).await;
    assert_eq!((&listed["List"][0]["Published"], &listed["List"][0]["Editor"]), (&json!(false), &json!("admin@demo")));
    assert_eq!(listed["List"][0]["UpdatedTime"], "2026-11-22 04:00:00.0", "in the instance's zone");
    let bind = json!({"NumberList": ["02165001000"], "Usage": "Inbound", "ContactFlowId": flow});
    let told = centre.error("admin", "AddPhoneNumbers", bind.clone()).await;
    assert_eq!(told.1, "Parameter.Invalid", "only published flows are bound");

    let done =
        centre.call("admin", "PublishContactFlow", json!({"ContactFlowId": flow, "DraftId": draft})).await.unwrap();
    assert!(done.directory_changed);
    let kept = centre.ok("carol", "GetContactFlow", json!({"ContactFlowId": flow, "DraftId": draft})).await;
    assert_eq!((&kept["Published"], &kept["Editor"]), (&json!(true), &json!("")));
    let kept: cordboard_core::Flow = serde_json::from_str(kept["Definition"].as_str().unwrap()).unwrap();
    assert_eq!((kept.flow_id.as_str(), kept.name.as_str()), (flow.as_str(), "welcome"), "its own id and name");

    centre.ok("admin", "AddPhoneNumbers", bind).await;
    let told = centre.error("admin", "DeleteContactFlow", json!({"ContactFlowId": flow})).await;
    assert_eq!(told, error(400, "InUse.ContactFlow", &format!("The flow {flow} is in use now by 02165001000.")));
    centre.ok("admin", "DeleteContactFlow", json!({"ContactFlowId": flow, "Force": true})).await;
    let told = centre.error("admin", "GetContactFlow", json!({"ContactFlowId": flow})).await;
    assert_eq!(told.1, "NotExists.ContactFlowId");
}

#[tokio::test]
async fn one_edits_at_a_time() {
    let centre = Centre::staffed().await;
    centre.ok("admin", "ModifyUser", json!({"UserId": "carol@demo", "RoleId": "Admin", "WorkMode": "ON_SITE"})).await;
    let flow = created(&centre).await;
    centre.store.start_edit("demo", &flow, "carol@demo").await.unwrap();
    let told = centre.error("admin", "StartEditContactFlow", json!({"ContactFlowId": flow})).await;
    let message = format!("The operation is not allowed. Contact flow ({flow}) is being modified by carol@demo.");
    assert_eq!(told, error(400, "OperationNotAllowed", &message));
    let draft = centre.ok("admin", "GetContactFlow", json!({"ContactFlowId": flow})).await["DraftId"].clone();
    centre.ok("admin", "DiscardEditingContactFlow", json!({"ContactFlowId": flow, "DraftId": draft})).await;
    centre.ok("admin", "StartEditContactFlow", json!({"ContactFlowId": flow})).await;
    let stale = json!({"ContactFlowId": flow, "DraftId": draft});
    assert_eq!(centre.error("admin", "PublishContactFlow", stale).await.1, "NotExists.DraftId");
}

#[tokio::test]
async fn what_a_call_would_fail_on_is_refused() {
    let centre = Centre::staffed().await;
    let create =
        |definition: Value| json!({"Name": "x", "Type": "MAIN_FLOW", "Description": "1", "Definition": definition});
    for bad in
        [json!("{"), json!("[]"), json!({"start": "a"}), json!({"start": "a", "nodes": {"a": {"type": "dance"}}})]
    {
        let told = centre.error("admin", "CreateContactFlow", create(bad.clone())).await;
        assert_eq!((told.0, told.1.as_str()), (400, "Parameter.Invalid"), "{bad}");
    }
    let mut lost = definition();
    lost["nodes"]["hello"]["next"] = json!("nowhere");
    let told = centre.error("admin", "CreateContactFlow", create(lost)).await;
    assert!(told.2.contains("node \"hello\", next: there is no node named \"nowhere\""), "{}", told.2);

    let mut ghost = definition();
    ghost["nodes"]["queue"]["skill_group"] = json!("ghost@demo");
    let flow = centre.ok("admin", "CreateContactFlow", create(ghost)).await;
    let draft = centre.ok("admin", "StartEditContactFlow", json!({"ContactFlowId": flow})).await;
    let told = centre.error("admin", "PublishContactFlow", json!({"ContactFlowId": flow, "DraftId": draft})).await;
    assert_eq!(told.1, "NotExists.SkillGroupId");
}

//! Settings: strings by name, checked where they mean something.

use serde_json::json;

use super::{Centre, error};

#[tokio::test]
async fn settings_are_kept_by_name() {
    let centre = Centre::staffed().await;
    let items = r#"[{"name":"AllowHangup","value":"0"},{"Name":"AutoAnswerCall","Value":-1},{"name":"AllowHangup ","value":true}]"#;
    let update = json!({"ObjectType": "INSTANCE", "ObjectId": "demo", "ConfigItems": items});
    assert!(centre.call("admin", "UpdateConfigItems", update).await.unwrap().directory_changed);
    let kept = centre.ok("alice", "ListConfigItems", json!({"ObjectType": "instance", "ObjectId": "demo"})).await;
    let item = |name: &str, value: &str| json!({"InstanceId": "demo", "ObjectType": "INSTANCE", "ObjectId": "demo", "Name": name, "Value": value});
    assert_eq!(kept, json!([item("AllowHangup", "true"), item("AutoAnswerCall", "-1")]), "the last of a name stands");
}

#[tokio::test]
async fn bad_settings_are_refused() {
    let centre = Centre::staffed().await;
    let update = async |name: &str, value: &str| {
        let items = json!([{"name": name, "value": value}]).to_string();
        let parameters = json!({"ObjectType": "INSTANCE", "ObjectId": "demo", "ConfigItems": items});
        centre.call("admin", "UpdateConfigItems", parameters).await.map(|_| ()).map_err(|e| e.code)
    };
    for (name, value, outcome) in [
        ("AgentRingingTimeoutSeconds", "89", Ok(())),
        ("AgentRingingTimeoutSeconds", "91", Err("Parameter.Maximum")),
        ("AgentRingingTimeoutSeconds", "soon", Err("Parameter.Format")),
        ("AfterCallRule", "manual", Ok(())),
        ("AfterCallRule", "-1", Err("Parameter.Format")),
        ("AllowHangup", "perhaps", Err("Parameter.Enumeration")),
        ("BreakCodes", "[\"小休\"]", Ok(())),
        ("BreakCodes", "小休", Err("Parameter.Format")),
        ("Anything", "at all", Ok(())),
        ("AgentRingingTimeoutSeconds", "", Ok(())),
    ] {
        assert_eq!(update(name, value).await, outcome.map_err(str::to_owned), "{name}={value}");
    }
    for (object_type, object_id, code) in [
        ("WORLD", "demo", "Parameter.Enumeration"),
        ("INSTANCE", "other", "NotExists.InstanceId"),
        ("SKILL_GROUP", "ghost@demo", "NotExists.SkillGroupId"),
        ("USER", "ghost@demo", "NotExists.UserId"),
    ] {
        let parameters =
            json!({"ObjectType": object_type, "ObjectId": object_id, "ConfigItems": [{"name": "a", "value": "b"}]});
        assert_eq!(centre.error("admin", "UpdateConfigItems", parameters).await.1, code);
    }
    let others = json!({"ObjectType": "USER", "ObjectId": "bob@demo"});
    let told = centre.error("alice", "ListConfigItems", others).await;
    assert_eq!(told, error(403, "Permission.User", "You have no permission to access user(s) bob@demo."));
}

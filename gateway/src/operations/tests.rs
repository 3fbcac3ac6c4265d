//! The operations on a real store: a centre built through them, asked and changed by each role.
#![allow(clippy::unwrap_used, clippy::panic)]

mod doors;
mod flows;
mod groups_and_numbers;
mod records;
mod settings;
mod users;

use cordboard_store::{Instance, MasterKey, NewUser, Store};
use cordboard_wire::Role;
use serde_json::{Value, json};

use super::{Context, Done, OperationError, call};

/// 2026-11-22 04:00 in Shanghai.
const NOW: i64 = 1_795_291_200_000;

/// A store of its own with the instance `demo`, its `admin`, and the people and groups of the demo.
struct Centre {
    store: Store,
    _folder: tempfile::TempDir,
}

impl Centre {
    /// With an administrator and nothing else.
    async fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db").display().to_string();
        let store = Store::open(&path, &MasterKey::generate()).await.unwrap();
        let instance = Instance {
            instance_id: "demo".to_owned(),
            display_name: "示范".to_owned(),
            description: String::new(),
            zone: "Asia/Shanghai".to_owned(),
            created_ms: NOW,
        };
        store.create_instance(&instance).await.unwrap();
        let admin = NewUser {
            login_name: "admin".to_owned(),
            display_name: "Admin".to_owned(),
            role: "Admin".to_owned(),
            work_mode: "ON_SITE".to_owned(),
            ..NewUser::default()
        };
        store.create_user("demo", &admin).await.unwrap();
        Self { store, _folder: folder }
    }

    /// With carol, alice, bob and dave in their groups.
    async fn staffed() -> Self {
        let centre = Self::empty().await;
        for (name, display) in [("sales", "销售"), ("support", "客服")] {
            centre.ok("admin", "CreateSkillGroup", json!({"Name": name, "DisplayName": display})).await;
        }
        for (login, role, groups) in [
            ("carol", "Manager", json!([])),
            ("alice", "Agent", json!([{"skillGroupId": "sales@demo", "skillLevel": 1}])),
            (
                "bob",
                "Agent",
                json!([{"skillGroupId": "sales@demo"}, {"skillGroupId": "support@demo", "skillLevel": "7"}]),
            ),
            ("dave", "Agent", json!([{"SkillGroupId": "support@demo", "SkillLevel": 10}])),
        ] {
            let user = json!({
                "InstanceId": "demo", "LoginName": login, "DisplayName": format!("{login} 名"),
                "Email": format!("{login}@example.com"), "RoleId": format!("{role}@demo"),
                "SkillLevelList": groups.to_string(),
            });
            centre.ok("admin", "CreateUser", user).await;
        }
        centre
    }

    async fn call(&self, user: &str, action: &str, parameters: Value) -> Result<Done, OperationError> {
        let role = match user {
            "admin" => Role::Admin,
            "carol" => Role::Manager,
            _ => Role::Agent,
        };
        let context = Context {
            store: self.store.clone(),
            instance: "demo".to_owned(),
            user_id: format!("{user}@demo"),
            role,
            zone: "Asia/Shanghai".to_owned(),
            now_ms: NOW,
            request_id: "request".to_owned(),
        };
        let Value::Object(parameters) = parameters else { panic!("parameters are an object") };
        call(&context, action, parameters).await
    }

    /// The answer's data of an operation that must succeed.
    async fn ok(&self, user: &str, action: &str, parameters: Value) -> Value {
        match self.call(user, action, parameters).await {
            Ok(done) => done.data,
            Err(error) => panic!("{action}: {error}"),
        }
    }

    /// Status, code and message of an operation that must fail.
    async fn error(&self, user: &str, action: &str, parameters: Value) -> (u16, String, String) {
        match self.call(user, action, parameters).await {
            Ok(done) => panic!("{action} answered {}", done.data),
            Err(error) => (error.http, error.code, error.message),
        }
    }

    /// The list of a page that must be there, with one field of each row.
    async fn listed(&self, user: &str, action: &str, mut parameters: Value, field: &str) -> Vec<String> {
        parameters["PageNumber"] = json!(1);
        parameters["PageSize"] = json!(100);
        let data = self.ok(user, action, parameters).await;
        let list = data["List"].as_array().unwrap();
        assert_eq!(data["TotalCount"], list.len());
        list.iter().map(|row| row[field].as_str().unwrap().to_owned()).collect()
    }
}

/// An error as the tests write it.
fn error(http: u16, code: &str, message: &str) -> (u16, String, String) {
    (http, code.to_owned(), message.to_owned())
}

//! What the demo centre holds: users, skill groups, numbers, the flow, settings, through the operations that
//! administrators use. A data folder that was seeded before is left as it is.

use anyhow::{Context as _, Result};
use cordboard_store::{AccessKey, Instance, NewUser, Store};
use cordboard_wire::Role;
use serde_json::{Map, Value, json};

use super::{DemoOptions, INSTANCE, PASSWORD};
use crate::{
    centre::clock::utc_ms,
    operations::{self, Context},
};

const ZONE: &str = "Asia/Shanghai";

/// The flow *welcome*: greeting, menu, sales or support.
fn welcome() -> Value {
    json!({
        "id": "welcome",
        "name": "welcome",
        "start": "greeting",
        "nodes": {
            "greeting": {"type": "play", "prompts": ["zh-CN/welcome", "en/welcome"], "next": "menu"},
            "menu": {
                "type": "menu",
                "prompts": ["zh-CN/menu", "en/menu"],
                "keys": {"1": "sales", "2": "support"},
                "timeout_ms": 5000,
                "tries": 3,
                "invalid_prompts": ["zh-CN/invalid_key", "en/invalid_key"],
                "otherwise": "sales",
            },
            "sales": {"type": "transfer_to_agent", "skill_group": "sales@demo", "on_timeout": "sorry", "on_overflow": "sorry"},
            "support": {"type": "transfer_to_agent", "skill_group": "support@demo", "on_timeout": "sorry", "on_overflow": "sorry"},
            "sorry": {"type": "play", "prompts": ["zh-CN/all_busy", "en/all_busy"], "next": "end"},
            "end": {"type": "hang_up"},
        },
    })
}

/// Seeds an empty store; gives the access key for the API.
///
/// # Errors
/// An operation's, or the store's.
pub async fn seed(store: &Store, options: &DemoOptions) -> Result<(String, String)> {
    let fresh = store.instance(INSTANCE).await?.is_none();
    if fresh {
        first_admin(store).await?;
        let seeding = Seeding { store };
        seeding.everything().await?;
    }
    if !options.set.is_empty() {
        Seeding { store }.settings(options.set.iter().map(|(name, value)| (name.as_str(), value.as_str()))).await?;
    }
    access_key(store, options.access_key.as_deref()).await
}

/// The instance, and the administrator in whose name everything else is done.
async fn first_admin(store: &Store) -> Result<()> {
    let now = utc_ms();
    let instance = Instance {
        instance_id: INSTANCE.to_owned(),
        display_name: "Cordboard Demo".to_owned(),
        description: "A complete centre to try things in.".to_owned(),
        zone: ZONE.to_owned(),
        created_ms: now,
    };
    store.create_instance(&instance).await?;
    let admin = NewUser {
        login_name: "admin".to_owned(),
        display_name: "Admin".to_owned(),
        email: "admin@example.com".to_owned(),
        role: "Admin".to_owned(),
        work_mode: "ON_SITE".to_owned(),
        at_ms: now,
        ..NewUser::default()
    };
    let admin = store.create_user(INSTANCE, &admin).await?;
    store.set_password(INSTANCE, &admin.user_id, PASSWORD, false).await?;
    Ok(())
}

struct Seeding<'a> {
    store: &'a Store,
}

impl Seeding<'_> {
    async fn everything(&self) -> Result<()> {
        for (name, display) in [("sales", "销售 Sales"), ("support", "客服 Support")] {
            self.call("CreateSkillGroup", json!({"Name": name, "DisplayName": display})).await?;
        }
        for (login, display, role, groups) in [
            ("carol", "Carol 卡萝", "Manager", &[][..]),
            ("alice", "Alice 爱丽丝", "Agent", &["sales@demo"][..]),
            ("bob", "Bob 鲍勃", "Agent", &["sales@demo", "support@demo"][..]),
            ("dave", "Dave 戴夫", "Agent", &["support@demo"][..]),
        ] {
            let levels: Vec<Value> =
                groups.iter().map(|group| json!({"skillGroupId": group, "skillLevel": 5})).collect();
            let user = json!({
                "LoginName": login, "DisplayName": display, "Email": format!("{login}@example.com"),
                "RoleId": format!("{role}@{INSTANCE}"), "WorkMode": "ON_SITE",
                "SkillLevelList": Value::Array(levels).to_string(),
            });
            self.call("CreateUser", user).await?;
            self.store.set_password(INSTANCE, &format!("{login}@{INSTANCE}"), PASSWORD, false).await?;
        }
        let flow = self.flow().await?;
        for (number, usage, route) in [
            ("02165001000", "Bidirection", json!({"ContactFlowId": flow})),
            ("02165001001", "Bidirection", json!({"SkillGroupId": "sales@demo"})),
            ("01065002000", "Outbound", json!({})),
            ("4008001000", "Inbound", json!({"ContactFlowId": flow})),
        ] {
            let mut params = json!({"NumberList": json!([number]).to_string(), "Usage": usage, "Trunk": "loopback"});
            if let (Value::Object(params), Value::Object(route)) = (&mut params, route) {
                params.extend(route);
            }
            self.call("AddPhoneNumbers", params).await?;
        }
        for group in ["sales@demo", "support@demo"] {
            let numbers = json!(["02165001000", "02165001001", "01065002000"]).to_string();
            self.call("AddNumbersToSkillGroup", json!({"SkillGroupId": group, "NumberList": numbers})).await?;
        }
        self.settings([
            ("ScreenPopUrl", "/crm?callNumber={caller}&calledNumber={called}&callType={direction}&contactId={call_id}"),
            ("ScreenPopHomeUrl", "/crm"),
        ])
        .await
    }

    /// Makes, commits and publishes the flow as an editor does.
    async fn flow(&self) -> Result<String> {
        let definition = welcome().to_string();
        let made = json!({"Name": "welcome", "Type": "MAIN_FLOW", "Description": "Greeting and menu", "Definition": definition});
        let flow = text(&self.call("CreateContactFlow", made).await?)?;
        let draft = text(&self.call("StartEditContactFlow", json!({"ContactFlowId": flow})).await?)?;
        let commit = json!({"ContactFlowId": flow, "DraftId": draft, "Definition": definition, "Description": "Greeting and menu"});
        self.call("CommitContactFlow", commit).await?;
        self.call("PublishContactFlow", json!({"ContactFlowId": flow, "DraftId": draft})).await?;
        Ok(flow)
    }

    async fn settings<'a>(&self, items: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<()> {
        let items: Vec<Value> = items.into_iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        let items = Value::Array(items).to_string();
        self.call("UpdateConfigItems", json!({"ObjectType": "INSTANCE", "ObjectId": INSTANCE, "ConfigItems": items}))
            .await?;
        Ok(())
    }

    async fn call(&self, action: &str, params: Value) -> Result<Value> {
        let context = Context {
            store: self.store.clone(),
            instance: INSTANCE.to_owned(),
            user_id: format!("admin@{INSTANCE}"),
            role: Role::Admin,
            zone: ZONE.to_owned(),
            now_ms: utc_ms(),
            request_id: "seed".to_owned(),
        };
        let params = match params {
            Value::Object(params) => params,
            _ => Map::new(),
        };
        match operations::call(&context, action, params).await {
            Ok(done) => Ok(done.data),
            Err(error) => anyhow::bail!("seeding the demo: {action}: {}: {}", error.code, error.message),
        }
    }
}

fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).context("seeding the demo: an id was expected")
}

/// The access key asked for, or a new one.
async fn access_key(store: &Store, wished: Option<&str>) -> Result<(String, String)> {
    let user_id = format!("admin@{INSTANCE}");
    let key = match wished {
        None => store.create_access_key(INSTANCE, &user_id, utc_ms()).await?,
        Some(wished) => {
            let (id, secret) = wished.split_once(':').context("--access-key is written ID:SECRET")?;
            let key =
                AccessKey { id: id.to_owned(), instance_id: INSTANCE.to_owned(), user_id, secret: secret.to_owned() };
            if store.access_key(id).await?.is_none() {
                store.put_access_key(&key, utc_ms()).await?;
            }
            key
        }
    };
    Ok((key.id, key.secret))
}

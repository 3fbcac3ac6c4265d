//! The whole gateway as what is measured: its demo centre, with more agents than it comes with.

use std::time::Duration;

use anyhow::{Context, Result};
use cordboard_tests::{Gateway, Session, Story, Weight, story};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::process::Process;

/// The number whose flow leads to the added agents.
pub const NUMBER: &str = "02165003000";
const GROUP: &str = "crowd@demo";
/// Sign-ins at a time: each takes the gateway some 20 ms of processor for the password.
const AT_A_TIME: usize = 8;
const LIMIT: Duration = Duration::from_secs(600);

/// Runs a measurement with a gateway, and takes everything down afterwards.
pub fn with_gateway<R, F>(name: &str, measure: impl FnOnce(Gateway, Story) -> F) -> Result<R>
where
    F: Future<Output = Result<R>>,
{
    let mut measured = None;
    story(name, Weight::Heavy, LIMIT, &[], |story| async {
        let gateway = Gateway::demo(&story).await?;
        measured = Some(measure(gateway, story).await?);
        Ok(())
    })?;
    measured.context("nothing was measured")
}

/// The gateway's process.
pub fn process(gateway: &Gateway) -> Result<Process> {
    Ok(Process(gateway.id().context("the gateway has ended")?))
}

/// Makes so many agents in a skill group of their own, behind a number with a flow, and signs them in.
pub async fn crowd(gateway: &Gateway, agents: usize) -> Result<Vec<Session>> {
    let admin = gateway.sign_in("admin").await?;
    let call = async |action: &str, parameters: Value| admin.operation(action, &with_instance(parameters)).await;
    call("CreateSkillGroup", json!({"Name": "crowd", "DisplayName": "Crowd"})).await?;
    let definition = json!({
        "id": "straight", "name": "straight", "start": "agents",
        "nodes": {
            "agents": {"type": "transfer_to_agent", "skill_group": GROUP, "on_timeout": "end", "on_overflow": "end"},
            "end": {"type": "hang_up"},
        },
    })
    .to_string();
    let made = json!({"Name": "straight", "Type": "MAIN_FLOW", "Description": "-", "Definition": definition});
    let flow = call("CreateContactFlow", made).await?;
    let draft = call("StartEditContactFlow", json!({"ContactFlowId": flow})).await?;
    let commit = json!({"ContactFlowId": flow, "DraftId": draft, "Definition": definition, "Description": "-"});
    call("CommitContactFlow", commit).await?;
    call("PublishContactFlow", json!({"ContactFlowId": flow, "DraftId": draft})).await?;
    let number = json!({
        "NumberList": json!([NUMBER]).to_string(), "Usage": "Bidirection", "Trunk": "loopback", "ContactFlowId": flow,
    });
    call("AddPhoneNumbers", number).await?;
    let logins: Vec<String> = (0..agents).map(|index| format!("crowd{index:03}")).collect();
    for login in &logins {
        let levels = json!([{"skillGroupId": GROUP, "skillLevel": 5}]).to_string();
        let user = json!({
            "LoginName": login, "DisplayName": login, "Email": format!("{login}@example.com"),
            "RoleId": "Agent@demo", "WorkMode": "ON_SITE", "SkillLevelList": levels, "Password": "cordboard",
        });
        call("CreateUser", user).await?;
    }
    sign_in(gateway, &logins).await
}

async fn sign_in(gateway: &Gateway, logins: &[String]) -> Result<Vec<Session>> {
    let mut sessions = Vec::with_capacity(logins.len());
    for some in logins.chunks(AT_A_TIME) {
        let mut signing = JoinSet::new();
        for login in some {
            let (url, login) = (gateway.url(), login.clone());
            signing.spawn(async move { Session::sign_in(&url, &login, "cordboard").await });
        }
        while let Some(session) = signing.join_next().await {
            sessions.push(session??);
        }
    }
    Ok(sessions)
}

fn with_instance(mut parameters: Value) -> Value {
    parameters["InstanceId"] = Value::from("demo");
    parameters
}

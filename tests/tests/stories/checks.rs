//! What several stories check alike.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use cordboard_tests::{Gateway, RtpMouth, Session, Sound, assert_heard_in_rounds, assert_not_heard, listen, places};
use serde_json::{Value, json};

/// The welcome flow's number, and the one that goes straight to sales.
pub const WELCOME: &str = "02165001000";
pub const SALES: &str = "02165001001";
/// Who calls.
pub const CALLER: &str = "13800138000";
/// How long anything may take that should happen at once.
pub const SOON: Duration = Duration::from_secs(10);

/// A prompt of the gateway.
pub fn prompt(name: &str) -> Result<Sound> {
    Sound::read(&prompts().join(name).with_extension("wav"))
}

fn prompts() -> PathBuf {
    places::in_repository("gateway/prompts")
}

/// Waits until this ear has heard so much, and returns the piece from there to here.
pub async fn next_piece(ear: &RtpMouth, milliseconds: u64) -> Result<Sound> {
    let from = ear.heard_ms();
    ear.hears(milliseconds, Duration::from_millis(milliseconds) + SOON).await?;
    Ok(ear.heard().piece(from, ear.heard_ms()))
}

/// The piece is out of the gateway's music, wherever in it.
#[track_caller]
pub fn assert_is_music(piece: &Sound) {
    let music = prompt("music").unwrap();
    // The other way about: the piece is what was said, the whole music is what it is looked for in, twice because it
    // is played over and over.
    let mut twice = music.clone();
    twice.samples.extend(&music.samples);
    let verdict = listen(&twice, piece);
    assert!(verdict.is_heard(), "this is not our music: score {:.2} [{}]", verdict.score, verdict.picture());
}

/// Speaks these words once, and returns what was heard meanwhile and a second longer.
pub async fn speaks(mouth: &RtpMouth, words: &Sound) -> Result<Sound> {
    mouth.say(words);
    next_piece(mouth, words.milliseconds() + 1200).await
}

/// The recording of a call has the caller alone in channel 1 and what the caller heard in channel 2.
pub async fn assert_recorded(session: &Session, call_id: &str, caller: &Sound, agent: &Sound) -> Result<()> {
    let [one, two] = session.recording(call_id).await?;
    assert_heard_in_rounds(&one, caller, "the caller's words in channel 1");
    assert_not_heard(&one, agent, "the agent's words in channel 1");
    assert_heard_in_rounds(&two, agent, "the agent's words in channel 2");
    assert_not_heard(&two, caller, "the caller's words in channel 2");
    Ok(())
}

/// A field of a record says this.
#[track_caller]
pub fn assert_says(record: &Value, field: &str, expected: &str) {
    assert_eq!(record[field], expected, "{field} of {record:#}");
}

/// The names of the moments of one party's timeline in a record.
pub fn moments(record: &Value, party: &str) -> Vec<String> {
    record[party]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|events| events["EventSequence"].as_array().cloned().unwrap_or_default())
        .filter_map(|event| event["Event"].as_str().map(str::to_owned))
        .collect()
}

/// The one record of a caller, once it stands.
pub async fn record_of_caller(gateway: &Gateway, caller: &str) -> Result<Value> {
    let manager = gateway.sign_in("carol").await?;
    let mine = cordboard_tests::lines::until(&format!("the record of {caller}"), SOON, || async {
        let records = manager.records().await.ok()?;
        let mine: Vec<Value> = records.into_iter().filter(|record| record["CallingNumber"] == caller).collect();
        (!mine.is_empty()).then_some(mine)
    })
    .await?;
    ensure!(mine.len() == 1, "{caller} has {} records", mine.len());
    let id = mine[0]["ContactId"].as_str().context("a record without an id")?;
    manager.record(id).await
}

/// Settings of the demo, as words on its command line.
pub fn settings(pairs: &[(&str, &str)]) -> Vec<String> {
    pairs.iter().flat_map(|(name, value)| ["--set".to_owned(), format!("{name}={value}")]).collect()
}

/// So many agents of sales: the demo's two and others made for it.
pub async fn agents_of_sales(gateway: &Gateway, many: usize) -> Result<Vec<String>> {
    let admin = gateway.sign_in("admin").await?;
    let mut users = vec!["alice".to_owned(), "bob".to_owned()];
    for number in users.len()..many {
        let login = format!("agent{number}");
        let levels = json!([{ "skillGroupId": "sales@demo", "skillLevel": 5 }]).to_string();
        admin
            .operation(
                "CreateUser",
                &json!({
                    "InstanceId": "demo", "LoginName": login, "DisplayName": login, "Email": format!("{login}@example.com"),
                    "RoleId": "Agent@demo", "WorkMode": "ON_SITE", "SkillLevelList": levels
                }),
            )
            .await?;
        let reset = json!({ "InstanceId": "demo", "UserId": format!("{login}@demo"), "Password": "cordboard" });
        admin.operation("ResetUserPassword", &reset).await?;
        users.push(login);
    }
    Ok(users)
}

//! What a follower folded is kept with its place: folded twice, kept once, and the place never goes back.

use cordboard_store::{AgentStateRow, CallRecordRow, Folded};

use crate::database::{DEMO, Database, NOW, on_both};

on_both!(folding_again_changes_nothing);

const FOLLOWER: &str = "folder";

fn folded(seq: u64) -> Folded {
    let state = |seq: u64, state: &str| AgentStateRow {
        user_id: "alice@demo".to_owned(),
        seq,
        started_ms: NOW + i64::try_from(seq).unwrap() * 1000,
        state: state.to_owned(),
        ..AgentStateRow::default()
    };
    let record = CallRecordRow {
        call_id: "job-1".to_owned(),
        started_ms: NOW,
        agents: vec!["alice@demo".to_owned()],
        groups: vec!["sales@demo".to_owned()],
        timeline: serde_json::json!([]),
        ..CallRecordRow::default()
    };
    Folded { states: vec![state(3, "ready"), state(5, "ringing")], records: vec![record], seq }
}

async fn folding_again_changes_nothing(database: &Database) {
    let store = database.open_demo().await;
    store.keep_folded(DEMO, FOLLOWER, &folded(7)).await.unwrap();
    store.keep_folded(DEMO, FOLLOWER, &folded(6)).await.unwrap();
    assert_eq!(store.cursor(DEMO, FOLLOWER).await.unwrap(), 7);
    let states = store.agent_states(DEMO, "alice@demo", NOW, NOW + 100_000, 100).await.unwrap();
    let states: Vec<_> = states.iter().map(|row| (row.state.as_str(), row.ended_ms.map(|at| at - NOW))).collect();
    assert_eq!(states, [("ready", Some(5000)), ("ringing", None)]);
    assert_eq!(store.record(DEMO, "job-1").await.unwrap().unwrap().agents, ["alice@demo"]);
    store.keep_folded(DEMO, FOLLOWER, &Folded { seq: 9, ..Folded::default() }).await.unwrap();
    assert_eq!(store.cursor(DEMO, FOLLOWER).await.unwrap(), 9);
}

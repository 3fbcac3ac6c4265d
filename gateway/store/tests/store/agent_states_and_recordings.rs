//! Agent state logs and recordings: folded twice, kept once.

use cordboard_store::{AgentStateRow, Recording, RecordingGap};

use crate::database::{DEMO, Database, NOW, on_both};

on_both!(a_state_lasts_until_the_next, a_recording_becomes_ready);

fn state(seq: u64, state: &str) -> AgentStateRow {
    AgentStateRow {
        user_id: "alice@demo".to_owned(),
        seq,
        started_ms: NOW + i64::try_from(seq).unwrap() * 1000,
        state: state.to_owned(),
        break_code: if state == "break" { "Warm-up" } else { "" }.to_owned(),
        work_mode: "ON_SITE".to_owned(),
        ..AgentStateRow::default()
    }
}

async fn a_state_lasts_until_the_next(database: &Database) {
    let store = database.open_demo().await;
    let rows = [state(1, "break"), state(4, "ready"), state(9, "ringing")];
    store.put_agent_states(DEMO, &rows).await.unwrap();
    store.put_agent_states(DEMO, &rows[..2]).await.unwrap();
    store.put_agent_states(DEMO, &[]).await.unwrap();
    let all = store.agent_states(DEMO, "alice@demo", NOW, NOW + 100_000, 100).await.unwrap();
    let all: Vec<_> = all.iter().map(|r| (r.state.as_str(), r.started_ms - NOW, r.ended_ms.map(|e| e - NOW))).collect();
    assert_eq!(all, [("break", 1000, Some(4000)), ("ready", 4000, Some(9000)), ("ringing", 9000, None)]);
    let some = store.agent_states(DEMO, "alice@demo", NOW + 5000, NOW + 6000, 100).await.unwrap();
    assert_eq!(some.iter().map(|r| r.state.as_str()).collect::<Vec<_>>(), ["ready"]);
    assert_eq!(store.agent_states(DEMO, "alice@demo", NOW, NOW + 100_000, 2).await.unwrap().len(), 2);
    assert!(store.agent_states(DEMO, "bob@demo", NOW, NOW + 100_000, 100).await.unwrap().is_empty());
}

async fn a_recording_becomes_ready(database: &Database) {
    let store = database.open_demo().await;
    let begun = Recording {
        call_id: "job-1".to_owned(),
        file: "job-1.rec".to_owned(),
        started_ms: NOW,
        ..Recording::default()
    };
    store.put_recording(DEMO, &begun).await.unwrap();
    assert_eq!(store.unfinished_recordings(DEMO).await.unwrap(), std::slice::from_ref(&begun));
    let gap = RecordingGap { side: "caller".to_owned(), at_ms: 500, length_ms: 80, reason: "lost".to_owned() };
    let done = Recording {
        file: "job-1.wav".to_owned(),
        duration_ms: 9000,
        size_bytes: 288_044,
        gaps: vec![gap],
        ready: true,
        ..begun
    };
    store.put_recording(DEMO, &done).await.unwrap();
    assert_eq!(store.recording(DEMO, "job-1").await.unwrap(), Some(done.clone()));
    assert_eq!(store.recordings_of(DEMO, &["job-1".to_owned(), "job-2".to_owned()]).await.unwrap(), [done]);
    assert!(store.unfinished_recordings(DEMO).await.unwrap().is_empty());
    assert_eq!(store.recording(DEMO, "job-2").await.unwrap(), None);
}

//! The journal: one owner, rows without gaps whoever appends at once, followers, pruning.

use cordboard_store::{CALL_ENDED, JournalPosition, JournalRow, Store, StoreError};
use serde_json::json;

use crate::{
    database::{DEMO, Database, NOW, on_both},
    users::futures_join,
};

on_both!(
    a_former_owner_is_fenced,
    two_owners_race_and_only_the_last_goes_on,
    many_appends_make_one_unbroken_row,
    a_large_batch_is_one_batch,
    instances_are_apart,
    unfinished_calls_are_found,
    followers_keep_their_place,
    old_rows_go_but_not_those_still_needed,
);

/// A row of a call.
pub fn row(at_ms: i64, call: &str, kind: &str) -> JournalRow {
    let body = json!({"kind": kind, "text": "中文 'quoted' \"and\" \\ \u{1F600}"});
    JournalRow { at_ms, call_id: Some(call.to_owned()), kind: kind.to_owned(), version: 1, body }
}

async fn a_former_owner_is_fenced(database: &Database) {
    let store = database.open_demo().await;
    assert_eq!(store.journal_position(DEMO).await.unwrap(), JournalPosition::default());
    let fenced = |epoch| StoreError::Fenced { instance: DEMO.to_owned(), epoch };
    assert_eq!(store.append(DEMO, 1, &[row(NOW, "a", "x")]).await.unwrap_err(), fenced(1), "nobody claimed it");
    let first = store.claim_epoch(DEMO).await.unwrap();
    assert_eq!(store.append(DEMO, first, &[row(NOW, "a", "x"), row(NOW, "a", "y")]).await.unwrap(), 2);
    let second = store.claim_epoch(DEMO).await.unwrap();
    assert_eq!((first, second), (1, 2));
    assert_eq!(store.append(DEMO, first, &[row(NOW, "a", "late")]).await.unwrap_err(), fenced(1));
    assert_eq!(store.append(DEMO, u64::MAX, &[]).await.unwrap_err(), fenced(u64::MAX));
    assert_eq!(store.append(DEMO, second, &[row(NOW, "a", "z")]).await.unwrap(), 3);
    assert_eq!(store.append(DEMO, second, &[]).await.unwrap(), 3, "nothing to append is no error");
    let kinds: Vec<_> = store.rows_of_call(DEMO, "a").await.unwrap();
    let kinds: Vec<_> = kinds.iter().map(|r| (r.seq, r.epoch, r.row.kind.as_str())).collect();
    assert_eq!(kinds, [(1, 1, "x"), (2, 1, "y"), (3, 2, "z")]);
    assert_eq!(store.journal_position(DEMO).await.unwrap(), JournalPosition { epoch: 2, last_seq: 3 });
}

/// Two nodes with connections of their own; the second claims while the first is at full speed.
async fn two_owners_race_and_only_the_last_goes_on(database: &Database) {
    let (first, second) = (database.open_demo().await, database.open().await);
    let epoch = first.claim_epoch(DEMO).await.unwrap();
    let (go, going) = tokio::sync::oneshot::channel();
    let former = tokio::spawn(async move {
        let mut go = Some(go);
        let mut kept = 0u64;
        loop {
            match first.append(DEMO, epoch, &[row(NOW, "old", "x"), row(NOW, "old", "x")]).await {
                Ok(last) => kept = last,
                Err(error) => return (kept, error),
            }
            if kept >= 20
                && let Some(go) = go.take()
            {
                go.send(()).unwrap();
            }
        }
    });
    going.await.unwrap();
    let claimed = second.claim_epoch(DEMO).await.unwrap();
    assert_eq!(claimed, 2);
    let at_claim = second.append(DEMO, claimed, &[row(NOW, "new", "x")]).await.unwrap();
    let (kept, error) = former.await.unwrap();
    assert_eq!(error, StoreError::Fenced { instance: DEMO.to_owned(), epoch });
    assert_eq!(at_claim, kept + 1, "every row said to be kept is there, and none came after");
    let rows = second.rows_after(DEMO, 0, 100_000).await.unwrap();
    assert!(rows.iter().zip(1u64..).all(|(r, seq)| r.seq == seq), "no gap");
    assert!(rows.iter().all(|r| (r.epoch == 1) == (r.seq <= kept)));
}

async fn many_appends_make_one_unbroken_row(database: &Database) {
    let store = database.open_demo().await;
    let epoch = store.claim_epoch(DEMO).await.unwrap();
    let appended = futures_join((0..60u64).map(|n| {
        let store: Store = store.clone();
        async move {
            let call = format!("call{n}");
            let rows: Vec<_> = (0..=n % 7).map(|k| row(NOW, &call, &format!("kind{k}"))).collect();
            (store.append(DEMO, epoch, &rows).await.unwrap(), rows.len() as u64)
        }
    }));
    let mut ends: Vec<(u64, u64)> = appended.await;
    ends.sort_unstable();
    let mut next = 0;
    for (last, count) in ends {
        assert_eq!(last, next + count, "batches do not mix");
        next = last;
    }
    let rows = store.rows_after(DEMO, 0, 10_000).await.unwrap();
    assert_eq!(rows.len() as u64, next);
    assert!(rows.iter().zip(1u64..).all(|(r, seq)| r.seq == seq));
}

async fn a_large_batch_is_one_batch(database: &Database) {
    let store = database.open_demo().await;
    let epoch = store.claim_epoch(DEMO).await.unwrap();
    let rows: Vec<_> = (0..3001).map(|n| row(NOW + n, "call", "x")).collect();
    assert_eq!(store.append(DEMO, epoch, &rows).await.unwrap(), 3001);
    let kept = store.rows_after(DEMO, 0, 5000).await.unwrap();
    assert!(kept.iter().map(|r| &r.row).eq(rows.iter()), "order and content");
}

async fn instances_are_apart(database: &Database) {
    let store = database.open_demo().await;
    let demo = store.claim_epoch(DEMO).await.unwrap();
    store.claim_epoch("other").await.unwrap();
    let other = store.claim_epoch("other").await.unwrap();
    assert_eq!((demo, other), (1, 2));
    store.append(DEMO, demo, &[row(NOW, "a", "x")]).await.unwrap();
    assert_eq!(store.append("other", other, &[row(NOW, "a", "x")]).await.unwrap(), 1);
    assert_eq!(store.rows_of_call("other", "a").await.unwrap().len(), 1);
}

async fn unfinished_calls_are_found(database: &Database) {
    let store = database.open_demo().await;
    let epoch = store.claim_epoch(DEMO).await.unwrap();
    let state = JournalRow { call_id: None, ..row(NOW, "", "agent_changed") };
    let rows = [
        row(NOW, "b", "call_arrived"),
        row(NOW, "a", "call_arrived"),
        state,
        row(NOW, "done", "call_arrived"),
        row(NOW, "a", "dialog_known"),
        row(NOW, "done", CALL_ENDED),
        row(NOW, "b", "enqueued"),
    ];
    store.append(DEMO, epoch, &rows).await.unwrap();
    let open = store.unfinished_calls(DEMO).await.unwrap();
    let open: Vec<_> =
        open.iter().map(|(c, rows)| (c.as_str(), rows.iter().map(|r| r.seq).collect::<Vec<_>>())).collect();
    assert_eq!(open, [("b", vec![1, 7]), ("a", vec![2, 5])]);
    store.append(DEMO, epoch, &[row(NOW, "a", CALL_ENDED), row(NOW, "b", CALL_ENDED)]).await.unwrap();
    assert!(store.unfinished_calls(DEMO).await.unwrap().is_empty());
}

async fn followers_keep_their_place(database: &Database) {
    let store = database.open_demo().await;
    let epoch = store.claim_epoch(DEMO).await.unwrap();
    let rows: Vec<_> = (0..10).map(|n| row(NOW + n, "call", "x")).collect();
    store.append(DEMO, epoch, &rows).await.unwrap();
    assert_eq!(store.cursor(DEMO, "records").await.unwrap(), 0);
    let mut seen = Vec::new();
    loop {
        let at = store.cursor(DEMO, "records").await.unwrap();
        let next = store.rows_after(DEMO, at, 4).await.unwrap();
        let Some(last) = next.last() else { break };
        store.set_cursor(DEMO, "records", last.seq).await.unwrap();
        seen.extend(next.iter().map(|r| r.seq));
    }
    assert_eq!(seen, (1..=10).collect::<Vec<u64>>());
    store.set_cursor(DEMO, "records", 3).await.unwrap();
    assert_eq!(store.cursor(DEMO, "records").await.unwrap(), 10, "never back");
}

async fn old_rows_go_but_not_those_still_needed(database: &Database) {
    let store = database.open_demo().await;
    let epoch = store.claim_epoch(DEMO).await.unwrap();
    let state = JournalRow { call_id: None, ..row(NOW, "", "agent_changed") };
    let rows = [
        row(NOW, "done", "call_arrived"),
        state,
        row(NOW, "open", "call_arrived"),
        row(NOW + 1, "done", CALL_ENDED),
        row(NOW + 1, "long", "call_arrived"),
        row(NOW + 100, "long", CALL_ENDED),
    ];
    store.append(DEMO, epoch, &rows).await.unwrap();
    store.set_cursor(DEMO, "records", 0).await.unwrap();
    assert_eq!(store.prune_journal(DEMO, NOW + 50, 100).await.unwrap(), 0, "a follower has read nothing");
    store.set_cursor(DEMO, "records", 6).await.unwrap();
    assert_eq!(store.prune_journal(DEMO, NOW + 50, 1).await.unwrap(), 1, "bounded");
    let mut gone = 1;
    while let deleted @ 1.. = store.prune_journal(DEMO, NOW + 50, 100).await.unwrap() {
        gone += deleted;
        let open = store.unfinished_calls(DEMO).await.unwrap();
        assert_eq!(open.len(), 1, "a finished call never looks unfinished half-way");
    }
    assert_eq!(gone, 3);
    let left: Vec<_> = store.rows_after(DEMO, 0, 100).await.unwrap().iter().map(|r| r.seq).collect();
    assert_eq!(left, [3, 5, 6], "the open call, and the one that ended later");
    assert_eq!(store.append(DEMO, epoch, &[row(NOW, "new", "x")]).await.unwrap(), 7, "places are not used again");
}

//! What append said to be kept is there after the process let go of the database without a farewell.

use cordboard_store::JournalPosition;

use crate::{
    database::{DEMO, Database, NOW, on_both},
    journal_is_fenced_and_continuous::row,
};

on_both!(a_dropped_store_has_kept_everything);

async fn a_dropped_store_has_kept_everything(database: &Database) {
    let store = database.open_demo().await;
    let epoch = store.claim_epoch(DEMO).await.unwrap();
    for n in 0..10 {
        store.append(DEMO, epoch, &[row(NOW + n, "call", "x")]).await.unwrap();
    }
    // Opened beside the first, whose connections never say goodbye.
    let again = database.open().await;
    assert_eq!(again.rows_of_call(DEMO, "call").await.unwrap().len(), 10);
    drop(store);
    assert_eq!(again.journal_position(DEMO).await.unwrap(), JournalPosition { epoch: 1, last_seq: 10 });
    assert_eq!(again.claim_epoch(DEMO).await.unwrap(), 2);
    assert_eq!(again.unfinished_calls(DEMO).await.unwrap()[0].1.len(), 10);
}

/// The same, with a process that is killed between two appends.
#[cfg(unix)]
#[tokio::test]
async fn a_killed_writer_has_kept_what_it_was_told() {
    use cordboard_store::Store;
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    if let Some(path) = std::env::var_os("CORDBOARD_TEST_WRITE_UNTIL_KILLED") {
        let store = Store::open(path.to_str().unwrap(), &known_key()).await.unwrap();
        let epoch = store.claim_epoch(DEMO).await.unwrap();
        loop {
            let last = store.append(DEMO, epoch, &[row(NOW, "call", "x"), row(NOW, "call", "y")]).await.unwrap();
            println!("kept {last}");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "journal_survives_reopening::a_killed_writer_has_kept_what_it_was_told", "--nocapture"])
        .env("CORDBOARD_TEST_WRITE_UNTIL_KILLED", &path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = 0u64;
    for line in BufReader::new(writer.stdout.take().unwrap()).lines() {
        // The harness prints the test's name without a line end before the first line.
        if let Some((_, last)) = line.unwrap().split_once("kept ") {
            told = last.parse().unwrap();
        }
        if told >= 40 {
            break;
        }
    }
    writer.kill().unwrap();
    writer.wait().unwrap();
    let store = Store::open(path.to_str().unwrap(), &known_key()).await.unwrap();
    let position = store.journal_position(DEMO).await.unwrap();
    assert!(told >= 40 && position.last_seq >= told, "{told} {position:?}");
    assert_eq!(position.last_seq % 2, 0, "batches are whole");
    assert_eq!(store.rows_of_call(DEMO, "call").await.unwrap().len() as u64, position.last_seq);
}

/// A key both processes know: 32 zero bytes.
#[cfg(unix)]
fn known_key() -> cordboard_store::MasterKey {
    cordboard_store::MasterKey::from_base64(&format!("{}=", "A".repeat(43)), "test").unwrap()
}

//! Folds the journal into what is read: call records and agent state logs.
//!
//! It follows the journal by a cursor of its own in the store, so a stop at any point loses nothing and repeats
//! nothing that shows: every row it writes is keyed by what it was folded from.

use std::time::Duration;

use cordboard_core::{Fact, JournalEntry, fold_record};
use cordboard_store::{AgentStateRow, CALL_ENDED, CallRecordRow, Folded, Store, StoreError, StoredRow};
use tokio::sync::watch;

use crate::{journal, records};

const CURSOR: &str = "folder";
const AT_ONCE: u32 = 500;
/// How long commits gather before they are folded. Folding shares the store's one writer with the journal; behind
/// every single commit it took more of it than the journal does, and calls waited.
const GATHER: Duration = Duration::from_millis(200);
/// Pause before a store that failed is asked again.
const RETRY: Duration = Duration::from_secs(1);

/// Starts folding an instance's journal; `committed` wakes it. Ends with the journal's writer.
pub fn start(store: Store, instance: String, committed: watch::Receiver<u64>) {
    tokio::spawn(Folder { store, instance, cursor: None }.run(committed));
}

/// Folds everything that is in the journal and has not been folded.
///
/// # Errors
/// The store's; what was folded before stays.
pub async fn catch_up(store: &Store, instance: &str) -> Result<(), StoreError> {
    Folder { store: store.clone(), instance: instance.to_owned(), cursor: None }.catch_up().await
}

struct Folder {
    store: Store,
    instance: String,
    /// How far it has come, once that was read.
    cursor: Option<u64>,
}

impl Folder {
    async fn run(mut self, mut committed: watch::Receiver<u64>) {
        loop {
            committed.mark_unchanged();
            match self.catch_up().await {
                Ok(()) => {
                    if committed.changed().await.is_err() {
                        // What was committed last is still folded.
                        let _ = self.catch_up().await;
                        return;
                    }
                    tokio::time::sleep(GATHER).await;
                }
                Err(error) => {
                    tracing::error!(instance = self.instance, %error, "records could not be folded; trying again");
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }

    async fn catch_up(&mut self) -> Result<(), StoreError> {
        let mut cursor = match self.cursor {
            Some(cursor) => cursor,
            None => self.store.cursor(&self.instance, CURSOR).await?,
        };
        loop {
            self.cursor = Some(cursor);
            let rows = self.store.rows_after(&self.instance, cursor, AT_ONCE).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            cursor = last.seq;
            let states = rows.iter().filter_map(agent_state).collect();
            let folded = Folded { states, records: self.records(&rows).await?, seq: cursor };
            self.store.keep_folded(&self.instance, CURSOR, &folded).await?;
        }
    }

    /// The records of the calls that end in these rows.
    async fn records(&self, rows: &[StoredRow]) -> Result<Vec<CallRecordRow>, StoreError> {
        let mut folded = Vec::new();
        let ended = rows.iter().filter(|row| row.row.kind == CALL_ENDED);
        for call in ended.filter_map(|row| row.row.call_id.as_deref()) {
            let timeline = self.store.rows_of_call(&self.instance, call).await?;
            let timeline: Vec<JournalEntry> = timeline.iter().filter_map(|row| journal::entry(&row.row)).collect();
            match fold_record(&timeline) {
                Some(record) => folded.push(records::row(&record)),
                None => {
                    tracing::error!(
                        instance = self.instance,
                        call,
                        "a call's facts make no record; they stay in the journal"
                    );
                }
            }
        }
        Ok(folded)
    }
}

fn agent_state(row: &StoredRow) -> Option<AgentStateRow> {
    match journal::entry(&row.row)?.fact {
        Fact::AgentChanged { agent, state, break_code } => Some(AgentStateRow {
            user_id: agent.0,
            seq: row.seq,
            started_ms: row.row.at_ms,
            ended_ms: None,
            state: records::word(&state),
            break_code: break_code.unwrap_or_default(),
            work_mode: "ON_SITE".to_owned(),
        }),
        _ => None,
    }
}

//! Folds the journal into what is read: call records and agent state logs.
//!
//! It follows the journal by a cursor of its own in the store, so a stop at any point loses nothing and repeats
//! nothing that shows: every row it writes is keyed by what it was folded from.

use cordboard_core::{Fact, JournalEntry, fold_record};
use cordboard_store::{AgentStateRow, Store, StoreError, StoredRow};
use tokio::sync::watch;

use crate::{journal, records};

const CURSOR: &str = "folder";
const AT_ONCE: u32 = 500;
/// Pause before a store that failed is asked again.
const RETRY: std::time::Duration = std::time::Duration::from_secs(1);

/// Starts folding an instance's journal; `committed` wakes it. Ends with the journal's writer.
pub fn start(store: Store, instance: String, committed: watch::Receiver<u64>) {
    tokio::spawn(Folder { store, instance }.run(committed));
}

struct Folder {
    store: Store,
    instance: String,
}

impl Folder {
    async fn run(self, mut committed: watch::Receiver<u64>) {
        loop {
            committed.mark_unchanged();
            match self.catch_up().await {
                Ok(()) => {
                    if committed.changed().await.is_err() {
                        // What was committed last is still folded.
                        let _ = self.catch_up().await;
                        return;
                    }
                }
                Err(error) => {
                    tracing::error!(instance = self.instance, %error, "records could not be folded; trying again");
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }

    async fn catch_up(&self) -> Result<(), StoreError> {
        catch_up(&self.store, &self.instance).await
    }
}

/// Folds everything that is in the journal and has not been folded.
///
/// # Errors
/// The store's; what was folded before stays.
pub async fn catch_up(store: &Store, instance: &str) -> Result<(), StoreError> {
    let mut cursor = store.cursor(instance, CURSOR).await?;
    loop {
        let rows = store.rows_after(instance, cursor, AT_ONCE).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        cursor = last.seq;
        fold(store, instance, &rows).await?;
        store.set_cursor(instance, CURSOR, cursor).await?;
    }
}

async fn fold(store: &Store, instance: &str, rows: &[StoredRow]) -> Result<(), StoreError> {
    let states: Vec<AgentStateRow> = rows.iter().filter_map(agent_state).collect();
    store.put_agent_states(instance, &states).await?;
    let ended = rows.iter().filter(|row| row.row.kind == cordboard_store::CALL_ENDED);
    for call in ended.filter_map(|row| row.row.call_id.as_deref()) {
        let timeline: Vec<JournalEntry> =
            store.rows_of_call(instance, call).await?.iter().filter_map(|row| journal::entry(&row.row)).collect();
        match fold_record(&timeline) {
            Some(record) => {
                store.put_record(instance, &records::row(&record)).await?;
            }
            None => tracing::error!(instance, call, "a call's facts make no record; they stay in the journal"),
        }
    }
    Ok(())
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

//! Forgets what nobody needs any more: journal rows that were folded long ago, sessions that are long over. Records,
//! agent states and recordings are what one keeps, and are not touched here.

use std::time::Duration;

use cordboard_store::{Store, StoreError};

use crate::centre::clock::utc_ms;

const DAY_MS: i64 = 86_400_000;
const EVERY: Duration = Duration::from_secs(3_600);
/// Rows deleted at once: a few milliseconds, in which no call's facts wait.
const AT_ONCE: u32 = 500;

/// Starts tidying up now and once an hour.
pub fn start(store: Store, instances: Vec<String>, journal_days: u32) -> tokio::task::AbortHandle {
    let task = tokio::spawn(async move {
        let mut hours = tokio::time::interval(EVERY);
        loop {
            hours.tick().await;
            if let Err(error) = tidy(&store, &instances, utc_ms(), journal_days).await {
                tracing::warn!(%error, "old journal rows and sessions could not be deleted; trying again in an hour");
            }
        }
    });
    task.abort_handle()
}

/// Deletes sessions that ended a day ago and journal rows older than `journal_days` days at the time `now_ms`.
///
/// # Errors
/// The store's; what was deleted before stays deleted.
pub async fn tidy(store: &Store, instances: &[String], now_ms: i64, journal_days: u32) -> Result<(), StoreError> {
    let sessions = store.prune_sessions(now_ms - DAY_MS).await?;
    let mut rows = 0;
    for instance in instances {
        while let deleted @ 1.. =
            store.prune_journal(instance, now_ms - i64::from(journal_days) * DAY_MS, AT_ONCE).await?
        {
            rows += deleted;
        }
    }
    if sessions + rows > 0 {
        tracing::info!(sessions, rows, "deleted old sessions and journal rows");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use cordboard_store::{CALL_ENDED, Instance, JournalRow, MasterKey};

    use super::*;

    const ACME: &str = "acme";

    fn row(day: i64, call: &str, kind: &str) -> JournalRow {
        let body = serde_json::json!({});
        JournalRow { at_ms: day * DAY_MS, call_id: Some(call.to_owned()), kind: kind.to_owned(), version: 1, body }
    }

    #[tokio::test]
    async fn finished_calls_go_after_their_days_and_open_ones_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cordboard.db").display().to_string();
        let store = Store::open(&path, &MasterKey::generate()).await.unwrap();
        let (name, zone) = ("Acme".to_owned(), "UTC".to_owned());
        let instance = Instance {
            instance_id: ACME.to_owned(),
            display_name: name,
            description: String::new(),
            zone,
            created_ms: 0,
        };
        store.create_instance(&instance).await.unwrap();
        let epoch = store.claim_epoch(ACME).await.unwrap();
        let ended = |day, call| [row(day, call, "call_arrived"), row(day, call, CALL_ENDED)];
        let rows = [&ended(1, "old")[..], &ended(9, "young"), &[row(1, "open", "call_arrived")]].concat();
        store.append(ACME, epoch, &rows).await.unwrap();
        store.set_cursor(ACME, "folder", 5).await.unwrap();
        tidy(&store, &[ACME.to_owned()], 10 * DAY_MS, 5).await.unwrap();
        let left = store.rows_after(ACME, 0, 100).await.unwrap();
        let calls: Vec<_> = left.iter().filter_map(|row| row.row.call_id.as_deref()).collect();
        assert_eq!(calls, ["young", "young", "open"]);
    }
}

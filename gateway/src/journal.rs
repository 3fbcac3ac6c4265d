//! The one writer of an instance's journal: group commit, full sync, and an append file for when the store stalls.
//!
//! Batches are numbered in the order they are taken; [`JournalWriter::committed`] says up to which number they are on
//! disk, in the store or, while it does not answer, in the append file. A store that comes back gets what it missed;
//! a start reads what the file still holds before anything else.

mod spill;

use std::{collections::VecDeque, path::Path, pin::pin, time::Duration};

use cordboard_core::JournalEntry;
use cordboard_store::{JournalRow, Store, StoreError};
use tokio::sync::{mpsc, watch};

use spill::SpillFile;

/// A commit that takes longer than this is a stall: the append file takes over. A full sync on a slow disk takes
/// some 30 ms.
const STALL: Duration = Duration::from_millis(250);
/// Pause before a store that failed is asked again.
const RETRY: Duration = Duration::from_millis(500);
/// Rows of the store among which rows of the append file may already be.
const TAIL: u32 = 20_000;
/// Rows of one transaction.
const GROUP: usize = 2_000;
/// Batches that may wait for the writer; beyond that the centre waits.
const QUEUE: usize = 4_096;

/// The writer has ended: another node owns the instance now, or the disk takes nothing any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the journal's writer has ended; the log says why")]
pub struct JournalEnded;

/// A handle on the writer.
#[derive(Debug)]
pub struct JournalWriter {
    batches: mpsc::Sender<Vec<JournalRow>>,
    committed: watch::Receiver<u64>,
    last: u64,
}

/// Whether the store keeps up, for `/healthz`.
pub type JournalHealth = watch::Receiver<bool>;

impl JournalWriter {
    /// Starts the writer of `instance`, which must own `epoch`. First the rows that an earlier run left in the append
    /// file under `folder` go to the store.
    ///
    /// # Errors
    /// The store's, or the file's.
    pub async fn start(
        store: Store,
        instance: String,
        epoch: u64,
        folder: &Path,
    ) -> Result<(Self, JournalHealth), anyhow::Error> {
        let mut file = SpillFile::open(folder.join(format!("journal-{instance}.append"))).await?;
        restore(&store, &instance, epoch, &mut file).await?;
        let (batches, receiver) = mpsc::channel(QUEUE);
        let (done, committed) = watch::channel(0);
        let (health, healthy) = watch::channel(true);
        let task =
            Writer { store, instance, epoch, file, done, health, taken: 0, backlog: VecDeque::new(), spilling: false };
        tokio::spawn(task.run(receiver));
        Ok((Self { batches, committed, last: 0 }, healthy))
    }

    /// Hands over a batch, waiting while the queue is full, and gives its number.
    ///
    /// # Errors
    /// [`JournalEnded`].
    pub async fn append(&mut self, entries: Vec<JournalEntry>) -> Result<u64, JournalEnded> {
        let rows = entries.iter().filter_map(row).collect();
        self.batches.send(rows).await.map_err(|_| JournalEnded)?;
        self.last += 1;
        Ok(self.last)
    }

    /// The number of the last batch on disk.
    pub fn committed(&self) -> watch::Receiver<u64> {
        self.committed.clone()
    }
}

/// A fact as a row; a fact that cannot be written as JSON is a mistake of ours and is said loudly.
pub fn row(entry: &JournalEntry) -> Option<JournalRow> {
    let body = match serde_json::to_value(&entry.fact) {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(%error, "a fact could not be written");
            return None;
        }
    };
    let kind = body.get("kind").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    Some(JournalRow {
        at_ms: entry.at.0,
        call_id: entry.call.as_ref().map(|call| call.0.clone()),
        kind,
        version: 1,
        body,
    })
}

/// A row as a fact; none for rows of a kind this build does not know.
pub fn entry(row: &JournalRow) -> Option<JournalEntry> {
    let fact = serde_json::from_value(row.body.clone()).ok()?;
    let call = row.call_id.as_deref().map(cordboard_core::CallId::from);
    Some(JournalEntry { at: cordboard_core::UtcMs(row.at_ms), call, fact })
}

/// Brings what the file holds into the store, leaving out what had arrived there before the stop.
async fn restore(store: &Store, instance: &str, epoch: u64, file: &mut SpillFile) -> Result<(), anyhow::Error> {
    let rows = file.read().await?;
    if rows.is_empty() {
        return Ok(());
    }
    let position = store.journal_position(instance).await?.last_seq;
    let tail = store.rows_after(instance, position.saturating_sub(u64::from(TAIL)), TAIL).await?;
    let missing: Vec<JournalRow> = rows.into_iter().filter(|row| !tail.iter().any(|kept| &kept.row == row)).collect();
    tracing::warn!(instance, rows = missing.len(), "rows of the append file are brought into the store");
    if !missing.is_empty() {
        store.append(instance, epoch, &missing).await?;
    }
    file.clear().await?;
    Ok(())
}

struct Writer {
    store: Store,
    instance: String,
    epoch: u64,
    file: SpillFile,
    done: watch::Sender<u64>,
    health: watch::Sender<bool>,
    /// Batches taken so far.
    taken: u64,
    /// Rows that are not in the store yet.
    backlog: VecDeque<JournalRow>,
    /// Whether the backlog is in the append file.
    spilling: bool,
}

/// How an attempt to reach the store ended.
enum Attempt {
    Stored(usize),
    Failed(StoreError),
    Ended,
}

impl Writer {
    async fn run(mut self, mut batches: mpsc::Receiver<Vec<JournalRow>>) {
        loop {
            if self.backlog.is_empty() {
                match batches.recv().await {
                    Some(rows) => self.take(rows),
                    None => return,
                }
            }
            while self.backlog.len() < GROUP
                && !self.spilling
                && let Ok(rows) = batches.try_recv()
            {
                self.take(rows);
            }
            let rows: Vec<JournalRow> = self.backlog.iter().take(GROUP).cloned().collect();
            match self.attempt(rows, &mut batches).await {
                Attempt::Stored(count) => {
                    self.backlog.drain(..count);
                    if !self.stored().await {
                        return;
                    }
                }
                Attempt::Failed(StoreError::Fenced { .. }) => {
                    tracing::error!(instance = self.instance, "another node owns this instance now; this one stops");
                    return;
                }
                Attempt::Failed(error) => {
                    tracing::error!(instance = self.instance, %error, "the journal's store failed; the append file takes over");
                    metrics::counter!("cordboard_journal_failures_total", "instance" => self.instance.clone())
                        .increment(1);
                    if !self.wait_spilling(&mut batches).await {
                        return;
                    }
                }
                Attempt::Ended => return,
            }
        }
    }

    fn take(&mut self, rows: Vec<JournalRow>) {
        self.taken += 1;
        self.backlog.extend(rows);
    }

    /// One transaction. While it stalls, batches go to the append file; the transaction is never abandoned, because
    /// it might still succeed.
    async fn attempt(&mut self, rows: Vec<JournalRow>, batches: &mut mpsc::Receiver<Vec<JournalRow>>) -> Attempt {
        let count = rows.len();
        let (store, instance, epoch) = (self.store.clone(), self.instance.clone(), self.epoch);
        let mut append = pin!(async move { store.append(&instance, epoch, &rows).await });
        let mut stall = pin!(tokio::time::sleep(STALL));
        loop {
            tokio::select! {
                result = &mut append => return match result {
                    Ok(_) => Attempt::Stored(count),
                    Err(error) => Attempt::Failed(error),
                },
                () = &mut stall, if !self.spilling => {
                    if !self.start_spilling().await {
                        return Attempt::Ended;
                    }
                }
                Some(rows) = batches.recv(), if self.spilling => {
                    if !self.spill(rows).await {
                        return Attempt::Ended;
                    }
                }
            }
        }
    }

    /// The store took rows: tells who waits, and lets the append file go once it holds nothing that is missing.
    async fn stored(&mut self) -> bool {
        if self.backlog.is_empty() && self.spilling {
            if let Err(error) = self.file.clear().await {
                tracing::error!(instance = self.instance, %error, "the append file could not be emptied");
                return false;
            }
            self.spilling = false;
            self.health.send_replace(true);
            tracing::info!(instance = self.instance, "the store has everything again");
        }
        // A backlog longer than one group holds batches that are not committed yet.
        if self.backlog.is_empty() || self.spilling {
            self.done.send_replace(self.taken);
        }
        true
    }

    async fn start_spilling(&mut self) -> bool {
        self.spilling = true;
        self.health.send_replace(false);
        tracing::warn!(
            instance = self.instance,
            rows = self.backlog.len(),
            "the store stalls; the append file takes over"
        );
        let rows: Vec<JournalRow> = self.backlog.iter().cloned().collect();
        self.write_file(rows).await
    }

    async fn spill(&mut self, rows: Vec<JournalRow>) -> bool {
        self.take(rows.clone());
        self.write_file(rows).await
    }

    async fn write_file(&mut self, rows: Vec<JournalRow>) -> bool {
        match self.file.append(&rows).await {
            Ok(()) => {
                self.done.send_replace(self.taken);
                true
            }
            Err(error) => {
                tracing::error!(instance = self.instance, %error, "neither the store nor the append file takes anything");
                false
            }
        }
    }

    /// Lets the store rest, writing to the append file meanwhile.
    async fn wait_spilling(&mut self, batches: &mut mpsc::Receiver<Vec<JournalRow>>) -> bool {
        if !self.spilling && !self.start_spilling().await {
            return false;
        }
        let mut rest = pin!(tokio::time::sleep(RETRY));
        loop {
            tokio::select! {
                () = &mut rest => return true,
                Some(rows) = batches.recv() => {
                    if !self.spill(rows).await {
                        return false;
                    }
                }
            }
        }
    }
}

//! What happened, in order: appended in batches by the one node that owns the instance, and fenced by its epoch.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use serde_json::Value as Json;

use crate::{
    Result, Store, StoreError,
    sql::{self, Row, places, values},
};

/// The kind of the row that ends a call: a call without one is unfinished.
pub const CALL_ENDED: &str = "call_ended";

/// SQLite allows 32,766 values in a statement; a row has 8.
const ROWS_A_STATEMENT: usize = 500;

/// A row to be appended. Instance, epoch and sequence number are added.
#[derive(Debug, Clone, PartialEq)]
pub struct JournalRow {
    /// When.
    pub at_ms: i64,
    /// The call it belongs to.
    pub call_id: Option<String>,
    /// What happened; [`CALL_ENDED`] is the one word known here.
    pub kind: String,
    /// The version of the body's form.
    pub version: u32,
    /// The particulars.
    pub body: Json,
}

/// A row as kept.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRow {
    /// Its place: 1, 2, 3 … without gaps.
    pub seq: u64,
    /// The epoch of the node that wrote it.
    pub epoch: u64,
    /// What was appended.
    pub row: JournalRow,
}

/// Where an instance's journal stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JournalPosition {
    /// The epoch of its owner; 0: nobody ever.
    pub epoch: u64,
    /// The last row's place; 0: no row.
    pub last_seq: u64,
}

impl Store {
    /// Makes the caller the owner of an instance's journal. Whoever was it finds itself fenced.
    pub async fn claim_epoch(&self, instance: &str) -> Result<u64> {
        let sql = "INSERT INTO epochs (instance_id, epoch, last_seq) VALUES ($1, 1, 0)
             ON CONFLICT (instance_id) DO UPDATE SET epoch = epochs.epoch + 1 RETURNING epoch";
        match sql::one(&self.writer, sql, values![instance]).await? {
            Some(row) => row.unsigned("epoch"),
            None => Err(StoreError::Unavailable { reason: "no epoch came back".to_owned() }),
        }
    }

    /// Where the journal stands. After [`StoreError::Unavailable`] from [`Store::append`] this tells whether the
    /// batch was kept: its last row is there, or none of it is.
    pub async fn journal_position(&self, instance: &str) -> Result<JournalPosition> {
        let sql = "SELECT epoch, last_seq FROM epochs WHERE instance_id = $1";
        // Asked where it was written, so that the answer is never older than the question.
        let Some(row) = sql::one(&self.writer, sql, values![instance]).await? else { return Ok(Default::default()) };
        Ok(JournalPosition { epoch: row.unsigned("epoch")?, last_seq: row.unsigned("last_seq")? })
    }

    /// Appends rows in one transaction, on disk when it returns; says the last row's place.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when another node has claimed the instance since: nothing was kept.
    pub async fn append(&self, instance: &str, epoch: u64, rows: &[JournalRow]) -> Result<u64> {
        let fenced = || StoreError::Fenced { instance: instance.to_owned(), epoch };
        let (Ok(epoch_value), Ok(count)) = (i64::try_from(epoch), i64::try_from(rows.len())) else {
            return Err(fenced());
        };
        let tx = self.begin().await?;
        // This row's lock puts appends one after the other, and its condition is the fence.
        let sql = "UPDATE epochs SET last_seq = last_seq + $3 WHERE instance_id = $1 AND epoch = $2 RETURNING last_seq";
        let Some(row) = sql::one(&tx, sql, values![instance, epoch_value, count]).await? else {
            return Err(fenced());
        };
        let last: i64 = row.get("last_seq")?;
        let mut seq = last - count;
        for chunk in rows.chunks(ROWS_A_STATEMENT) {
            let mut bound = Vec::with_capacity(chunk.len() * 8);
            for row in chunk {
                seq += 1;
                let body = sql::json_text(&row.body)?;
                let version = i64::from(row.version);
                bound.extend(values![
                    instance,
                    seq,
                    epoch_value,
                    row.at_ms,
                    row.call_id.clone(),
                    &*row.kind,
                    version,
                    body
                ]);
            }
            let sql = format!(
                "INSERT INTO journal (instance_id, seq, epoch, at_ms, call_id, kind, version, body) VALUES {}",
                places(chunk.len(), 8)
            );
            sql::run(&tx, &sql, bound).await?;
        }
        tx.commit().await?;
        Ok(u64::try_from(last).unwrap_or(0))
    }

    /// Rows after a place, in order: for what follows the journal.
    pub async fn rows_after(&self, instance: &str, seq: u64, limit: u32) -> Result<Vec<StoredRow>> {
        let sql = "SELECT * FROM journal WHERE instance_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";
        let seq = i64::try_from(seq).unwrap_or(i64::MAX);
        sql::all(&self.reader, sql, values![instance, seq, i64::from(limit)]).await?.iter().map(read).collect()
    }

    /// A call's rows, in order.
    pub async fn rows_of_call(&self, instance: &str, call_id: &str) -> Result<Vec<StoredRow>> {
        let sql = "SELECT * FROM journal WHERE instance_id = $1 AND call_id = $2 ORDER BY seq";
        sql::all(&self.reader, sql, values![instance, call_id]).await?.iter().map(read).collect()
    }

    /// Calls that have no [`CALL_ENDED`] row, each with its rows in order; the call that began first comes first.
    pub async fn unfinished_calls(&self, instance: &str) -> Result<Vec<(String, Vec<StoredRow>)>> {
        let sql = "SELECT * FROM journal j
             WHERE j.instance_id = $1 AND j.call_id IS NOT NULL AND NOT EXISTS
                 (SELECT 1 FROM journal e
                  WHERE e.instance_id = j.instance_id AND e.call_id = j.call_id AND e.kind = 'call_ended')
             ORDER BY j.seq";
        let mut calls: Vec<(String, Vec<StoredRow>)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for row in sql::all(&self.reader, sql, values![instance]).await? {
            let row = read(&row)?;
            let call_id = row.row.call_id.clone().unwrap_or_default();
            let place = *places.entry(call_id.clone()).or_insert(calls.len());
            match calls.get_mut(place) {
                Some((_, rows)) => rows.push(row),
                None => calls.push((call_id, vec![row])),
            }
        }
        Ok(calls)
    }

    /// How far a follower has come; 0: it has not begun.
    pub async fn cursor(&self, instance: &str, name: &str) -> Result<u64> {
        let sql = "SELECT seq FROM cursors WHERE instance_id = $1 AND name = $2";
        sql::one(&self.reader, sql, values![instance, name]).await?.map_or(Ok(0), |row| row.unsigned("seq"))
    }

    /// Notes how far a follower has come. It never goes back.
    pub async fn set_cursor(&self, instance: &str, name: &str, seq: u64) -> Result<()> {
        set_cursor_in(&self.writer, instance, name, seq).await
    }

    /// Forgets rows older than a time, at most `limit` at once so that appends never wait long; says how many.
    /// Rows of unfinished calls stay, and so do rows that a follower has not read.
    pub async fn prune_journal(&self, instance: &str, before_ms: i64, limit: u32) -> Result<u64> {
        let sql = "DELETE FROM journal WHERE instance_id = $1 AND seq IN
             (SELECT j.seq FROM journal j
              WHERE j.instance_id = $1 AND j.at_ms < $2
                AND j.seq <= COALESCE((SELECT MIN(c.seq) FROM cursors c WHERE c.instance_id = $1), j.seq)
                AND (j.call_id IS NULL OR EXISTS
                     (SELECT 1 FROM journal e WHERE e.instance_id = $1 AND e.call_id = j.call_id
                        AND e.kind = 'call_ended' AND e.at_ms < $2))
                -- The end goes last: without it the rest would look like an unfinished call.
                AND (j.kind <> 'call_ended' OR NOT EXISTS
                     (SELECT 1 FROM journal r WHERE r.instance_id = $1 AND r.call_id = j.call_id AND r.seq <> j.seq))
              ORDER BY j.at_ms LIMIT $3)";
        Ok(sql::run(&self.writer, sql, values![instance, before_ms, i64::from(limit)]).await?)
    }
}

/// Notes how far a follower has come, inside a transaction or alone.
pub(crate) async fn set_cursor_in<C: ConnectionTrait>(on: &C, instance: &str, name: &str, seq: u64) -> Result<()> {
    let sql = "INSERT INTO cursors (instance_id, name, seq) VALUES ($1, $2, $3)
         ON CONFLICT (instance_id, name) DO UPDATE SET seq = excluded.seq WHERE cursors.seq < excluded.seq";
    sql::run(on, sql, values![instance, name, i64::try_from(seq).unwrap_or(i64::MAX)]).await?;
    Ok(())
}

fn read(row: &Row) -> Result<StoredRow> {
    let version: i64 = row.get("version")?;
    Ok(StoredRow {
        seq: row.unsigned("seq")?,
        epoch: row.unsigned("epoch")?,
        row: JournalRow {
            at_ms: row.get("at_ms")?,
            call_id: row.get("call_id")?,
            kind: row.get("kind")?,
            version: u32::try_from(version)
                .map_err(|_| StoreError::BadRow { reason: format!("journal version {version}") })?,
            body: row.json("body")?,
        },
    })
}

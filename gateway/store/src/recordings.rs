//! Where the recordings of calls are, and what is missing in them.

use serde::{Deserialize, Serialize};

use crate::{
    Result, Store,
    sql::{self, Row, Where, values},
};

/// The recording of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recording {
    /// The call.
    pub call_id: String,
    /// The file, relative to the folder or bucket of recordings.
    pub file: String,
    /// When it begins.
    pub started_ms: i64,
    /// How long it is.
    pub duration_ms: i64,
    /// How large it is.
    pub size_bytes: u64,
    /// What could not be got.
    pub gaps: Vec<RecordingGap>,
    /// Whether the sound file is finished.
    pub ready: bool,
}

/// A stretch in which nothing arrived from a side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingGap {
    /// `caller` or `heard`.
    pub side: String,
    /// Where it begins in the recording.
    pub at_ms: i64,
    /// How long it is.
    pub length_ms: i64,
    /// Why.
    pub reason: String,
}

impl Store {
    /// Keeps what is known of a recording, in place of what was known before.
    pub async fn put_recording(&self, instance: &str, recording: &Recording) -> Result<()> {
        let sql = "INSERT INTO recordings
                 (instance_id, call_id, file, started_ms, duration_ms, size_bytes, gaps, ready)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (instance_id, call_id) DO UPDATE SET file = excluded.file, started_ms = excluded.started_ms,
                 duration_ms = excluded.duration_ms, size_bytes = excluded.size_bytes, gaps = excluded.gaps,
                 ready = excluded.ready";
        let r = recording;
        let size = i64::try_from(r.size_bytes).unwrap_or(i64::MAX);
        let gaps = sql::json_text(&r.gaps)?;
        let values = values![instance, &*r.call_id, &*r.file, r.started_ms, r.duration_ms, size, gaps, r.ready];
        sql::run(&self.writer, sql, values).await?;
        Ok(())
    }

    /// The recording of a call.
    pub async fn recording(&self, instance: &str, call_id: &str) -> Result<Option<Recording>> {
        let sql = "SELECT * FROM recordings WHERE instance_id = $1 AND call_id = $2";
        sql::one(&self.reader, sql, values![instance, call_id]).await?.map(|row| read(&row)).transpose()
    }

    /// The recordings of some calls, in one query.
    pub async fn recordings_of(&self, instance: &str, call_ids: &[String]) -> Result<Vec<Recording>> {
        let mut condition = Where::instance("instance_id", instance);
        condition.and_in("call_id", call_ids.iter().map(String::as_str));
        let sql = format!("SELECT * FROM recordings WHERE {}", condition.text());
        sql::all(&self.reader, &sql, condition.values()).await?.iter().map(read).collect()
    }

    /// Recordings whose sound file was never finished: for a restart.
    pub async fn unfinished_recordings(&self, instance: &str) -> Result<Vec<Recording>> {
        let sql = "SELECT * FROM recordings WHERE instance_id = $1 AND NOT ready ORDER BY started_ms";
        sql::all(&self.reader, sql, values![instance]).await?.iter().map(read).collect()
    }
}

fn read(row: &Row) -> Result<Recording> {
    Ok(Recording {
        call_id: row.get("call_id")?,
        file: row.get("file")?,
        started_ms: row.get("started_ms")?,
        duration_ms: row.get("duration_ms")?,
        size_bytes: row.unsigned("size_bytes")?,
        gaps: row.json("gaps")?,
        ready: row.get("ready")?,
    })
}

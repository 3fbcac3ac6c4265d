//! The append file: journal rows as JSON lines, synced to disk, for as long as the store does not answer.

use std::{io, path::PathBuf};

use cordboard_store::JournalRow;
use serde::{Deserialize, Serialize};
use tokio::{
    fs::{File, OpenOptions},
    io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt},
};

/// One row as a line.
#[derive(Serialize, Deserialize)]
struct Line {
    at_ms: i64,
    call_id: Option<String>,
    kind: String,
    version: u32,
    body: serde_json::Value,
}

/// The file, open for appending.
pub struct SpillFile {
    file: File,
    path: PathBuf,
}

impl SpillFile {
    /// Opens or makes it.
    ///
    /// # Errors
    /// The system's.
    pub async fn open(path: PathBuf) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).read(true).append(true).open(&path).await?;
        Ok(Self { file, path })
    }

    /// Everything in it. A last line that was cut off by a crash was never reported as written and is left out.
    ///
    /// # Errors
    /// The system's, or `InvalidData` for a broken line before the last.
    pub async fn read(&mut self) -> io::Result<Vec<JournalRow>> {
        let mut text = String::new();
        self.file.rewind().await?;
        self.file.read_to_string(&mut text).await?;
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole.lines().enumerate().map(|(at, line)| self.parse(at, line)).collect()
    }

    fn parse(&self, at: usize, line: &str) -> io::Result<JournalRow> {
        let line: Line = serde_json::from_str(line).map_err(|error| {
            let place = format!("{}:{}: {error}; move the file away to start without it", self.path.display(), at + 1);
            io::Error::new(io::ErrorKind::InvalidData, place)
        })?;
        let Line { at_ms, call_id, kind, version, body } = line;
        Ok(JournalRow { at_ms, call_id, kind, version, body })
    }

    /// Appends rows and waits until they are on disk.
    ///
    /// # Errors
    /// The system's.
    pub async fn append(&mut self, rows: &[JournalRow]) -> io::Result<()> {
        let mut text = Vec::new();
        for row in rows {
            let JournalRow { at_ms, call_id, kind, version, body } = row.clone();
            serde_json::to_writer(&mut text, &Line { at_ms, call_id, kind, version, body })?;
            text.push(b'\n');
        }
        self.file.write_all(&text).await?;
        self.file.sync_data().await
    }

    /// Empties it.
    ///
    /// # Errors
    /// The system's.
    pub async fn clear(&mut self) -> io::Result<()> {
        self.file.set_len(0).await?;
        self.file.sync_data().await
    }
}

//! The one thread that writes recordings while calls last.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use super::Opening;
use super::finaliser::Finished;
use crate::endpoint::RecordingId;
use crate::event::RelayEvent;
use crate::herald::Herald;

/// Between two appends: what a crash of the process can cost, at most.
const APPEND_EVERY: Duration = Duration::from_millis(40);

struct Active {
    id: RecordingId,
    rec: PathBuf,
    file: File,
    ring: rtrb::Consumer<u8>,
}

pub(super) struct Writer {
    folder: PathBuf,
    herald: Herald,
    finished: Sender<Finished>,
    active: Vec<Active>,
}

impl Writer {
    pub fn new(folder: PathBuf, herald: Herald, finished: Sender<Finished>) -> Self {
        Self { folder, herald, finished, active: Vec::new() }
    }

    /// Runs until nobody can open recordings any more and all are written.
    pub fn run(mut self, openings: &Receiver<Opening>) {
        let mut open = true;
        let mut next = Instant::now();
        while open || !self.active.is_empty() {
            let opening = if self.active.is_empty() && open {
                openings.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else if open {
                openings.recv_timeout(next.saturating_duration_since(Instant::now()))
            } else {
                std::thread::sleep(next.saturating_duration_since(Instant::now()));
                Err(RecvTimeoutError::Timeout)
            };
            match opening {
                Ok(opening) => self.open(opening),
                Err(RecvTimeoutError::Disconnected) => open = false,
                Err(RecvTimeoutError::Timeout) => {}
            }
            let now = Instant::now();
            if now >= next {
                next = now + APPEND_EVERY;
                self.append();
            }
        }
    }

    fn open(&mut self, opening: Opening) {
        let Opening { id, ring } = opening;
        match create(&self.folder, &id) {
            Ok((rec, file)) => self.active.push(Active { id, rec, file, ring }),
            Err(error) => self.fail(&id, &error),
        }
    }

    fn append(&mut self) {
        let mut index = 0;
        while let Some(active) = self.active.get_mut(index) {
            // Asked before reading: what is in the ring of an ended recording is then all there will be.
            let ended = active.ring.is_abandoned();
            match drain(active) {
                Ok(()) if !ended => index += 1,
                Ok(()) => {
                    let Active { id, rec, .. } = self.active.swap_remove(index);
                    if self.finished.send(Finished { id, rec }).is_err() {
                        tracing::error!("the finaliser of recordings is gone");
                    }
                }
                Err(error) => {
                    let id = self.active.swap_remove(index).id;
                    self.fail(&id, &error);
                }
            }
        }
    }

    fn fail(&self, id: &RecordingId, error: &std::io::Error) {
        tracing::error!(%error, recording = id.as_str(), "a recording cannot be written");
        self.herald.tell(RelayEvent::RecordingFailed { recording: id.as_str().to_owned(), reason: error.to_string() });
    }
}

fn drain(active: &mut Active) -> std::io::Result<()> {
    let length = active.ring.slots();
    if length == 0 {
        return Ok(());
    }
    let Ok(chunk) = active.ring.read_chunk(length) else { return Ok(()) };
    let (first, second) = chunk.as_slices();
    active.file.write_all(first)?;
    active.file.write_all(second)?;
    chunk.commit_all();
    Ok(())
}

/// Makes `<id>.rec`, or `<id>-2.rec` and so on where a call is recorded in parts. Nothing is ever overwritten.
fn create(folder: &Path, id: &RecordingId) -> std::io::Result<(PathBuf, File)> {
    const PARTS: u32 = 1_000;
    for part in 1..=PARTS {
        let stem = if part == 1 { id.as_str().to_owned() } else { format!("{}-{part}", id.as_str()) };
        if folder.join(format!("{stem}.wav")).exists() {
            continue;
        }
        let rec = folder.join(format!("{stem}.rec"));
        match OpenOptions::new().create_new(true).append(true).open(&rec) {
            Ok(file) => return Ok((rec, file)),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(std::io::Error::other("the call has too many recordings"))
}

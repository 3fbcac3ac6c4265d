//! Notes finished recordings in the store, one after the other, so that the centre never waits for it.

use std::path::PathBuf;

use cordboard_relay::{FinishedRecording, RecordingGap};
use cordboard_store::{Recording, Store};
use tokio::sync::mpsc;

/// A handle on the task.
#[derive(Debug, Clone)]
pub struct Recordings {
    finished: mpsc::Sender<Finished>,
}

/// A recording that is to be noted.
#[derive(Debug)]
pub(crate) struct Finished {
    call: String,
    wav: PathBuf,
    gaps: Vec<RecordingGap>,
    duration_ms: u64,
}

impl From<FinishedRecording> for Finished {
    fn from(finished: FinishedRecording) -> Self {
        let FinishedRecording { recording, wav, gaps, duration_ms, .. } = finished;
        Self { call: recording, wav, gaps, duration_ms }
    }
}

/// Recordings that may wait for the store. One that finds no place is noted by the next start, which looks at the
/// files.
const QUEUE: usize = 4_096;

impl Recordings {
    /// Starts the task for an instance.
    pub fn start(store: Store, instance: String) -> Self {
        let (finished, mut queue) = mpsc::channel::<Finished>(QUEUE);
        tokio::spawn(async move {
            while let Some(done) = queue.recv().await {
                note(&store, &instance, done).await;
            }
        });
        Self { finished }
    }

    /// A recording's WAV is complete.
    pub fn done(&self, call: String, wav: PathBuf, gaps: Vec<RecordingGap>, duration_ms: u64) {
        if let Err(error) = self.finished.try_send(Finished { call, wav, gaps, duration_ms }) {
            tracing::error!(%error, "a finished recording could not be noted; the next start finds it");
        }
    }
}

/// Notes a finished recording.
pub(crate) async fn note(store: &Store, instance: &str, done: Finished) {
    let size_bytes = tokio::fs::metadata(&done.wav).await.map_or(0, |file| file.len());
    let file = done.wav.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let duration_ms = i64::try_from(done.duration_ms).unwrap_or(i64::MAX);
    let gaps = done.gaps.into_iter().map(|gap| cordboard_store::RecordingGap {
        side: if gap.channel == 1 { "caller" } else { "agent" }.to_owned(),
        at_ms: i64::try_from(gap.at_ms).unwrap_or(i64::MAX),
        length_ms: i64::try_from(gap.length_ms).unwrap_or(i64::MAX),
        reason: gap.reason,
    });
    let recording = Recording {
        call_id: done.call,
        file,
        started_ms: crate::centre::clock::utc_ms() - duration_ms,
        duration_ms,
        size_bytes,
        gaps: gaps.collect(),
        ready: true,
    };
    if let Err(error) = store.put_recording(instance, &recording).await {
        tracing::error!(instance, %error, "a finished recording could not be noted; the next start finds it");
    }
}

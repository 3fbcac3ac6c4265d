//! Makes the WAV of a recording that has ended, after a call or after a crash; one at a time, in the background.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;

use cordboard_media::recording::{Side, finalise};

use crate::endpoint::RecordingId;
use crate::event::{RecordingGap, RelayEvent};
use crate::herald::Herald;

/// A recording whose file is complete.
pub(super) struct Finished {
    pub id: RecordingId,
    pub rec: PathBuf,
}

/// A recording whose WAV is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedRecording {
    /// Its name: the file's, without extension.
    pub recording: String,
    /// The WAV.
    pub wav: PathBuf,
    /// What is missing in it.
    pub gaps: Vec<RecordingGap>,
    /// Length.
    pub duration_ms: u64,
    /// Whether the recording broke off: the process ended before the call.
    pub cut: bool,
}

/// Completes the recordings that a former process left in a folder: every `.rec` becomes a `.wav`. A file that
/// cannot be completed is kept and named in the log. To be called before [`Relay::start`](crate::Relay::start)
/// records into the same folder.
pub fn finalise_leftovers(folder: &Path) -> io::Result<Vec<FinishedRecording>> {
    let mut finished = Vec::new();
    for path in fs::read_dir(folder)?.flatten().map(|entry| entry.path()) {
        if path.extension().is_none_or(|extension| extension != "rec") {
            continue;
        }
        match complete(&path) {
            Ok(recording) => finished.push(recording),
            Err(error) => tracing::error!(%error, "a recording of a former run cannot be completed"),
        }
    }
    finished.sort_by(|one, other| one.recording.cmp(&other.recording));
    Ok(finished)
}

pub(super) fn run(finished: &Receiver<Finished>, herald: &Herald) {
    crate::threads::be_quiet();
    while let Ok(Finished { id, rec }) = finished.recv() {
        let recording = id.as_str().to_owned();
        herald.tell(match complete(&rec) {
            Ok(done) => {
                RelayEvent::RecordingDone { recording, wav: done.wav, gaps: done.gaps, duration_ms: done.duration_ms }
            }
            Err(error) => {
                tracing::error!(%error, recording, "a recording cannot be completed");
                RelayEvent::RecordingFailed { recording, reason: error.to_string() }
            }
        });
    }
}

/// Makes the WAV beside the recording, whole or not at all, and removes the recording once the WAV is on disk.
fn complete(rec: &Path) -> io::Result<FinishedRecording> {
    let (part, wav) = (rec.with_extension("wav.part"), rec.with_extension("wav"));
    let out = BufWriter::with_capacity(256 * 1024, File::create(&part)?);
    let summary = finalise(File::open(rec)?, out).map_err(io::Error::other)?;
    File::open(&part)?.sync_all()?;
    fs::rename(&part, &wav)?;
    fs::remove_file(rec)?;
    let channel = |side: Side| if side == Side::Caller { 1 } else { 2 };
    let gaps = summary
        .gaps
        .iter()
        .map(|gap| RecordingGap {
            channel: channel(gap.side),
            at_ms: gap.at_ms,
            length_ms: gap.length_ms,
            reason: gap.reason.name().to_owned(),
        })
        .collect();
    let recording = rec.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
    Ok(FinishedRecording { recording, wav, gaps, duration_ms: summary.duration_ms, cut: summary.cut })
}

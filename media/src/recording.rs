//! Recordings of calls: an append format that keeps what arrived, and the finaliser that makes a stereo WAV of it.
//!
//! During a call nothing is decoded. [`RecordWriter`] turns each packet into a record in a buffer of fixed size
//! that the media worker appends to a file every 50 ms. Afterwards, or after a crash, [`finalise`] reads whatever
//! the file holds, puts both sides on one clock and names every gap.
//!
//! The file, all numbers little-endian:
//!
//! ```text
//! header  "CBREC\0" | version u8 = 1 | 0 u8 | start, microseconds of the arrival clock u64 | start, UTC ms i64
//! record  0xC5 0x5C | kind u8 | side u8 | length of the rest u16 | time, microseconds of the arrival clock u64 | rest
//! rest    kind 1, packet: codec u8 | RTP header, 12 bytes as on the wire | payload
//!         kind 2, note:   note u8
//! ```
//!
//! Nothing in it points to anything else, so a file cut at any byte loses only what was behind the cut; a reader
//! that meets damage looks for the next record.

mod clock;
mod decoders;
mod finaliser;
mod format;
mod painter;
mod reader;

pub use finaliser::{FinaliseError, finalise};
pub use format::{FILE_HEADER_BYTES, FileHeader, Note, RecordWriter, Side, WriterFull};
pub use reader::{Reader, Record, RecordBody};

/// Why nothing was there to be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GapReason {
    /// This side had not sent anything yet.
    NotBegun,
    /// This side sent nothing more.
    Over,
    /// Packets were sent, by their sequence numbers, and did not arrive.
    Lost,
    /// The source paused: no packet is missing by its sequence numbers.
    Paused,
    /// Another source took over.
    SourceChanged,
    /// The call was on hold, as a note says.
    OnHold,
    /// Recording was switched off, as a note says.
    RecordingPaused,
    /// The recorder could not keep up and threw packets away, as a note says.
    NotWritten,
    /// Packets arrived that cannot be decoded.
    Undecodable,
    /// The file is cut off or damaged here.
    FileDamaged,
}

impl GapReason {
    /// Its name in stored lists.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotBegun => "not_begun",
            Self::Over => "over",
            Self::Lost => "lost",
            Self::Paused => "paused",
            Self::SourceChanged => "source_changed",
            Self::OnHold => "on_hold",
            Self::RecordingPaused => "recording_paused",
            Self::NotWritten => "not_written",
            Self::Undecodable => "undecodable",
            Self::FileDamaged => "file_damaged",
        }
    }
}

/// A span of more than 60 ms in which one side has no sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordingGap {
    /// Whose sound is missing.
    pub side: Side,
    /// When it begins, from the start of the recording.
    pub at_ms: u64,
    /// How long it lasts.
    pub length_ms: u64,
    /// Why.
    pub reason: GapReason,
}

/// What a recording turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingSummary {
    /// Length of the WAV.
    pub duration_ms: u64,
    /// UTC of its first sample, in milliseconds; `None` if even the header was cut.
    pub start_utc_ms: Option<i64>,
    /// Packets of the caller, and of what the caller heard, that are in it.
    pub packets: [u64; 2],
    /// Whether the file lacks its end or is damaged.
    pub cut: bool,
    /// Every gap of more than 60 ms, by time.
    pub gaps: Vec<RecordingGap>,
}

//! The jitter buffer: packets go in as they arrive and come out in order, at the pace of the listener.
//!
//! It owns order, time and delay, and never looks into sound; decoding and concealment are in [`crate::playout`],
//! which most callers want instead. Its parts:
//!
//! * `timeline` maps sequence numbers and timestamps of whatever source is speaking onto one line of time;
//! * `arrivals` learns from the packets' delays how long to hold them;
//! * `store` keeps the packets, `seen` remembers which have come;
//! * `buffer` decides what is played next.
//!
//! All spans inside are in *units* of 1/48000 s, the clock of Opus and six times that of G.711.

mod arrivals;
mod buffer;
mod seen;
mod store;
mod timeline;

pub use buffer::{Frame, Gap, JitterBuffer, Pop, Pushed};

/// Units of a second.
pub const UNITS_HZ: u32 = 48_000;
/// Units of 20 ms.
pub const FRAME_UNITS: u32 = 960;
/// Units of a millisecond.
const UNITS_PER_MS: i64 = 48;

/// Who makes up for a depth that is not the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adjustment {
    /// The buffer, by inserting and dropping whole frames: right for a caller that only forwards payloads.
    WholeFrames,
    /// The caller, by stretching sound as [`JitterBuffer::lag_units`] tells; the buffer acts only beyond 100 ms.
    ByCaller,
}

/// Bounds of a [`JitterBuffer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JitterConfig {
    /// The shortest delay it aims at.
    pub min_delay_ms: u16,
    /// The longest delay it aims at.
    pub max_delay_ms: u16,
    /// Packets kept; the oldest gives way to a new one.
    pub capacity: u16,
    /// The longest payload kept; longer ones are refused.
    pub max_payload_bytes: u16,
    /// Who corrects the depth.
    pub adjustment: Adjustment,
}

impl Default for JitterConfig {
    /// 20 to 200 ms, 64 packets of up to 1,300 bytes, whole frames.
    fn default() -> Self {
        Self {
            min_delay_ms: 20,
            max_delay_ms: 200,
            capacity: 64,
            max_payload_bytes: 1_300,
            adjustment: Adjustment::WholeFrames,
        }
    }
}

/// What has happened to the packets of a stream so far.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct JitterStats {
    /// Packets that arrived, duplicates and strays aside.
    pub received: u64,
    /// Packets that never arrived, by their sequence numbers.
    pub lost: u64,
    /// Frames of lost packets that were played from a copy (RFC 2198).
    pub recovered: u64,
    /// Packets that arrived after their time to be played.
    pub late: u64,
    /// Packets that arrived before one sent earlier.
    pub reordered: u64,
    /// Packets that arrived twice.
    pub duplicates: u64,
    /// Packets of a source already left, or far out of line.
    pub strays: u64,
    /// Packets that are too long, empty, or not of their codec.
    pub refused: u64,
    /// Packets thrown away unplayed because too many had gathered.
    pub discarded: u64,
    /// Changes of source and jumps of its clock.
    pub resyncs: u64,
    /// Time that had to be filled while the source was speaking, in milliseconds.
    pub concealed_ms: u64,
    /// The delay now aimed at, in milliseconds.
    pub target_ms: u32,
    /// The delay packets now have between arriving on time and being played, in milliseconds.
    pub depth_ms: u32,
    /// Interarrival jitter as RFC 3550 §6.4.1 defines it, in milliseconds.
    pub jitter_ms: f32,
}

//! Redundant audio (RFC 2198): each packet carries, beside its own frame, copies of frames sent before.
//!
//! It owns the shape of such payloads and the choice of copies. Where a copy belongs in time, and whether it is still
//! wanted, is the jitter buffer's business ([`crate::playout::PlayoutDecoder::push_redundant`]); the payload type and
//! `a=fmtp:<red> <pt>/<pt>` are SDP's.
//!
//! ```text
//! 1 pt(7) offset(14) length(10)   for each copy, oldest first
//! 0 pt(7)                         for the frame itself
//! copies' bytes …, the frame's bytes
//! ```
//!
//! What it gains and costs is in `docs/benchmarks/concealment.md`.

mod blocks;
mod packer;

pub use blocks::{Block, Blocks, RedundancyError, blocks};
pub use packer::{Distances, Packer};

/// The most copies a packet may carry here; more blocks than one above this are not looked at.
pub const MOST_COPIES: usize = 4;
/// The name in `a=rtpmap`, with the clock of the codec inside: `red/48000/2` for Opus, `red/8000` for G.711.
pub const SDP_NAME: &str = "red";

/// The largest timestamp offset that fits its 14 bits.
const MOST_OFFSET: u32 = (1 << 14) - 1;
/// The longest copy that fits its 10 bits.
const MOST_COPY_BYTES: usize = (1 << 10) - 1;
/// Bytes of a copy's header, and of the frame's.
const COPY_HEADER_BYTES: usize = 4;
const FRAME_HEADER_BYTES: usize = 1;

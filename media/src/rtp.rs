//! RTP: the packet (RFC 3550 §5.1), arithmetic on its wrapping counters, and the [`Rewriter`] that makes one
//! continuous outgoing stream of changing sources.

mod header;
mod rewriter;
mod wrapping;

pub use header::{HEADER_BYTES, RtpError, RtpHeader, is_rtcp, parse};
pub use rewriter::{Rewriter, SourceKey};
pub use wrapping::{RtpTime, SequenceNumber, TimeExtender};

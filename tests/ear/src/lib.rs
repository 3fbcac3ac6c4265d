//! The ear: says whether what one mouth said was heard at another place, and where.
//!
//! [`listen`] compares recorded speech that was said with a recording of what was heard. It tolerates codecs, lost
//! packets, jitter buffers, gain, bandwidth and any offset, and tells two sentences of the same speaker apart. It
//! shares no code with the product, so a mistake there cannot hide itself here. `docs/decisions/0002-…` says why it
//! works this way; `tests/calibration.rs` holds the margins.

pub mod alaw;
mod features;
mod judge;
mod sound;
mod speech;

pub use judge::{
    HEARD, Piece, STRAY, Verdict, assert_heard, assert_heard_in_rounds, assert_not_heard, listen, listen_to_rounds,
};
pub use sound::Sound;
pub use speech::{Mouth, have_speech};

/// The rate everything is judged at.
pub const RATE_HZ: u32 = 8000;

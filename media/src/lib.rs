//! Sound without I/O.
//!
//! Everything here transforms values: bytes of a packet into a header and a payload, a payload into samples,
//! samples of many people into one mix. The contract of the whole crate:
//!
//! * **No I/O, no clock, no threads, no locks.** Time comes in as an argument, in microseconds of any clock that
//!   never runs backwards; sockets, files and sound cards belong to the callers.
//! * **No allocation per packet or frame.** Constructors allocate; after that, `push`, `pull`, `encode`, `decode`,
//!   `mix` and their like work in the buffers they have. `tests/allocates_nothing_per_frame.rs` counts.
//! * **No panic on any input.** Packets are hostile until parsed; a buffer of the wrong length gives an error or a
//!   shorter answer.
//!
//! Samples are `i16`, mono, at 8, 16 or 48 kHz, unless a function says otherwise. The recording finaliser and the
//! WAV reader are the exceptions to the second rule: they run beside calls, not in them, and allocate.

pub mod codec;
pub mod conceal;
pub mod drift;
pub mod dtmf;
pub mod emodel;
pub mod g711;
pub mod g722;
pub mod jitter;
pub mod level;
pub mod mixer;
pub mod opus_codec;
mod pitch;
pub mod playout;
pub mod recording;
pub mod redundancy;
pub mod resample;
pub mod rtp;
mod stretch;
pub mod tone;
pub mod varispeed;
pub mod wav;

pub use codec::Codec;

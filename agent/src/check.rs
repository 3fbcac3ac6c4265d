//! The shift check: what may keep this desk from a good call, found out in ten seconds and said in plain words.
//!
//! ```text
//! devices (a Rehearsal: silence, a soft rushing, a ring, a few words) ─┐
//! the path (the desk's own packets, sent back by the gateway) ─────────┼─► Measured ─► judge ─► [Finding]
//! the view (gateway, trunk) ───────────────────────────────────────────┘
//! ```
//!
//! Measuring is one thing and judging another: [`judge`] is a function of what was measured and nothing else.

mod course;
mod fault;
mod judge;
#[cfg(test)]
mod judge_tests;
mod measured;

pub use course::{Step, check_devices};
pub use fault::{Fault, Finding, Severity};
pub use judge::judge;
pub use measured::{DeviceCheck, LastShift, Measured, PathCheck, UsedDevice};

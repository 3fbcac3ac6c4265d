//! The whole-system stories, one file each, told through front doors only. `docs/testing.md` says how to run one.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod rigs_hear_each_other;

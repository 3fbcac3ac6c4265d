//! Stories of the real desktop window, one file each. `docs/testing.md` says how to run one.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![cfg(target_os = "linux")]

#[allow(dead_code, reason = "these stories check less than the others")]
#[path = "../stories/checks.rs"]
mod checks;

mod an_agent_takes_a_call_in_the_window;
mod the_desktop_follows_the_call;

//! The gateway's shell: it does and never decides. `cordboard-core` decides, `cordboard-sip` and `cordboard-relay`
//! carry signalling and sound, `cordboard-store` remembers; here they are put together and given their doors.

pub mod centre;
pub mod commands;
pub mod config;
pub mod customer;
pub mod demo;
mod folder;
mod housekeeping;
pub mod http;
pub mod journal;
pub mod node;
pub mod numbers;
pub mod operations;
mod parent;
pub mod recordings;
mod records;
mod shipped;
pub mod switchboard;

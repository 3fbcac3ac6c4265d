//! The relay in a process of its own, and the line of JSON by which it is told what to do.

pub mod child;
pub mod process;

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// What the bench asks of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// Opens a trunk leg whose far side is here.
    OpenTrunk { id: u64, remote: SocketAddr },
    /// Answers a desk's offer.
    OpenDesk { id: u64, sdp: String },
    /// These two hear each other; the first is recorded or not.
    Bridge { one: u64, other: u64, recorded: bool },
    /// Plays the library's music to a leg.
    Music { id: u64 },
    /// These all hear each other.
    Conference { ids: Vec<u64> },
    /// How many packets have been sent to these.
    Sent { ids: Vec<u64> },
}

/// What it answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is done.
    Done,
    /// A leg's address.
    Address(SocketAddr),
    /// A desk's answer.
    Sdp(String),
    /// Packets.
    Count(u64),
    /// It was not possible.
    Refused(String),
}

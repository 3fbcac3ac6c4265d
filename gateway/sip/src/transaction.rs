//! Transactions (RFC 3261 §17 as corrected by RFC 6026): what is retransmitted, what is absorbed, what times out.
//!
//! The machines know nothing of dialogs. A client transaction carries its [`Owner`], to whom responses and failures
//! are handed; a server transaction hands up requests it has not seen.

mod client;
mod outgoing;
mod server;

pub(crate) use client::{ClientAlarm, ClientFailure, ClientId, Clients};
pub(crate) use outgoing::{Outgoing, Owner, same_transaction};
pub(crate) use server::{AckMatch, Arrival, ServerAlarm, ServerId, Servers};

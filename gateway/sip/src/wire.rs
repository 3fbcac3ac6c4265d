//! What the engine asks of the network and learns from it, without touching it.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use bytes::Bytes;

use crate::config::{Timing, Transport};
use crate::message::Message;
use crate::timers::Timers;
use crate::transaction::ClientId;

/// One TCP connection, as long as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ConnectionId(pub(crate) u64);

/// How a message came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flow {
    pub(crate) transport: Transport,
    /// Which of our sockets of this transport.
    pub(crate) listener: usize,
    pub(crate) source: SocketAddr,
    pub(crate) connection: Option<ConnectionId>,
}

/// Where a message goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Destination {
    pub(crate) transport: Transport,
    /// Which of our sockets of this transport it leaves from (UDP), or names in Via (TCP).
    pub(crate) listener: usize,
    pub(crate) target: Target,
    /// The connection to use while it stands; `target` is connected to when it does not.
    pub(crate) connection: Option<ConnectionId>,
}

/// The far end of a destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Addr(SocketAddr),
    /// To be looked up when it is sent to.
    Name(String, u16),
}

impl Destination {
    pub(crate) fn is_reliable(&self) -> bool {
        self.transport == Transport::Tcp
    }
}

/// What the shell has to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Output {
    pub(crate) destination: Destination,
    pub(crate) bytes: Bytes,
    /// Who wants to know when it cannot be sent.
    pub(crate) client: Option<ClientId>,
}

/// What the shell has to tell.
#[derive(Debug)]
pub(crate) enum Input {
    Received(Flow, Message),
    ConnectionClosed { connection: ConnectionId, peer: SocketAddr },
    SendFailed(ClientId),
}

/// The clock, the deadlines and the outgoing messages: what every machine below needs.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) now: Instant,
    pub(crate) timing: Timing,
    pub(crate) timers: Timers,
    pub(crate) outputs: VecDeque<Output>,
}

impl Wire {
    pub(crate) fn new(now: Instant, timing: Timing) -> Self {
        Self { now, timing, timers: Timers::default(), outputs: VecDeque::new() }
    }

    pub(crate) fn send(&mut self, destination: &Destination, bytes: &Bytes, client: Option<ClientId>) {
        self.outputs.push_back(Output { destination: destination.clone(), bytes: bytes.clone(), client });
    }
}

//! Server transactions: INVITE (§17.2.1, RFC 6026 §7.1) and the others (§17.2.2).

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;

use crate::event::DialogId;
use crate::message::{Incoming, Method, via};
use crate::timers::{Alarm, TimerId};
use crate::wire::{Destination, Wire};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ServerId(u64);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServerAlarm {
    /// Timer G.
    Retransmit,
    /// Timers H, I, J and L.
    Forget,
}

/// What a request is to the transactions there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// A new transaction; it must be answered.
    New(ServerId),
    /// A repetition; it has been dealt with.
    Repeated,
    /// Another copy of a request that took another way (§8.2.2.2): 482.
    Merged(ServerId),
    /// There are too many.
    Full,
}

/// What an ACK is to the transactions there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AckMatch {
    /// It belonged to a failure and has been absorbed.
    Absorbed,
    /// It is for a 2xx: the dialog's.
    ForDialog,
}

/// ```text
///            INVITE                                          others
/// Proceeding ──2xx──▶ Accepted (L)                  Proceeding ──final──▶ Completed (J)
///      └──3xx-6xx──▶ Completed (G, H) ──ACK──▶ Confirmed (I)
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Proceeding,
    Completed { interval: Duration },
    Confirmed,
    Accepted,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    branch: String,
    sent_by: String,
    /// ACK counts as INVITE.
    method: Method,
}

/// What a request without a To tag is recognised by when it arrives twice.
type MergeKey = (String, String, u32, Method);

#[derive(Debug)]
struct Server {
    key: Key,
    merge_key: Option<MergeKey>,
    destination: Destination,
    leg: Option<DialogId>,
    last: Option<Bytes>,
    state: State,
    retransmit: Option<TimerId>,
    deadline: Option<TimerId>,
}

#[derive(Debug)]
pub(crate) struct Servers {
    by_id: HashMap<ServerId, Server>,
    by_key: HashMap<Key, ServerId>,
    merged: HashMap<MergeKey, ServerId>,
    next: u64,
    limit: usize,
}

impl Servers {
    pub(crate) fn new(limit: usize) -> Self {
        Self { by_id: HashMap::new(), by_key: HashMap::new(), merged: HashMap::new(), next: 0, limit }
    }

    /// Finds or makes the transaction of a request other than ACK; `destination` is where its responses go.
    pub(crate) fn on_request(&mut self, wire: &mut Wire, incoming: &Incoming, destination: Destination) -> Arrival {
        let key = key_of(incoming, incoming.method().clone());
        if let Some(id) = self.by_key.get(&key) {
            if let Some(server) = self.by_id.get(id)
                && server.state != State::Accepted
                && let Some(last) = &server.last
            {
                wire.send(&server.destination, last, None);
            }
            return Arrival::Repeated;
        }
        if self.by_id.len() >= self.limit {
            return Arrival::Full;
        }
        let merge_key = merge_key(incoming);
        let merged = merge_key.as_ref().is_some_and(|key| self.merged.contains_key(key));
        self.next += 1;
        let id = ServerId(self.next);
        if let Some(key) = merge_key.clone().filter(|_| !merged) {
            self.merged.insert(key, id);
        }
        self.by_key.insert(key.clone(), id);
        let merge_key = merge_key.filter(|_| !merged);
        let (leg, last, state) = (None, None, State::Proceeding);
        let server = Server { key, merge_key, destination, leg, last, state, retransmit: None, deadline: None };
        self.by_id.insert(id, server);
        if merged { Arrival::Merged(id) } else { Arrival::New(id) }
    }

    /// Takes in an ACK.
    pub(crate) fn on_ack(&mut self, wire: &mut Wire, incoming: &Incoming) -> AckMatch {
        let Some(id) = self.by_key.get(&key_of(incoming, Method::Invite)).copied() else { return AckMatch::ForDialog };
        let Some(server) = self.by_id.get_mut(&id) else { return AckMatch::ForDialog };
        match server.state {
            // Some peers reuse the branch for the ACK of a 2xx.
            State::Accepted => AckMatch::ForDialog,
            State::Completed { .. } => {
                let keep = if server.destination.is_reliable() { Duration::ZERO } else { wire.timing.t4 };
                server.settle(wire, id, State::Confirmed, keep);
                AckMatch::Absorbed
            }
            State::Proceeding | State::Confirmed => AckMatch::Absorbed,
        }
    }

    /// The INVITE that a CANCEL means, and the leg it began (§9.2).
    pub(crate) fn cancelled_by(&self, cancel: &Incoming) -> Option<(ServerId, Option<DialogId>)> {
        let id = *self.by_key.get(&key_of(cancel, Method::Invite))?;
        self.by_id.get(&id).map(|server| (id, server.leg))
    }

    /// Notes which leg an INVITE belongs to.
    pub(crate) fn set_leg(&mut self, id: ServerId, leg: DialogId) {
        if let Some(server) = self.by_id.get_mut(&id) {
            server.leg = Some(leg);
        }
    }

    /// Sends a response; does nothing when a final one has been sent already.
    pub(crate) fn respond(&mut self, wire: &mut Wire, id: ServerId, status: u16, bytes: Bytes) {
        let Some(server) = self.by_id.get_mut(&id) else { return };
        if server.state != State::Proceeding {
            return;
        }
        wire.send(&server.destination, &bytes, None);
        server.last = Some(bytes);
        let invite = server.key.method == Method::Invite;
        let give_up = wire.timing.give_up();
        let reliable = server.destination.is_reliable();
        match status {
            ..200 => {}
            200..300 if invite => server.settle(wire, id, State::Accepted, give_up),
            _ if invite => {
                let interval = wire.timing.t1;
                server.settle(wire, id, State::Completed { interval }, give_up);
                if !reliable {
                    let at = wire.now + interval;
                    server.retransmit = Some(wire.timers.set(at, Alarm::Server(id, ServerAlarm::Retransmit)));
                }
            }
            _ => {
                let keep = if reliable { Duration::ZERO } else { give_up };
                server.settle(wire, id, State::Completed { interval: Duration::ZERO }, keep);
            }
        }
    }

    /// Sends the last response again: the 2xx of an INVITE is repeated by its dialog (§13.3.1.4).
    pub(crate) fn repeat(&self, wire: &mut Wire, id: ServerId) {
        if let Some(server) = self.by_id.get(&id)
            && let Some(last) = &server.last
        {
            wire.send(&server.destination, last, None);
        }
    }

    pub(crate) fn on_alarm(&mut self, wire: &mut Wire, id: ServerId, alarm: ServerAlarm) {
        let Some(server) = self.by_id.get_mut(&id) else { return };
        match (alarm, &mut server.state) {
            (ServerAlarm::Retransmit, State::Completed { interval }) => {
                *interval = (*interval * 2).min(wire.timing.t2);
                let at = wire.now + *interval;
                server.retransmit = Some(wire.timers.set(at, Alarm::Server(id, ServerAlarm::Retransmit)));
                if let Some(last) = &server.last {
                    wire.send(&server.destination, last, None);
                }
            }
            (ServerAlarm::Retransmit, State::Proceeding | State::Confirmed | State::Accepted) => {}
            (ServerAlarm::Forget, _) => self.remove(wire, id),
        }
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.by_id.is_empty() && self.by_key.is_empty() && self.merged.is_empty()
    }

    fn remove(&mut self, wire: &mut Wire, id: ServerId) {
        if let Some(mut server) = self.by_id.remove(&id) {
            self.by_key.remove(&server.key);
            if let Some(key) = server.merge_key {
                self.merged.remove(&key);
            }
            wire.timers.cancel(&mut server.retransmit);
            wire.timers.cancel(&mut server.deadline);
        }
    }
}

impl Server {
    fn settle(&mut self, wire: &mut Wire, id: ServerId, state: State, keep: Duration) {
        self.state = state;
        wire.timers.cancel(&mut self.retransmit);
        wire.timers.cancel(&mut self.deadline);
        self.deadline = Some(wire.timers.set(wire.now + keep, Alarm::Server(id, ServerAlarm::Forget)));
    }
}

/// §17.2.3: branch, sent-by and method; without the cookie, everything RFC 2543 went by.
fn key_of(incoming: &Incoming, method: Method) -> Key {
    let top = &incoming.via;
    let sent_by = format!("{}:{}", top.host.to_ascii_lowercase(), top.port.unwrap_or(5060));
    let branch = match top.branch() {
        Some(branch) if branch.starts_with(via::COOKIE) => branch.to_owned(),
        other => format!(
            "2543 {} {} {} {}",
            incoming.call_id,
            incoming.from.tag().unwrap_or_default(),
            incoming.cseq,
            other.unwrap_or_default()
        ),
    };
    Key { branch, sent_by, method }
}

fn merge_key(incoming: &Incoming) -> Option<MergeKey> {
    if incoming.to.tag().is_some() || *incoming.method() == Method::Cancel {
        return None;
    }
    let from_tag = incoming.from.tag().unwrap_or_default().to_owned();
    Some((incoming.call_id.clone(), from_tag, incoming.cseq, incoming.method().clone()))
}

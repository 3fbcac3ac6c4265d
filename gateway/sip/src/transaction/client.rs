//! Client transactions: INVITE (§17.1.1, RFC 6026 §7.2) and the others (§17.1.2).

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;

use super::outgoing::{Outgoing, Owner, Sent, ack_of_failure};
use crate::digest::Challenge;
use crate::message::{Method, Request, Response, via::Via};
use crate::timers::{Alarm, TimerId};
use crate::wire::{ConnectionId, Destination, Target, Wire};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ClientId(u64);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientAlarm {
    /// Timers A and E.
    Retransmit,
    /// Timers B and F.
    TimeOut,
    /// Timers D, K and M.
    Forget,
}

/// Why there will be no final response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientFailure {
    TimedOut,
    Transport,
}

/// ```text
///            INVITE                                    others
/// Calling ──1xx──▶ Proceeding              Calling ──1xx──▶ Proceeding (E slows to T2, F runs on)
///    │ 2xx            │ 2xx                   │ final           │ final
///    ├──────▶ Accepted ◀──┤ (M)               └───▶ Completed ◀─┘ (K)
///    │ 3xx-6xx        │ 3xx-6xx
///    └──────▶ Completed ◀─┘ (D, ACK on every repetition)
/// Calling ──B, or the transport fails──▶ gone, the owner is told
/// ```
#[derive(Debug)]
enum State {
    Calling {
        interval: Duration,
    },
    Proceeding,
    /// `ack` is for INVITE only.
    Completed {
        ack: Option<Bytes>,
    },
    Accepted,
}

#[derive(Debug)]
struct Client {
    branch: String,
    request: Request,
    bytes: Bytes,
    destination: Destination,
    fallback: Option<(Destination, String)>,
    /// Sent once more over a new connection: the old one was just being closed.
    resent: bool,
    challenges: Vec<Challenge>,
    owner: Owner,
    state: State,
    retransmit: Option<TimerId>,
    deadline: Option<TimerId>,
}

#[derive(Debug, Default)]
pub(crate) struct Clients {
    by_id: HashMap<ClientId, Client>,
    by_key: HashMap<(String, Method), ClientId>,
    next: u64,
}

impl Clients {
    /// Sends a request.
    pub(crate) fn start(&mut self, wire: &mut Wire, outgoing: Outgoing) -> ClientId {
        self.next += 1;
        let id = ClientId(self.next);
        let Outgoing { request, branch, destination, fallback, challenges, owner } = outgoing;
        let bytes = request.to_bytes();
        wire.send(&destination, &bytes, Some(id));
        let interval = wire.timing.t1;
        let retransmit = (!destination.is_reliable())
            .then(|| wire.timers.set(wire.now + interval, Alarm::Client(id, ClientAlarm::Retransmit)));
        let give_up = wire.now + wire.timing.give_up();
        let deadline = Some(wire.timers.set(give_up, Alarm::Client(id, ClientAlarm::TimeOut)));
        self.by_key.insert((branch.clone(), request.method.clone()), id);
        let state = State::Calling { interval };
        let client = Client {
            branch,
            request,
            bytes,
            destination,
            fallback,
            resent: false,
            challenges,
            owner,
            state,
            retransmit,
            deadline,
        };
        self.by_id.insert(id, client);
        id
    }

    /// A request as it was sent.
    pub(crate) fn sent(&self, id: ClientId) -> Option<Sent<'_>> {
        let Client { request, destination, challenges, .. } = self.by_id.get(&id)?;
        Some(Sent { request, destination, challenges })
    }

    /// Takes in a response. What is new for its owner is handed back; everything else has been dealt with.
    pub(crate) fn on_response(&mut self, wire: &mut Wire, response: &Response) -> Option<(ClientId, Owner)> {
        let branch = Via::parse(response.headers.get("Via")?)?.branch()?.to_owned();
        let (_, method) = response.cseq()?;
        let id = *self.by_key.get(&(branch, method))?;
        let client = self.by_id.get_mut(&id)?;
        let invite = client.request.method == Method::Invite;
        match (&mut client.state, response.status) {
            (State::Calling { .. } | State::Proceeding, 100..200) => {
                client.proceed(wire, id, invite);
            }
            (State::Calling { .. } | State::Proceeding, 200..300) if invite => {
                client.settle(wire, id, State::Accepted, wire.timing.give_up());
            }
            (State::Calling { .. } | State::Proceeding, _) => client.complete(wire, id, invite, response),
            // A repetition, or the 2xx of another branch: the owner acknowledges each.
            (State::Accepted, 200..300) => {}
            (State::Completed { ack: Some(ack) }, 300..) => {
                wire.send(&client.destination, ack, None);
                return None;
            }
            (State::Accepted | State::Completed { .. }, _) => return None,
        }
        Some((id, client.owner.clone()))
    }

    /// Deals with a deadline; hands back the owner when the transaction has failed.
    pub(crate) fn on_alarm(&mut self, wire: &mut Wire, id: ClientId, alarm: ClientAlarm) -> Option<Owner> {
        let client = self.by_id.get_mut(&id)?;
        match alarm {
            ClientAlarm::Retransmit => {
                client.retransmit(wire, id);
                None
            }
            ClientAlarm::TimeOut => self.remove(wire, id),
            ClientAlarm::Forget => {
                self.remove(wire, id);
                None
            }
        }
    }

    /// Whether the transaction still lives.
    pub(crate) fn contains(&self, id: ClientId) -> bool {
        self.by_id.contains_key(&id)
    }

    /// The request could not be sent; hands back the owner if it waits for a response.
    pub(crate) fn on_send_failed(&mut self, wire: &mut Wire, id: ClientId) -> Option<Owner> {
        let client = self.by_id.get_mut(&id)?;
        let calling = matches!(client.state, State::Calling { .. });
        if calling && (client.fall_back(wire, id) || client.resend(wire, id)) {
            return None;
        }
        if calling || matches!(client.state, State::Proceeding) { self.remove(wire, id) } else { None }
    }

    /// Requests that wait for a response on a connection that is gone.
    pub(crate) fn waiting_on(&self, connection: ConnectionId, peer: SocketAddr) -> Vec<ClientId> {
        let waits = |client: &Client| {
            let there = client.destination.target == Target::Addr(peer);
            client.destination.is_reliable()
                && (client.destination.connection == Some(connection) || there)
                && matches!(client.state, State::Calling { .. })
        };
        self.by_id.iter().filter(|(_, client)| waits(client)).map(|(id, _)| *id).collect()
    }

    /// Ends a transaction without telling anybody.
    pub(crate) fn remove(&mut self, wire: &mut Wire, id: ClientId) -> Option<Owner> {
        let mut client = self.by_id.remove(&id)?;
        self.by_key.remove(&(client.branch, client.request.method));
        wire.timers.cancel(&mut client.retransmit);
        wire.timers.cancel(&mut client.deadline);
        Some(client.owner)
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.by_id.is_empty() && self.by_key.is_empty()
    }

    /// Whether a request has no final response yet.
    pub(crate) fn any_waiting(&self) -> bool {
        self.by_id.values().any(|client| matches!(client.state, State::Calling { .. } | State::Proceeding))
    }
}

impl Client {
    /// Sends the request by the other way, if there is one.
    fn fall_back(&mut self, wire: &mut Wire, id: ClientId) -> bool {
        let Some((destination, via)) = self.fallback.take() else { return false };
        self.request.headers.remove("Via");
        self.request.headers.push_front("Via", via);
        self.destination = destination;
        self.bytes = self.request.to_bytes();
        wire.send(&self.destination, &self.bytes, Some(id));
        let at = wire.now + wire.timing.t1;
        self.state = State::Calling { interval: wire.timing.t1 };
        self.retransmit = Some(wire.timers.set(at, Alarm::Client(id, ClientAlarm::Retransmit)));
        true
    }

    /// Sends the request once more, over a new connection. A peer that has seen it knows it by its branch.
    fn resend(&mut self, wire: &mut Wire, id: ClientId) -> bool {
        if self.resent || !self.destination.is_reliable() {
            return false;
        }
        self.resent = true;
        self.destination.connection = None;
        wire.send(&self.destination, &self.bytes, Some(id));
        true
    }

    fn proceed(&mut self, wire: &mut Wire, id: ClientId, invite: bool) {
        if matches!(self.state, State::Proceeding) {
            return;
        }
        self.state = State::Proceeding;
        if self.retransmit.is_none() {
            // Over TCP nothing is repeated; but an INVITE that rings has no deadline in either (§17.1.1.2).
            if invite {
                wire.timers.cancel(&mut self.deadline);
            }
            return;
        }
        wire.timers.cancel(&mut self.retransmit);
        if invite {
            wire.timers.cancel(&mut self.deadline);
        } else {
            let at = wire.now + wire.timing.t2;
            self.retransmit = Some(wire.timers.set(at, Alarm::Client(id, ClientAlarm::Retransmit)));
        }
    }

    fn complete(&mut self, wire: &mut Wire, id: ClientId, invite: bool, response: &Response) {
        let ack = invite.then(|| ack_of_failure(&self.request, response).to_bytes());
        if let Some(ack) = &ack {
            wire.send(&self.destination, ack, None);
        }
        let keep = match (self.destination.is_reliable(), invite) {
            (true, _) => Duration::ZERO,
            (false, true) => wire.timing.give_up(),
            (false, false) => wire.timing.t4,
        };
        self.settle(wire, id, State::Completed { ack }, keep);
    }

    fn settle(&mut self, wire: &mut Wire, id: ClientId, state: State, keep: Duration) {
        self.state = state;
        wire.timers.cancel(&mut self.retransmit);
        wire.timers.cancel(&mut self.deadline);
        self.deadline = Some(wire.timers.set(wire.now + keep, Alarm::Client(id, ClientAlarm::Forget)));
    }

    fn retransmit(&mut self, wire: &mut Wire, id: ClientId) {
        let invite = self.request.method == Method::Invite;
        let next = match &mut self.state {
            State::Calling { interval } => {
                *interval *= 2;
                if invite { *interval } else { (*interval).min(wire.timing.t2) }
            }
            State::Proceeding if !invite => wire.timing.t2,
            State::Proceeding | State::Completed { .. } | State::Accepted => return,
        };
        wire.send(&self.destination, &self.bytes, Some(id));
        self.retransmit = Some(wire.timers.set(wire.now + next, Alarm::Client(id, ClientAlarm::Retransmit)));
    }
}

//! The whole user agent without its sockets: inputs, commands and deadlines in; messages and events out.
//!
//! [`Engine`] owns the legs and finds the one a message is for; [`Core`] is what every leg works with. Nothing here
//! reads a clock or waits.

mod acks;
mod admission;
mod auth;
mod commands;
mod core;
mod in_dialog;
mod options;
mod reply;
mod requests;
mod responses;
mod routing;
mod sending;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

pub(crate) use self::core::{Core, LocalSocket, Locals};
pub(crate) use commands::Command;
pub use commands::LostError;
pub(crate) use reply::Reply;

use crate::config::UserAgentConfig;
use crate::event::{DialogId, SipEvent};
use crate::leg::{Leg, State};
use crate::message::Message;
use crate::stats::Stats;
use crate::timers::Alarm;
use crate::transaction::{ClientAlarm, ClientFailure, ClientId, Owner};
use crate::wire::{Input, Output};

#[derive(Debug)]
pub(crate) struct Engine {
    core: Core,
    legs: HashMap<DialogId, Leg>,
    /// Call-ID and local tag to leg.
    by_dialog: HashMap<(String, String), DialogId>,
    lost: commands::LostCalls,
    max_calls: usize,
    /// New calls are refused: shutting down.
    closed: bool,
    /// New calls are refused: the events are not taken.
    held_back: bool,
}

impl Engine {
    pub(crate) fn new(
        config: &UserAgentConfig,
        locals: Locals,
        seed: [u8; 32],
        stats: Arc<Stats>,
        now: Instant,
    ) -> Self {
        let core = Core::new(config, locals, seed, stats, now);
        let mut engine = Self {
            core,
            legs: HashMap::new(),
            by_dialog: HashMap::new(),
            lost: commands::LostCalls::default(),
            max_calls: config.limits.calls,
            closed: false,
            held_back: false,
        };
        engine.start_health_checks();
        engine
    }

    /// Takes in what the network did.
    pub(crate) fn input(&mut self, now: Instant, input: Input) {
        self.core.wire.now = now;
        match input {
            Input::Received(flow, Message::Request(request)) => self.on_request(&flow, request),
            Input::Received(_, Message::Response(response)) => self.on_response(&response),
            Input::SendFailed(client) => self.on_send_failed(client),
            Input::ConnectionClosed { connection, peer } => {
                for client in self.core.clients.waiting_on(connection, peer) {
                    self.on_send_failed(client);
                }
            }
        }
    }

    /// Carries out what is due.
    pub(crate) fn tick(&mut self, now: Instant) {
        self.core.wire.now = now;
        while let Some(alarm) = self.core.wire.timers.pop_due(now) {
            match alarm {
                Alarm::Client(client, alarm) => self.on_client_alarm(client, alarm),
                Alarm::Server(server, alarm) => self.core.servers.on_alarm(&mut self.core.wire, server, alarm),
                Alarm::Leg(dialog, alarm) => self.with_leg(dialog, |leg, core| leg.on_alarm(core, alarm)),
                Alarm::Options(trunk) => self.check_health(trunk),
            }
        }
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.core.wire.timers.next_deadline()
    }

    pub(crate) fn next_output(&mut self) -> Option<Output> {
        self.core.wire.outputs.pop_front()
    }

    pub(crate) fn next_event(&mut self) -> Option<SipEvent> {
        self.core.events.pop_front()
    }

    pub(crate) fn events_waiting(&self) -> usize {
        self.core.events.len()
    }

    /// Refuses new calls because nobody takes the events, or takes them again.
    pub(crate) fn hold_back(&mut self, held_back: bool) {
        self.held_back = held_back;
    }

    /// The addresses of all peers.
    pub(crate) fn peers(&self) -> impl Iterator<Item = crate::config::Cidr> {
        let peers = self.core.trunks.iter().flat_map(|trunk| trunk.peers.iter());
        peers.map(|peer| crate::config::Cidr::host(peer.ip()))
    }

    /// Whether nobody waits for anything any more.
    pub(crate) fn is_idle(&self) -> bool {
        self.legs.is_empty() && !self.core.clients.any_waiting()
    }

    /// Notes the addresses of a trunk's peer, those first that we have a socket of the right family for.
    pub(crate) fn trunk_resolved(&mut self, trunk: usize, mut peers: Vec<std::net::SocketAddr>) {
        let Some(entry) = self.core.trunks.get_mut(trunk) else { return };
        let sockets = self.core.locals.of(entry.config.transport);
        peers.sort_by_key(|peer| !sockets.iter().any(|socket| socket.bound.is_ipv6() == peer.is_ipv6()));
        if !peers.is_empty() {
            entry.peers = peers;
        }
    }

    fn on_client_alarm(&mut self, client: ClientId, alarm: ClientAlarm) {
        if let Some(owner) = self.core.clients.on_alarm(&mut self.core.wire, client, alarm) {
            self.on_failure(client, &owner, ClientFailure::TimedOut);
        }
        if !self.core.clients.contains(client) {
            self.core.forget_acks(client);
        }
    }

    fn on_send_failed(&mut self, client: ClientId) {
        if let Some(owner) = self.core.clients.on_send_failed(&mut self.core.wire, client) {
            self.on_failure(client, &owner, ClientFailure::Transport);
        }
    }

    fn on_failure(&mut self, client: ClientId, owner: &Owner, failure: ClientFailure) {
        match owner {
            Owner::Invite(dialog) | Owner::Reinvite(dialog) => {
                self.with_leg(*dialog, |leg, core| leg.on_failure(core, client, failure));
            }
            Owner::LostBye { waiting, .. } => self.lost.finish(*waiting, Err(LostError::Unanswered)),
            Owner::Options { trunk, .. } => self.on_health(*trunk, Err(failure)),
            Owner::Bye { .. } | Owner::Cancel => {}
        }
    }

    /// Lets a leg work, and forgets it when it is over.
    fn with_leg(&mut self, dialog: DialogId, work: impl FnOnce(&mut Leg, &mut Core)) {
        let Some(leg) = self.legs.get_mut(&dialog) else { return };
        work(leg, &mut self.core);
        if matches!(leg.state, State::Over)
            && let Some(leg) = self.legs.remove(&dialog)
        {
            self.by_dialog.remove(&(leg.call_id, leg.local_tag));
            self.core.release(leg.trunk);
        }
    }

    fn add_leg(&mut self, leg: Leg) {
        self.by_dialog.insert((leg.call_id.clone(), leg.local_tag.clone()), leg.id);
        self.legs.insert(leg.id, leg);
    }
}

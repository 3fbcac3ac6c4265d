//! What legs work with: transactions, trunks, our addresses, events.
//!
//! Where messages go is in [`super::routing`], how requests leave in [`super::sending`], the ACKs of 2xx in
//! [`super::acks`], responses in [`super::reply`].

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use super::acks::Acks;
use crate::config::{Transport, UserAgentConfig};
use crate::dialog::Dialog;
use crate::event::{DialogId, SipEvent};
use crate::message::escape;
use crate::random::Random;
use crate::stats::Stats;
use crate::transaction::{ClientId, Clients, Servers};
use crate::trunk::Trunk;
use crate::wire::Wire;

/// One of our sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LocalSocket {
    pub(crate) bound: SocketAddr,
    /// What stands in Via and Contact.
    pub(crate) advertised: SocketAddr,
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Locals {
    pub(crate) udp: Vec<LocalSocket>,
    pub(crate) tcp: Vec<LocalSocket>,
}

impl Locals {
    pub(crate) fn of(&self, transport: Transport) -> &[LocalSocket] {
        match transport {
            Transport::Udp => &self.udp,
            Transport::Tcp => &self.tcp,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) wire: Wire,
    pub(crate) clients: Clients,
    pub(crate) servers: Servers,
    pub(crate) trunks: Vec<Trunk>,
    pub(crate) locals: Locals,
    pub(crate) random: Random,
    pub(crate) events: VecDeque<SipEvent>,
    pub(crate) stats: Arc<Stats>,
    pub(crate) user_agent: String,
    pub(super) acks: HashMap<ClientId, Acks>,
}

impl Core {
    pub(crate) fn new(
        config: &UserAgentConfig,
        locals: Locals,
        seed: [u8; 32],
        stats: Arc<Stats>,
        now: Instant,
    ) -> Self {
        Self {
            wire: Wire::new(now, config.timing),
            clients: Clients::default(),
            servers: Servers::new(config.limits.transactions),
            trunks: config.trunks.iter().cloned().map(Trunk::new).collect(),
            locals,
            random: Random::from_seed(seed),
            events: VecDeque::new(),
            stats,
            user_agent: escape::clean(&config.user_agent, 128),
            acks: HashMap::new(),
        }
    }

    pub(crate) fn emit(&mut self, event: SipEvent) {
        self.events.push_back(event);
    }

    pub(crate) fn trunk_name(&self, trunk: usize) -> String {
        self.trunks.get(trunk).map(|trunk| trunk.config.id.clone()).unwrap_or_default()
    }

    pub(crate) fn release(&mut self, trunk: usize) {
        if let Some(entry) = self.trunks.get_mut(trunk) {
            entry.release();
            self.stats.calls(trunk, entry.calls);
        }
    }

    /// `host:port` of ours on this path.
    pub(crate) fn local_text(&self, transport: Transport, listener: usize) -> String {
        let socket = self.locals.of(transport).get(listener);
        socket.map(|socket| socket.advertised.to_string()).unwrap_or_default()
    }

    pub(crate) fn contact(&self, transport: Transport, listener: usize) -> String {
        let suffix = if transport == Transport::Tcp { ";transport=tcp" } else { "" };
        format!("<sip:cordboard@{}{suffix}>", self.local_text(transport, listener))
    }

    /// Tells what is to be kept of a dialog, if that is news.
    pub(crate) fn tell_known(
        &mut self,
        id: DialogId,
        dialog: &Dialog,
        told: &mut Option<crate::snapshot::DialogSnapshot>,
    ) {
        let local = self.local_text(dialog.path.transport, dialog.path.listener);
        let snapshot = dialog.snapshot(&self.trunk_name(dialog.trunk), &local);
        if told.as_ref() != Some(&snapshot) {
            *told = Some(snapshot.clone());
            self.emit(SipEvent::DialogKnown { dialog: id, snapshot });
        }
    }
}

//! The agents' desks: the one socket and the one media connection each agent has.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use cordboard_core::AgentId;
use cordboard_relay::EndpointId;
use cordboard_wire::{ByeCode, QualityReport};
use tokio::sync::{oneshot, watch};

use super::{
    one_way::DeskEvidence,
    path_check::PathChecking,
    view::{DeskState, NoticeState},
};

/// One socket of a desk, never reused while the process lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeskId(u64);

impl DeskId {
    /// A new one.
    pub fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

impl Default for DeskId {
    fn default() -> Self {
        Self::new()
    }
}

/// An agent's socket.
#[derive(Debug)]
pub struct Socket {
    /// Which.
    pub desk: DeskId,
    /// The session it was opened with.
    pub session: String,
    /// To close it.
    pub farewell: Option<oneshot::Sender<ByeCode>>,
}

/// An agent's media connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeskMedia {
    /// The endpoint.
    pub endpoint: EndpointId,
    /// The socket it was offered on; another page must offer its own.
    pub desk: DeskId,
    /// Its name on the wire.
    pub media_id: u32,
    /// Whether it works now.
    pub connected: bool,
}

/// Everything about an agent that is not the core's to decide.
#[derive(Debug)]
pub struct Desk {
    /// The socket, while there is one.
    pub socket: Option<Socket>,
    /// The media connection in use.
    pub media: Option<DeskMedia>,
    /// A newer one that is being connected.
    pub coming: Option<DeskMedia>,
    /// Whether the core was told that the desk is there.
    pub told_connected: bool,
    /// What the desk measured last.
    pub report: Option<QualityReport>,
    /// What its reports say of the talk under way.
    pub evidence: DeskEvidence,
    /// Whether nothing arrives from its media connection, though the customer should hear it.
    pub silent: bool,
    /// What the gateway measured last.
    pub quality: Option<cordboard_wire::Quality>,
    /// The check of its media connection under way.
    pub path_check: Option<PathChecking>,
    /// Not read yet.
    pub notices: Vec<NoticeState>,
    /// Plans sent to the media connection so far.
    pub revision: u64,
    /// Names media connections.
    pub next_media_id: u32,
    /// What the socket is shown.
    pub states: Option<watch::Sender<Arc<DeskState>>>,
    /// Counts views.
    pub seq: u64,
}

impl Desk {
    fn new() -> Self {
        Self {
            socket: None,
            media: None,
            coming: None,
            told_connected: false,
            report: None,
            evidence: DeskEvidence::default(),
            silent: false,
            quality: None,
            path_check: None,
            notices: Vec::new(),
            revision: 0,
            next_media_id: 1,
            states: None,
            seq: 0,
        }
    }

    /// Whether sound reaches the agent and comes from the page that has the socket.
    pub fn sound_works(&self) -> bool {
        self.media.is_some_and(|media| media.connected)
    }

    /// Forgets what was measured in a talk that is over.
    pub fn forget_talk(&mut self) {
        self.quality = None;
        self.report = None;
        self.evidence = self.evidence.of_the_next_talk();
    }

    /// Adds a notice, forgetting the oldest beyond 20.
    pub fn notify(&mut self, notice: NoticeState) {
        self.notices.push(notice);
        if self.notices.len() > 20 {
            self.notices.remove(0);
        }
    }
}

/// All desks of a centre.
#[derive(Debug, Default)]
pub struct Desks {
    desks: HashMap<AgentId, Desk>,
    by_endpoint: HashMap<EndpointId, AgentId>,
}

impl Desks {
    /// An agent's desk, made when first asked for.
    pub fn of(&mut self, agent: &AgentId) -> &mut Desk {
        self.desks.entry(agent.clone()).or_insert_with(Desk::new)
    }

    /// An agent's desk, if there ever was one.
    pub fn get(&self, agent: &AgentId) -> Option<&Desk> {
        self.desks.get(agent)
    }

    /// Whose media connection an endpoint is.
    pub fn agent_of(&self, endpoint: EndpointId) -> Option<AgentId> {
        self.by_endpoint.get(&endpoint).cloned()
    }

    /// Ties an endpoint to an agent.
    pub fn tie(&mut self, endpoint: EndpointId, agent: &AgentId) {
        self.by_endpoint.insert(endpoint, agent.clone());
    }

    /// Forgets an endpoint.
    pub fn untie(&mut self, endpoint: EndpointId) {
        self.by_endpoint.remove(&endpoint);
    }

    /// Agents with a desk.
    pub fn agents(&self) -> Vec<AgentId> {
        self.desks.keys().cloned().collect()
    }

    /// Agents whose desk is open.
    pub fn with_socket(&self) -> Vec<AgentId> {
        self.desks.iter().filter(|(_, desk)| desk.socket.is_some()).map(|(agent, _)| agent.clone()).collect()
    }

    /// Every desk.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&AgentId, &mut Desk)> {
        self.desks.iter_mut()
    }
}

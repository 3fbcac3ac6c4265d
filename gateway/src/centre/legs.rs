//! Which leg is which SIP dialog, which media endpoint, and what it hears.

use std::{collections::HashMap, net::SocketAddr};

use cordboard_core::{AgentId, CallId, LegId, Sound};
use cordboard_relay::EndpointId;
use cordboard_sip::DialogId;

/// One leg's ties to the outside.
#[derive(Debug)]
pub struct Leg {
    /// The call.
    pub call: CallId,
    /// The connection.
    pub kind: LegKind,
    /// What it hears.
    pub sound: Sound,
    /// Whether nothing arrives from it, though somebody should hear it.
    pub silent: bool,
    /// The recording under way.
    pub recording: Option<String>,
    /// Rises with each plan sent, so that the newest wins.
    pub revision: u64,
}

/// The kinds of leg.
#[derive(Debug)]
pub enum LegKind {
    /// A party behind a trunk.
    Trunk {
        /// The dialog; none while an outbound INVITE waits for the journal.
        dialog: Option<DialogId>,
        /// The RTP endpoint, once there is one.
        endpoint: Option<EndpointId>,
        /// Its RTP address on our side, for SDP.
        local: Option<SocketAddr>,
        /// What the far side's SDP said, once there was one.
        remote: Option<cordboard_sip::RemoteMedia>,
        /// Whether the far side is known to listen: an inbound leg does so once its ACK is here.
        up: bool,
        /// Whether the trunk's carrier is behind NAT.
        behind_nat: bool,
    },
    /// An agent; its sound is that of the agent's one media connection.
    Desk {
        /// Whose.
        agent: AgentId,
    },
}

/// All legs of a centre.
#[derive(Debug, Default)]
pub struct Legs {
    legs: HashMap<LegId, Leg>,
    by_dialog: HashMap<DialogId, LegId>,
    by_endpoint: HashMap<EndpointId, LegId>,
    by_agent: HashMap<AgentId, LegId>,
}

impl Legs {
    /// Adds a leg that hears nothing yet.
    pub fn add(&mut self, id: LegId, call: CallId, kind: LegKind) {
        match &kind {
            LegKind::Trunk { dialog: Some(dialog), .. } => {
                self.by_dialog.insert(*dialog, id);
            }
            LegKind::Trunk { dialog: None, .. } => {}
            LegKind::Desk { agent } => {
                self.by_agent.insert(agent.clone(), id);
            }
        }
        self.legs.insert(id, Leg { call, kind, sound: Sound::Silence, silent: false, recording: None, revision: 0 });
    }

    /// A leg.
    pub fn get(&self, id: LegId) -> Option<&Leg> {
        self.legs.get(&id)
    }

    /// A leg, to change.
    pub fn get_mut(&mut self, id: LegId) -> Option<&mut Leg> {
        self.legs.get_mut(&id)
    }

    /// The leg of a dialog.
    pub fn of_dialog(&self, dialog: DialogId) -> Option<LegId> {
        self.by_dialog.get(&dialog).copied()
    }

    /// The leg of an RTP endpoint.
    pub fn of_endpoint(&self, endpoint: EndpointId) -> Option<LegId> {
        self.by_endpoint.get(&endpoint).copied()
    }

    /// An agent's leg.
    pub fn of_agent(&self, agent: &AgentId) -> Option<LegId> {
        self.by_agent.get(agent).copied()
    }

    /// Ties a trunk leg to its dialog.
    pub fn set_dialog(&mut self, id: LegId, new: DialogId) {
        if let Some(Leg { kind: LegKind::Trunk { dialog, .. }, .. }) = self.legs.get_mut(&id) {
            *dialog = Some(new);
            self.by_dialog.insert(new, id);
        }
    }

    /// Ties a trunk leg to its endpoint.
    pub fn set_endpoint(&mut self, id: LegId, new: EndpointId, addr: SocketAddr) {
        if let Some(Leg { kind: LegKind::Trunk { endpoint, local, .. }, .. }) = self.legs.get_mut(&id) {
            *endpoint = Some(new);
            *local = Some(addr);
            self.by_endpoint.insert(new, id);
        }
    }

    /// The far side listens from now on.
    pub fn set_up(&mut self, id: LegId) {
        if let Some(Leg { kind: LegKind::Trunk { up, .. }, .. }) = self.legs.get_mut(&id) {
            *up = true;
        }
    }

    /// Removes a leg and its ties.
    pub fn remove(&mut self, id: LegId) -> Option<Leg> {
        let leg = self.legs.remove(&id)?;
        match &leg.kind {
            LegKind::Trunk { dialog, endpoint, .. } => {
                if let Some(dialog) = dialog {
                    self.by_dialog.remove(dialog);
                }
                if let Some(endpoint) = endpoint {
                    self.by_endpoint.remove(endpoint);
                }
            }
            LegKind::Desk { agent } => {
                if self.by_agent.get(agent) == Some(&id) {
                    self.by_agent.remove(agent);
                }
            }
        }
        Some(leg)
    }

    /// Every leg behind a trunk.
    pub fn trunk_legs(&self) -> Vec<LegId> {
        let behind_trunk = |leg: &Leg| matches!(leg.kind, LegKind::Trunk { .. });
        self.legs.iter().filter(|(_, leg)| behind_trunk(leg)).map(|(id, _)| *id).collect()
    }

    /// The trunk leg of a call.
    pub fn trunk_leg_of(&self, call: &CallId) -> Option<&Leg> {
        self.legs.values().find(|leg| leg.call == *call && matches!(leg.kind, LegKind::Trunk { .. }))
    }

    /// The agent in a call.
    pub fn agent_in(&self, call: &CallId) -> Option<AgentId> {
        self.legs.values().find_map(|leg| match &leg.kind {
            LegKind::Desk { agent } if leg.call == *call => Some(agent.clone()),
            LegKind::Desk { .. } | LegKind::Trunk { .. } => None,
        })
    }

    /// Legs that hear this one.
    pub fn listeners_of(&self, id: LegId) -> Vec<LegId> {
        let hears = |leg: &Leg| matches!(&leg.sound, Sound::Legs(legs) if legs.contains(&id));
        self.legs.iter().filter(|(_, leg)| hears(leg)).map(|(listener, _)| *listener).collect()
    }
}

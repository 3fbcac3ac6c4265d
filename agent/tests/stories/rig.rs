//! A desk connected to a fake gateway, and the views it is shown.

use cordboard_agent::{Agent, AgentConfig, AgentEvent, ConnectError, SoundConfig};
use cordboard_engine::{Deaf, Silence};
use cordboard_wire::{Activity, AgentView, CallPhase, CallView, CentreView, DeskView, Direction, Presence};
use tokio::sync::broadcast::Receiver;

use crate::fake_gateway::{FakeDesk, FakeGateway, PASSWORD, within};

/// A connected agent and everything around it.
pub struct Rig {
    pub gateway: FakeGateway,
    pub desk: FakeDesk,
    pub agent: Agent,
    pub events: Receiver<AgentEvent>,
}

impl Rig {
    pub async fn connected() -> Rig {
        Self::connected_to(FakeGateway::start().await).await
    }

    pub async fn connected_to(mut gateway: FakeGateway) -> Rig {
        let url = gateway.url();
        let (connected, desk) = tokio::join!(connect(&url, PASSWORD), gateway.desk());
        let (agent, events) = connected.unwrap();
        Rig { gateway, desk, agent, events }
    }

    /// Connects an agent that says nothing and hears nothing.
    pub async fn connect(config: AgentConfig) -> Result<(Agent, Receiver<AgentEvent>), ConnectError> {
        within(Agent::connect(config, SoundConfig::Files { source: Box::new(Silence), sink: Box::new(Deaf) })).await
    }

    /// Waits for an event that `wanted` makes something of; others are skipped.
    pub async fn event<T>(&mut self, mut wanted: impl FnMut(&AgentEvent) -> Option<T>) -> T {
        within(async {
            loop {
                if let Some(found) = wanted(&self.events.recv().await.unwrap()) {
                    return found;
                }
            }
        })
        .await
    }
}

pub async fn connect(url: &str, password: &str) -> Result<(Agent, Receiver<AgentEvent>), ConnectError> {
    Rig::connect(AgentConfig::new(url, "demo", "alice", password)).await
}

/// An agent who is ready, without a call.
pub fn a_view() -> DeskView {
    DeskView {
        agent: AgentView {
            user_id: "alice@demo".to_owned(),
            display_name: "Alice".to_owned(),
            extension: "80000001".to_owned(),
            presence: Presence::Ready,
            activity: Activity::Idle,
            since_ms: 0,
            next_presence: None,
            groups: vec![],
            media_connected: true,
            quality: None,
        },
        calls: vec![],
        wrap_up: None,
        notices: vec![],
        centre: CentreView {
            instance: "demo".to_owned(),
            break_codes: vec![],
            pop_home_url: None,
            demo: true,
            trunk_up: true,
            may_hang_up_inbound: true,
        },
    }
}

/// The same with one call.
pub fn a_view_with(call_id: &str, phase: CallPhase) -> DeskView {
    let call = CallView {
        call_id: call_id.to_owned(),
        direction: Direction::Inbound,
        phase,
        caller: "13800000000".to_owned(),
        called: "02165001000".to_owned(),
        city: None,
        queue: None,
        waited_ms: None,
        keys: String::new(),
        last_contact_ms: None,
        started_ms: 0,
        phase_ms: 0,
        ring_ends_ms: None,
        answered_ms: None,
        muted: false,
        held_by_far_side: false,
        recorded: false,
        sound_trouble: None,
        pop_url: None,
    };
    DeskView { calls: vec![call], ..a_view() }
}

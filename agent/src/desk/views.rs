//! Views for tests.

use cordboard_wire::{Activity, AgentView, CallPhase, CallView, CentreView, DeskView, Direction, Presence};

/// An agent who is ready, without a call.
pub(crate) fn a_view() -> DeskView {
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

/// A call in `phase`.
pub(crate) fn a_call(call_id: &str, phase: CallPhase) -> CallView {
    CallView {
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
    }
}

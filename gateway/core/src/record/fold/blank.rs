//! A record before anything is known of its call.

use crate::{CallId, CallRecord, Direction, Disposition, UtcMs, WhoseDoing};

/// A record of a call that has just begun.
pub(super) fn blank(call: CallId, direction: Direction, started: UtcMs) -> CallRecord {
    CallRecord {
        call,
        direction,
        trunk: "".into(),
        customer_leg: crate::LegId(0),
        caller: "".into(),
        called: "".into(),
        started,
        answered: None,
        established: None,
        released: started,
        disposition: Disposition::InternalError,
        by: WhoseDoing::Gateway,
        sip_status: None,
        text: String::new(),
        duration_ms: 0,
        ivr_ms: 0,
        queue_ms: 0,
        ring_ms: 0,
        dial_ms: 0,
        talk_ms: 0,
        held_ms: 0,
        agents: Vec::new(),
        talked_with: None,
        groups: Vec::new(),
        flows: Vec::new(),
        keys: String::new(),
        missed_offers: 0,
        declined_offers: 0,
        early_media: false,
        recorded: false,
        recorded_ms: 0,
        agent_events: Vec::new(),
        customer_events: Vec::new(),
        queue_events: Vec::new(),
        flow_events: Vec::new(),
    }
}

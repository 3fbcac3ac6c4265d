//! The check of a desk's media connection: between calls, and only when the desk asks, the desk's own packets are sent
//! back to it, and both directions are counted. A call that comes has its own plan, which ends the check.

use cordboard_core::AgentId;
use cordboard_relay::{EndpointId, EndpointStats, Hear, Plan};
use cordboard_wire::RefusalCode;

use super::{desks::DeskId, owner::Owner};

/// What was counted in a check.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PathFigures {
    /// Packets received from the desk.
    pub received: u32,
    /// Packets sent back.
    pub returned: u32,
    /// Jitter of what the desk sent, milliseconds, where it was measured.
    pub jitter_up_ms: Option<f32>,
}

/// A check under way.
#[derive(Debug, Clone, Copy)]
pub struct PathChecking {
    endpoint: EndpointId,
    before: EndpointStats,
}

impl Owner {
    /// Begins or ends a check.
    pub(super) fn check_path(
        &mut self,
        agent: &AgentId,
        desk: DeskId,
        on: bool,
    ) -> Result<Option<PathFigures>, RefusalCode> {
        let begun = self.desks.of(agent).path_check.take();
        if self.legs.of_agent(agent).is_some() {
            return Err(RefusalCode::InCall);
        }
        let media = self.desks.of(agent).media.filter(|media| media.connected && media.desk == desk);
        let endpoint = media.ok_or(RefusalCode::NoSound)?.endpoint;
        let now = self.parts.relay.stats(endpoint).ok_or(RefusalCode::NoSound)?;
        if on {
            let revision = self.next_revision(agent);
            self.desks.of(agent).path_check = Some(PathChecking { endpoint, before: now });
            self.set_plan(endpoint, Plan { revision, hear: Hear::Endpoints(vec![endpoint]), record: None });
            return Ok(None);
        }
        self.silence_desk(agent);
        // A connection that was replaced meanwhile has counted something else.
        let begun = begun.filter(|begun| begun.endpoint == endpoint).ok_or(RefusalCode::NoSound)?;
        let desk = self.desks.of(agent);
        let jitter_up_ms = desk.quality.take().map(|quality| quality.jitter_up_ms);
        let since = |now: u64, before: u64| u32::try_from(now.saturating_sub(before)).unwrap_or(u32::MAX);
        let figures = PathFigures {
            received: since(now.packets_in, begun.before.packets_in),
            returned: since(now.packets_out, begun.before.packets_out),
            jitter_up_ms,
        };
        self.show(agent);
        Ok(Some(figures))
    }
}

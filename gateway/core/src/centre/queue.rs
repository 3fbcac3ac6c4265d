//! Queues: how a call gets in, and how it leaves without an agent.

use std::time::Duration;

use super::{
    Centre,
    broken::{Broken, Step},
    call::{Place, Stage},
    ending::End,
    keys::CallKey,
    turn::Turn,
};
use crate::{Disposition, Fact, NodeId, OfferEnd, SkillGroupId, WhoseDoing};

/// What a number or a flow's node asks of a queue.
#[derive(Debug, Clone)]
pub(super) struct QueueWish {
    pub group: SkillGroupId,
    pub priority: u8,
    pub timeout: Option<Duration>,
    pub limit: Option<u32>,
    pub on_timeout: Option<NodeId>,
}

impl QueueWish {
    /// The middle of a group's queue by the instance's settings, as a number without a flow has it.
    pub fn of_group(group: SkillGroupId) -> Self {
        Self { group, priority: 50, timeout: None, limit: None, on_timeout: None }
    }
}

/// How entering a queue went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entered {
    /// The call waits.
    Waits,
    /// The queue is full.
    Full,
}

impl Centre {
    /// Puts a call into a queue, unless it is full. A queue of which an agent is ready is never full: the call
    /// will not wait.
    pub(super) fn enqueue(&mut self, turn: &mut Turn, key: CallKey, wish: QueueWish) -> Result<Entered, Broken> {
        let group_key = self.groups.meet(&wish.group);
        let group = self.groups.get(group_key)?;
        let limit = wish.limit.unwrap_or(self.directory.settings.queue_limit);
        let id = self.calls.get(key)?.id.clone();
        if group.waiting_count() >= limit && group.ready.is_empty() {
            turn.journal(&id, Fact::QueueOverflowed { group: wish.group });
            return Ok(Entered::Full);
        }
        let timeout = wish.timeout.unwrap_or(self.directory.settings.queue_timeout);
        let place = Place {
            group: group_key,
            priority: wish.priority,
            since: turn.now.mono,
            since_utc: turn.now.utc,
            order: self.counters.place(),
            expires: turn.now.mono + timeout,
            on_timeout: wish.on_timeout,
        };
        turn.journal(&id, Fact::Enqueued { group: wish.group, priority: wish.priority });
        self.calls.get_mut(key)?.group = Some(group_key);
        self.change_stage(turn, key, Stage::Waiting(place))?;
        Ok(Entered::Waits)
    }

    /// Puts a call without a flow into a queue; if that is full the call ends.
    pub(super) fn queue_or_end(&mut self, turn: &mut Turn, key: CallKey, wish: QueueWish) -> Step {
        match self.enqueue(turn, key, wish)? {
            Entered::Waits => Ok(()),
            Entered::Full => {
                self.end_call(turn, key, End::new(Disposition::QueueOverflow, WhoseDoing::Gateway));
                Ok(())
            }
        }
    }

    /// A call has waited too long, perhaps while it rings: the flow goes on, or the call ends.
    pub(super) fn on_queue_timeout(&mut self, turn: &mut Turn, key: CallKey) -> Step {
        let call = self.calls.get(key)?;
        let place = call.stage.place().ok_or(Broken::rule("a queue's deadline is that of a waiting call"))?;
        let (id, group, on_timeout) = (call.id.clone(), place.group, place.on_timeout.clone());
        if matches!(call.stage, Stage::Ringing(_)) {
            self.return_call(turn, key, OfferEnd::QueueTimedOut)?;
        }
        turn.journal(&id, Fact::QueueTimedOut { group: self.groups.get(group)?.id.clone() });
        self.change_stage(turn, key, Stage::Passing)?;
        match on_timeout {
            Some(node) => self.walk_on(turn, key, node),
            None => {
                self.end_call(turn, key, End::new(Disposition::QueueTimeout, WhoseDoing::Gateway));
                Ok(())
            }
        }
    }
}

//! Commands that have been sent and not been answered.

use std::collections::HashMap;

use tokio::sync::oneshot;

use crate::error::CommandError;

/// What became of a command: the call it made or touched, or why nothing happened.
pub(crate) type Outcome = Result<Option<String>, CommandError>;

/// Waiting callers by command id.
#[derive(Debug, Default)]
pub(super) struct Pending {
    callers: HashMap<u32, oneshot::Sender<Outcome>>,
}

impl Pending {
    /// Remembers who waits for the answer to `id`.
    pub(super) fn insert(&mut self, id: u32, caller: oneshot::Sender<Outcome>) {
        // A caller that gave up leaves its entry behind; this keeps the table as small as the callers are few.
        self.callers.retain(|_, caller| !caller.is_closed());
        self.callers.insert(id, caller);
    }

    /// Tells the caller of `id`; false when `id` is no command's.
    pub(super) fn answer(&mut self, id: u32, outcome: Outcome) -> bool {
        let Some(caller) = self.callers.remove(&id) else { return false };
        let _ = caller.send(outcome);
        true
    }

    /// The socket is gone: nobody will be answered.
    pub(super) fn lose_all(&mut self) {
        for (_, caller) in self.callers.drain() {
            let _ = caller.send(Err(CommandError::AnswerLost));
        }
    }
}

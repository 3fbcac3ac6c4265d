//! What the user of this crate wants done.

use std::collections::HashMap;

use tokio::sync::oneshot;

use super::Engine;
use crate::dialog::Dialog;
use crate::event::{DialogId, EndCause, EndKind, SipEvent};
use crate::leg::Leg;
use crate::media::LocalMedia;
use crate::message::Method;
use crate::snapshot::DialogSnapshot;
use crate::transaction::Owner;
use crate::user_agent::Dial;

/// One command.
#[derive(Debug)]
pub(crate) enum Command {
    Ring(DialogId),
    Progress(DialogId, LocalMedia),
    Answer(DialogId, LocalMedia),
    Refuse { dialog: DialogId, status: u16, reason: String },
    Dial { dialog: DialogId, dial: Box<Dial> },
    HangUp(DialogId),
    SetMedia(DialogId, LocalMedia),
    HangUpLost { snapshot: Box<DialogSnapshot>, done: oneshot::Sender<Result<(), LostError>> },
    Shutdown { done: oneshot::Sender<()> },
}

/// Why the BYE for a call of a former process did not end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LostError {
    /// The user agent's queue of commands is full, or it has stopped.
    #[error("the user agent is busy or has stopped")]
    Busy,
    /// There is no trunk of the snapshot's name any more.
    #[error("the trunk of the call is not configured any more")]
    UnknownTrunk,
    /// The snapshot cannot be read as a dialog.
    #[error("the snapshot is no dialog")]
    BadSnapshot,
    /// Nobody answered in 32 s, or nothing could be sent.
    #[error("the far side did not answer the BYE")]
    Unanswered,
    /// The far side answered with this status.
    #[error("the far side refused the BYE with {0}")]
    Refused(u16),
}

/// Who waits for the end of which lost call.
#[derive(Debug, Default)]
pub(super) struct LostCalls {
    waiting: HashMap<u64, oneshot::Sender<Result<(), LostError>>>,
    next: u64,
}

impl LostCalls {
    fn begin(&mut self, done: oneshot::Sender<Result<(), LostError>>) -> u64 {
        self.next += 1;
        self.waiting.insert(self.next, done);
        self.next
    }

    pub(super) fn finish(&mut self, waiting: u64, outcome: Result<(), LostError>) {
        if let Some(done) = self.waiting.remove(&waiting) {
            // Whoever asked may have stopped waiting.
            let _ = done.send(outcome);
        }
    }
}

impl Engine {
    /// Carries out a command; `Shutdown` is the shell's and only hangs up here.
    pub(crate) fn command(&mut self, now: std::time::Instant, command: Command) {
        self.core.wire.now = now;
        match command {
            Command::Ring(dialog) => self.with_leg(dialog, |leg, core| leg.ring(core)),
            Command::Progress(dialog, local) => self.with_leg(dialog, |leg, core| leg.progress(core, &local)),
            Command::Answer(dialog, local) => self.with_leg(dialog, |leg, core| leg.answer(core, local)),
            Command::Refuse { dialog, status, reason } => {
                self.with_leg(dialog, |leg, core| leg.refuse(core, status, &reason));
            }
            Command::Dial { dialog, dial } => self.dial(dialog, &dial),
            Command::HangUp(dialog) => self.with_leg(dialog, |leg, core| leg.hang_up(core)),
            Command::SetMedia(dialog, local) => self.with_leg(dialog, |leg, core| leg.set_media(core, local)),
            Command::HangUpLost { snapshot, done } => self.hang_up_lost(&snapshot, done),
            Command::Shutdown { .. } => self.hang_up_everything(),
        }
    }

    fn dial(&mut self, id: DialogId, dial: &Dial) {
        let trunk = self.core.trunks.iter().position(|trunk| trunk.config.id == dial.trunk);
        let begun = match trunk {
            None => Err("no such trunk".to_owned()),
            Some(_) if self.closed || self.held_back => Err("no new calls are taken".to_owned()),
            Some(_) if self.legs.len() >= self.max_calls => Err("too many calls at once".to_owned()),
            Some(trunk) => {
                self.core.stats.call_begins(trunk, false);
                let now = self.core.wire.now;
                match self.core.trunks[trunk].admit(now) {
                    Ok(()) => {
                        self.core.stats.calls(trunk, self.core.trunks[trunk].calls);
                        let leg = Leg::dial(&mut self.core, id, trunk, dial);
                        leg.map_err(|error| {
                            self.core.release(trunk);
                            error.to_string()
                        })
                    }
                    Err(over) => {
                        self.core.stats.over_cap(trunk);
                        Err(over.to_string())
                    }
                }
            }
        };
        match begun {
            Ok(leg) => self.add_leg(leg),
            Err(text) => {
                tracing::info!(dialog = %id, trunk = %dial.trunk, reason = %text, "outbound call not begun");
                let cause = EndCause { kind: EndKind::Failed, sip_status: None, text };
                self.core.emit(SipEvent::Ended { dialog: id, cause });
            }
        }
    }

    fn hang_up_lost(&mut self, snapshot: &DialogSnapshot, done: oneshot::Sender<Result<(), LostError>>) {
        let waiting = self.lost.begin(done);
        let Some(trunk) = self.core.trunks.iter().position(|trunk| trunk.config.id == snapshot.trunk) else {
            return self.lost.finish(waiting, Err(LostError::UnknownTrunk));
        };
        let sockets = self.core.locals.of(snapshot.transport);
        let listener = sockets.iter().position(|socket| socket.advertised.to_string() == snapshot.local_addr);
        let listener = listener.unwrap_or_else(|| self.core.path_to(trunk).listener);
        let Some(mut dialog) = Dialog::of_snapshot(snapshot, trunk, listener) else {
            return self.lost.finish(waiting, Err(LostError::BadSnapshot));
        };
        let owner = Owner::LostBye { trunk, tries: 0, waiting };
        self.core.send_in_dialog(&mut dialog, Method::Bye, None, owner);
    }

    fn hang_up_everything(&mut self) {
        self.closed = true;
        let dialogs: Vec<_> = self.legs.keys().copied().collect();
        for dialog in dialogs {
            self.with_leg(dialog, |leg, core| leg.hang_up(core));
        }
    }
}

//! The handle by which the gateway uses the user agent.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::config::UserAgentConfig;
use crate::engine::{Command, LostError};
use crate::event::{DialogId, SipEvent};
use crate::media::LocalMedia;
use crate::shell::{self, StartError};
use crate::snapshot::DialogSnapshot;
use crate::stats::{Stats, TrunkStats, UserAgentStats};

static LAST_DIALOG: AtomicU64 = AtomicU64::new(0);

/// A number that no other dialog of this process has.
pub(crate) fn next_dialog_id() -> DialogId {
    DialogId(LAST_DIALOG.fetch_add(1, Ordering::Relaxed) + 1)
}

/// An outbound call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dial {
    /// The trunk's name.
    pub trunk: String,
    /// User part of From (and of P-Asserted-Identity, if the trunk has that). Empty: anonymous. Escaped here.
    pub caller: String,
    /// Display name of From; empty for none. Quoted here.
    pub caller_display: String,
    /// User part of the Request-URI and To. Escaped here.
    pub callee: String,
    /// What we offer.
    pub media: LocalMedia,
    /// How long it may take until somebody answers; then it is cancelled and ends with `NoAnswer`.
    pub timeout: Duration,
    /// Sends the INVITE without an offer, so that the far side makes it in its 2xx.
    pub late_offer: bool,
}

/// The command was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// The queue of commands is full; it drains within milliseconds unless the machine is overloaded.
    #[error("the SIP user agent is busy")]
    Busy,
    /// The user agent was shut down.
    #[error("the SIP user agent has stopped")]
    Stopped,
}

/// The addresses that were really bound, in the order of the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocalAddrs {
    /// UDP sockets.
    pub udp: Vec<SocketAddr>,
    /// TCP listeners.
    pub tcp: Vec<SocketAddr>,
}

/// A running user agent. Clones are the same one; it stops with `shutdown`, or when the last clone is dropped.
///
/// Every command returns at once; what comes of it is told by [`SipEvent`]s. A command for a dialog that is over, or
/// in a state where it means nothing, does nothing: the events say what became of the dialog.
#[derive(Clone, Debug)]
pub struct UserAgent {
    commands: mpsc::Sender<Command>,
    stats: Arc<Stats>,
    local: Arc<LocalAddrs>,
}

impl UserAgent {
    /// Binds the sockets and starts. Events go to `events`, which should hold a few hundred; while it is full they
    /// wait inside, and new calls are refused when too many do.
    pub async fn start(config: UserAgentConfig, events: mpsc::Sender<SipEvent>) -> Result<Self, StartError> {
        let (commands, queue) = mpsc::channel(config.limits.commands.max(1));
        let stats = Arc::new(Stats::new(config.trunks.iter().map(|trunk| trunk.id.clone())));
        let local = shell::start(config, queue, events, Arc::clone(&stats)).await?;
        Ok(Self { commands, stats, local: Arc::new(local) })
    }

    /// What was bound.
    pub fn local_addrs(&self) -> &LocalAddrs {
        &self.local
    }

    /// Counters of the whole.
    pub fn stats(&self) -> UserAgentStats {
        self.stats.read()
    }

    /// Counters and health of each trunk, in the order of the configuration.
    pub fn trunk_stats(&self) -> Vec<TrunkStats> {
        self.stats.read_trunks()
    }

    /// Tells the caller of an inbound call that it rings: 180.
    pub fn ring(&self, dialog: DialogId) -> Result<(), CommandError> {
        self.send(Command::Ring(dialog))
    }

    /// Lets the caller of an inbound call hear us before it is answered: 183 with an answer. (183 without one if the
    /// caller left the offer to us.)
    pub fn progress(&self, dialog: DialogId, media: LocalMedia) -> Result<(), CommandError> {
        self.send(Command::Progress(dialog, media))
    }

    /// Answers an inbound call. [`SipEvent::Answered`] follows when the far side has acknowledged it.
    pub fn answer(&self, dialog: DialogId, media: LocalMedia) -> Result<(), CommandError> {
        self.send(Command::Answer(dialog, media))
    }

    /// Refuses an inbound call with a status of 300 to 699 (480 for anything else). An empty reason is the standard
    /// one.
    pub fn refuse(&self, dialog: DialogId, status: u16, reason: &str) -> Result<(), CommandError> {
        self.send(Command::Refuse { dialog, status, reason: reason.to_owned() })
    }

    /// Begins an outbound call. Whatever is wrong with it comes as [`SipEvent::Ended`], possibly before the caller of
    /// this has noted the number it returns: keep events of unknown dialogs for a moment.
    pub fn dial(&self, dial: Dial) -> Result<DialogId, CommandError> {
        let dialog = next_dialog_id();
        self.send(Command::Dial { dialog, dial: Box::new(dial) })?;
        Ok(dialog)
    }

    /// Ends a call in the way its state asks for: CANCEL, BYE, or 487 for an inbound call that was not answered.
    /// [`SipEvent::Ended`] follows at once; the stack finishes what the network still needs.
    pub fn hang_up(&self, dialog: DialogId) -> Result<(), CommandError> {
        self.send(Command::HangUp(dialog))
    }

    /// Changes our media of a standing call by re-INVITE, if they differ from what we said last. Waits for whatever
    /// exchange is under way, and keeps the newest wish.
    pub fn set_media(&self, dialog: DialogId, media: LocalMedia) -> Result<(), CommandError> {
        self.send(Command::SetMedia(dialog, media))
    }

    /// Sends BYE for a call of a former process and waits for its answer, 32 s at most. An answer that the call is
    /// not known counts as success: it is over.
    pub async fn hang_up_lost(&self, snapshot: &DialogSnapshot) -> Result<(), LostError> {
        let (done, outcome) = oneshot::channel();
        let command = Command::HangUpLost { snapshot: Box::new(snapshot.clone()), done };
        self.send(command).map_err(|_| LostError::Busy)?;
        outcome.await.unwrap_or(Err(LostError::Busy))
    }

    /// Hangs up everything, waits a moment for the answers, and stops.
    pub async fn shutdown(&self) {
        let (done, finished) = oneshot::channel();
        // A full queue is being emptied; a closed one means that it has stopped already.
        if self.commands.send(Command::Shutdown { done }).await.is_ok() {
            let _ = finished.await;
        }
    }

    fn send(&self, command: Command) -> Result<(), CommandError> {
        self.commands.try_send(command).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => CommandError::Busy,
            mpsc::error::TrySendError::Closed(_) => CommandError::Stopped,
        })
    }
}

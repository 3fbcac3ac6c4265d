//! The check of the media connection, as a conversation: the gateway is asked to send back what the desk sends, the
//! sound thread sends and counts, and the gateway says what it counted.

use cordboard_engine::PathProbe;
use tokio::sync::oneshot;

use crate::check::PathCheck;
use crate::error::CommandError;

/// What became of a check.
pub(crate) type Checked = Result<PathCheck, CommandError>;

/// Where a check stands. `Idle → Asked → Probing → Ending → Idle`; a refusal or a lost socket ends it anywhere.
#[derive(Debug, Default)]
pub(super) enum PathChecking {
    /// None.
    #[default]
    Idle,
    /// The gateway was asked to begin.
    Asked { id: u32, outcome: oneshot::Sender<Checked> },
    /// Packets are out.
    Probing { probe: oneshot::Receiver<PathProbe>, outcome: oneshot::Sender<Checked> },
    /// The gateway was asked to end, and to say what it counted.
    Ending { id: u32, probe: Option<PathProbe>, outcome: oneshot::Sender<Checked> },
}

impl PathChecking {
    /// Whether an answer or refusal with this id is about the check.
    pub(super) fn awaits(&self, answered: u32) -> bool {
        match self {
            PathChecking::Asked { id, .. } | PathChecking::Ending { id, .. } => *id == answered,
            PathChecking::Idle | PathChecking::Probing { .. } => false,
        }
    }

    /// The gateway sends back from now on: `probe` is what counts.
    pub(super) fn begun(&mut self, probe: oneshot::Receiver<PathProbe>) {
        match std::mem::take(self) {
            PathChecking::Asked { outcome, .. } => *self = PathChecking::Probing { probe, outcome },
            other @ (PathChecking::Idle | PathChecking::Probing { .. } | PathChecking::Ending { .. }) => *self = other,
        }
    }

    /// Waits until the packets are back, or a call has come; for ever where nothing is out.
    pub(super) async fn probed(&mut self) -> Option<PathProbe> {
        match self {
            PathChecking::Probing { probe, .. } => probe.await.ok(),
            PathChecking::Idle | PathChecking::Asked { .. } | PathChecking::Ending { .. } => {
                std::future::pending().await
            }
        }
    }

    /// The gateway is asked to end, as message `id`.
    pub(super) fn ending(&mut self, id: u32, probe: Option<PathProbe>) {
        match std::mem::take(self) {
            PathChecking::Probing { outcome, .. } => *self = PathChecking::Ending { id, probe, outcome },
            other @ (PathChecking::Idle | PathChecking::Asked { .. } | PathChecking::Ending { .. }) => *self = other,
        }
    }

    /// The gateway says what it counted.
    pub(super) fn counted(&mut self, received: u32, returned: u32, jitter_up_ms: Option<f32>) {
        let PathChecking::Ending { probe, outcome, .. } = std::mem::take(self) else { return };
        let checked = probe.ok_or(CommandError::AnswerLost).map(|probe| PathCheck {
            sent: probe.sent,
            received,
            returned,
            came_back: probe.came_back,
            round_trip_ms: probe.round_trip_ms,
            jitter_up_ms,
            jitter_back_ms: probe.jitter_ms,
        });
        let _ = outcome.send(checked);
    }

    /// The check is over without a result.
    pub(super) fn fail(&mut self, error: CommandError) {
        match std::mem::take(self) {
            PathChecking::Idle => {}
            PathChecking::Asked { outcome, .. }
            | PathChecking::Probing { outcome, .. }
            | PathChecking::Ending { outcome, .. } => {
                let _ = outcome.send(Err(error));
            }
        }
    }
}

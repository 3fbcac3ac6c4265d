//! The stages a media connection goes through, each with what it owns.

use cordboard_engine::{Peer, PeerError, PeerState};
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// Where the desk's media connection stands; the diagram is in [`super`].
pub(super) enum Stage {
    NoLine,
    Making { since: Instant, making: JoinHandle<Result<(Peer, String), PeerError>> },
    Offered { since: Instant, peer: Peer, id: Option<u32> },
    Connecting { since: Instant, peer: Peer },
    Connected { peer: Peer },
    Disconnected { peer: Peer, since: Instant },
    Pausing { until: Instant },
}

impl Stage {
    /// Leaves the stage with the connection it owns. One that is dropped closes by itself.
    pub(super) fn into_peer(self) -> Option<Peer> {
        match self {
            Stage::Offered { peer, .. }
            | Stage::Connecting { peer, .. }
            | Stage::Connected { peer, .. }
            | Stage::Disconnected { peer, .. } => Some(peer),
            Stage::NoLine | Stage::Making { .. } | Stage::Pausing { .. } => None,
        }
    }
}

/// Waits until `peer` is in another state than `known`; none at the deadline.
pub(super) async fn settled(peer: &Peer, deadline: Option<Instant>, known: PeerState) -> Option<PeerState> {
    let mut state = peer.state();
    let changed = state.wait_for(|state| *state != known);
    let state = match deadline {
        Some(deadline) => tokio::time::timeout_at(deadline, changed).await.ok()?,
        None => changed.await,
    };
    // A driver that is gone without a word has failed.
    Some(state.map_or(PeerState::Failed, |state| *state))
}

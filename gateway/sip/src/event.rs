//! What the user agent tells its user.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::media::RemoteMedia;
use crate::snapshot::DialogSnapshot;

/// One call leg of SIP. Never used twice in a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DialogId(pub u64);

impl std::fmt::Display for DialogId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum SipEvent {
    /// A call came in. 100 has been sent; caps and unknown sources never get this far.
    Incoming {
        /// The new leg.
        dialog: DialogId,
        /// The trunk it came over.
        trunk: String,
        /// User part of the called number, unescaped, otherwise as received. Empty when there is none.
        called: String,
        /// User part of the caller's number, likewise.
        caller: String,
        /// The caller's display name, possibly empty.
        caller_display: String,
        /// The Call-ID, for support.
        sip_call_id: String,
        /// Where the INVITE came from.
        source: SocketAddr,
        /// What the far side offers; `None` when it leaves the offer to us.
        media: Option<RemoteMedia>,
    },
    /// The far side of an outbound call says how it goes.
    Progress {
        /// The leg.
        dialog: DialogId,
        /// 180, 183 …; never 100.
        status: u16,
        /// Early media: connect it to the caller's ear.
        media: Option<RemoteMedia>,
        /// Which branch of a forked call this is, from 0.
        fork: u32,
    },
    /// The call stands. Outbound: its 2xx was acknowledged, other branches are being ended. Inbound: our 2xx was
    /// acknowledged; a late offer's answer is in `media`.
    Answered {
        /// The leg.
        dialog: DialogId,
        /// What was agreed.
        media: RemoteMedia,
    },
    /// The far side, or we by `set_media`, changed what was agreed. A refresh without a change says nothing.
    MediaChanged {
        /// The leg.
        dialog: DialogId,
        /// What holds from now on.
        media: RemoteMedia,
        /// Whether the far side does not listen.
        held_by_far_side: bool,
    },
    /// The far side pressed a key and said so by INFO (`application/dtmf-relay` or `application/dtmf`).
    Digit {
        /// The leg.
        dialog: DialogId,
        /// One of `0-9*#A-D`.
        digit: char,
        /// How long, in milliseconds, if it was said.
        duration_ms: Option<u32>,
    },
    /// What a restarted process needs to end this call. Comes as soon as there is a dialog (inbound: right after
    /// `Incoming`; outbound: with the first response that names one, before `Progress` or `Answered`) and whenever it
    /// changes; the latest counts.
    DialogKnown {
        /// The leg.
        dialog: DialogId,
        /// To be kept.
        snapshot: DialogSnapshot,
    },
    /// The leg is over. Exactly once, and the last event of its dialog.
    Ended {
        /// The leg.
        dialog: DialogId,
        /// How and by whom.
        cause: EndCause,
    },
    /// A trunk that is watched by OPTIONS came up or went down.
    TrunkChanged {
        /// Its name.
        trunk: String,
        /// Whether it answers.
        up: bool,
        /// Why that is thought.
        reason: String,
    },
}

impl SipEvent {
    /// The leg it is about.
    pub fn dialog(&self) -> Option<DialogId> {
        match self {
            Self::Incoming { dialog, .. }
            | Self::Progress { dialog, .. }
            | Self::Answered { dialog, .. }
            | Self::MediaChanged { dialog, .. }
            | Self::Digit { dialog, .. }
            | Self::DialogKnown { dialog, .. }
            | Self::Ended { dialog, .. } => Some(*dialog),
            Self::TrunkChanged { .. } => None,
        }
    }
}

/// How a leg ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndCause {
    /// Whose doing it was.
    pub kind: EndKind,
    /// The final status of the INVITE, where it was what ended the leg.
    pub sip_status: Option<u16>,
    /// The far side's phrase or Reason, or ours; for the record, not for the agent.
    pub text: String,
}

/// Whose doing the end of a leg was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndKind {
    /// BYE or CANCEL from the far side.
    FarSideHungUp,
    /// `hang_up`, `refuse`, or shutdown.
    WeHungUp,
    /// The far side said no to our call: 3xx, 4xx and 6xx other than those of `NoAnswer`.
    Refused,
    /// Nobody answered: the ring time-out of `dial`, or 408, 480 or 487 from the far side.
    NoAnswer,
    /// A call that stood was lost: no ACK came, or the far side no longer knew the dialog.
    Lost,
    /// It could not be done: no response at all, 5xx, no common codec, a transport error, over a cap.
    Failed,
}

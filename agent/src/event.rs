//! What an agent tells whoever runs it, in the order it happened.

use std::sync::Arc;
use std::time::Duration;

use cordboard_engine::DevicesNow;
use cordboard_headset::HeadsetNow;
use cordboard_wire::{Refusal, Role};

use crate::desk::DeskNow;
use crate::error::Ended;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum AgentEvent {
    /// The socket is open and the gateway welcomed the desk.
    Connected {
        /// The gateway's name and version.
        gateway: String,
        /// `login@instance`.
        user_id: String,
        /// The user's role.
        role: Role,
        /// Whether this is a reconnection.
        again: bool,
    },
    /// The socket is gone; it is opened again after a pause.
    Disconnected {
        /// What happened.
        reason: String,
        /// The pause before the next attempt.
        retry_in: Duration,
    },
    /// The view changed.
    View(Arc<DeskNow>),
    /// The media connection stands.
    MediaConnected {
        /// How long it took from the offer.
        took: Duration,
    },
    /// Nothing is heard on the media connection; it may come back, else a new one is made.
    MediaDisconnected,
    /// The media connection could not be made or is lost; a new one is made.
    MediaFailed {
        /// What happened.
        reason: String,
    },
    /// The microphone and the speaker are open: a call rings, is dialled or talked on.
    SoundOpened,
    /// They are closed again.
    SoundClosed,
    /// Sound devices came, went, or are used otherwise than before; never with files.
    SoundDevices(Box<DevicesNow>),
    /// Another headset with buttons is there, or none; never where they were not asked for.
    Headset(HeadsetNow),
    /// The agent is heard in a call for the first time.
    SpeakingBegan {
        /// The call.
        call_id: String,
    },
    /// A command was accepted.
    Accepted {
        /// Its id.
        id: u32,
        /// The call it made or touched.
        call_id: Option<String>,
    },
    /// A command was refused.
    Refused {
        /// Its id.
        id: u32,
        /// Why.
        refusal: Refusal,
    },
    /// The desk is closed for good.
    Ended(Ended),
}

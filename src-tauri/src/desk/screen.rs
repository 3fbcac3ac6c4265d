//! What the page is told: the gateway's own messages, so that it needs no second language, and the state of the sound.

use cordboard_agent::DeskNow;
use cordboard_wire::{ByeCode, GatewayMessage, PROTOCOL};
use serde::Serialize;
use tauri::ipc::Channel;

use crate::sound::Microphone;

/// The page asks for the view when it has heard nothing for so long, and so learns that this side lives.
const HEARTBEAT_MS: u32 = 15_000;

/// One thing the page is told.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Told {
    /// A message as the gateway would send it.
    Said {
        /// The message.
        message: GatewayMessage,
    },
    /// The line is down; the page comes back when it is told to wake.
    Closed,
}

/// What became of the media connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaState {
    /// Being made.
    #[default]
    Connecting,
    /// It stands.
    Connected,
    /// Nothing comes over it at the moment.
    Disconnected,
    /// It could not be made or is lost.
    Failed,
}

/// How the agent's sound is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Sounding {
    /// The connection.
    pub media: MediaState,
    /// The mouth.
    pub microphone: Microphone,
}

impl Default for Sounding {
    fn default() -> Self {
        Sounding { media: MediaState::Connecting, microphone: Microphone::Missing }
    }
}

/// The page that said hello last. One that is gone or frozen is told all the same; nothing waits for it.
pub struct Screen {
    channel: Channel<Told>,
}

impl Screen {
    /// Greets a page.
    pub fn new(channel: Channel<Told>) -> Screen {
        let screen = Screen { channel };
        screen.say(GatewayMessage::Welcome {
            protocol: PROTOCOL,
            gateway: String::new(),
            ice_servers: Vec::new(),
            heartbeat_ms: HEARTBEAT_MS,
        });
        screen
    }

    /// Shows a view, which may be an old one: the page sets its clock by it.
    pub fn show(&self, now: &DeskNow) {
        self.say(GatewayMessage::View { seq: now.seq, now_ms: now.clock_ms(), view: Box::new(now.view.clone()) });
    }

    /// Says a message.
    pub fn say(&self, message: GatewayMessage) {
        self.tell(Told::Said { message });
    }

    /// Says why the desk is closed for good.
    pub fn goodbye(self, code: ByeCode, message: &str) {
        self.say(GatewayMessage::Bye { code, message: message.to_owned() });
    }

    /// Says that the line is down.
    pub fn close(self) {
        self.tell(Told::Closed);
    }

    fn tell(&self, told: Told) {
        if let Err(error) = self.channel.send(told) {
            tracing::debug!(%error, "the page could not be told; it asks when it is back");
        }
    }
}

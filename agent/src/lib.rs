//! One agent without a window: the connection to the gateway, what rings, what is said and heard.
//!
//! [`Agent::connect`] signs in, opens the desk's socket and its media connection, and keeps both up until the
//! agent signs out or the gateway says that the desk is closed. The gateway's view is the only truth about calls:
//! nothing here decides. What the view says about calls decides when the microphone is open and when it is heard.
//!
//! ```text
//! Agent ──commands──► Desk (one task) ──messages──► Line (one task) ──► WebSocket
//!   ▲                   │    │
//!   └──views, events────┘    ├──► Media: Peer (WebRTC), replaced when it is lost
//!                            ├──► SoundPath: source → up, down → sink
//!                            └──► Headset: buttons are commands, lights follow the view
//! ```
//!
//! The socket and the media connection are independent: a socket that is gone does not end the sound, and a new
//! socket finds the sound as it was.

mod agent;
mod check;
mod config;
mod desk;
mod error;
mod event;
mod gateway;
mod headset_source;
mod line;
mod pauses;
mod sound;

pub use agent::Agent;
pub use check::{
    DeviceCheck, Fault, Finding, LastShift, Measured, PathCheck, Severity, Step, UsedDevice, check_devices, judge,
};
pub use config::{AgentConfig, SoundConfig};
pub use cordboard_headset::{HeadsetName, HeadsetNow};
pub use desk::DeskNow;
pub use error::{CommandError, ConnectError, Ended};
pub use event::AgentEvent;
pub use gateway::{Gateway, Served, Session};
pub use headset_source::HeadsetSource;
pub use sound::{DeviceState, ShownDevice, SoundChoice, SoundView};

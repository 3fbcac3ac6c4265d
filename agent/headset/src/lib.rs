//! A headset's buttons and lights over HID, without its maker's software.
//!
//! ```text
//! report descriptor ──parse──► Layout          where buttons and lights lie
//! input reports ──read──► Conversation ──► Press      answer, hang up, mute, hold
//! CallState ──reports_for──► output reports           off-hook, ring, mute, hold
//!
//! Headset (handle) ◄──presses── keeper (thread) ──HidPort──► hidapi, or a test's pretended device
//!        └──────────call state──────►│
//! ```
//!
//! Everything above the line is pure: no device, no clock. The thread below it finds headsets, opens the one that has
//! the most to offer, and follows plugging and unplugging. What a press means for calls is the desk's business.

mod conversation;
mod descriptor;
mod headset;
mod keeper;
mod layout;
mod lights;
mod port;
mod reports;
mod system;
mod usage;
mod worn;

pub use conversation::{CallState, Conversation, Press};
pub use descriptor::{DescriptorError, LONGEST_BYTES, parse};
pub use headset::{Headset, HeadsetEvent, HeadsetName, HeadsetNow};
pub use layout::{InputArray, InputField, Layout, Manner, OutputField, Place};
pub use lights::reports_for;
pub use port::{Found, HidLink, HidPort, PortError};
pub use reports::{Said, read, write};
pub use system::SystemPort;
pub use usage::{Control, Light};

//! What there is to know about the devices at the moment.

use super::choice::SoundDevice;

/// The devices there are, and those in use.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DevicesNow {
    /// All devices, monitors aside.
    pub devices: Vec<SoundDevice>,
    /// The microphone.
    pub microphone: Use,
    /// The loudspeaker.
    pub speaker: Use,
    /// The ringer.
    pub ringer: Use,
    /// The ids of those that the system has muted, monitors among them; none where it does not say.
    pub muted: Option<Vec<String>>,
    /// Whether the system's default microphone is what a loudspeaker plays.
    pub default_is_monitor: bool,
    /// How often any of them was opened, so that a change back to the same device shows.
    pub openings: u64,
}

/// How a device is used at the moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Use {
    /// Not needed, so closed.
    #[default]
    Closed,
    /// Open.
    Open(SoundDevice),
    /// Needed and not to be had.
    Missing {
        /// What kind of trouble it is.
        lack: Lack,
        /// What happened, why, and what to do.
        message: String,
    },
}

/// Why a device that is needed is not to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// No such device is connected.
    NotConnected,
    /// Another program has it.
    Busy,
    /// The system does not let this program use it.
    Refused,
    /// It is there and does not work.
    Broken,
}

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
    /// Needed and not to be had: what happened, why, and what to do.
    Missing(String),
}

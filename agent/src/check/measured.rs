//! What a shift check measures. Nothing here says whether it is good.

use cordboard_engine::{EchoFound, Loudness};
use serde::{Deserialize, Serialize};

use crate::sound::DeviceState;

/// Everything that was measured. None: it could not be, or was not asked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measured {
    /// Microphone, loudspeaker and ringer.
    pub devices: Option<DeviceCheck>,
    /// What was used in the shift before.
    pub last: Option<LastShift>,
    /// Whether the gateway is reached.
    pub gateway: Option<bool>,
    /// Whether the media connection stands.
    pub media: Option<bool>,
    /// The network on the media connection.
    pub path: Option<PathCheck>,
    /// Whether every trunk that the centre dials out through is up.
    pub trunk_up: Option<bool>,
}

/// The devices of a shift, to notice that they are others.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LastShift {
    /// The microphone's id.
    pub microphone: String,
    /// The loudspeaker's id.
    pub speaker: String,
}

/// One device that a call would use.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UsedDevice {
    /// How it does; none: nothing is known.
    pub state: Option<DeviceState>,
    /// Its id; empty where there is none.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// Whether the system has muted it, where the system says so.
    pub muted: Option<bool>,
    /// Whether the person chose another one, which is not there.
    pub stands_in: bool,
}

/// What was found at the devices.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DeviceCheck {
    /// There is no sound system at all, and why.
    pub no_sound_system: Option<String>,
    /// What the agent speaks into.
    pub microphone: UsedDevice,
    /// Whether the system's default microphone is what a loudspeaker plays.
    pub default_is_monitor: bool,
    /// What the agent listens to.
    pub speaker: UsedDevice,
    /// What rings.
    pub ringer: UsedDevice,
    /// The microphone while nobody speaks.
    pub quiet: Option<Loudness>,
    /// The microphone while the person speaks.
    pub voice: Option<Loudness>,
    /// What came back from the loudspeaker; the inner none: nothing.
    pub echo: Option<Option<EchoFound>>,
    /// The longest time that either device took or gave nothing, milliseconds.
    pub longest_gap_ms: f32,
}

/// The network as the desk's own packets met it, there and back.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct PathCheck {
    /// Packets sent.
    pub sent: u32,
    /// How many of them the gateway received.
    pub received: u32,
    /// How many the gateway sent back.
    pub returned: u32,
    /// How many of these came back.
    pub came_back: u32,
    /// There and back, the median, milliseconds.
    pub round_trip_ms: Option<f32>,
    /// Jitter on the way up as the gateway measured it, milliseconds.
    pub jitter_up_ms: Option<f32>,
    /// Jitter of what came back, both ways together, milliseconds.
    pub jitter_back_ms: f32,
}

impl PathCheck {
    /// Lost on the way up, percent.
    pub fn lost_up_percent(&self) -> f32 {
        lost_percent(self.sent, self.received)
    }

    /// Lost on the way down, percent.
    pub fn lost_down_percent(&self) -> f32 {
        lost_percent(self.returned, self.came_back)
    }
}

fn lost_percent(gone_out: u32, arrived: u32) -> f32 {
    100.0 * gone_out.saturating_sub(arrived) as f32 / gone_out.max(1) as f32
}

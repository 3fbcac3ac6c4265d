//! The person's choice of sound, as it is kept, and the devices, as a page shows them.

use cordboard_engine::{
    Choice, Cleaning, DeviceChoices, DeviceSettings, DevicesNow, Direction, Lack, SoundDevice, Use,
};
use serde::{Deserialize, Serialize};

/// What a person chose of their sound. An empty name follows the system. What is missing or odd in a kept choice has
/// its usual value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SoundChoice {
    /// The microphone's id.
    pub microphone: String,
    /// The loudspeaker's id.
    pub speaker: String,
    /// The ringer's id.
    pub ringer: String,
    /// Take out what the loudspeaker plays.
    pub echo: bool,
    /// Lower steady noise.
    pub noise: bool,
    /// Bring speech to an even level.
    pub gain: bool,
}

impl Default for SoundChoice {
    fn default() -> Self {
        let Cleaning { echo, noise, gain } = Cleaning::default();
        SoundChoice { microphone: String::new(), speaker: String::new(), ringer: String::new(), echo, noise, gain }
    }
}

impl SoundChoice {
    /// Returns the devices meant.
    pub fn devices(&self) -> DeviceChoices {
        let choice = |id: &str| if id.is_empty() { Choice::System } else { Choice::Device(id.to_owned()) };
        DeviceChoices {
            microphone: choice(&self.microphone),
            speaker: choice(&self.speaker),
            ringer: choice(&self.ringer),
        }
    }

    /// Returns what is done to the microphone's sound.
    pub fn cleaning(&self) -> Cleaning {
        Cleaning { echo: self.echo, noise: self.noise, gain: self.gain }
    }

    /// Returns both, with nothing that a ring waits for.
    pub fn settings(&self) -> DeviceSettings {
        DeviceSettings { choices: self.devices(), cleaning: self.cleaning(), hold: None }
    }
}

/// One device in a list to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownDevice {
    /// To choose it by.
    pub id: String,
    /// For people.
    pub label: String,
}

/// How a device that is needed does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceState {
    /// It works, as far as is known.
    Ready,
    /// There is none.
    Missing,
    /// The system does not let this program use it.
    Denied,
    /// It is there and cannot be opened: another program has it, or it is broken.
    Busy,
}

/// The devices, as a page shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SoundView {
    /// To speak into.
    pub microphones: Vec<ShownDevice>,
    /// To listen to; they also ring.
    pub speakers: Vec<ShownDevice>,
    /// How the microphone does; none while it is closed, and nothing else is known.
    pub microphone: Option<DeviceState>,
    /// How the loudspeaker does, likewise.
    pub speaker: Option<DeviceState>,
    /// The system, for the step that cures a trouble on it: `linux`, `windows` or `macos`.
    pub system: &'static str,
}

impl From<&DevicesNow> for SoundView {
    fn from(now: &DevicesNow) -> Self {
        let shown = |direction| now.devices.iter().filter(move |device| device.direction == direction).map(show);
        let microphones: Vec<_> = shown(Direction::Input).collect();
        let speakers: Vec<_> = shown(Direction::Output).collect();
        SoundView {
            microphone: state(&now.microphone, microphones.is_empty()),
            speaker: state(&now.speaker, speakers.is_empty()),
            microphones,
            speakers,
            system: std::env::consts::OS,
        }
    }
}

fn show(device: &SoundDevice) -> ShownDevice {
    ShownDevice { id: device.id.clone(), label: device.name.clone() }
}

/// Says how a device does, of which there may be none at all.
pub(crate) fn state(by: &Use, none: bool) -> Option<DeviceState> {
    match by {
        Use::Closed => none.then_some(DeviceState::Missing),
        Use::Open(_) => Some(DeviceState::Ready),
        Use::Missing { lack, .. } => Some(match lack {
            Lack::NotConnected => DeviceState::Missing,
            Lack::Refused => DeviceState::Denied,
            Lack::Busy | Lack::Broken => DeviceState::Busy,
        }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_choice_is_kept_and_read_whatever_is_missing() {
        let kept: SoundChoice =
            serde_json::from_str(r#"{"speaker":"pulseaudio:desk","gain":false,"later":1}"#).unwrap();
        assert_eq!(kept, SoundChoice { speaker: "pulseaudio:desk".to_owned(), gain: false, ..SoundChoice::default() });
        assert_eq!(kept.devices().microphone, Choice::System);
        assert_eq!(kept.devices().speaker, Choice::Device("pulseaudio:desk".to_owned()));
        assert_eq!(kept.cleaning(), Cleaning { gain: false, ..Cleaning::default() });
        assert_eq!(serde_json::from_value::<SoundChoice>(serde_json::to_value(&kept).unwrap()).unwrap(), kept);
    }

    #[test]
    fn troubles_are_told_apart() {
        let device = |id: &str, direction| SoundDevice {
            id: id.to_owned(),
            name: format!("The {id}"),
            direction,
            is_default: true,
        };
        let mut now = DevicesNow { devices: vec![device("out", Direction::Output)], ..DevicesNow::default() };
        let view = SoundView::from(&now);
        assert_eq!((view.microphone, view.speaker), (Some(DeviceState::Missing), None));
        assert_eq!(view.speakers, [ShownDevice { id: "out".to_owned(), label: "The out".to_owned() }]);
        now.devices.push(device("in", Direction::Input));
        assert_eq!(SoundView::from(&now).microphone, None);
        for (lack, state) in [
            (Lack::NotConnected, DeviceState::Missing),
            (Lack::Refused, DeviceState::Denied),
            (Lack::Busy, DeviceState::Busy),
            (Lack::Broken, DeviceState::Busy),
        ] {
            now.microphone = Use::Missing { lack, message: String::new() };
            assert_eq!(SoundView::from(&now).microphone, Some(state));
        }
    }
}

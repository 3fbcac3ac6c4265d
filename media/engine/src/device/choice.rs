//! Which device is meant: the system's default, or one that a person chose.

/// Which way sound goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// A microphone.
    Input,
    /// A loudspeaker.
    Output,
}

/// A device as the system shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoundDevice {
    /// Stays the same across restarts and replugging, as far as the system can tell.
    pub id: String,
    /// For people.
    pub name: String,
    /// Which way sound goes.
    pub direction: Direction,
    /// Whether the system uses it for who has not chosen.
    pub is_default: bool,
}

/// A person's choice for one purpose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Choice {
    /// Whatever the system's default is at the moment.
    #[default]
    System,
    /// The device of this id or name; while it is not there, the system's default.
    Device(String),
}

/// The choices for all purposes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeviceChoices {
    /// What the agent speaks into.
    pub microphone: Choice,
    /// What the agent listens to.
    pub speaker: Choice,
    /// What rings.
    pub ringer: Choice,
}

impl Choice {
    /// Returns the position of the device to use among those there are: the chosen one, else the default. A
    /// loudspeaker's monitor is a microphone only to somebody who asks for it.
    pub(crate) fn among(&self, devices: &[SoundDevice], direction: Direction) -> Option<usize> {
        let position = |meant: &dyn Fn(&SoundDevice) -> bool| {
            devices.iter().position(|device| device.direction == direction && meant(device))
        };
        let chosen = match self {
            Choice::System => None,
            Choice::Device(wanted) => position(&|device| &device.id == wanted)
                .or_else(|| position(&|device| device.name == *wanted))
                .or_else(|| position(&|device| bare(&device.id) == wanted)),
        };
        chosen.or_else(|| position(&|device| device.is_default && !is_monitor(device)))
    }
}

/// Returns whether the device records what a loudspeaker plays.
pub(crate) fn is_monitor(device: &SoundDevice) -> bool {
    device.direction == Direction::Input && device.id.starts_with("pulseaudio:") && device.id.ends_with(".monitor")
}

/// Returns an id without the sound system's name in front of it.
fn bare(id: &str) -> &str {
    id.split_once(':').map_or(id, |(_, bare)| bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn devices() -> Vec<SoundDevice> {
        let device = |id: &str, name: &str, direction, is_default| SoundDevice {
            id: format!("pulseaudio:{id}"),
            name: name.to_owned(),
            direction,
            is_default,
        };
        vec![
            device("desk", "Desk speakers", Direction::Output, true),
            device("desk.monitor", "Monitor of Desk speakers", Direction::Input, false),
            device("headset.in", "Headset", Direction::Input, true),
            device("headset.out", "Headset", Direction::Output, false),
        ]
    }

    #[test]
    fn a_device_is_meant_by_id_or_name_and_the_default_stands_in() {
        let devices = devices();
        let meant = |words: &str, direction| Choice::Device(words.to_owned()).among(&devices, direction);
        assert_eq!(Choice::System.among(&devices, Direction::Output), Some(0));
        assert_eq!(Choice::System.among(&devices, Direction::Input), Some(2));
        assert_eq!(meant("pulseaudio:headset.out", Direction::Output), Some(3));
        assert_eq!(meant("headset.out", Direction::Output), Some(3));
        assert_eq!(meant("Headset", Direction::Output), Some(3));
        assert_eq!(meant("Headset", Direction::Input), Some(2));
        assert_eq!(meant("unplugged", Direction::Output), Some(0));
    }

    #[test]
    fn nobody_speaks_through_a_loudspeaker_s_monitor_unless_asked_to() {
        let mut devices = devices();
        devices.retain(|device| device.id != "pulseaudio:headset.in");
        devices[1].is_default = true;
        assert_eq!(Choice::System.among(&devices, Direction::Input), None);
        assert_eq!(Choice::Device("desk.monitor".to_owned()).among(&devices, Direction::Input), Some(1));
    }
}

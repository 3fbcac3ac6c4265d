//! The system's sound: which devices there are.

use std::time::Duration;

use cpal::ErrorKind;
use cpal::traits::{DeviceTrait, HostTrait};

use super::choice::{Direction, SoundDevice, is_monitor};
use super::news::Lack;

/// Why devices cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// The machine has no sound system, or it does not answer.
    #[error("The sound system cannot be reached: {0}. Check that sound works in other programs.")]
    NoSoundSystem(String),
    /// The device is there and cannot be opened.
    #[error("{device} cannot be used: {reason}. Unplug and plug it, or choose another device.")]
    Unusable {
        /// Its name.
        device: String,
        /// What the system said.
        reason: String,
        /// What kind of trouble that is.
        lack: Lack,
    },
    /// The system gave no thread.
    #[error("The sound devices cannot be looked after: {0}.")]
    NoThread(String),
}

impl DeviceError {
    pub(super) fn unusable(device: &SoundDevice, reason: impl std::fmt::Display) -> DeviceError {
        DeviceError::Unusable { device: device.name.clone(), reason: reason.to_string(), lack: Lack::Broken }
    }

    /// The system did not open it.
    pub(super) fn unopened(device: &SoundDevice, error: &cpal::Error) -> DeviceError {
        let lack = match error.kind() {
            ErrorKind::PermissionDenied => Lack::Refused,
            ErrorKind::DeviceBusy | ErrorKind::ResourceExhausted => Lack::Busy,
            ErrorKind::DeviceNotAvailable => Lack::NotConnected,
            _ => Lack::Broken,
        };
        DeviceError::Unusable { device: device.name.clone(), reason: error.to_string(), lack }
    }

    /// Returns what kind of trouble it is.
    pub fn lack(&self) -> Lack {
        match self {
            DeviceError::NoSoundSystem(_) => Lack::NotConnected,
            DeviceError::Unusable { lack, .. } => *lack,
            DeviceError::NoThread(_) => Lack::Broken,
        }
    }
}

/// How long a sound system may take to open a stream.
pub(super) const OPENING_LIMIT: Duration = Duration::from_secs(2);

/// A connection to the sound system.
pub(super) struct DeviceHost {
    kind: cpal::HostId,
    host: cpal::Host,
}

/// A device that is there.
#[derive(Clone)]
pub(super) struct Found {
    pub device: SoundDevice,
    /// The rate it runs at; a change of it is a change of device.
    pub rate_hz: u32,
    pub handle: cpal::Device,
}

impl DeviceHost {
    /// Connects: on Linux to PulseAudio (or PipeWire in its clothes), whose ALSA plugin loses sound, and to ALSA only
    /// where there is neither.
    pub(super) fn open() -> Result<DeviceHost, DeviceError> {
        #[cfg(target_os = "linux")]
        super::cookie::ensure();
        #[cfg(target_os = "linux")]
        let host = cpal::host_from_id(cpal::HostId::PulseAudio).or_else(|error| {
            tracing::info!(%error, "no PulseAudio, so ALSA");
            cpal::host_from_id(cpal::HostId::Alsa)
        });
        #[cfg(not(target_os = "linux"))]
        let host = Ok::<_, cpal::Error>(cpal::default_host());
        let host = host.map_err(|error| DeviceError::NoSoundSystem(error.to_string()))?;
        Ok(DeviceHost { kind: host.id(), host })
    }

    /// Connects to the same sound system again, which was restarted; another one would not know the devices.
    pub(super) fn again(kind: cpal::HostId) -> Result<DeviceHost, DeviceError> {
        let host = cpal::host_from_id(kind).map_err(|error| DeviceError::NoSoundSystem(error.to_string()))?;
        Ok(DeviceHost { kind, host })
    }

    pub(super) fn kind(&self) -> cpal::HostId {
        self.kind
    }

    /// Returns the devices there are; monitors of loudspeakers too.
    pub(super) fn look(&self) -> Result<Vec<Found>, DeviceError> {
        let defaults = [
            (Direction::Input, self.host.default_input_device().and_then(|device| device.id().ok())),
            (Direction::Output, self.host.default_output_device().and_then(|device| device.id().ok())),
        ];
        let devices = self.host.devices().map_err(|error| DeviceError::NoSoundSystem(error.to_string()))?;
        let mut found = Vec::new();
        for handle in devices {
            // A device that goes away while it is asked is not there.
            let (Ok(id), Ok(description)) = (handle.id(), handle.description()) else { continue };
            for (direction, default) in &defaults {
                let config = match direction {
                    Direction::Input if description.supports_input() => handle.default_input_config(),
                    Direction::Output if description.supports_output() => handle.default_output_config(),
                    Direction::Input | Direction::Output => continue,
                };
                let Ok(config) = config else { continue };
                let device = SoundDevice {
                    id: id.to_string(),
                    name: description.name().to_owned(),
                    direction: *direction,
                    is_default: default.as_ref() == Some(&id),
                };
                found.push(Found { device, rate_hz: config.sample_rate(), handle: handle.clone() });
            }
        }
        Ok(found)
    }
}

/// Returns the devices to show to a person.
pub(super) fn shown(found: &[Found]) -> Vec<SoundDevice> {
    found.iter().map(|found| &found.device).filter(|device| !is_monitor(device)).cloned().collect()
}

//! A connection to the sound system for each stream that plays.
//!
//! The PulseAudio client makes every stream of a connection a member of one group of synchronised streams, and the
//! server lets such a group play on one device only: a ringer beside a loudspeaker, or a loudspeaker that replaces
//! another before that is closed, would be refused as invalid.

use std::sync::Arc;

use super::host::{DeviceError, DeviceHost, Found};

/// Held by a stream for as long as its connection is its own.
#[derive(Debug, Default, Clone)]
pub(super) struct Lease {
    _held: Option<Arc<()>>,
}

/// Connections, used again when the stream that had one is closed. There are as many as streams ever played or were
/// being closed at one time.
#[derive(Default)]
pub(super) struct Connections(Vec<(DeviceHost, Arc<()>)>);

impl Connections {
    /// Returns the device as a connection that no stream uses sees it.
    ///
    /// # Errors
    /// When the sound system does not answer, or no longer has the device.
    pub(super) fn alone(&mut self, wanted: &Found, kind: cpal::HostId) -> Result<(Found, Lease), DeviceError> {
        if !groups_streams(kind) {
            return Ok((wanted.clone(), Lease::default()));
        }
        let free = self.0.iter().position(|(_, lease)| Arc::strong_count(lease) == 1);
        let (host, lease) = match free {
            Some(at) => self.0.swap_remove(at),
            None => (DeviceHost::again(kind)?, Arc::new(())),
        };
        // One that fails to answer is not kept.
        let found = host.look()?;
        self.0.push((host, Arc::clone(&lease)));
        let same =
            |found: &Found| found.device.id == wanted.device.id && found.device.direction == wanted.device.direction;
        let gone = || DeviceError::unusable(&wanted.device, "it has just been taken away");
        Ok((found.into_iter().find(same).ok_or_else(gone)?, Lease { _held: Some(lease) }))
    }
}

#[cfg(target_os = "linux")]
fn groups_streams(kind: cpal::HostId) -> bool {
    kind == cpal::HostId::PulseAudio
}

#[cfg(not(target_os = "linux"))]
fn groups_streams(_kind: cpal::HostId) -> bool {
    false
}

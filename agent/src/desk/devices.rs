//! The desk's sound devices, if it has any: they ring, and what becomes of them is told.

use cordboard_engine::{Cleaning, DeviceChoices, Devices, DevicesNow, Ring};
use tokio::sync::watch;

/// Devices, or none where files stand in for them.
pub(super) struct DeskDevices(Option<(Devices, watch::Receiver<DevicesNow>)>);

impl DeskDevices {
    pub(super) fn new(devices: Option<Devices>) -> DeskDevices {
        DeskDevices(devices.map(|devices| {
            let mut now = devices.now();
            // What there was before the desk is told too.
            now.mark_changed();
            (devices, now)
        }))
    }

    /// Lets the next ring wait for whoever is told of the call.
    pub(super) fn hold_ring(&self) {
        if let Some((devices, _)) = &self.0 {
            devices.hold_ring();
        }
    }

    /// Rings, knocks, or stops.
    pub(super) fn ring(&self, ring: Ring) {
        if let Some((devices, _)) = &self.0 {
            devices.ring(ring);
        }
    }

    /// Uses other devices from now on.
    pub(super) fn choose(&self, choices: DeviceChoices) {
        if let Some((devices, _)) = &self.0 {
            devices.choose(choices);
        }
    }

    /// Cleans the microphone's sound like this from now on.
    pub(super) fn clean(&self, cleaning: Cleaning) {
        if let Some((devices, _)) = &self.0 {
            devices.clean(cleaning);
        }
    }

    /// Waits until anything is other than it was told last, and returns it.
    pub(super) async fn changed(&mut self) -> Box<DevicesNow> {
        if let Some((_, now)) = &mut self.0
            && now.changed().await.is_ok()
        {
            return Box::new(now.borrow_and_update().clone());
        }
        std::future::pending().await
    }
}

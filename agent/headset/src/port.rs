//! The seam between what a headset means and how its bytes travel.

use std::time::Duration;

/// A device that may be a headset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Names it among those plugged in now.
    pub path: String,
    /// What people call it.
    pub name: String,
    /// Its maker's number (USB vendor id).
    pub vendor_id: u16,
    /// The maker's number for it (USB product id).
    pub product_id: u16,
}

/// What went wrong between here and the device.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PortError(pub String);

/// The machine's devices.
pub trait HidPort: Send {
    /// Returns the devices with a telephony collection that are plugged in now.
    ///
    /// # Errors
    /// When the system does not say.
    fn look(&mut self) -> Result<Vec<Found>, PortError>;

    /// Opens one.
    ///
    /// # Errors
    /// When it is gone, or the system does not let this program at it.
    fn open(&mut self, found: &Found) -> Result<Box<dyn HidLink>, PortError>;
}

/// An open device.
pub trait HidLink {
    /// Returns its report descriptor.
    ///
    /// # Errors
    /// When it is gone.
    fn descriptor(&mut self) -> Result<Vec<u8>, PortError>;

    /// Waits for an input report, at most so long; returns its length, 0 when none came.
    ///
    /// # Errors
    /// When it is gone.
    fn read(&mut self, report: &mut [u8], limit: Duration) -> Result<usize, PortError>;

    /// Sends an output report, its id first.
    ///
    /// # Errors
    /// When it is gone, or does not take the report.
    fn write(&mut self, report: &[u8]) -> Result<(), PortError>;
}

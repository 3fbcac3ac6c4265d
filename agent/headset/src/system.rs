//! The machine's own devices, by hidapi. Linux: `/dev/hidraw*`, without libudev; macOS: shared with other programs.

use std::ffi::CString;
use std::time::Duration;

use hidapi::{HidApi, HidDevice, MAX_REPORT_DESCRIPTOR_SIZE};

use crate::port::{Found, HidLink, HidPort, PortError};
use crate::usage::TELEPHONY_PAGE;

/// The machine's devices.
pub struct SystemPort {
    api: HidApi,
}

impl SystemPort {
    /// Begins; nothing is opened yet.
    ///
    /// # Errors
    /// When the system has no HID, or another part of this program holds it.
    pub fn new() -> Result<SystemPort, PortError> {
        Ok(SystemPort { api: HidApi::new().map_err(error)? })
    }
}

impl HidPort for SystemPort {
    fn look(&mut self) -> Result<Vec<Found>, PortError> {
        self.api.refresh_devices().map_err(error)?;
        let mut found: Vec<Found> = Vec::new();
        for device in self.api.device_list().filter(|device| device.usage_page() == TELEPHONY_PAGE) {
            let path = device.path().to_string_lossy().into_owned();
            // Linux and macOS list a device once for each collection, under one path.
            if found.iter().any(|known| known.path == path) {
                continue;
            }
            let name = device.product_string().unwrap_or_default().trim();
            let numbers = format!("HID {:04X}:{:04X}", device.vendor_id(), device.product_id());
            found.push(Found {
                path,
                name: if name.is_empty() { numbers } else { name.to_owned() },
                vendor_id: device.vendor_id(),
                product_id: device.product_id(),
            });
        }
        Ok(found)
    }

    fn open(&mut self, found: &Found) -> Result<Box<dyn HidLink>, PortError> {
        let path = CString::new(found.path.as_str()).map_err(|error| PortError(error.to_string()))?;
        Ok(Box::new(SystemLink { device: self.api.open_path(&path).map_err(error)? }))
    }
}

/// An open device.
struct SystemLink {
    device: HidDevice,
}

impl HidLink for SystemLink {
    fn descriptor(&mut self) -> Result<Vec<u8>, PortError> {
        let mut bytes = vec![0; MAX_REPORT_DESCRIPTOR_SIZE];
        let length = self.device.get_report_descriptor(&mut bytes).map_err(error)?;
        bytes.truncate(length);
        Ok(bytes)
    }

    fn read(&mut self, report: &mut [u8], limit: Duration) -> Result<usize, PortError> {
        let limit_ms = i32::try_from(limit.as_millis()).unwrap_or(i32::MAX);
        self.device.read_timeout(report, limit_ms).map_err(error)
    }

    fn write(&mut self, report: &[u8]) -> Result<(), PortError> {
        self.device.write(report).map(drop).map_err(error)
    }
}

#[allow(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
fn error(error: hidapi::HidError) -> PortError {
    PortError(error.to_string())
}

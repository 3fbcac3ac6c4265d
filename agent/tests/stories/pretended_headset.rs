//! Headsets that are not there: the real report descriptors, behind the port where hidapi would be. The kernels of build
//! machines have no `/dev/uhid`, so bytes cross here and not in the kernel.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cordboard_agent::HeadsetSource;
use cordboard_headset::{Found, HidLink, HidPort, PortError};
use tokio::sync::mpsc;

use crate::fake_gateway::within;

const JABRA: &str = include_str!("../../headset/tests/descriptors/jabra_link_380c.hex");
const POLY: &str = include_str!("../../headset/tests/descriptors/poly_blackwire_3220.hex");

/// A USB hub of pretended headsets.
#[derive(Clone, Default)]
pub struct Hub(Arc<Mutex<BTreeMap<String, Plugged>>>);

struct Plugged {
    found: Found,
    descriptor: Vec<u8>,
    /// Lets nobody at it, as a hidraw device without a rule does.
    barred: bool,
    reports: Option<Receiver<Vec<u8>>>,
    lights: mpsc::UnboundedSender<Vec<u8>>,
    echoes: bool,
    pressed: Sender<Vec<u8>>,
}

/// The person's side of a headset: presses, and sees lights. Dropping it pulls the plug at the next look.
pub struct PretendedHeadset {
    path: String,
    hub: Hub,
    lit: mpsc::UnboundedReceiver<Vec<u8>>,
}

impl Hub {
    pub fn source(&self) -> HeadsetSource {
        let hub = self.clone();
        HeadsetSource::of(move || Ok(Box::new(hub.clone())))
    }

    /// A Jabra, which answers the off-hook light by its hook switch.
    pub fn plug_jabra(&self) -> PretendedHeadset {
        self.plug("1-jabra", "Jabra Link 380", (0x0B0E, 0x24C9), JABRA, true, false)
    }

    /// A Plantronics, with a report for each light.
    pub fn plug_poly(&self) -> PretendedHeadset {
        self.plug("2-poly", "Blackwire 3220", (0x047F, 0xC056), POLY, false, false)
    }

    /// A Jabra that may not be opened.
    pub fn plug_barred(&self) -> PretendedHeadset {
        self.plug("3-barred", "Jabra Link 380", (0x0B0E, 0x24C9), JABRA, true, true)
    }

    fn plug(
        &self,
        path: &str,
        name: &str,
        (vendor_id, product_id): (u16, u16),
        text: &str,
        echoes: bool,
        barred: bool,
    ) -> PretendedHeadset {
        let bytes = text.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace);
        let descriptor = bytes.map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect();
        let (pressed, reports) = channel();
        let (lights, lit) = mpsc::unbounded_channel();
        let found = Found { path: path.to_owned(), name: name.to_owned(), vendor_id, product_id };
        let plugged = Plugged { found, descriptor, barred, reports: Some(reports), lights, echoes, pressed };
        self.0.lock().unwrap().insert(path.to_owned(), plugged);
        PretendedHeadset { path: path.to_owned(), hub: self.clone(), lit }
    }
}

impl PretendedHeadset {
    /// Sends an input report, its id first.
    pub fn report(&self, report: &[u8]) {
        let hub = self.hub.0.lock().unwrap();
        hub[&self.path].pressed.send(report.to_vec()).unwrap();
    }

    /// Waits until a report with exactly these lights was sent to it; others before it are passed over.
    pub async fn shows(&mut self, wanted: &[u8]) {
        within(async { while self.lit.recv().await.expect("the headset was taken off") != wanted {} }).await;
    }

    pub fn unplug(self) {
        self.hub.0.lock().unwrap().remove(&self.path);
    }
}

impl HidPort for Hub {
    fn look(&mut self) -> Result<Vec<Found>, PortError> {
        Ok(self.0.lock().unwrap().values().map(|plugged| plugged.found.clone()).collect())
    }

    fn open(&mut self, found: &Found) -> Result<Box<dyn HidLink>, PortError> {
        let mut hub = self.0.lock().unwrap();
        let plugged = hub.get_mut(&found.path).ok_or_else(|| PortError("no such device".to_owned()))?;
        if plugged.barred {
            return Err(PortError("permission denied".to_owned()));
        }
        Ok(Box::new(PretendedLink {
            descriptor: plugged.descriptor.clone(),
            reports: plugged.reports.take().ok_or_else(|| PortError("opened twice".to_owned()))?,
            lights: plugged.lights.clone(),
            echo: plugged.echoes.then(|| plugged.pressed.clone()),
            off_hook: false,
        }))
    }
}

struct PretendedLink {
    descriptor: Vec<u8>,
    reports: Receiver<Vec<u8>>,
    lights: mpsc::UnboundedSender<Vec<u8>>,
    echo: Option<Sender<Vec<u8>>>,
    off_hook: bool,
}

impl HidLink for PretendedLink {
    fn descriptor(&mut self) -> Result<Vec<u8>, PortError> {
        Ok(self.descriptor.clone())
    }

    fn read(&mut self, report: &mut [u8], limit: Duration) -> Result<usize, PortError> {
        match self.reports.recv_timeout(limit) {
            Ok(sent) => {
                report[..sent.len()].copy_from_slice(&sent);
                Ok(sent.len())
            }
            Err(RecvTimeoutError::Timeout) => Ok(0),
            Err(RecvTimeoutError::Disconnected) => Err(PortError("the device is gone".to_owned())),
        }
    }

    fn write(&mut self, report: &[u8]) -> Result<(), PortError> {
        // A Jabra's off-hook light is bit 0 of its report 2; its hook switch too.
        let off_hook = report[0] == 2 && report[1] & 1 != 0;
        if let Some(echo) = &self.echo
            && std::mem::replace(&mut self.off_hook, off_hook) != off_hook
        {
            let _ = echo.send(vec![2, u8::from(off_hook), 0]);
        }
        let _ = self.lights.send(report.to_vec());
        Ok(())
    }
}

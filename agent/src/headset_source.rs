//! Where headsets come from: the machine, or a story's pretended devices.

use std::fmt;
use std::sync::Arc;

use cordboard_headset::{Headset, HidPort, PortError, SystemPort};

type Port = dyn Fn() -> Result<Box<dyn HidPort>, PortError> + Send + Sync;

/// Gives access to headsets, anew for each connection of an agent.
#[derive(Clone)]
pub struct HeadsetSource(Arc<Port>);

impl HeadsetSource {
    /// The headsets of this machine.
    #[must_use]
    pub fn machine() -> HeadsetSource {
        HeadsetSource::of(|| Ok(Box::new(SystemPort::new()?)))
    }

    /// The headsets that are found behind a port.
    pub fn of(port: impl Fn() -> Result<Box<dyn HidPort>, PortError> + Send + Sync + 'static) -> HeadsetSource {
        HeadsetSource(Arc::new(port))
    }

    /// Begins to look for them; none when the system gives no thread, which is no reason to be without calls.
    pub(crate) fn start(&self) -> Option<Headset> {
        let port = Arc::clone(&self.0);
        Headset::start(move || port())
            .inspect_err(|error| tracing::warn!(%error, "headset buttons cannot be used: no thread"))
            .ok()
    }
}

impl fmt::Debug for HeadsetSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HeadsetSource")
    }
}

//! The system's own notices that devices came, went or changed; cpal gives none.

#[cfg(target_os = "macos")]
#[path = "notices/macos.rs"]
mod system;
#[cfg(target_os = "linux")]
#[path = "notices/pulse.rs"]
mod system;
#[cfg(windows)]
#[path = "notices/windows.rs"]
mod system;
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
#[path = "notices/none.rs"]
mod system;

use std::collections::HashMap;
use std::sync::mpsc::Sender;

use super::choice::Direction;
use super::keeper::Order;

pub(super) use system::Notices;

/// What the system said about its devices. Only PulseAudio says more than that something changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Notice {
    /// Which incarnation of each device is there, by its id: one that was unplugged and plugged again is another.
    pub incarnations: HashMap<String, u32>,
    /// The default devices, where the system moves streams by itself when they change.
    pub defaults: [Option<String>; 2],
    /// The devices that the system has muted, or turned down to nothing.
    pub muted: Vec<String>,
}

impl Notice {
    /// Whether the device `id` is another than at the time of `before`.
    pub(super) fn is_another(&self, before: &Notice, id: &str) -> bool {
        match (before.incarnations.get(id), self.incarnations.get(id)) {
            (Some(before), Some(now)) => before != now,
            _ => false,
        }
    }

    /// Whether the system says which devices are muted.
    pub(super) fn says_mutes(&self) -> bool {
        !self.incarnations.is_empty()
    }

    /// Whether the system may have moved streams since `before`.
    pub(super) fn moved_streams(&self, before: &Notice, direction: Direction) -> bool {
        let at = usize::from(direction == Direction::Output);
        self.defaults[at] != before.defaults[at]
    }
}

/// Tells the keeper; false when there is none any more.
fn tell(orders: &Sender<Order>, notice: Notice) -> bool {
    orders.send(Order::Noticed(notice)).is_ok()
}

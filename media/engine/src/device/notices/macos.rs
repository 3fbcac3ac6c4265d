//! macOS tells through listeners on CoreAudio's system object.

use std::ffi::c_void;
use std::ptr::NonNull;
use std::sync::mpsc::Sender;

use objc2_core_audio::{
    AudioObjectAddPropertyListener, AudioObjectID, AudioObjectPropertyAddress, AudioObjectRemovePropertyListener,
    kAudioHardwarePropertyDefaultInputDevice, kAudioHardwarePropertyDefaultOutputDevice, kAudioHardwarePropertyDevices,
    kAudioObjectPropertyElementMain, kAudioObjectPropertyScopeGlobal, kAudioObjectSystemObject,
};

use super::{Notice, Order, tell};

/// What is listened to: devices that come and go, and the two defaults. A change of rate ends its streams, and the
/// keeper hears of it from them.
const WATCHED: [u32; 3] = [
    kAudioHardwarePropertyDevices,
    kAudioHardwarePropertyDefaultInputDevice,
    kAudioHardwarePropertyDefaultOutputDevice,
];

/// Listens until it is dropped.
#[derive(Debug)]
pub(in super::super) struct Notices {
    /// Lent to CoreAudio while the listeners stand.
    orders: NonNull<Sender<Order>>,
    listening: Vec<u32>,
}

// SAFETY: the sender may be used from any thread, and only the drop takes it back.
unsafe impl Send for Notices {}
// SAFETY: as above; nothing is reached through a shared reference.
unsafe impl Sync for Notices {}

impl Notices {
    pub(in super::super) fn start(orders: Sender<Order>) -> Notices {
        let orders = NonNull::from(Box::leak(Box::new(orders)));
        let mut notices = Notices { orders, listening: vec![] };
        for property in WATCHED {
            let address = address(property);
            // SAFETY: the address lives for the call, the sender until the listener is removed.
            let status = unsafe {
                AudioObjectAddPropertyListener(
                    kAudioObjectSystemObject as AudioObjectID,
                    NonNull::from(&address),
                    Some(changed),
                    orders.as_ptr().cast(),
                )
            };
            if status == 0 {
                notices.listening.push(property);
            } else {
                tracing::warn!(status, property, "changes of sound devices are noticed late");
            }
        }
        notices
    }
}

impl Drop for Notices {
    fn drop(&mut self) {
        let mut removed = true;
        for property in &self.listening {
            let address = address(*property);
            // SAFETY: the same address, function and pointer as were added.
            let status = unsafe {
                AudioObjectRemovePropertyListener(
                    kAudioObjectSystemObject as AudioObjectID,
                    NonNull::from(&address),
                    Some(changed),
                    self.orders.as_ptr().cast(),
                )
            };
            removed &= status == 0;
        }
        // A call that is under way on another thread may still use the sender, so it is left behind: once a desk.
        if !removed {
            tracing::debug!("a listener for sound devices stays");
        }
    }
}

fn address(property: u32) -> AudioObjectPropertyAddress {
    AudioObjectPropertyAddress {
        mSelector: property,
        mScope: kAudioObjectPropertyScopeGlobal,
        mElement: kAudioObjectPropertyElementMain,
    }
}

unsafe extern "C-unwind" fn changed(
    _object: AudioObjectID,
    _count: u32,
    _addresses: NonNull<AudioObjectPropertyAddress>,
    orders: *mut c_void,
) -> i32 {
    // SAFETY: the pointer is the sender that was leaked when the listener was added, and is never freed.
    if let Some(orders) = unsafe { orders.cast::<Sender<Order>>().as_ref() } {
        tell(orders, Notice::default());
    }
    0
}

//! Sound devices: microphone, loudspeaker and ringer on a real machine.
//!
//! * [`Devices`] is the handle: which devices there are, which are wanted, which are in use; it also rings.
//! * [`DeviceEnds`] goes to a [`SoundPath`](crate::SoundPath) and is its mouth and ear.
//!
//! ```text
//! Devices ──orders──► keeper (thread) ──opens, closes──► streams, whose callbacks only copy
//!                        ▲    │                               │ rings of samples
//!   system's notices ────┘    └──────── rings' ends ──► DeviceEnds (sound thread)
//! ```
//!
//! The keeper owns every device and is the only one to open or close any. Between calls nothing is open: no stream
//! exists, so no other program sees a microphone in use.

mod callback;
mod choice;
mod connections;
#[cfg(target_os = "linux")]
mod cookie;
mod ends;
mod fifo;
mod hold;
mod host;
mod keeper;
mod microphone;
mod news;
mod notices;
mod ringer;
mod speaker;
mod stream;
mod watch;

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{Sender, channel, sync_channel};
use std::thread::JoinHandle;

use tokio::sync::watch as told;

pub use callback::in_callback;
pub use choice::{Choice, DeviceChoices, Direction, SoundDevice};
pub use ends::DeviceEnds;
pub use hold::RingHold;
pub use host::DeviceError;
pub use news::{DevicesNow, Lack, Use};

use crate::cleaning::Cleaning;
use crate::priority::come_first;
use keeper::{Keeper, Order};
use notices::Notices;

/// What a person hears of a call that waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum Ring {
    /// Nothing.
    #[default]
    Off = 0,
    /// The ringer, on its own device.
    Aloud = 1,
    /// A soft tone in the ear, because the agent is talking to somebody else.
    Knocking = 2,
}

/// Sets up devices: who is meant, what is done to the microphone's sound, and what a ring waits for.
#[derive(Debug, Clone, Default)]
pub struct DeviceSettings {
    /// The devices wanted.
    pub choices: DeviceChoices,
    /// What is done to the microphone's sound.
    pub cleaning: Cleaning,
    /// Who may let a ring wait for a moment; none: nobody.
    pub hold: Option<RingHold>,
}

/// The handle to the machine's sound devices; dropping it closes them all.
#[derive(Debug)]
pub struct Devices {
    orders: Option<Sender<Order>>,
    now: told::Receiver<DevicesNow>,
    ring: Arc<AtomicU8>,
    hold: Option<RingHold>,
    keeper: Option<JoinHandle<()>>,
    _notices: Notices,
}

impl Devices {
    /// Begins to look after the devices; nothing is opened yet.
    ///
    /// # Errors
    /// When the machine has no sound system, or the system gives no thread.
    pub fn start(settings: DeviceSettings) -> Result<(Devices, DeviceEnds), DeviceError> {
        // Unbounded: written by this handle, by the sound thread at calls' ends, and by the system's notices, which
        // the keeper reads to the last before it acts on any.
        let (orders, ordered) = channel();
        let ring = Arc::new(AtomicU8::new(Ring::Off as u8));
        let (ends, attachments) = DeviceEnds::new(orders.clone(), Arc::clone(&ring), settings.cleaning);
        let (now_sender, now) = told::channel(DevicesNow::default());
        let keeper =
            Keeper::new(settings.choices, settings.hold.clone(), ordered, orders.clone(), attachments, now_sender);
        let (opened, whether_opened) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("sound devices".to_owned())
            .spawn(move || {
                // The sound system's own threads, which run the callbacks, are started from this one.
                come_first();
                keeper.run(&opened);
            })
            .map_err(|error| DeviceError::NoThread(error.to_string()))?;
        whether_opened.recv().map_err(|error| DeviceError::NoThread(error.to_string()))??;
        let notices = Notices::start(orders.clone());
        let hold = settings.hold;
        Ok((Devices { orders: Some(orders), now, ring, hold, keeper: Some(thread), _notices: notices }, ends))
    }

    /// Returns the devices there are, without looking after them.
    ///
    /// # Errors
    /// When the machine has no sound system, or it does not answer.
    pub fn list() -> Result<Vec<SoundDevice>, DeviceError> {
        host::DeviceHost::open()?.look().map(|found| host::shown(&found))
    }

    /// Uses other devices from now on, also in a call.
    pub fn choose(&self, choices: DeviceChoices) {
        self.tell(Order::Choose(choices));
    }

    /// Holds the next ring back where there is a [`RingHold`], until that is released: before anybody is told of the call
    /// who might release it.
    pub fn hold_ring(&self) {
        if let Some(hold) = &self.hold {
            hold.hold();
        }
    }

    /// Rings, knocks, or stops.
    pub fn ring(&self, ring: Ring) {
        self.ring.store(ring as u8, Ordering::Relaxed);
        self.tell(Order::Ring(ring == Ring::Aloud));
    }

    /// Cleans the microphone's sound like this from now on.
    pub fn clean(&self, cleaning: Cleaning) {
        self.tell(Order::Clean(cleaning));
    }

    /// Returns a watch on the devices there are and those in use.
    pub fn now(&self) -> told::Receiver<DevicesNow> {
        self.now.clone()
    }

    fn tell(&self, order: Order) {
        if let Some(orders) = &self.orders
            && orders.send(order).is_err()
        {
            tracing::error!("the keeper of the sound devices has ended");
        }
    }
}

impl Drop for Devices {
    fn drop(&mut self) {
        self.tell(Order::End);
        self.orders = None;
        if let Some(keeper) = self.keeper.take()
            && keeper.join().is_err()
        {
            tracing::error!("the keeper of the sound devices ended in a panic");
        }
    }
}

//! The handle to whichever headset is plugged in. A thread of its own talks to devices, so that one that hangs keeps
//! nobody waiting.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use crate::conversation::{CallState, Press};
use crate::keeper::Keeper;
use crate::port::{HidPort, PortError};

/// Presses not yet taken. A full queue means that nobody acts on them any more; further ones are dropped.
const QUEUED_PRESSES: usize = 16;
/// How long the end may wait for the lights to go out.
const LIGHTS_OUT_LIMIT: Duration = Duration::from_millis(300);

/// Which headset is there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum HeadsetNow {
    /// None with buttons.
    #[default]
    Absent,
    /// This one; its buttons work.
    Ready(HeadsetName),
    /// This one, but its buttons cannot be used.
    Barred {
        /// Which.
        headset: HeadsetName,
        /// What happened, why, and what to do next.
        message: String,
    },
}

/// A headset's name and numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadsetName {
    /// What people call it.
    pub name: String,
    /// USB vendor id.
    pub vendor_id: u16,
    /// USB product id.
    pub product_id: u16,
}

/// What a headset has to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeadsetEvent {
    /// Another one is there, or none.
    Now(HeadsetNow),
    /// A button was pressed.
    Pressed(Press),
}

/// What the headset is to show. `turn` rises when it is to be shown again although nothing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Shown {
    pub call: CallState,
    pub turn: u64,
}

/// The handle. Dropping it puts the lights out.
#[derive(Debug)]
pub struct Headset {
    shown: watch::Sender<Shown>,
    now: watch::Receiver<HeadsetNow>,
    presses: mpsc::Receiver<Press>,
    /// Wakes the thread; full means that it will wake anyway. None once this handle is being dropped.
    bell: Option<SyncSender<()>>,
    ended: Receiver<()>,
}

impl Headset {
    /// Begins to look for headsets. `port` is called on the thread that will use it.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        port: impl FnOnce() -> Result<Box<dyn HidPort>, PortError> + Send + 'static,
    ) -> std::io::Result<Headset> {
        let (shown, to_show) = watch::channel(Shown::default());
        let (now_sender, mut now) = watch::channel(HeadsetNow::default());
        now.mark_unchanged();
        let (pressed, presses) = mpsc::channel(QUEUED_PRESSES);
        let (bell, rung) = sync_channel(1);
        let (ending, ended) = sync_channel(1);
        std::thread::Builder::new().name("headset".to_owned()).spawn(move || {
            match port() {
                Ok(port) => Keeper::new(port, to_show, rung, now_sender, pressed).run(),
                Err(error) => tracing::warn!(%error, "headset buttons cannot be used on this system"),
            }
            // Nobody waiting is fine.
            let _ = ending.try_send(());
        })?;
        Ok(Headset { shown, now, presses, bell: Some(bell), ended })
    }

    /// Shows a state of calls, and hears buttons in its light from now on.
    pub fn show(&self, call: CallState) {
        self.update(|shown| std::mem::replace(&mut shown.call, call) != call);
    }

    /// Shows the same once more: a button was pressed and nothing came of it, so the headset may believe otherwise.
    pub fn show_again(&self) {
        self.update(|shown| {
            shown.turn += 1;
            true
        });
    }

    /// Waits for the next event; for ever once the headset's thread has ended.
    pub async fn next(&mut self) -> HeadsetEvent {
        tokio::select! {
            biased;
            Ok(()) = self.now.changed() => HeadsetEvent::Now(self.now.borrow_and_update().clone()),
            Some(press) = self.presses.recv() => HeadsetEvent::Pressed(press),
            else => std::future::pending().await,
        }
    }

    fn update(&self, change: impl FnOnce(&mut Shown) -> bool) {
        if self.shown.send_if_modified(change)
            && let Some(bell) = &self.bell
        {
            let _ = bell.try_send(());
        }
    }
}

impl Drop for Headset {
    fn drop(&mut self) {
        self.bell = None;
        match self.ended.recv_timeout(LIGHTS_OUT_LIMIT) {
            Ok(()) | Err(RecvTimeoutError::Disconnected) => {}
            Err(RecvTimeoutError::Timeout) => tracing::debug!("the headset did not put its lights out in time"),
        }
    }
}

//! The thread that talks to headsets: it looks for them, hears the best one, and lights it up.

use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};

use crate::conversation::{CallState, Press};
use crate::headset::{HeadsetName, HeadsetNow, Shown};
use crate::port::{Found, HidPort};
use crate::worn::{Unusable, Worn};

/// How often devices are looked for: systems tell of them in ways too different to be worth it.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long a headset is listened to before the desk's own changes are looked at.
const LISTEN_FOR: Duration = Duration::from_millis(20);

/// Looks after headsets.
pub(crate) struct Keeper {
    port: Box<dyn HidPort>,
    shown: watch::Receiver<Shown>,
    bell: Receiver<()>,
    now: watch::Sender<HeadsetNow>,
    presses: mpsc::Sender<Press>,
    worn: Option<Worn>,
    /// Devices that were tried and are not worn: useless, or of no higher rank.
    passed_over: Vec<Found>,
    next_look: Instant,
    /// Whether it has been told yet which headset is there; that there is none is told too.
    told: bool,
}

impl Keeper {
    pub(crate) fn new(
        port: Box<dyn HidPort>,
        shown: watch::Receiver<Shown>,
        bell: Receiver<()>,
        now: watch::Sender<HeadsetNow>,
        presses: mpsc::Sender<Press>,
    ) -> Keeper {
        let next_look = Instant::now();
        Keeper { port, shown, bell, now, presses, worn: None, passed_over: Vec::new(), next_look, told: false }
    }

    /// Runs until the handle is dropped; puts the lights out at the end.
    pub(crate) fn run(mut self) {
        while self.tick() {}
        if let Some(worn) = &mut self.worn {
            worn.show(CallState::default(), Instant::now());
        }
    }

    /// Does one round; false when the handle is gone.
    fn tick(&mut self) -> bool {
        let now = Instant::now();
        if now >= self.next_look {
            self.look(now);
            self.next_look = now + LOOK_EVERY;
        }
        if self.shown.has_changed().is_err() {
            return false;
        }
        let shown = *self.shown.borrow_and_update();
        match &mut self.worn {
            Some(worn) => {
                worn.show_if_new(shown, now);
                match worn.listen(LISTEN_FOR) {
                    Ok(presses) => self.tell(presses),
                    Err(error) => {
                        tracing::info!(%error, "headset gone");
                        self.take_off();
                    }
                }
                !matches!(self.bell.try_recv(), Err(TryRecvError::Disconnected))
            }
            None => {
                let wait = self.next_look.saturating_duration_since(now);
                !matches!(self.bell.recv_timeout(wait), Err(RecvTimeoutError::Disconnected))
            }
        }
    }

    fn tell(&self, presses: Vec<Press>) {
        for press in presses {
            tracing::debug!(?press, "headset button");
            if self.presses.try_send(press).is_err() {
                tracing::warn!(?press, "a headset button was not taken");
            }
        }
    }

    fn take_off(&mut self) {
        self.worn = None;
        self.passed_over.clear();
        self.next_look = Instant::now();
        self.publish(HeadsetNow::Absent);
    }

    fn look(&mut self, now: Instant) {
        let found = match self.port.look() {
            Ok(found) => found,
            Err(error) => {
                tracing::debug!(%error, "headsets cannot be looked for");
                return;
            }
        };
        self.passed_over.retain(|passed| found.contains(passed));
        if self.worn.as_ref().is_some_and(|worn| !found.contains(&worn.found)) {
            self.take_off();
        }
        let mut barred = None;
        for candidate in found {
            if self.passed_over.contains(&candidate) || self.worn.as_ref().is_some_and(|worn| worn.found == candidate) {
                continue;
            }
            self.try_on(candidate, now, &mut barred);
        }
        if self.worn.is_none() {
            self.publish(barred.unwrap_or_default());
        }
    }

    fn try_on(&mut self, candidate: Found, now: Instant, barred: &mut Option<HeadsetNow>) {
        match Worn::open(self.port.as_mut(), &candidate) {
            Ok(mut worn) if self.worn.as_ref().is_none_or(|known| known.rank() < worn.rank()) => {
                tracing::info!(headset = candidate.name, "headset ready");
                worn.show_if_new(*self.shown.borrow(), now);
                if let Some(mut before) = self.worn.replace(worn) {
                    before.show(CallState::default(), now);
                    self.passed_over.push(before.found);
                }
                self.publish(HeadsetNow::Ready(named(&candidate)));
            }
            Ok(_) => self.passed_over.push(candidate),
            Err(Unusable::Useless(reason)) => {
                tracing::debug!(device = candidate.name, reason, "a device is no headset");
                self.passed_over.push(candidate);
            }
            // Tried again with the next look: the system may be about to grant it.
            Err(Unusable::Barred(error)) => {
                let message = format!(
                    "The buttons of {} cannot be used, because it could not be opened: {error}. On Linux your account \
                     needs the right to its hidraw device (docs/operating.md, Headsets); elsewhere close the program \
                     that holds it.",
                    candidate.name
                );
                *barred = Some(HeadsetNow::Barred { headset: named(&candidate), message });
            }
        }
    }

    fn publish(&mut self, fresh: HeadsetNow) {
        let first = !std::mem::replace(&mut self.told, true);
        self.now.send_if_modified(|known| {
            let changed = first || *known != fresh;
            *known = fresh;
            changed
        });
    }
}

fn named(found: &Found) -> HeadsetName {
    HeadsetName { name: found.name.clone(), vendor_id: found.vendor_id, product_id: found.product_id }
}

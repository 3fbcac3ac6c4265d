//! Where commands wait for a worker: one slot an endpoint, so that the newest wish wins however full a queue is,
//! and one inbox a worker, which says what to look at.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::endpoint::{EndpointId, EndpointStats, Hear, RecordingId, Remote};
use crate::worker::Endpoint;

/// Digits that may wait to be sent on one leg.
pub(crate) const DIGITS_CAP: usize = 32;
/// Commands that may wait for one worker. Beyond it openings are refused and changes fall back to a scan.
const INBOX_CAP: usize = 1_024;

/// A plan whose sources have been looked up.
#[derive(Debug, Clone, Default)]
pub(crate) struct ResolvedPlan {
    pub revision: u64,
    /// What to hear; the ids in `Hear::Endpoints` are those of `sources`.
    pub hear: Hear,
    pub sources: Vec<Arc<Slot>>,
    pub record: Option<RecordingId>,
}

/// What is wished of an endpoint and not yet taken by its worker.
#[derive(Debug, Default)]
pub(crate) struct Wishes {
    pub plan: Option<ResolvedPlan>,
    pub remote: Option<Remote>,
    pub digits: VecDeque<char>,
    pub move_to: Option<usize>,
    pub closed: bool,
}

/// What the shell's side and the workers share of one endpoint.
#[derive(Debug)]
pub(crate) struct Slot {
    pub id: EndpointId,
    worker: AtomicUsize,
    dirty: AtomicBool,
    wishes: Mutex<Wishes>,
    /// Workers that have listeners of this endpoint, a bit each.
    pub audience: AtomicU64,
    pub tally: Tally,
}

/// Counts with one writer, the endpoint's worker.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub packets_in: AtomicU64,
    pub packets_out: AtomicU64,
    pub dropped_foreign: AtomicU64,
    pub dropped_unfit: AtomicU64,
    pub latched: Mutex<Option<SocketAddr>>,
}

impl Tally {
    /// Counts one. A plain load and store suffice for a single writer.
    pub fn count(counter: &AtomicU64) {
        counter.store(counter.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
    }
}

impl Slot {
    pub fn new(id: EndpointId, worker: usize) -> Self {
        Self {
            id,
            worker: AtomicUsize::new(worker),
            dirty: AtomicBool::new(false),
            wishes: Mutex::default(),
            audience: AtomicU64::new(0),
            tally: Tally::default(),
        }
    }

    /// The worker the endpoint lives on, or moves to.
    pub fn worker(&self) -> usize {
        self.worker.load(Ordering::Acquire)
    }

    fn lock(&self) -> MutexGuard<'_, Wishes> {
        self.wishes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the wishes and tells the worker to look.
    pub fn wish<T>(&self, inboxes: &[Arc<Inbox>], change: impl FnOnce(&mut Wishes) -> T) -> T {
        let mut wishes = self.lock();
        let result = change(&mut wishes);
        // Under the lock, so that a move cannot slip between the wish and the choice of whom to tell.
        if !self.dirty.swap(true, Ordering::AcqRel)
            && let Some(inbox) = inboxes.get(self.worker())
        {
            inbox.changed(self.id);
        }
        result
    }

    /// The worker takes what is wished.
    pub fn take(&self) -> Wishes {
        let mut wishes = self.lock();
        self.dirty.store(false, Ordering::Release);
        std::mem::take(&mut *wishes)
    }

    /// Whether something waits.
    pub fn is_dirty(&self) -> bool {
        self.dirty.load(Ordering::Acquire)
    }

    /// Says that the endpoint belongs to another worker from now on, which will look at the wishes by itself.
    pub fn hand_to(&self, worker: usize) {
        let _wishes = self.lock();
        self.worker.store(worker, Ordering::Release);
    }

    pub fn stats(&self) -> EndpointStats {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        EndpointStats {
            packets_in: read(&self.tally.packets_in),
            packets_out: read(&self.tally.packets_out),
            dropped_foreign: read(&self.tally.dropped_foreign),
            dropped_unfit: read(&self.tally.dropped_unfit),
            worker: self.worker(),
            latched: *self.tally.latched.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }
}

/// A message to a worker.
pub(crate) enum Command {
    /// A new endpoint, or one that moves here, with everything it owns.
    Adopt(Box<Endpoint>),
    /// Look at an endpoint's slot.
    Changed(EndpointId),
}

/// A worker's letter box.
pub(crate) struct Inbox {
    queue: Mutex<VecDeque<Command>>,
    /// Set under the queue's lock when its worker has ended: what comes later is dropped, recordings with it.
    closed: AtomicBool,
    waker: mio::Waker,
    scan: AtomicBool,
    stopped: AtomicBool,
}

/// The inbox is full.
#[derive(Debug)]
pub(crate) struct Full;

impl Inbox {
    pub fn new(waker: mio::Waker) -> Self {
        Self {
            queue: Mutex::new(VecDeque::with_capacity(INBOX_CAP)),
            closed: AtomicBool::new(false),
            waker,
            scan: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Command>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Interrupts the worker's wait.
    pub fn wake(&self) {
        if let Err(error) = self.waker.wake() {
            tracing::warn!(%error, "cannot wake a media worker");
        }
    }

    fn changed(&self, id: EndpointId) {
        let mut queue = self.lock();
        if queue.len() < INBOX_CAP {
            queue.push_back(Command::Changed(id));
        } else {
            self.scan.store(true, Ordering::Release);
        }
        drop(queue);
        self.wake();
    }

    /// Hands over a new endpoint.
    pub fn open(&self, endpoint: Box<Endpoint>) -> Result<(), Full> {
        let mut queue = self.lock();
        if queue.len() >= INBOX_CAP || self.closed.load(Ordering::Acquire) {
            return Err(Full);
        }
        queue.push_back(Command::Adopt(endpoint));
        drop(queue);
        self.wake();
        Ok(())
    }

    /// Hands over an endpoint that moves: never refused, and bounded by the number of endpoints.
    pub fn adopt(&self, endpoint: Box<Endpoint>) {
        let mut queue = self.lock();
        if !self.closed.load(Ordering::Acquire) {
            queue.push_back(Command::Adopt(endpoint));
        }
        drop(queue);
        self.wake();
    }

    /// Takes all letters; true if the queue overflowed and every slot must be looked at.
    pub fn empty_into(&self, letters: &mut VecDeque<Command>) -> bool {
        std::mem::swap(&mut *self.lock(), letters);
        self.scan.swap(false, Ordering::AcqRel)
    }

    /// The worker has ended: nothing is taken any more, and what waits is dropped.
    pub fn close(&self) {
        let mut queue = self.lock();
        self.closed.store(true, Ordering::Release);
        queue.clear();
    }

    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
        self.wake();
    }

    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn inbox() -> (mio::Poll, Vec<Arc<Inbox>>) {
        let poll = mio::Poll::new().unwrap();
        let waker = mio::Waker::new(poll.registry(), mio::Token(0)).unwrap();
        (poll, vec![Arc::new(Inbox::new(waker))])
    }

    #[test]
    fn a_full_inbox_asks_for_a_scan_and_loses_no_wish() {
        let (_poll, inboxes) = inbox();
        let slots: Vec<_> = (0..2 * INBOX_CAP as u64).map(|id| Slot::new(EndpointId(id), 0)).collect();
        for slot in &slots {
            for revision in 1..=3 {
                let plan = ResolvedPlan { revision, ..ResolvedPlan::default() };
                slot.wish(&inboxes, |wishes| wishes.plan = Some(plan));
            }
        }
        let mut letters = VecDeque::new();
        assert!(inboxes[0].empty_into(&mut letters), "a scan is due");
        assert_eq!(letters.len(), INBOX_CAP, "one letter an endpoint, and no more than fit");
        assert!(slots.iter().all(|slot| slot.is_dirty() && slot.take().plan.unwrap().revision == 3));
        assert!(slots.iter().all(|slot| !slot.is_dirty()));
    }

    #[test]
    fn a_wish_behind_a_move_goes_to_the_new_worker() {
        let (_one, mut inboxes) = inbox();
        let (_two, mut other) = inbox();
        inboxes.append(&mut other);
        let slot = Slot::new(EndpointId(1), 0);
        slot.hand_to(1);
        slot.wish(&inboxes, |wishes| wishes.closed = true);
        let mut letters = VecDeque::new();
        inboxes[0].empty_into(&mut letters);
        assert!(letters.is_empty());
        inboxes[1].empty_into(&mut letters);
        assert!(matches!(letters.pop_front(), Some(Command::Changed(EndpointId(1)))));
    }
}

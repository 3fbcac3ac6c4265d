//! Answers desks' offers on a thread of its own: parsing SDP and making keys would hold a worker up for a
//! millisecond.

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use str0m::config::DtlsCert;

use crate::desk::Desk;
use crate::directory::{Directory, Kind};
use crate::endpoint::EndpointId;
use crate::line::Clock;
use crate::offer::{self, OfferError};
use crate::slot::Inbox;
use crate::worker::{Body, Endpoint};

/// Offers that may wait; more are told to come again.
const OFFERS_CAP: usize = 256;

type Answer = Result<String, OfferError>;

/// Who waits for an answer; told *busy* if it is dropped unanswered.
pub(crate) struct Reply(Option<Box<dyn FnOnce(Answer) + Send>>);

impl Reply {
    pub fn new(tell: Box<dyn FnOnce(Answer) + Send>) -> Self {
        Self(Some(tell))
    }

    pub fn say(mut self, answer: Answer) {
        if let Some(tell) = self.0.take() {
            tell(answer);
        }
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        if let Some(tell) = self.0.take() {
            tell(Err(OfferError::Busy));
        }
    }
}

/// An offer to be answered.
pub(crate) struct OfferJob {
    pub id: EndpointId,
    pub offer: String,
    pub reply: Reply,
}

/// What answering needs.
pub(crate) struct Reception {
    pub directory: Arc<Mutex<Directory>>,
    pub inboxes: Vec<Arc<Inbox>>,
    /// The address desks are told, by worker.
    pub candidates: Vec<SocketAddr>,
    pub clock: Clock,
}

impl Reception {
    pub fn start(self) -> std::io::Result<(SyncSender<OfferJob>, JoinHandle<()>)> {
        let (sender, receiver) = sync_channel(OFFERS_CAP);
        let thread = std::thread::Builder::new().name("relay-reception".into()).spawn(move || self.run(&receiver))?;
        Ok((sender, thread))
    }

    fn run(self, jobs: &Receiver<OfferJob>) {
        // One certificate for all desks: browsers pin its fingerprint per connection, and a key costs time.
        let cert = str0m::crypto::from_feature_flags().dtls_provider.generate_certificate();
        while let Ok(OfferJob { id, offer, reply }) = jobs.recv() {
            let answer = self.admit(id, &offer, cert.as_ref());
            if let Err(error) = &answer {
                tracing::info!(%error, desk = %id, "an offer was refused");
            }
            reply.say(answer);
        }
    }

    fn admit(&self, id: EndpointId, offer: &str, cert: Option<&DtlsCert>) -> Answer {
        let lock = || self.directory.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lock().kind(id);
        if id.0 > EndpointId::MAX || known == Some(Kind::Trunk) {
            return Err(OfferError::BadId);
        }
        let is_new = known != Some(Kind::Desk);
        let slot = lock().open(id, Kind::Desk);
        let admitted = self.connect(&slot, offer, cert);
        if admitted.is_err() && is_new {
            lock().close(id);
        }
        admitted
    }

    fn connect(&self, slot: &Arc<crate::slot::Slot>, offer: &str, cert: Option<&DtlsCert>) -> Answer {
        let worker = slot.worker();
        let candidate = *self.candidates.get(worker).ok_or(OfferError::Busy)?;
        let inbox = self.inboxes.get(worker).ok_or(OfferError::Busy)?;
        // str0m promises not to panic on input; if it does, it costs one offer.
        let agreed = catch_unwind(AssertUnwindSafe(|| offer::answer(offer, candidate, cert)))
            .unwrap_or_else(|_| Err(OfferError::Unfit("the engine broke on it".into())))?;
        let answer = agreed.answer.clone();
        let now = Instant::now();
        let desk = Desk::new(agreed, candidate, now, self.clock.us(now), rand::random());
        let endpoint = Endpoint::new(Arc::clone(slot), Body::Desk(Box::new(desk)), now);
        inbox.open(Box::new(endpoint)).map_err(|_| OfferError::Busy)?;
        Ok(answer)
    }
}

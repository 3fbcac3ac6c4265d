//! The handle: what the shell calls. Nothing here waits for a worker.

use std::net::SocketAddr;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use cordboard_media::{Codec, dtmf};
use mio::Poll;

use crate::config::{CommandError, OpenError, RelayConfig, StartError};
use crate::directory::{Directory, Kind};
use crate::endpoint::{EndpointId, EndpointStats, Plan, Remote};
use crate::event::RelayEvent;
use crate::herald::Herald;
use crate::library::Library;
use crate::line::Clock;
use crate::offer::OfferError;
use crate::ports::{self, Ports};
use crate::reception::{OfferJob, Reception, Reply};
use crate::recording::Recorder;
use crate::slot::{DIGITS_CAP, Inbox};
use crate::trunk::Trunk;
use crate::worker::{Body, Crossings, Endpoint, Parts, WAKE, Worker};

/// Receive buffer of a worker's one socket for desks: a stall of 50 ms must not cost packets of hundreds of desks.
const DESK_BUFFER_BYTES: usize = 4 * 1024 * 1024;

/// The media workers of one gateway. Clones are handles of the same relay.
#[derive(Clone)]
pub struct Relay {
    shared: Arc<Shared>,
}

struct Shared {
    config: RelayConfig,
    clock: Clock,
    inboxes: Vec<Arc<Inbox>>,
    directory: Arc<Mutex<Directory>>,
    ports: Mutex<Ports>,
    offers: Mutex<Option<SyncSender<OfferJob>>>,
    herald: Herald,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Relay {
    /// Binds the desks' sockets, reads the prompts and starts the threads. `events` is called on a thread of its
    /// own, one event after the other, and may block.
    pub fn start(config: RelayConfig, events: impl FnMut(RelayEvent) + Send + 'static) -> Result<Self, StartError> {
        let (start, end) = (*config.rtp_ports.start(), *config.rtp_ports.end());
        let ports = Ports::new(config.rtp_ip, config.rtp_ports.clone()).ok_or(StartError::NoPorts { start, end })?;
        let desk_ip = config.desk_advertised.unwrap_or(config.desk_bind);
        if desk_ip.is_unspecified() {
            return Err(StartError::NoDeskAddress(desk_ip));
        }
        std::fs::create_dir_all(&config.recordings)
            .map_err(|source| StartError::Recordings { path: config.recordings.clone(), source })?;

        let workers = worker_count(config.workers);
        let clock = Clock::new(Instant::now());
        let library = Library::load(&config.prompts);
        let mut polls = Vec::with_capacity(workers);
        let mut inboxes = Vec::with_capacity(workers);
        for _ in 0..workers {
            let poll = Poll::new().map_err(StartError::Worker)?;
            let waker = mio::Waker::new(poll.registry(), WAKE).map_err(StartError::Worker)?;
            inboxes.push(Arc::new(Inbox::new(waker)));
            polls.push(poll);
        }
        let (herald, herald_thread) = Herald::start(Box::new(events)).map_err(StartError::Worker)?;
        let (recorder, mut recording_threads) =
            Recorder::start(config.recordings.clone(), herald.clone()).map_err(StartError::Worker)?;
        let mut threads = Vec::new();
        let mut crossings = Crossings::between(workers).into_iter();
        let mut candidates = Vec::with_capacity(workers);
        for (index, poll) in polls.into_iter().enumerate() {
            let desk_socket_error = |source| StartError::DeskSocket { ip: config.desk_bind, source };
            let socket = ports::bind(config.desk_bind, 0, Some(DESK_BUFFER_BYTES)).map_err(desk_socket_error)?;
            let port = socket.local_addr().map_err(desk_socket_error)?.port();
            candidates.push(SocketAddr::new(desk_ip, port));
            let worker = Worker::new(Parts {
                index,
                poll,
                desk_socket: mio::net::UdpSocket::from_std(socket),
                inboxes: inboxes.clone(),
                herald: herald.clone(),
                library: Arc::clone(&library),
                clock,
                crossings: crossings.next().unwrap_or_default(),
                recorder: recorder.clone(),
            })
            .map_err(StartError::Worker)?;
            let builder = std::thread::Builder::new().name(format!("relay-{index}"));
            threads.push(builder.spawn(move || worker.run()).map_err(StartError::Worker)?);
        }
        let directory = Arc::new(Mutex::new(Directory::new(workers)));
        let reception = Reception { directory: Arc::clone(&directory), inboxes: inboxes.clone(), candidates, clock };
        let (offers, offers_thread) = reception.start().map_err(StartError::Worker)?;
        threads.push(offers_thread);
        threads.append(&mut recording_threads);
        threads.push(herald_thread);
        let shared = Shared {
            config,
            clock,
            inboxes,
            directory,
            ports: Mutex::new(ports),
            offers: Mutex::new(Some(offers)),
            herald,
            threads: Mutex::new(threads),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Opens a trunk leg and says which address to put into SDP. Nothing is received or sent before
    /// [`Relay::set_remote`]. `behind_nat` latches to the first source whatever address SDP promised.
    pub fn open_trunk(&self, id: EndpointId, behind_nat: bool) -> Result<SocketAddr, OpenError> {
        if id.0 > EndpointId::MAX {
            return Err(OpenError::BadId(id.0));
        }
        let shared = &self.shared;
        let mut directory = locked(&shared.directory);
        if directory.slot(id).is_some() {
            return Err(OpenError::Exists(id.0));
        }
        let pair = {
            let mut ports = locked(&shared.ports);
            let (start, end) = ports.range();
            ports.take().ok_or(OpenError::PortsExhausted { start, end })?
        };
        let advertised = shared.config.advertised_rtp_ip.unwrap_or(pair.addr.ip());
        let addr = SocketAddr::new(advertised, pair.addr.port());
        let now = Instant::now();
        let trunk = Trunk::new(pair, behind_nat, shared.clock.us(now), rand::random(), rand::random());
        let slot = directory.open(id, Kind::Trunk);
        let inbox = shared.inboxes.get(slot.worker()).ok_or(OpenError::Stopped)?;
        if inbox.is_stopped() {
            directory.close(id);
            return Err(OpenError::Stopped);
        }
        if inbox.open(Box::new(Endpoint::new(slot, Body::Trunk(Box::new(trunk)), now))).is_err() {
            directory.close(id);
            return Err(OpenError::Busy);
        }
        Ok(addr)
    }

    /// Says who the far side of a trunk leg is; may be called again when SDP changes.
    pub fn set_remote(&self, id: EndpointId, remote: Remote) -> Result<(), CommandError> {
        if !matches!(remote.codec, Codec::Pcma | Codec::Pcmu | Codec::G722) || remote.pt > 127 {
            return Err(CommandError::Unfit);
        }
        let directory = locked(&self.shared.directory);
        let slot = directory.slot(id).ok_or(CommandError::NoSuchEndpoint)?;
        slot.wish(&self.shared.inboxes, |wishes| wishes.remote = Some(remote));
        Ok(())
    }

    /// Answers a desk's SDP offer. `reply` is called on another thread, soon. An id that is in use as a desk gets
    /// the new connection in place of the old one and keeps its plan.
    pub fn open_desk(
        &self,
        id: EndpointId,
        offer_sdp: String,
        reply: impl FnOnce(Result<String, OfferError>) + Send + 'static,
    ) {
        let job = OfferJob { id, offer: offer_sdp, reply: Reply::new(Box::new(reply)) };
        let offers = locked(&self.shared.offers);
        let refused = match offers.as_ref().map(|offers| offers.try_send(job)) {
            Some(Ok(())) => return,
            Some(Err(TrySendError::Full(job) | TrySendError::Disconnected(job))) => Some(job),
            None => None,
        };
        drop(offers);
        if let Some(job) = refused {
            job.reply.say(Err(OfferError::Busy));
        }
    }

    /// Sets what an endpoint hears and whether it is recorded. An older revision than the last is ignored.
    pub fn set_plan(&self, id: EndpointId, plan: Plan) -> Result<(), CommandError> {
        let inboxes = &self.shared.inboxes;
        let mut directory = locked(&self.shared.directory);
        if directory.slot(id).is_none() {
            return Err(CommandError::NoSuchEndpoint);
        }
        let Some((slot, plan, moves)) = directory.plan(id, plan) else { return Ok(()) };
        for step in moves {
            step.slot.wish(inboxes, |wishes| wishes.move_to = Some(step.to));
        }
        slot.wish(inboxes, |wishes| wishes.plan = Some(plan));
        Ok(())
    }

    /// Sends a key to the far side of a trunk leg (RFC 4733), behind those that wait.
    pub fn send_digit(&self, id: EndpointId, digit: char) -> Result<(), CommandError> {
        if dtmf::event_of(digit).is_none() {
            return Err(CommandError::Unfit);
        }
        let directory = locked(&self.shared.directory);
        let slot = directory.slot(id).ok_or(CommandError::NoSuchEndpoint)?;
        slot.wish(&self.shared.inboxes, |wishes| {
            if wishes.digits.len() >= DIGITS_CAP {
                return Err(CommandError::DigitsWaiting);
            }
            wishes.digits.push_back(digit);
            Ok(())
        })
    }

    /// Closes an endpoint; its recording is completed. Unknown ids are ignored.
    pub fn close(&self, id: EndpointId) {
        if let Some(slot) = locked(&self.shared.directory).close(id) {
            slot.wish(&self.shared.inboxes, |wishes| wishes.closed = true);
        }
    }

    /// What is known of an endpoint's traffic.
    pub fn stats(&self, id: EndpointId) -> Option<EndpointStats> {
        locked(&self.shared.directory).slot(id).map(|slot| slot.stats())
    }

    /// Stops all threads, says goodbye to desks, and completes what can be completed. Waits for them, so it must
    /// not be called from the events closure.
    pub fn stop(&self) {
        drop(locked(&self.shared.offers).take());
        self.shared.inboxes.iter().for_each(|inbox| inbox.stop());
        let mut threads = std::mem::take(&mut *locked(&self.shared.threads));
        let herald = threads.pop();
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a media thread ended by a panic");
            }
        }
        self.shared.herald.end();
        if let Some(herald) = herald
            && herald.join().is_err()
        {
            tracing::error!("the media events' thread ended by a panic");
        }
    }
}

fn worker_count(wished: usize) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let count = if wished == 0 { cores() } else { wished };
    // A bit each in an endpoint's audience.
    count.clamp(1, 64)
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.inboxes.iter().for_each(|inbox| inbox.stop());
        self.herald.end();
    }
}

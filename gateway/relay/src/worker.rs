//! A media worker: one thread that owns its endpoints, their sockets and their time.
//!
//! It sleeps until a socket has something, a letter comes, or a deadline is due. A tick every 20 ms runs only while
//! something is made here: prompts, tones, digits, mixes. Nothing on the way of a packet allocates or locks in our
//! own code; letters, plans and openings may.

mod blend;
mod control;
mod cross;
mod deliver;
mod endpoint;
mod figures;
mod house;
mod mix;
mod pace;
mod steer;
mod tick;
mod traffic;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cordboard_media::Codec;
use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Token};

pub(crate) use cross::Crossings;
pub(crate) use endpoint::{Body, Endpoint};
use figures::Figures;
use mix::{Decodings, Mix};
use pace::Pace;
use tick::Ticker;

use crate::endpoint::{ById, EndpointId};
use crate::herald::Herald;
use crate::library::Library;
use crate::line::Clock;
use crate::recording::Recorder;
use crate::slot::{Command, Inbox};

/// Wakes for letters.
pub(crate) const WAKE: Token = Token(usize::MAX);
/// The socket of all desks.
const DESKS: Token = Token(usize::MAX - 1);
/// Datagrams read from one socket before others have their turn.
const BURST: usize = 64;
/// The largest datagram that is looked at.
const DATAGRAM: usize = 2_048;
/// How often silence, connections and figures are looked at.
const HOUSEKEEPING: Duration = Duration::from_millis(500);

/// What a worker is made of; the rest it makes itself.
pub(crate) struct Parts {
    pub index: usize,
    pub poll: Poll,
    pub desk_socket: UdpSocket,
    pub inboxes: Vec<Arc<Inbox>>,
    pub herald: Herald,
    pub library: Arc<Library>,
    pub clock: Clock,
    pub crossings: Crossings,
    pub recorder: Recorder,
}

/// Who on this worker hears an endpoint, which may live elsewhere.
#[derive(Debug, Default)]
struct Audience {
    listeners: Vec<EndpointId>,
    /// What it speaks, and since when.
    codec: Option<Codec>,
    changed_at: Option<Instant>,
}

/// The worker.
pub(crate) struct Worker {
    index: usize,
    poll: Poll,
    inboxes: Vec<Arc<Inbox>>,
    letters: VecDeque<Command>,
    desk_socket: UdpSocket,
    endpoints: ById<Box<Endpoint>>,
    audience: ById<Audience>,
    decodings: Decodings,
    mixes: Vec<Mix>,
    /// Listeners whose fade is over and to whom packets pass again.
    passing: Vec<EndpointId>,
    crossings: Crossings,
    recorder: Recorder,
    figures: Figures,
    /// Desks by the ICE user name we gave them.
    ufrags: HashMap<String, EndpointId>,
    /// Desks by the address they were last heard from.
    addresses: HashMap<SocketAddr, EndpointId>,
    deadlines: BinaryHeap<Reverse<(Instant, EndpointId)>>,
    /// Sockets that had more than a burst.
    unread: Vec<Token>,
    ticker: Ticker,
    next_housekeeping: Instant,
    herald: Herald,
    library: Arc<Library>,
    clock: Clock,
    datagram: Vec<u8>,
    crossed: Vec<u8>,
    /// Packets that came out of desks' connections, on their way to the listeners.
    arrived: Vec<str0m::rtp::RtpPacket>,
    listeners: Vec<EndpointId>,
}

impl Worker {
    pub fn new(parts: Parts) -> std::io::Result<Self> {
        let Parts { index, poll, mut desk_socket, inboxes, herald, library, clock, crossings, recorder } = parts;
        poll.registry().register(&mut desk_socket, DESKS, Interest::READABLE)?;
        let now = Instant::now();
        Ok(Self {
            index,
            poll,
            inboxes,
            letters: VecDeque::new(),
            desk_socket,
            endpoints: ById::default(),
            audience: ById::default(),
            decodings: Decodings::new(),
            mixes: Vec::new(),
            passing: Vec::new(),
            crossings,
            recorder,
            figures: Figures::new(index),
            ufrags: HashMap::new(),
            addresses: HashMap::new(),
            deadlines: BinaryHeap::new(),
            unread: Vec::new(),
            ticker: Ticker::new(now),
            next_housekeeping: now + HOUSEKEEPING,
            herald,
            library,
            clock,
            datagram: vec![0; DATAGRAM],
            crossed: vec![0; DATAGRAM],
            arrived: Vec::with_capacity(BURST),
            listeners: Vec::with_capacity(16),
        })
    }

    /// Runs until the relay stops.
    pub fn run(mut self) {
        crate::threads::come_first();
        let mut events = Events::with_capacity(256);
        let mut pace = Pace::new(Instant::now());
        while !self.inboxes[self.index].is_stopped() {
            if let Some(gather) = pace.gather(self.time_left()) {
                std::thread::sleep(gather);
            }
            if let Err(error) = self.poll.poll(&mut events, self.time_left())
                && error.kind() != std::io::ErrorKind::Interrupted
            {
                tracing::error!(%error, "a media worker cannot poll");
                break;
            }
            pace.woke(events.iter().count());
            let mut tokens = std::mem::take(&mut self.unread);
            tokens.extend(events.iter().map(|event| event.token()));
            for token in tokens.drain(..) {
                self.survive(|worker| worker.serve_token(token));
            }
            if self.unread.is_empty() {
                // The buffer is worth keeping.
                self.unread = tokens;
            }
            self.survive(Self::meet_deadlines);
        }
        self.end();
    }

    fn serve_token(&mut self, token: Token) {
        match token {
            WAKE => {
                self.read_letters();
                self.read_crossings();
            }
            DESKS => self.read_desks(),
            Token(id) => self.read_trunk(EndpointId(id as u64)),
        }
    }

    /// A broken invariant costs what was being done, not every call of the worker.
    fn survive(&mut self, act: impl FnOnce(&mut Self)) {
        if catch_unwind(AssertUnwindSafe(|| act(self))).is_ok() {
            return;
        }
        metrics::counter!("relay_worker_panics_total").increment(1);
        tracing::error!(worker = self.index, "a media worker broke off what it was doing");
        // What was lent out is gone: the buffers, and perhaps the mixes and the tick's list.
        self.datagram.resize(DATAGRAM, 0);
        self.crossed.resize(DATAGRAM, 0);
        self.mixes.clear();
        self.decodings.clear();
        self.ticker.wanted.clear();
        let ids: Vec<_> = self.endpoints.keys().copied().collect();
        for id in ids {
            if let Some(endpoint) = self.endpoints.get_mut(&id) {
                endpoint.ticking = false;
            }
            self.want_tick(id);
            self.steer_anew(id);
        }
    }

    fn time_left(&self) -> Option<Duration> {
        if !self.unread.is_empty() {
            return Some(Duration::ZERO);
        }
        let desk = self.deadlines.peek().map(|Reverse((at, _))| *at);
        let next = [desk, self.ticker.due()].into_iter().flatten().fold(self.next_housekeeping, Instant::min);
        Some(next.saturating_duration_since(Instant::now()))
    }

    fn meet_deadlines(&mut self) {
        let now = Instant::now();
        while let Some(at) = self.ticker.take(now) {
            self.tick(at);
        }
        while let Some(Reverse((at, id))) = self.deadlines.peek().copied() {
            if at > now {
                break;
            }
            self.deadlines.pop();
            self.desk_due(now, id);
        }
        if now >= self.next_housekeeping {
            self.next_housekeeping = now + HOUSEKEEPING;
            self.keep_house(now);
        }
    }

    fn end(&mut self) {
        let now = Instant::now();
        self.inboxes[self.index].close();
        for endpoint in self.endpoints.values_mut() {
            if let Some(tap) = endpoint.tap.take() {
                tap.end(self.clock.us(now));
            }
            if let Body::Desk(desk) = &mut endpoint.body {
                desk.close(now, &self.desk_socket);
            }
        }
    }
}

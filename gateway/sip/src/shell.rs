//! The loop that carries the engine: one task that owns it, fed by readers over bounded queues.
//!
//! Nothing is shared but counters. A slow user of the events does not stop the timers: events wait inside, from
//! `event_backlog` on new calls are refused, and at twice as many nothing is read from the network.

mod start;

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

pub use start::StartError;
pub(crate) use start::start;

use crate::config::{Cidr, Limits, Transport};
use crate::engine::{Command, Engine};
use crate::event::SipEvent;
use crate::stats::{Count, Stats};
use crate::transport::{Accepted, AllowList, Connections, Lookup, Lookups, UdpSender};
use crate::wire::{Input, Output, Target};

/// What the readers and helpers tell the loop.
#[derive(Debug)]
pub(crate) enum Notice {
    Input(Input),
    Accepted(Accepted),
    LookedUp(Lookup),
    /// What a trunk's name resolves to now.
    Resolved(usize, Vec<std::net::SocketAddr>),
}

pub(crate) struct Shell {
    engine: Engine,
    commands: mpsc::Receiver<Command>,
    notices: mpsc::Receiver<Notice>,
    events: mpsc::Sender<SipEvent>,
    udp: Vec<UdpSender>,
    connections: Connections,
    lookups: Lookups,
    allowed: AllowList,
    allow: Vec<Cidr>,
    limits: Limits,
    stats: Arc<Stats>,
    shutdown: std::time::Duration,
    sent_since_pause: usize,
    /// Readers and helpers; dropping them ends them.
    tasks: JoinSet<()>,
}

/// What woke the loop.
enum Wake {
    Command(Command),
    Notice(Notice),
    EventTaken,
    Deadline,
    /// Every handle is gone, or nobody takes events any more.
    Abandoned,
}

/// How many notices are taken in before the outputs go out.
const BATCH: usize = 16;
/// After how many messages over TCP the writers get a turn.
const SENT_IN_A_ROW: usize = 32;

impl Shell {
    /// Runs until shut down.
    pub(crate) async fn run(mut self) {
        let mut stopping: Option<(Instant, Option<oneshot::Sender<()>>)> = None;
        loop {
            self.flush();
            self.let_writers_run().await;
            if let Some((until, _)) = &stopping
                && (self.engine.is_idle() || Instant::now() >= *until)
            {
                break;
            }
            let until = stopping.as_ref().map(|(until, _)| *until);
            match self.next_wake(until).await {
                Wake::Command(Command::Shutdown { done }) => {
                    let now = Instant::now();
                    let (unused, _) = oneshot::channel();
                    self.engine.command(now, Command::Shutdown { done: unused });
                    stopping = Some((now + self.shutdown, Some(done)));
                }
                Wake::Command(command) => self.engine.command(Instant::now(), command),
                Wake::Notice(notice) => {
                    self.take(notice);
                    for _ in 1..BATCH {
                        let Ok(notice) = self.notices.try_recv() else { break };
                        self.take(notice);
                    }
                }
                Wake::EventTaken | Wake::Deadline => {}
                Wake::Abandoned if stopping.is_some() => break,
                Wake::Abandoned => {
                    let now = Instant::now();
                    let (unused, _) = oneshot::channel();
                    self.engine.command(now, Command::Shutdown { done: unused });
                    stopping = Some((now + self.shutdown, None));
                }
            }
            self.engine.tick(Instant::now());
        }
        self.flush();
        tracing::info!("SIP stopped");
        // Sockets are given back before the caller goes on.
        self.tasks.shutdown().await;
        if let Some((_, Some(done))) = stopping {
            drop(self);
            let _ = done.send(());
        }
    }

    /// A burst must not fill the queue of a connection whose writer had no turn yet: the loop and the writers may
    /// share one thread.
    async fn let_writers_run(&mut self) {
        if self.sent_since_pause >= SENT_IN_A_ROW {
            self.sent_since_pause = 0;
            tokio::task::yield_now().await;
        }
    }

    async fn next_wake(&mut self, until: Option<Instant>) -> Wake {
        let deadline = self.engine.next_deadline();
        let deadline = match (deadline, until) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        let far = Instant::now() + std::time::Duration::from_secs(3_600);
        let sleep = tokio::time::sleep_until(deadline.unwrap_or(far).into());
        let waiting = self.engine.events_waiting();
        let stopping = until.is_some();
        tokio::select! {
            permit = self.events.reserve(), if waiting > 0 => match permit {
                Ok(permit) => {
                    if let Some(event) = self.engine.next_event() {
                        permit.send(event);
                    }
                    Wake::EventTaken
                }
                Err(_) => {
                    while self.engine.next_event().is_some() {}
                    Wake::Abandoned
                }
            },
            command = self.commands.recv(), if !(stopping && self.commands.is_closed()) => match command {
                Some(command) => Wake::Command(command),
                None => Wake::Abandoned,
            },
            Some(notice) = self.notices.recv(), if waiting < self.limits.event_backlog * 2 => Wake::Notice(notice),
            () = sleep => Wake::Deadline,
        }
    }

    fn take(&mut self, notice: Notice) {
        match notice {
            Notice::Input(input) => {
                if let Input::ConnectionClosed { connection, .. } = &input {
                    self.connections.forget(*connection);
                }
                if let Input::Received(flow, message) = &input {
                    tracing::trace!(source = %flow.source, ?message, "received");
                }
                self.engine.input(Instant::now(), input);
            }
            Notice::Accepted(accepted) => {
                if !self.allowed.contains(accepted.peer.ip()) {
                    self.stats.count(Count::UnknownSource);
                } else if !self.connections.accept(&mut self.tasks, accepted) {
                    self.stats.count(Count::ConnectionRefused);
                }
            }
            Notice::LookedUp(Lookup { output, addr }) => match addr {
                Some(addr) => {
                    let mut output = output;
                    output.destination.target = Target::Addr(addr);
                    self.send(output);
                }
                None => self.failed(&output),
            },
            Notice::Resolved(trunk, peers) => {
                self.engine.trunk_resolved(trunk, peers);
                self.allowed.set(self.allow.iter().copied().chain(self.engine.peers()).collect());
            }
        }
    }

    /// Sends what the engine wants sent, and tells what it wants told as far as there is room.
    fn flush(&mut self) {
        while let Some(output) = self.engine.next_output() {
            self.send(output);
        }
        while self.engine.events_waiting() > 0 {
            let Ok(permit) = self.events.try_reserve() else { break };
            if let Some(event) = self.engine.next_event() {
                permit.send(event);
            }
        }
        self.engine.hold_back(self.engine.events_waiting() >= self.limits.event_backlog);
    }

    fn send(&mut self, output: Output) {
        let Target::Addr(addr) = output.destination.target else {
            if let Err(output) = self.lookups.begin(&mut self.tasks, output) {
                self.failed(&output);
            }
            return;
        };
        tracing::trace!(%addr, message = %String::from_utf8_lossy(&output.bytes), "sent");
        let sent = match output.destination.transport {
            Transport::Udp => {
                let socket = self.udp.get(output.destination.listener);
                socket.is_some_and(|socket| socket.send(&output.bytes, addr))
            }
            Transport::Tcp => {
                self.sent_since_pause += 1;
                let Output { destination, bytes, .. } = &output;
                self.connections.send(&mut self.tasks, destination.connection, addr, destination.listener, bytes)
            }
        };
        if !sent {
            self.failed(&output);
        }
    }

    fn failed(&mut self, output: &Output) {
        tracing::debug!(transport = ?output.destination.transport, "message could not be sent");
        if let Some(client) = output.client {
            self.engine.input(Instant::now(), Input::SendFailed(client));
        }
    }
}

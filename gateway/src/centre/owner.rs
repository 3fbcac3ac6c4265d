//! The loop of the centre's task: one event in, effects out, each journal batch before what it lets leave.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use cordboard_core::{
    AgentId, CallId, Centre, Directory, Effect, Event, Fact, InstanceId, JournalEntry, Number, Ticket, TrunkId, UtcMs,
};
use cordboard_relay::{EndpointId, Relay};
use cordboard_sip::UserAgent;
use cordboard_store::Store;
use cordboard_wire::RefusalCode;
use tokio::sync::{mpsc, oneshot, watch};

use super::{
    CentreHandle, Input, QUEUE, Surroundings,
    clock::{Clock, utc_ms},
    desks::Desks,
    legs::Legs,
    pending::Pending,
};
use crate::{
    config::Trunk, customer::CustomerCalls, journal::JournalWriter, recordings::Recordings, switchboard::Switchboard,
};

/// What a centre is put together from.
pub struct Parts {
    /// Its name.
    pub instance: InstanceId,
    /// Its place among the node's instances: the upper bits of its endpoints' ids.
    pub index: u8,
    /// The configuration.
    pub directory: Directory,
    /// What desks are told about the centre.
    pub surroundings: Surroundings,
    /// The node's trunks that belong to it.
    pub trunks: Vec<Trunk>,
    /// Signalling.
    pub sip: UserAgent,
    /// Which dialog belongs to which centre.
    pub switchboard: Switchboard,
    /// Sound.
    pub relay: Relay,
    /// The store, for reading the configuration again.
    pub store: Store,
    /// Where facts are written.
    pub journal: JournalWriter,
    /// Where finished recordings are noted.
    pub recordings: Recordings,
    /// The demo's customer.
    pub customer: Option<CustomerCalls>,
    /// When each customer was last in contact.
    pub contacts: HashMap<Number, UtcMs>,
}

/// How often desks are shown how many calls wait, while that changes.
const QUEUE_GLANCE: std::time::Duration = std::time::Duration::from_millis(500);

/// The task's state.
pub(super) struct Owner {
    pub(super) core: Centre,
    pub(super) clock: Clock,
    pub(super) parts: Parts,
    pub(super) trunks: HashMap<TrunkId, Trunk>,
    pub(super) trunks_down: HashSet<TrunkId>,
    pub(super) directory: Directory,
    pub(super) surroundings: Arc<Surroundings>,
    pub(super) legs: Legs,
    pub(super) desks: Desks,
    pub(super) tickets: HashMap<Ticket, oneshot::Sender<Result<Option<CallId>, RefusalCode>>>,
    next_ticket: u64,
    next_endpoint: u64,
    /// The first fact of each call under way: who called whom.
    beginnings: HashMap<CallId, JournalEntry>,
    pending: Pending<Effect>,
    committed: watch::Receiver<u64>,
    last_batch: u64,
    /// Whether desks show a number of waiting calls that is no longer true.
    queues_changed: bool,
    pub(super) inputs: mpsc::Sender<Input>,
}

/// Starts a centre's task. It ends after [`Input::Stop`].
pub fn spawn(parts: Parts) -> CentreHandle {
    let (inputs, receiver) = mpsc::channel(QUEUE);
    let owner = Owner::new(parts, inputs.clone());
    tokio::spawn(owner.run(receiver));
    CentreHandle { inputs }
}

impl Owner {
    fn new(parts: Parts, inputs: mpsc::Sender<Input>) -> Self {
        let directory = parts.directory.clone();
        let surroundings = Arc::new(parts.surroundings.clone());
        let trunks = parts.trunks.iter().map(|trunk| (TrunkId(trunk.id.clone()), trunk.clone())).collect();
        Self {
            core: Centre::new(parts.instance.clone(), directory.clone()),
            clock: Clock::start(),
            trunks,
            trunks_down: HashSet::new(),
            directory,
            surroundings,
            legs: Legs::default(),
            desks: Desks::default(),
            tickets: HashMap::new(),
            next_ticket: 1,
            next_endpoint: 1,
            beginnings: HashMap::new(),
            pending: Pending::default(),
            committed: parts.journal.committed(),
            last_batch: 0,
            queues_changed: false,
            inputs,
            parts,
        }
    }

    async fn run(mut self, mut inputs: mpsc::Receiver<Input>) {
        let mut queue_glance = tokio::time::interval(QUEUE_GLANCE);
        loop {
            let deadline = self.core.next_deadline().map(|(at, _)| self.clock.instant(at));
            tokio::select! {
                biased;
                changed = self.committed.changed() => {
                    if changed.is_err() {
                        tracing::error!(instance = %self.parts.instance, "the journal's writer has ended; the centre stops");
                        return;
                    }
                    self.release();
                }
                input = inputs.recv() => match input {
                    Some(Input::Stop(done)) => {
                        self.stop(inputs).await;
                        let _ = done.send(());
                        return;
                    }
                    Some(input) => self.take(input).await,
                    None => return,
                },
                () = sleep_until(deadline) => self.feed(Event::DeadlineReached).await,
                _ = queue_glance.tick(), if self.queues_changed => {
                    self.queues_changed = false;
                    self.desks.with_socket().iter().for_each(|agent| self.show_queues(agent));
                }
            }
        }
    }

    async fn take(&mut self, input: Input) {
        match input {
            Input::Sip(event) => self.take_sip(event).await,
            Input::Relay(event) => self.take_relay(event).await,
            Input::Desk(input) => self.take_desk(input).await,
            Input::DirectoryChanged => self.reload().await,
            Input::CustomerFailed { agent, reason } => self.customer_failed(&agent, reason),
            Input::LegFailed { leg, cause } => self.leg_over(leg, cause).await,
            Input::Stop(_) => {}
        }
    }

    /// Ends every call and waits, at most two seconds, until their ends are written and their BYEs are out.
    async fn stop(&mut self, mut inputs: mpsc::Receiver<Input>) {
        let limit = tokio::time::Instant::now() + std::time::Duration::from_secs(2);
        for leg in self.legs.trunk_legs() {
            self.hang_up(leg);
        }
        for (_, desk) in self.desks.iter_mut() {
            if let Some(farewell) = desk.socket.as_mut().and_then(|socket| socket.farewell.take()) {
                let _ = farewell.send(cordboard_wire::ByeCode::GoingAway);
            }
        }
        while self.core.calls() > 0 {
            tokio::select! {
                () = tokio::time::sleep_until(limit) => break,
                Some(input) = inputs.recv() => self.take(input).await,
                Ok(()) = self.committed.changed() => self.release(),
            }
        }
    }

    /// Hands an event to the core and carries out what it decides.
    pub(super) async fn feed(&mut self, event: Event) {
        let now = self.clock.now();
        let effects = self.core.handle(now, event);
        self.carry_out(effects).await;
    }

    async fn carry_out(&mut self, effects: Vec<Effect>) {
        let mut rows = Vec::new();
        let mut outgoing = Vec::new();
        for effect in effects {
            match effect {
                Effect::Journal(entry) => {
                    self.remember(&entry);
                    rows.push(entry);
                }
                Effect::QueueChanged { .. } => self.queues_changed = true,
                effect if leaves_the_machine(&effect) => {
                    self.prepare(&effect);
                    outgoing.push(effect);
                }
                effect => self.move_sound(effect),
            }
        }
        self.write(rows).await;
        self.pending.push(self.last_batch, outgoing);
        self.release();
    }

    /// Appends rows to the journal; what is queued afterwards waits for them.
    pub(super) async fn write(&mut self, rows: Vec<JournalEntry>) {
        if rows.is_empty() {
            return;
        }
        match self.parts.journal.append(rows).await {
            Ok(batch) => self.last_batch = batch,
            Err(error) => tracing::error!(instance = %self.parts.instance, %error, "a journal batch was not taken"),
        }
    }

    /// Keeps how each call began while it lasts, and turns facts into what desks want to know.
    fn remember(&mut self, entry: &JournalEntry) {
        self.notice(entry);
        let Some(call) = &entry.call else { return };
        match &entry.fact {
            Fact::CallArrived { .. } | Fact::CallDialled { .. } => {
                self.beginnings.insert(call.clone(), entry.clone());
            }
            Fact::CallEnded { .. } => {
                if let Some(beginning) = self.beginnings.remove(call)
                    && let Some(customer) = customer_of(&beginning.fact)
                {
                    self.parts.contacts.insert(customer.clone(), beginning.at);
                }
            }
            _ => {}
        }
    }

    /// How a call began.
    pub(super) fn beginning(&self, call: &CallId) -> Option<&Fact> {
        self.beginnings.get(call).map(|entry| &entry.fact)
    }

    /// Carries out everything whose journal batch is on disk.
    fn release(&mut self) {
        let committed = *self.committed.borrow_and_update();
        let mut changed = Vec::new();
        while let Some(outgoing) = self.pending.pop(committed) {
            for effect in outgoing {
                match effect {
                    Effect::ViewChanged { agent } => {
                        if !changed.contains(&agent) {
                            changed.push(agent);
                        }
                    }
                    effect => self.let_out(effect),
                }
            }
        }
        for agent in changed {
            self.show(&agent);
        }
    }

    /// Ties a command to its answer.
    pub(super) fn ticket(&mut self, reply: oneshot::Sender<Result<Option<CallId>, RefusalCode>>) -> Ticket {
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        self.tickets.insert(ticket, reply);
        ticket
    }

    /// Counts an endpoint.
    pub(super) fn next_endpoint(&mut self) -> EndpointId {
        let endpoint = EndpointId(u64::from(self.parts.index) << 40 | self.next_endpoint);
        self.next_endpoint += 1;
        endpoint
    }

    /// A number for things the agent sees, in the form of `notice-<ms>-<n>`.
    pub(super) fn notice_id(&mut self) -> String {
        self.next_ticket += 1;
        format!("notice-{}-{}", utc_ms(), self.next_ticket)
    }

    /// Reads the configuration again. A store that does not answer leaves the old one in force.
    async fn reload(&mut self) {
        match super::load_directory(&self.parts.store, self.parts.instance.as_str(), self.surroundings.demo).await {
            Ok((directory, surroundings)) => {
                self.directory = directory.clone();
                self.surroundings = Arc::new(Surroundings { trunk_up: self.surroundings.trunk_up, ..surroundings });
                self.feed(Event::DirectoryChanged(Box::new(directory))).await;
                for agent in self.desks.agents() {
                    self.show(&agent);
                }
            }
            Err(error) => tracing::error!(instance = %self.parts.instance, %error, "configuration not reloaded"),
        }
    }

    /// Display name and extension of an agent.
    pub(super) fn name_of(&self, agent: &AgentId) -> (String, String) {
        match self.directory.agents.get(agent) {
            Some(entry) => (entry.display_name.clone(), entry.extension.clone()),
            None => (agent.as_str().split('@').next().unwrap_or_default().to_owned(), String::new()),
        }
    }
}

/// The customer's number in a call's first fact.
fn customer_of(beginning: &Fact) -> Option<&Number> {
    match beginning {
        Fact::CallArrived { caller, .. } => Some(caller),
        Fact::CallDialled { callee, .. } => Some(callee),
        _ => None,
    }
}

/// Whether an effect must wait for the journal.
fn leaves_the_machine(effect: &Effect) -> bool {
    match effect {
        Effect::ViewChanged { .. }
        | Effect::Accept { .. }
        | Effect::Refuse { .. }
        | Effect::AnswerLeg { .. }
        | Effect::RefuseLeg { .. }
        | Effect::DialLeg { .. }
        | Effect::HangUpLeg { .. } => true,
        Effect::Journal(_)
        | Effect::QueueChanged { .. }
        | Effect::AttachDesk { .. }
        | Effect::DetachDesk { .. }
        | Effect::Hear { .. }
        | Effect::SendDigit { .. }
        | Effect::StartRecording { .. }
        | Effect::StopRecording { .. } => false,
    }
}

/// Waits for a deadline, for ever without one.
async fn sleep_until(deadline: Option<std::time::Instant>) {
    match deadline {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

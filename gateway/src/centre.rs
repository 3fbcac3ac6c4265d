//! The task that owns one instance's [`cordboard_core::Centre`]: everything reaches the core through its one queue,
//! and everything the core wants done leaves through it.
//!
//! It does and never decides. Journal rows of a batch are committed before anything of that batch leaves the
//! machine (SIP, answers to desks, views); plans for the media workers do not wait.

pub mod clock;
mod desks;
mod directory;
mod effects;
mod from_desks;
mod from_relay;
mod from_sip;
mod legs;
mod one_way;
mod owner;
mod path_check;
mod pending;
pub mod pop;
mod quality;
pub mod view;
pub mod words;

use std::sync::Arc;

use cordboard_core::{AgentId, CallId};
use cordboard_wire::{ByeCode, Command, QualityReport, RefusalCode};
use tokio::sync::{mpsc, oneshot, watch};

pub use desks::{DeskId, DeskMedia};
pub use directory::load as load_directory;
pub use owner::{Parts, spawn};
pub use path_check::PathFigures;
pub use view::{DeskState, Surroundings};

/// How many inputs may wait for a centre. A full queue makes sockets and transports wait, nothing is dropped.
pub const QUEUE: usize = 4096;

/// Something for the centre's task.
#[derive(Debug)]
pub enum Input {
    /// From a trunk.
    Sip(cordboard_sip::SipEvent),
    /// From a media worker.
    Relay(cordboard_relay::RelayEvent),
    /// From a desk.
    Desk(DeskInput),
    /// The configuration in the store changed.
    DirectoryChanged,
    /// The built-in customer could not do what a desk asked for.
    CustomerFailed {
        /// Whose desk asked.
        agent: AgentId,
        /// Why.
        reason: String,
    },
    /// A leg that has no signalling of its own is over.
    LegFailed {
        /// The leg.
        leg: cordboard_core::LegId,
        /// How.
        cause: cordboard_core::LegCause,
    },
    /// The node stops: hang up everything, then answer.
    Stop(oneshot::Sender<()>),
}

/// What a desk's socket tells the centre.
#[derive(Debug)]
pub enum DeskInput {
    /// A socket said hello.
    Opened {
        /// Whose.
        agent: AgentId,
        /// This socket.
        desk: DeskId,
        /// The session it was opened with: the same session may always come back.
        session: String,
        /// Whether to take over from another session's desk.
        take_over: bool,
        /// The media connection the desk still has.
        media_id: Option<u32>,
        /// The link, or why not.
        reply: oneshot::Sender<Result<DeskLink, ByeCode>>,
    },
    /// A socket is gone.
    Closed {
        /// Whose.
        agent: AgentId,
        /// Which.
        desk: DeskId,
    },
    /// An act.
    Command {
        /// Whose.
        agent: AgentId,
        /// What.
        command: Command,
        /// Answered once.
        reply: oneshot::Sender<Result<Option<CallId>, RefusalCode>>,
    },
    /// An offer of a media connection.
    MediaOffer {
        /// Whose.
        agent: AgentId,
        /// From which socket.
        desk: DeskId,
        /// SDP.
        sdp: String,
        /// The connection's name and the SDP answer.
        reply: oneshot::Sender<Result<(u32, String), RefusalCode>>,
    },
    /// A media worker answered an offer.
    MediaAnswered {
        /// Whose.
        agent: AgentId,
        /// The connection.
        media: DeskMedia,
        /// The SDP answer, or why there is none.
        sdp: Result<String, cordboard_relay::OfferError>,
        /// The desk's.
        reply: oneshot::Sender<Result<(u32, String), RefusalCode>>,
    },
    /// A check of the media connection begins or ends.
    PathCheck {
        /// Whose.
        agent: AgentId,
        /// From which socket.
        desk: DeskId,
        /// Whether it begins.
        on: bool,
        /// At the end what was counted.
        reply: oneshot::Sender<Result<Option<PathFigures>, RefusalCode>>,
    },
    /// What the desk measured.
    Quality {
        /// Whose.
        agent: AgentId,
        /// The measurements.
        report: QualityReport,
    },
}

/// A desk's link with the centre.
#[derive(Debug)]
pub struct DeskLink {
    /// The newest state; never behind by more than one change.
    pub states: watch::Receiver<Arc<DeskState>>,
    /// Set when the centre wants the socket closed.
    pub farewell: oneshot::Receiver<ByeCode>,
}

/// A handle on a centre's task.
#[derive(Debug, Clone)]
pub struct CentreHandle {
    inputs: mpsc::Sender<Input>,
}

/// The centre's task has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the centre has stopped")]
pub struct CentreStopped;

impl CentreHandle {
    /// The centre's queue, for those who only bring events.
    pub fn inputs(&self) -> mpsc::Sender<Input> {
        self.inputs.clone()
    }

    /// Hands an input over, waiting while the queue is full.
    ///
    /// # Errors
    /// [`CentreStopped`].
    pub async fn send(&self, input: Input) -> Result<(), CentreStopped> {
        self.inputs.send(input).await.map_err(|_| CentreStopped)
    }

    /// Opens a desk.
    ///
    /// # Errors
    /// Why the socket is to be closed.
    pub async fn open_desk(
        &self,
        agent: AgentId,
        desk: DeskId,
        session: String,
        take_over: bool,
        media_id: Option<u32>,
    ) -> Result<DeskLink, ByeCode> {
        let (reply, answer) = oneshot::channel();
        let opened = DeskInput::Opened { agent, desk, session, take_over, media_id, reply };
        self.send(Input::Desk(opened)).await.map_err(|_| ByeCode::GoingAway)?;
        answer.await.unwrap_or(Err(ByeCode::GoingAway))
    }

    /// Carries out an agent's command.
    ///
    /// # Errors
    /// The refusal's code.
    pub async fn command(&self, agent: AgentId, command: Command) -> Result<Option<CallId>, RefusalCode> {
        let (reply, answer) = oneshot::channel();
        self.send(Input::Desk(DeskInput::Command { agent, command, reply }))
            .await
            .map_err(|_| RefusalCode::Unavailable)?;
        answer.await.unwrap_or(Err(RefusalCode::Unavailable))
    }

    /// Connects a desk's sound.
    ///
    /// # Errors
    /// The refusal's code.
    pub async fn media_offer(&self, agent: AgentId, desk: DeskId, sdp: String) -> Result<(u32, String), RefusalCode> {
        let (reply, answer) = oneshot::channel();
        let offer = DeskInput::MediaOffer { agent, desk, sdp, reply };
        self.send(Input::Desk(offer)).await.map_err(|_| RefusalCode::Unavailable)?;
        answer.await.unwrap_or(Err(RefusalCode::Unavailable))
    }

    /// Begins or ends a check of a desk's media connection; the end tells what was counted.
    ///
    /// # Errors
    /// The refusal's code.
    pub async fn check_path(&self, agent: AgentId, desk: DeskId, on: bool) -> Result<Option<PathFigures>, RefusalCode> {
        let (reply, answer) = oneshot::channel();
        let check = DeskInput::PathCheck { agent, desk, on, reply };
        self.send(Input::Desk(check)).await.map_err(|_| RefusalCode::Unavailable)?;
        answer.await.unwrap_or(Err(RefusalCode::Unavailable))
    }

    /// Hangs up every call and ends the task.
    pub async fn stop(&self) {
        let (done, wait) = oneshot::channel();
        if self.send(Input::Stop(done)).await.is_ok() {
            // An error means that the task ended without answering: stopped all the same.
            let _ = wait.await;
        }
    }
}

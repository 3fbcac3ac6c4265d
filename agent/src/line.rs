//! The line to the gateway: one socket after another, for as long as the desk is open.
//!
//! ```text
//!          ┌──────── welcome ────────┐
//! Opening ─┤                         ▼
//!    ▲     └─ pause ─┐              Up ── bye for good ──► Over
//!    └───────────────┴── lost, bye for now ──┘
//! ```
//!
//! It knows nothing of views, commands or media. What was queued for one socket dies with it.

mod socket;

use std::time::{Duration, Instant};

use cordboard_wire::{ByeCode, ClientMessage, GatewayMessage};
use tokio::sync::{mpsc, watch};

use crate::config::AgentConfig;
use crate::error::{ConnectError, Ended};
use crate::gateway::{Gateway, Session};
use crate::pauses::Pauses;
pub(crate) use socket::Welcome;
use socket::{Heard, Hello, Socket, TurnedAway};

/// Short first, because a call may be waiting for the desk to come back.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// Spread to 0.6 to 1.8 s: a gateway that is back is found within two seconds, and its desks still come one by one.
/// Asking for one that is not there costs nobody anything.
const LONGEST_PAUSE: Duration = Duration::from_millis(1_200);
/// A gateway may take our own dead socket for another desk until it misses its heartbeat.
const OWN_GHOST_LIMIT: Duration = Duration::from_secs(40);
/// 64 messages are more than a second of anything a desk has to say.
const QUEUED_MESSAGES: usize = 64;

/// What the line tells the desk.
#[derive(Debug)]
pub(crate) enum LineEvent {
    /// A socket is open and welcomed.
    Up {
        welcome: Welcome,
        session: Session,
        /// Takes messages for this socket; dropping it closes the line for good.
        messages: mpsc::Sender<ClientMessage>,
    },
    /// The gateway said something.
    Message(GatewayMessage),
    /// The socket is gone.
    Down { reason: String, retry_in: Duration },
    /// The line is over for good.
    Over(Ended),
}

/// Keeps a socket open.
pub(crate) struct Line {
    gateway: Gateway,
    config: AgentConfig,
    session: Session,
    events: mpsc::Sender<LineEvent>,
    media_id: watch::Receiver<Option<u32>>,
    pauses: Pauses,
}

/// How one socket ended.
enum Closed {
    ByUs,
    Lost(String),
    Bye(ByeCode, String),
}

impl Line {
    /// Signs in and opens the first socket; from then on the line lives in its own task.
    pub(crate) async fn open(
        gateway: Gateway,
        config: AgentConfig,
        events: mpsc::Sender<LineEvent>,
        media_id: watch::Receiver<Option<u32>>,
    ) -> Result<(), ConnectError> {
        let session = match config.session.clone() {
            Some(granted) => granted,
            None => sign_in(&gateway, &config).await?,
        };
        let first = Hello { take_over: config.take_over, media_id: None };
        let socket = match Socket::open(&gateway, &session, &config, first).await {
            Ok(socket) => socket,
            Err(turned_away) => {
                // A session that was brought along is its owner's to end.
                if config.session.is_none() {
                    gateway.sign_out(&session).await;
                }
                return Err(as_error(turned_away));
            }
        };
        let pauses = Pauses::new(FIRST_PAUSE, LONGEST_PAUSE);
        tokio::spawn(Line { gateway, config, session, events, media_id, pauses }.run(socket));
        Ok(())
    }

    async fn run(mut self, first: Socket) {
        let mut socket = Some(first);
        let mut lost_at = Instant::now();
        let ended = loop {
            let retry_reason = match socket.take() {
                Some(socket) => {
                    let closed = self.carry(socket).await;
                    lost_at = Instant::now();
                    match closed {
                        Closed::ByUs => break Ended::SignedOut,
                        Closed::Lost(reason) => reason,
                        Closed::Bye(code, message) => match self.after_bye(code, message, lost_at) {
                            Ok(reason) => reason,
                            Err(ended) => break ended,
                        },
                    }
                }
                None => match self.reopen().await {
                    Ok(reopened) => {
                        socket = Some(reopened);
                        continue;
                    }
                    Err(TurnedAway::Bye(code, message)) => match self.after_bye(code, message, lost_at) {
                        Ok(reason) => reason,
                        Err(ended) => break ended,
                    },
                    Err(TurnedAway::Failed(ConnectError::WrongPassword { message, .. })) => {
                        break Ended::SessionEnded { message };
                    }
                    Err(TurnedAway::Failed(error)) => error.to_string(),
                },
            };
            let retry_in = self.pauses.next(rand::random());
            if self.events.send(LineEvent::Down { reason: retry_reason, retry_in }).await.is_err() {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(retry_in) => {}
                () = self.events.closed() => return,
            }
        };
        let _ = self.events.send(LineEvent::Over(ended)).await;
    }

    /// Carries messages both ways until the socket ends.
    async fn carry(&mut self, mut socket: Socket) -> Closed {
        let (messages, mut queued) = mpsc::channel(QUEUED_MESSAGES);
        let welcome = socket.welcome.clone();
        let silence_limit = welcome.silence_limit;
        if self.events.send(LineEvent::Up { welcome, session: self.session.clone(), messages }).await.is_err() {
            socket.close().await;
            return Closed::ByUs;
        }
        loop {
            tokio::select! {
                message = queued.recv() => {
                    let Some(message) = message else {
                        socket.close().await;
                        return Closed::ByUs;
                    };
                    if let Err(reason) = socket.say(&message).await {
                        return Closed::Lost(reason);
                    }
                }
                heard = tokio::time::timeout(silence_limit, socket.hear()) => match heard {
                    Ok(Heard::Message(GatewayMessage::Bye { code, message })) => return Closed::Bye(code, message),
                    Ok(Heard::Message(message)) => {
                        // The gateway took this desk for good: the next loss starts with the shortest pause.
                        self.pauses.start_over();
                        if self.events.send(LineEvent::Message(message)).await.is_err() {
                            socket.close().await;
                            return Closed::ByUs;
                        }
                    }
                    Ok(Heard::Alive) => {}
                    Ok(Heard::Gone(reason)) => return Closed::Lost(reason),
                    Err(_) => return Closed::Lost("the gateway fell silent".to_owned()),
                },
            }
        }
    }

    /// Opens the next socket; signs in again when the session is no longer known.
    async fn reopen(&mut self) -> Result<Socket, TurnedAway> {
        // Never a take-over: while this desk was away, the person may have moved to another one.
        let hello = Hello { take_over: false, media_id: *self.media_id.borrow() };
        match Socket::open(&self.gateway, &self.session, &self.config, hello).await {
            Err(TurnedAway::Failed(ConnectError::WrongPassword { .. }) | TurnedAway::Bye(ByeCode::SessionEnded, _))
                if self.config.session.is_none() =>
            {
                self.session = sign_in(&self.gateway, &self.config).await?;
                Socket::open(&self.gateway, &self.session, &self.config, hello).await
            }
            other => other,
        }
    }

    /// Says whether to come back after a goodbye, and why it was said.
    fn after_bye(&self, code: ByeCode, message: String, lost_at: Instant) -> Result<String, Ended> {
        match code {
            ByeCode::ProtocolUnsupported => Err(Ended::ProtocolMismatch { message }),
            ByeCode::TakenOver => Err(Ended::TakenOver { message }),
            ByeCode::InUseElsewhere if lost_at.elapsed() > OWN_GHOST_LIMIT => Err(Ended::InUseElsewhere { message }),
            // Without the password there is no way back in.
            ByeCode::SessionEnded if self.config.session.is_some() => Err(Ended::SessionEnded { message }),
            ByeCode::InUseElsewhere
            | ByeCode::SessionEnded
            | ByeCode::GoingAway
            | ByeCode::BadMessage
            | ByeCode::TooFast => Ok(message),
        }
    }
}

async fn sign_in(gateway: &Gateway, config: &AgentConfig) -> Result<Session, ConnectError> {
    gateway.sign_in(&config.instance, &config.user, &config.password).await
}

fn as_error(turned_away: TurnedAway) -> ConnectError {
    match turned_away {
        TurnedAway::Failed(error) => error,
        TurnedAway::Bye(ByeCode::ProtocolUnsupported, message) => {
            ConnectError::ProtocolMismatch { ours: cordboard_wire::PROTOCOL, message }
        }
        TurnedAway::Bye(ByeCode::InUseElsewhere, message) => ConnectError::InUseElsewhere { message },
        TurnedAway::Bye(code, message) => {
            ConnectError::Refused { code: format!("{code:?}"), message, reference: "none".to_owned() }
        }
    }
}

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

mod road;
mod socket;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use cordboard_wire::{ByeCode, ClientMessage, GatewayMessage, Locale};
use tokio::sync::{mpsc, watch};

use crate::config::AgentConfig;
use crate::error::{ConnectError, Ended};
use crate::gateway::{Gateway, Session};
use crate::pauses::Pauses;
use road::Road;
pub(crate) use socket::Welcome;
use socket::{Heard, Hello, Socket, TurnedAway};

/// Short first, because a call may be waiting for the desk to come back.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// Spread to 0.6 to 1.8 s: a gateway that is back is found within two seconds, and its desks still come one by one.
/// Asking for one that is not there costs nobody anything.
const LONGEST_PAUSE: Duration = Duration::from_millis(1_200);
/// A gateway may take our own dead socket for another desk until it misses its heartbeat.
const OWN_GHOST_LIMIT: Duration = Duration::from_secs(40);
/// What the gateway may be late with its heartbeat before somebody looks whether the road to it is shut.
const LATE: Duration = Duration::from_millis(1_500);
/// 64 messages are more than a second of anything a desk has to say.
const QUEUED_MESSAGES: usize = 64;

/// What the line tells the desk.
#[derive(Debug)]
pub(crate) enum LineEvent {
    /// A socket is open and welcomed.
    Up {
        welcome: Welcome,
        session: Box<Session>,
        /// Takes messages for this socket; dropping it closes the line for good.
        messages: mpsc::Sender<ClientMessage>,
    },
    /// The gateway said something.
    Message(GatewayMessage),
    /// The gateway lives, and has nothing to say.
    Alive,
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
    /// The language of the gateway's sentences, said at hello.
    language: watch::Receiver<Locale>,
    pauses: Pauses,
    /// Where the gateway was last.
    remote: SocketAddr,
}

/// How one socket ended.
enum Closed {
    ByUs,
    Lost(String),
    /// The socket is of no more use, and another can be opened now.
    Cut(&'static str),
    Bye(ByeCode, String),
}

impl Line {
    /// Signs in and opens the first socket; from then on the line lives in its own task.
    pub(crate) async fn open(
        gateway: Gateway,
        config: AgentConfig,
        events: mpsc::Sender<LineEvent>,
        media_id: watch::Receiver<Option<u32>>,
        language: watch::Receiver<Locale>,
    ) -> Result<(), ConnectError> {
        let session = match config.session.clone() {
            Some(granted) => granted,
            None => sign_in(&gateway, &config).await?,
        };
        let first = Hello { take_over: config.take_over, media_id: None };
        let socket = match Box::pin(Socket::open(&gateway, &session, &config, first)).await {
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
        let remote = socket.welcome.remote;
        tokio::spawn(Line { gateway, config, session, events, media_id, language, pauses, remote }.run(socket));
        Ok(())
    }

    async fn run(mut self, first: Socket) {
        let mut socket = Some(first);
        let mut lost_at = Instant::now();
        let ended = loop {
            let mut at_once = false;
            let retry_reason = match socket.take() {
                Some(socket) => {
                    self.remote = socket.welcome.remote;
                    let closed = self.carry(socket).await;
                    lost_at = Instant::now();
                    match closed {
                        Closed::ByUs => break Ended::SignedOut,
                        Closed::Lost(reason) => reason,
                        Closed::Cut(reason) => {
                            at_once = true;
                            reason.to_owned()
                        }
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
            let retry_in = if at_once { Duration::ZERO } else { self.pauses.next(rand::random()) };
            if self.events.send(LineEvent::Down { reason: retry_reason, retry_in }).await.is_err() {
                return;
            }
            let road = Road::seen_now(self.remote);
            tokio::select! {
                () = tokio::time::sleep(retry_in) => {}
                () = road.moves() => {}
                () = road.opens() => {}
                () = self.events.closed() => return,
            }
        };
        let _ = self.events.send(LineEvent::Over(ended)).await;
    }

    /// Carries messages both ways until the socket ends.
    async fn carry(&mut self, mut socket: Socket) -> Closed {
        let (messages, mut queued) = mpsc::channel(QUEUED_MESSAGES);
        let welcome = socket.welcome.clone();
        let (heartbeat, road) = (welcome.heartbeat, Road::taken(welcome.remote, welcome.local));
        if self.events.send(LineEvent::Up { welcome, session: Box::new(self.session.clone()), messages }).await.is_err()
        {
            socket.close().await;
            return Closed::ByUs;
        }
        let moves = road.moves();
        tokio::pin!(moves);
        let mut heard_at = tokio::time::Instant::now();
        loop {
            let late = async {
                tokio::time::sleep_until(heard_at + heartbeat + LATE).await;
                road.answers().await;
            };
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
                heard = socket.hear() => {
                    heard_at = tokio::time::Instant::now();
                    let event = match heard {
                        Heard::Message(GatewayMessage::Bye { code, message }) => return Closed::Bye(code, message),
                        Heard::Gone(reason) => return Closed::Lost(reason),
                        Heard::Message(message) => {
                            // The gateway took this desk for good: the next loss starts with the shortest pause.
                            self.pauses.start_over();
                            LineEvent::Message(message)
                        }
                        Heard::Alive => LineEvent::Alive,
                    };
                    if self.events.send(event).await.is_err() {
                        socket.close().await;
                        return Closed::ByUs;
                    }
                }
                Ok(()) = self.language.changed() => return Closed::Cut("the agent reads another language"),
                () = &mut moves => return Closed::Cut("this machine's way to the gateway has changed"),
                () = late => return Closed::Cut("the gateway fell silent, and answers another connection"),
                () = tokio::time::sleep_until(heard_at + heartbeat * 2) => {
                    return Closed::Lost("the gateway fell silent".to_owned());
                }
            }
        }
    }

    /// Opens the next socket. An attempt that waits on a silent network is begun anew when that is silent no more.
    async fn reopen(&mut self) -> Result<Socket, TurnedAway> {
        let road = Road::seen_now(self.remote);
        loop {
            tokio::select! {
                reopened = self.attempt() => return reopened,
                () = road.opens() => {}
            }
        }
    }

    /// Opens a socket; signs in again when the session is no longer known.
    async fn attempt(&mut self) -> Result<Socket, TurnedAway> {
        // Never a take-over: while this desk was away, the person may have moved to another one.
        let hello = Hello { take_over: false, media_id: *self.media_id.borrow() };
        self.config.locale = *self.language.borrow_and_update();
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

//! The desk's media connection over time: one [`Peer`] after another.
//!
//! ```text
//! NoLine ──line──► Making ──offer──► Offered ──answer──► Connecting ──► Connected ◄─► Disconnected
//!    ▲               ▲ │ failed         │ refused, late     │ late        │ failed,       │ 5 s
//!    │               │ ▼                ▼                   ▼             ▼ denied        ▼
//!    └──no line── Pausing ◄──────────────────────────────────────────────────────────────┘
//! ```
//!
//! A connection that had stood is replaced at once; attempts that fail one after another are spread by pauses.

mod stage;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use cordboard_engine::{Downlink, IceServer, Negotiated, Peer, PeerConfig, PeerState, Uplink};
use tokio::time::Instant;

use crate::pauses::Pauses;
use stage::{Stage, settled};

/// A gateway that does not answer an offer within this never will.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// A connection takes 50 ms on a good network; what has not come about by now will not.
const CONNECT_LIMIT: Duration = Duration::from_secs(6);
/// How long a connection may be silent before it is replaced: if the line has lived for a while meanwhile. Where that is
/// silent too, the network is gone, and the connection goes on by itself when that is back, sooner than another one would.
const DISCONNECTED_LIMIT: Duration = Duration::from_secs(5);
const LINE_LIVES: Duration = Duration::from_secs(1);
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// How long the gateway may say that there is no sound while the desk thinks there is.
const DENIED_LIMIT: Duration = Duration::from_secs(3);
/// How long it may say so when the line has just come back. A gateway that was restarted knows nothing of the connection; one
/// that was out of reach hears the desk's next packet.
const RETURN_LIMIT: Duration = Duration::from_millis(200);
/// After so long a silence the gateway's side of a connection is given up for good.
const GIVEN_UP: Duration = Duration::from_secs(8);
const UNHEARD: &str = "the gateway hears nothing on this connection";
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What became of the media connection.
#[derive(Debug)]
pub(super) enum MediaNews {
    /// An offer is to be sent to the gateway.
    OfferReady(String),
    /// The connection stands.
    Connected { took: Duration },
    /// Nothing is heard on it.
    Disconnected,
    /// It is gone, or could not be made.
    Failed { reason: String },
}

/// The media connection and what has to be known to make another.
pub(super) struct Media {
    stage: Stage,
    downlink: Downlink,
    line: Option<Line>,
    bind: Option<IpAddr>,
    pauses: Pauses,
    has_failed: bool,
    found_no_path: bool,
    media_id: Option<u32>,
    /// The address that the newest connection was made from.
    made_from: Option<IpAddr>,
    /// When a connection that the gateway says it does not hear is given up.
    denied_until: Option<Instant>,
    /// Since when the line has been heard while the connection is not.
    line_lives_since: Option<Instant>,
}

struct Line {
    local: IpAddr,
    ice_servers: Vec<IceServer>,
}

impl Media {
    pub(super) fn new(downlink: Downlink, bind: Option<IpAddr>) -> Media {
        Media {
            stage: Stage::NoLine,
            downlink,
            line: None,
            bind,
            pauses: Pauses::new(FIRST_PAUSE, LONGEST_PAUSE),
            has_failed: false,
            found_no_path: false,
            media_id: None,
            made_from: None,
            denied_until: None,
            line_lives_since: None,
        }
    }

    /// A socket is open: offers can be sent.
    pub(super) fn line_up(&mut self, local: IpAddr, ice_servers: &[cordboard_wire::IceServer]) {
        let ice_servers = ice_servers
            .iter()
            .map(|server| IceServer {
                urls: server.urls.clone(),
                username: server.username.clone().unwrap_or_default(),
                credential: server.credential.clone().unwrap_or_default(),
            })
            .collect();
        self.line = Some(Line { local, ice_servers });
        // What was made from an address that this machine no longer goes by has no way back.
        if matches!(self.stage, Stage::NoLine) || self.made_from != Some(local) {
            self.make();
        }
    }

    /// The gateway was heard on the line.
    pub(super) fn line_lives(&mut self) {
        self.line_lives_since.get_or_insert_with(Instant::now);
    }

    /// The socket is gone: what stands goes on, what was being negotiated cannot.
    pub(super) fn line_down(&mut self) {
        self.line = None;
        if matches!(self.stage, Stage::Making { .. } | Stage::Offered { .. }) {
            self.stage = Stage::NoLine;
        }
    }

    /// The offer went out under this id.
    pub(super) fn offered(&mut self, sent_as: u32) {
        if let Stage::Offered { id, .. } = &mut self.stage {
            *id = Some(sent_as);
        }
    }

    /// Whether an answer or refusal with this id is about the offer under way.
    pub(super) fn awaits(&self, answered: u32) -> bool {
        matches!(&self.stage, Stage::Offered { id: Some(id), .. } if *id == answered)
    }

    /// The gateway answered the offer: returns the way up and what may be sent on it.
    pub(super) async fn answered(&mut self, media_id: u32, sdp: &str) -> Result<(Uplink, Negotiated), MediaNews> {
        let Stage::Offered { since, peer, .. } = std::mem::replace(&mut self.stage, Stage::NoLine) else {
            return Err(MediaNews::Failed { reason: "the gateway answered what was not offered".to_owned() });
        };
        match peer.accept(sdp).await {
            Ok(negotiated) => {
                let uplink = peer.uplink();
                self.media_id = Some(media_id);
                self.stage = Stage::Connecting { since, peer };
                Ok((uplink, negotiated))
            }
            Err(error) => Err(self.fail(error.to_string())),
        }
    }

    /// The gateway refused the offer.
    pub(super) fn refused(&mut self, reason: &str) -> MediaNews {
        self.fail(format!("the gateway refused the media offer: {reason}"))
    }

    /// What a view says about the connection; `fresh` when it is the first on its socket.
    pub(super) fn gateway_says(&mut self, connected: bool, fresh: bool) {
        let limit = match self.stage {
            _ if connected => {
                self.denied_until = None;
                return;
            }
            Stage::Disconnected { since, .. } if fresh && since.elapsed() > GIVEN_UP => Duration::ZERO,
            Stage::Connected { .. } | Stage::Disconnected { .. } if fresh => RETURN_LIMIT,
            Stage::Connected { .. } => DENIED_LIMIT,
            // It is being waited for already, or being made.
            Stage::NoLine
            | Stage::Making { .. }
            | Stage::Offered { .. }
            | Stage::Connecting { .. }
            | Stage::Disconnected { .. }
            | Stage::Pausing { .. } => return,
        };
        let until = Instant::now() + limit;
        self.denied_until = Some(self.denied_until.map_or(until, |before| before.min(until)));
    }

    /// Names the connection in use, for the next hello.
    pub(super) fn media_id(&self) -> Option<u32> {
        match self.stage {
            Stage::Connecting { .. } | Stage::Connected { .. } | Stage::Disconnected { .. } => self.media_id,
            Stage::NoLine | Stage::Making { .. } | Stage::Offered { .. } | Stage::Pausing { .. } => None,
        }
    }

    /// Returns the path's round trip.
    pub(super) async fn round_trip(&self) -> Option<Duration> {
        match &self.stage {
            Stage::Connected { peer, .. } => peer.round_trip().await,
            _ => None,
        }
    }

    /// Waits for the next thing to happen. May be dropped and called again at any time.
    pub(super) async fn next(&mut self) -> MediaNews {
        loop {
            match &mut self.stage {
                Stage::NoLine => std::future::pending::<()>().await,
                Stage::Making { since, making } => {
                    let since = *since;
                    match making.await {
                        Ok(Ok((peer, sdp))) => {
                            self.stage = Stage::Offered { since, peer, id: None };
                            return MediaNews::OfferReady(sdp);
                        }
                        Ok(Err(error)) => return self.fail(error.to_string()),
                        Err(error) => return self.fail(error.to_string()),
                    }
                }
                Stage::Offered { since, .. } => {
                    tokio::time::sleep_until(*since + ANSWER_LIMIT).await;
                    return self.fail("the gateway did not answer the media offer".to_owned());
                }
                Stage::Connecting { since, peer } => {
                    match settled(peer, Some(*since + CONNECT_LIMIT), PeerState::Connecting).await {
                        Some(PeerState::Connected) => {
                            let took = since.elapsed();
                            self.pauses.start_over();
                            self.has_failed = false;
                            self.denied_until = None;
                            self.replace_peer_stage(|peer| Stage::Connected { peer });
                            return MediaNews::Connected { took };
                        }
                        _ => {
                            self.found_no_path = !self.found_no_path;
                            return self.fail("no path to the gateway's media address was found".to_owned());
                        }
                    }
                }
                Stage::Connected { peer } => match settled(peer, self.denied_until, PeerState::Connected).await {
                    Some(PeerState::Disconnected | PeerState::Connecting) => {
                        self.line_lives_since = None;
                        self.replace_peer_stage(|peer| Stage::Disconnected { peer, since: Instant::now() });
                        return MediaNews::Disconnected;
                    }
                    Some(PeerState::Failed) => return self.fail("the media connection failed".to_owned()),
                    Some(PeerState::Connected) => {}
                    None => return self.fail(UNHEARD.to_owned()),
                },
                Stage::Disconnected { peer, since } => {
                    let line_lives = self.line_lives_since.is_some_and(|since| since.elapsed() >= LINE_LIVES);
                    let limit = *since + DISCONNECTED_LIMIT;
                    let limit = if line_lives { limit } else { limit.max(Instant::now() + LOOK_AGAIN) };
                    let first = self.denied_until.map_or(limit, |denied| denied.min(limit));
                    match settled(peer, Some(first), PeerState::Disconnected).await {
                        Some(PeerState::Connected) => {
                            let took = since.elapsed();
                            self.replace_peer_stage(|peer| Stage::Connected { peer });
                            return MediaNews::Connected { took };
                        }
                        Some(PeerState::Failed) => return self.fail("the media connection failed".to_owned()),
                        Some(PeerState::Connecting | PeerState::Disconnected) => {}
                        None if self.denied_until.is_some_and(|denied| denied <= Instant::now()) => {
                            return self.fail(UNHEARD.to_owned());
                        }
                        None if line_lives => {
                            return self.fail("nothing was heard on the media connection for 5 s".to_owned());
                        }
                        None => {}
                    }
                }
                Stage::Pausing { until } => {
                    tokio::time::sleep_until(*until).await;
                    self.make();
                }
            }
        }
    }

    /// Closes whatever there is.
    pub(super) async fn close(&mut self) {
        if let Some(peer) = std::mem::replace(&mut self.stage, Stage::NoLine).into_peer() {
            peer.close().await;
        }
    }

    fn make(&mut self) {
        let Some(line) = &self.line else {
            self.stage = Stage::NoLine;
            return;
        };
        let bind = match self.bind {
            Some(chosen) => vec![chosen],
            // The gateway's media may be reached another way than its HTTP: through a proxy, or over the other IP.
            None if self.found_no_path => vec![line.local, Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()],
            None => vec![line.local],
        };
        self.made_from = Some(line.local);
        let config = PeerConfig { bind, ice_servers: line.ice_servers.clone() };
        let downlink = self.downlink.clone();
        let making = tokio::spawn(async move { Peer::offer(&config, downlink).await });
        self.stage = Stage::Making { since: Instant::now(), making };
    }

    fn fail(&mut self, reason: String) -> MediaNews {
        self.denied_until = None;
        if std::mem::replace(&mut self.has_failed, true) {
            let pause = self.pauses.next(rand::random());
            self.stage = Stage::Pausing { until: Instant::now() + pause };
        } else {
            self.make();
        }
        MediaNews::Failed { reason }
    }

    fn replace_peer_stage(&mut self, next: impl FnOnce(Peer) -> Stage) {
        if let Some(peer) = std::mem::replace(&mut self.stage, Stage::NoLine).into_peer() {
            self.stage = next(peer);
        }
    }
}

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
/// How long a connection may be silent before it is replaced.
const DISCONNECTED_LIMIT: Duration = Duration::from_secs(5);
/// How long the gateway may say that there is no sound while the desk thinks there is.
const DENIED_LIMIT: Duration = Duration::from_secs(3);
const UNKNOWN: &str = "the gateway no longer knows this connection";
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
        if matches!(self.stage, Stage::NoLine) {
            self.make();
        }
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
    pub(super) fn gateway_says(&mut self, connected: bool, fresh: bool) -> Option<MediaNews> {
        let denied_since = match &mut self.stage {
            Stage::Connected { denied_since, .. } => denied_since,
            // It is being waited for already; only a gateway that knows nothing of it ends the wait.
            Stage::Disconnected { .. } if fresh && !connected => return Some(self.fail(UNKNOWN.to_owned())),
            _ => return None,
        };
        if connected {
            *denied_since = None;
            return None;
        }
        if fresh {
            // A gateway that was restarted knows nothing of the connection that still seems to stand here.
            return Some(self.fail(UNKNOWN.to_owned()));
        }
        denied_since.get_or_insert_with(Instant::now);
        None
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
                            self.replace_peer_stage(|peer| Stage::Connected { peer, denied_since: None });
                            return MediaNews::Connected { took };
                        }
                        _ => {
                            self.found_no_path = !self.found_no_path;
                            return self.fail("no path to the gateway's media address was found".to_owned());
                        }
                    }
                }
                Stage::Connected { peer, denied_since } => {
                    let deadline = denied_since.map(|since| since + DENIED_LIMIT);
                    match settled(peer, deadline, PeerState::Connected).await {
                        Some(PeerState::Disconnected | PeerState::Connecting) => {
                            self.replace_peer_stage(|peer| Stage::Disconnected { peer, since: Instant::now() });
                            return MediaNews::Disconnected;
                        }
                        Some(PeerState::Failed) => return self.fail("the media connection failed".to_owned()),
                        Some(PeerState::Connected) => {}
                        None => return self.fail("the gateway hears nothing on this connection".to_owned()),
                    }
                }
                Stage::Disconnected { peer, since } => {
                    match settled(peer, Some(*since + DISCONNECTED_LIMIT), PeerState::Disconnected).await {
                        Some(PeerState::Connected) => {
                            let took = since.elapsed();
                            self.replace_peer_stage(|peer| Stage::Connected { peer, denied_since: None });
                            return MediaNews::Connected { took };
                        }
                        Some(PeerState::Failed) => return self.fail("the media connection failed".to_owned()),
                        Some(PeerState::Connecting | PeerState::Disconnected) => {}
                        None => return self.fail("nothing was heard on the media connection for 5 s".to_owned()),
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
        let config = PeerConfig { bind, ice_servers: line.ice_servers.clone() };
        let downlink = self.downlink.clone();
        let making = tokio::spawn(async move { Peer::offer(&config, downlink).await });
        self.stage = Stage::Making { since: Instant::now(), making };
    }

    fn fail(&mut self, reason: String) -> MediaNews {
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

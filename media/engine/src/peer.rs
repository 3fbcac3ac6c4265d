//! The desk's one WebRTC connection to the gateway: offered before it is needed, idle until somebody talks.
//!
//! It owns the network side only. What a packet means is the [`SoundPath`](crate::SoundPath)'s business, and when
//! a lost connection is replaced by a new one is the agent's.

mod offer;
mod stats;
mod tracks;
mod uplink;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rtc::ice::mdns::MulticastDnsMode;
use tokio::sync::{Notify, watch};
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCConfigurationBuilder,
    RTCIceGatheringState, RTCIceServer, RTCPeerConnectionState, RTCSessionDescription, Registry, SettingEngineBuilder,
    configure_rtcp_reports,
};

use crate::downlink::Downlink;
pub use offer::Negotiated;
pub use uplink::{Uplink, UplinkPacket};

/// The default of 200 ms is what a connection mostly waits for; 20 ms makes it about 50 ms in all.
const ICE_CHECK_INTERVAL: Duration = Duration::from_millis(20);
const ICE_CHECKS: u16 = 50;
/// Host candidates are there at once; a STUN or TURN server that does not answer must not hold the offer back.
const GATHERING_LIMIT: Duration = Duration::from_secs(1);

/// Where a connection starts from.
#[derive(Debug, Clone)]
pub struct PeerConfig {
    /// The local addresses a UDP socket is bound to each; `0.0.0.0` and `::` stand for every interface's but loopback.
    pub bind: Vec<IpAddr>,
    /// STUN and TURN servers the gateway named.
    pub ice_servers: Vec<IceServer>,
}

/// One STUN or TURN server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IceServer {
    /// `stun:` and `turn:` addresses.
    pub urls: Vec<String>,
    /// TURN user, empty where none.
    pub username: String,
    /// TURN password, empty where none.
    pub credential: String,
}

/// How far a connection is.
///
/// ```text
/// Connecting ──► Connected ◄──► Disconnected ──► Failed
///      └──────────────────────────────────────────┘
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeerState {
    /// Offered, or checks and handshake under way.
    Connecting,
    /// Packets flow.
    Connected,
    /// Nothing is heard from the gateway; it may come back by itself.
    Disconnected,
    /// Given up; only a new connection helps.
    Failed,
}

/// Why a connection could not be offered or made.
#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    /// The socket could not be bound, or WebRTC could not be set up.
    #[error("the media connection could not be set up: {0}")]
    SetUp(String),
    /// The gateway's answer cannot be used.
    #[error("the gateway's media answer cannot be used: {0}")]
    BadAnswer(String),
}

impl From<webrtc::error::Error> for PeerError {
    fn from(error: webrtc::error::Error) -> Self {
        PeerError::SetUp(error.to_string())
    }
}

/// One WebRTC connection.
pub struct Peer {
    connection: Connection,
    state: watch::Receiver<PeerState>,
    uplink: Uplink,
}

impl Peer {
    /// Sets a connection up and returns it with the SDP offer for the gateway; `downlink` takes what will arrive.
    ///
    /// # Errors
    /// When the address cannot be bound or WebRTC cannot be set up.
    pub async fn offer(config: &PeerConfig, downlink: Downlink) -> Result<(Peer, String), PeerError> {
        let (state_sender, state) = watch::channel(PeerState::Connecting);
        let gathered = Arc::new(Notify::new());
        let handler = Arc::new(Handler { state: state_sender, gathered: Arc::clone(&gathered), downlink });

        let mut codecs = MediaEngine::default();
        offer::register_codecs(&mut codecs)?;
        let building = PeerConnectionBuilder::new()
            .with_configuration(
                RTCConfigurationBuilder::new()
                    .with_ice_servers(config.ice_servers.iter().map(ice_server).collect())
                    .build(),
            )
            .with_media_engine(codecs)
            .with_setting_engine(
                SettingEngineBuilder::new()
                    .with_ice_connection_attempts(Some(ICE_CHECK_INTERVAL), Some(ICE_CHECKS))
                    // The gateway gives addresses. Asking for names takes a multicast socket, and where a network has no
                    // multicast, no connection would be made at all.
                    .with_multicast_dns_mode(MulticastDnsMode::Disabled)
                    .with_include_loopback_candidate(config.bind.iter().any(IpAddr::is_loopback))
                    .build(),
            )
            .with_interceptor_registry(configure_rtcp_reports(Registry::new()))
            .with_handler(handler)
            .with_udp_addrs(config.bind.iter().map(|address| SocketAddr::new(*address, 0)).collect())
            .build();
        let connection = Connection(Arc::new(Box::pin(building).await?));

        let track = offer::add_lines(connection.0.as_ref()).await?;
        let offer = connection.0.create_offer(None).await?;
        connection.0.set_local_description(offer).await?;
        if tokio::time::timeout(GATHERING_LIMIT, gathered.notified()).await.is_err() {
            tracing::debug!("offering with the candidates found so far");
        }
        let offer = connection
            .0
            .local_description()
            .await
            .ok_or_else(|| PeerError::SetUp("no local description was made".to_owned()))?;
        let uplink = Uplink::start(track, state.clone());
        Ok((Peer { connection, state, uplink }, offer.sdp))
    }

    /// Takes the gateway's answer; from here on the connection makes itself.
    ///
    /// # Errors
    /// When the answer cannot be parsed, or carries none of the codecs offered.
    pub async fn accept(&self, answer: &str) -> Result<Negotiated, PeerError> {
        let negotiated = Negotiated::read(answer)
            .ok_or_else(|| PeerError::BadAnswer("it accepts none of the codecs offered".to_owned()))?;
        let description = RTCSessionDescription::answer(answer.to_owned())
            .map_err(|error| PeerError::BadAnswer(error.to_string()))?;
        self.connection
            .0
            .set_remote_description(description)
            .await
            .map_err(|error| PeerError::BadAnswer(error.to_string()))?;
        Ok(negotiated)
    }

    /// Returns a watch on how far the connection is.
    pub fn state(&self) -> watch::Receiver<PeerState> {
        self.state.clone()
    }

    /// Returns the way up for packets.
    pub fn uplink(&self) -> Uplink {
        self.uplink.clone()
    }

    /// Returns the latest round trip of the path in use, where one has been measured.
    pub async fn round_trip(&self) -> Option<Duration> {
        stats::round_trip(self.connection.0.as_ref()).await
    }

    /// Closes the connection and its socket.
    pub async fn close(&self) {
        if let Err(error) = self.connection.0.close().await {
            tracing::debug!(%error, "closing the media connection");
        }
    }
}

/// Closes itself when dropped: a connection of this crate that is only forgotten goes on for ever, with its socket.
struct Connection(Arc<dyn PeerConnection>);

impl Drop for Connection {
    fn drop(&mut self) {
        let connection = Arc::clone(&self.0);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { connection.close().await });
        }
    }
}

impl std::fmt::Debug for Peer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Peer").field("state", &*self.state.borrow()).finish_non_exhaustive()
    }
}

fn ice_server(server: &IceServer) -> RTCIceServer {
    RTCIceServer { urls: server.urls.clone(), username: server.username.clone(), credential: server.credential.clone() }
}

struct Handler {
    state: watch::Sender<PeerState>,
    gathered: Arc<Notify>,
    downlink: Downlink,
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.gathered.notify_one();
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        let state = match state {
            RTCPeerConnectionState::Connected => PeerState::Connected,
            RTCPeerConnectionState::Disconnected => PeerState::Disconnected,
            RTCPeerConnectionState::Failed | RTCPeerConnectionState::Closed => PeerState::Failed,
            _ => PeerState::Connecting,
        };
        self.state.send_if_modified(|known| std::mem::replace(known, state) != state);
    }

    async fn on_track(&self, track: Arc<dyn webrtc::media_stream::track_remote::TrackRemote>) {
        tracks::read(track, self.downlink.clone());
    }
}

//! What a user agent is started with. Everything here is plain data; [`crate::UserAgent::start`] checks it.

mod cidr;

use std::net::SocketAddr;
use std::time::Duration;

pub use cidr::{Cidr, CidrError};

/// The whole configuration of a user agent.
#[derive(Clone, Debug)]
pub struct UserAgentConfig {
    /// What stands in User-Agent and Server.
    pub user_agent: String,
    /// UDP sockets to open. Port 0 lets the system choose.
    pub udp: Vec<Listen>,
    /// TCP listeners to open. Port 0 lets the system choose.
    pub tcp: Vec<Listen>,
    /// Who may call and be called.
    pub trunks: Vec<TrunkConfig>,
    /// Bounds on everything that could grow.
    pub limits: Limits,
    /// The timers of RFC 3261, with its defaults.
    pub timing: Timing,
}

impl Default for UserAgentConfig {
    fn default() -> Self {
        Self {
            user_agent: concat!("Cordboard/", env!("CARGO_PKG_VERSION")).to_owned(),
            udp: Vec::new(),
            tcp: Vec::new(),
            trunks: Vec::new(),
            limits: Limits::default(),
            timing: Timing::default(),
        }
    }
}

/// One socket to listen on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listen {
    /// The address to bind.
    pub bind: SocketAddr,
    /// The address that stands in Via and Contact instead, for gateways behind NAT. Port 0 means the bound port.
    pub advertised: Option<SocketAddr>,
}

impl Listen {
    /// Binds this address and advertises it.
    pub fn on(bind: SocketAddr) -> Self {
        Self { bind, advertised: None }
    }
}

/// How messages travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// A stream.
    Tcp,
}

impl Transport {
    pub(crate) fn via(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
        }
    }
}

/// Host name or address, with a port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PeerAddr {
    /// Name or IP address, IPv6 without brackets.
    pub host: String,
    /// Port, 5060 where none is said.
    pub port: u16,
}

impl std::str::FromStr for PeerAddr {
    type Err = PeerAddrError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (host, port) = crate::message::uri::split_host_port(text).ok_or(PeerAddrError)?;
        Ok(Self { host, port: port.unwrap_or(5060) })
    }
}

impl std::fmt::Display for PeerAddr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", crate::message::via::host_text(&self.host), self.port)
    }
}

/// The text is no `host:port`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a host, host:port or [IPv6]:port")]
pub struct PeerAddrError;

/// A user name and its password at a trunk's peer.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// User name.
    pub user: String,
    /// Password.
    pub password: String,
    /// The realm they are for; `None` answers any realm.
    pub realm: Option<String>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).field("realm", &self.realm).finish_non_exhaustive()
    }
}

/// Where the called number stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum CalledFrom {
    /// The Request-URI.
    #[default]
    RequestUri,
    /// The To header.
    To,
    /// The topmost Diversion header (RFC 5806): the number that diverted the call here. To, where there is none.
    Diversion,
}

/// Where the caller's number stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum CallerFrom {
    /// P-Asserted-Identity (RFC 3325). From, where there is none.
    #[default]
    PAssertedIdentity,
    /// The From header.
    From,
}

/// The SIP connection to a carrier.
#[derive(Clone, Debug)]
pub struct TrunkConfig {
    /// Its name, in events and metrics.
    pub id: String,
    /// Where outbound calls and OPTIONS go. `None` makes a trunk for inbound calls only.
    pub peer: Option<PeerAddr>,
    /// How requests are sent to `peer`.
    pub transport: Transport,
    /// Which of the listening addresses its requests leave from, by IP address. `None`: the first of the right family.
    pub bind: Option<SocketAddr>,
    /// Sends requests of over 1,300 bytes by TCP though `transport` is UDP, and by UDP after all when TCP fails
    /// (RFC 3261 §18.1.1).
    pub large_requests_over_tcp: bool,
    /// Who may call. The addresses of `peer` always may. The longest match wins; among equals, the first trunk.
    pub allow: Vec<Cidr>,
    /// What 401 and 407 are answered with.
    pub credentials: Option<Credentials>,
    /// Where the called number of an inbound call stands.
    pub called_from: CalledFrom,
    /// Where the caller's number of an inbound call stands; with P-Asserted-Identity, outbound calls carry one too.
    pub caller_from: CallerFrom,
    /// What stands behind the `@` in From of outbound calls. `None`: our own address.
    pub caller_domain: Option<String>,
    /// Simultaneous calls in both directions; more are refused with 503.
    pub max_calls: Option<u32>,
    /// New calls a second in both directions; more are refused with 503.
    pub max_calls_per_second: Option<u32>,
    /// How often the peer is asked whether it is there, by OPTIONS. `None`: never.
    pub options_interval: Option<Duration>,
}

impl TrunkConfig {
    /// A trunk over UDP that allows nobody yet.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            peer: None,
            transport: Transport::Udp,
            bind: None,
            large_requests_over_tcp: false,
            allow: Vec::new(),
            credentials: None,
            called_from: CalledFrom::default(),
            caller_from: CallerFrom::default(),
            caller_domain: None,
            max_calls: None,
            max_calls_per_second: None,
            options_interval: None,
        }
    }
}

/// Bounds. What happens at each is said beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Dialogs at once; more INVITEs get 503.
    pub calls: usize,
    /// Server transactions at once; more requests are dropped and counted.
    pub transactions: usize,
    /// Commands that wait for the loop; more get [`crate::CommandError::Busy`].
    pub commands: usize,
    /// Messages that wait for the loop; more datagrams are dropped and counted, streams wait.
    pub inputs: usize,
    /// Events that wait for their reader. From here on new calls get 503, and at twice as many nothing is read from
    /// the network until some were taken.
    pub event_backlog: usize,
    /// TCP connections at once; more are closed at once.
    pub tcp_connections: usize,
    /// A TCP connection that is silent for so long is closed.
    pub tcp_idle: Duration,
    /// Messages that wait to be written to one TCP connection; at more it is closed.
    pub tcp_write_queue: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            calls: 10_000,
            transactions: 100_000,
            commands: 4_096,
            inputs: 8_192,
            event_backlog: 8_192,
            tcp_connections: 512,
            tcp_idle: Duration::from_secs(900),
            tcp_write_queue: 1_024,
        }
    }
}

/// The timers of RFC 3261 §17.1.1.1 (table 4). Tests make them short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Round-trip estimate; the first interval between retransmissions. A transaction gives up after 64 of it.
    pub t1: Duration,
    /// The longest interval between retransmissions.
    pub t2: Duration,
    /// How long a message can stay in the network.
    pub t4: Duration,
    /// How often a call that is not answered yet says so again (§13.3.1.1: once a minute).
    pub provisional: Duration,
    /// The unit of the random wait after 491 (§14.1: 10 ms).
    pub glare_unit: Duration,
    /// How long `shutdown` waits for the answers to its last BYEs.
    pub shutdown: Duration,
}

impl Timing {
    /// 64·T1: timers B, F, H, J, L and M.
    pub(crate) fn give_up(&self) -> Duration {
        self.t1 * 64
    }
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            t1: Duration::from_millis(500),
            t2: Duration::from_secs(4),
            t4: Duration::from_secs(5),
            provisional: Duration::from_secs(60),
            glare_unit: Duration::from_millis(10),
            shutdown: Duration::from_secs(2),
        }
    }
}

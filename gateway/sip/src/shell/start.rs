//! From a configuration to a running loop: checks, sockets, tasks.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr, UdpSocket as StdUdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::RngCore as _;
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::{Notice, Shell};
use crate::config::{Listen, Transport, TrunkConfig, UserAgentConfig};
use crate::engine::{Command, Engine, LocalSocket, Locals};
use crate::event::SipEvent;
use crate::stats::Stats;
use crate::transport::{self, AllowList, Connections, Lookups, UdpSender};
use crate::user_agent::LocalAddrs;

/// Why a user agent does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A socket could not be opened.
    #[error("cannot listen for SIP on {transport:?} {addr}: {source}")]
    Bind {
        /// What was to be opened.
        transport: Transport,
        /// Where.
        addr: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// There is nothing to listen on.
    #[error("no UDP or TCP address to listen on")]
    NoListener,
    /// Two trunks have one name.
    #[error("two trunks are named {0}")]
    DuplicateTrunk(String),
    /// A trunk sends by a transport nobody listens on.
    #[error("trunk {trunk} uses {transport:?}, but there is no such address to listen on")]
    NoListenerFor {
        /// The trunk.
        trunk: String,
        /// What it uses.
        transport: Transport,
    },
    /// A domain or realm that cannot stand in a message.
    #[error("trunk {trunk}: {what} cannot stand in a SIP message")]
    BadText {
        /// The trunk.
        trunk: String,
        /// Which setting.
        what: &'static str,
    },
}

/// How often names of peers are looked up again.
const RESOLVE_EVERY: Duration = Duration::from_secs(60);
/// How long the start waits for a name.
const RESOLVE_AT_START: Duration = Duration::from_secs(2);

pub(crate) async fn start(
    config: UserAgentConfig,
    commands: mpsc::Receiver<Command>,
    events: mpsc::Sender<SipEvent>,
    stats: Arc<Stats>,
) -> Result<LocalAddrs, StartError> {
    check(&config)?;
    let mut peers = Vec::with_capacity(config.trunks.len());
    for trunk in &config.trunks {
        peers.push(resolve(trunk, RESOLVE_AT_START).await.unwrap_or_default());
    }
    let towards = peers.iter().flatten().next().copied();
    let allow: Vec<_> = config.trunks.iter().flat_map(|trunk| trunk.allow.iter().copied()).collect();
    let (notices_in, notices) = mpsc::channel(config.limits.inputs.max(1));
    let allowed = AllowList::default();
    let mut tasks = JoinSet::new();
    let (mut locals, mut addrs, mut udp) = (Locals::default(), LocalAddrs::default(), Vec::new());
    for (index, listen) in config.udp.iter().enumerate() {
        let socket = bind_udp(listen.bind).await?;
        let bound = socket.local_addr().unwrap_or(listen.bind);
        let socket = Arc::new(socket);
        locals.udp.push(LocalSocket { bound, advertised: advertised(listen, bound, towards) });
        addrs.udp.push(bound);
        udp.push(UdpSender::new(Arc::clone(&socket)));
        tasks.spawn(transport::read_udp(socket, index, allowed.clone(), notices_in.clone(), Arc::clone(&stats)));
    }
    for (index, listen) in config.tcp.iter().enumerate() {
        let bind_error = |source| StartError::Bind { transport: Transport::Tcp, addr: listen.bind, source };
        let listener = TcpListener::bind(listen.bind).await.map_err(bind_error)?;
        let bound = listener.local_addr().unwrap_or(listen.bind);
        locals.tcp.push(LocalSocket { bound, advertised: advertised(listen, bound, towards) });
        addrs.tcp.push(bound);
        tasks.spawn(transport::accept(listener, index, notices_in.clone()));
    }
    let connections = Connections::new(&config.limits, notices_in.clone(), Arc::clone(&stats));
    let lookups = Lookups::new(notices_in.clone());
    let mut seed = [0; 32];
    rand::rng().fill_bytes(&mut seed);
    let mut engine = Engine::new(&config, locals, seed, Arc::clone(&stats), Instant::now());
    for (index, peers) in peers.into_iter().enumerate() {
        engine.trunk_resolved(index, peers);
    }
    allowed.set(allow.iter().copied().chain(engine.peers()).collect());
    if config.trunks.iter().any(has_name) {
        tasks.spawn(resolve_again(config.trunks.clone(), notices_in));
    }
    let (limits, shutdown) = (config.limits.clone(), config.timing.shutdown);
    let shell = Shell {
        engine,
        commands,
        notices,
        events,
        udp,
        connections,
        lookups,
        allowed,
        allow,
        limits,
        stats,
        shutdown,
        sent_since_pause: 0,
        tasks,
    };
    tracing::info!(udp = ?addrs.udp, tcp = ?addrs.tcp, trunks = config.trunks.len(), "SIP started");
    tokio::spawn(shell.run());
    Ok(addrs)
}

fn check(config: &UserAgentConfig) -> Result<(), StartError> {
    if config.udp.is_empty() && config.tcp.is_empty() {
        return Err(StartError::NoListener);
    }
    let mut names = HashSet::new();
    for trunk in &config.trunks {
        if !names.insert(&trunk.id) {
            return Err(StartError::DuplicateTrunk(trunk.id.clone()));
        }
        let listens = match trunk.transport {
            Transport::Udp => !config.udp.is_empty(),
            Transport::Tcp => !config.tcp.is_empty(),
        };
        if trunk.peer.is_some() && !listens {
            return Err(StartError::NoListenerFor { trunk: trunk.id.clone(), transport: trunk.transport });
        }
        let bad_domain =
            trunk.caller_domain.as_deref().is_some_and(|domain| crate::message::uri::split_host_port(domain).is_none());
        if bad_domain {
            return Err(StartError::BadText { trunk: trunk.id.clone(), what: "caller_domain" });
        }
    }
    Ok(())
}

/// A burst of calls waits in the socket while the loop is busy.
const RECEIVE_BUFFER_BYTES: usize = 4 << 20;

async fn bind_udp(addr: SocketAddr) -> Result<UdpSocket, StartError> {
    let socket =
        UdpSocket::bind(addr).await.map_err(|source| StartError::Bind { transport: Transport::Udp, addr, source })?;
    // The system may allow less; what it allows is enough to start.
    let _ = socket2::SockRef::from(&socket).set_recv_buffer_size(RECEIVE_BUFFER_BYTES);
    Ok(socket)
}

/// What stands in Via and Contact: what was configured, else the bound address, else (for `0.0.0.0`) the address that
/// this machine shows to a peer.
fn advertised(listen: &Listen, bound: SocketAddr, towards: Option<SocketAddr>) -> SocketAddr {
    if let Some(advertised) = listen.advertised {
        let port = if advertised.port() == 0 { bound.port() } else { advertised.port() };
        return SocketAddr::new(advertised.ip(), port);
    }
    if !bound.ip().is_unspecified() {
        return bound;
    }
    let anywhere: SocketAddr = SocketAddr::from(([192, 0, 2, 1], 5060));
    let shown = own_address_towards(towards.unwrap_or(anywhere)).unwrap_or(IpAddr::from([127, 0, 0, 1]));
    SocketAddr::new(shown, bound.port())
}

/// Connecting a datagram socket sends nothing; it only asks the routing table.
fn own_address_towards(peer: SocketAddr) -> Option<IpAddr> {
    let any: SocketAddr = if peer.is_ipv6() { ([0u16; 8], 0).into() } else { ([0u8; 4], 0).into() };
    let socket = StdUdpSocket::bind(any).ok()?;
    socket.connect(peer).ok()?;
    socket.local_addr().ok().map(|addr| addr.ip()).filter(|ip| !ip.is_unspecified())
}

fn has_name(trunk: &TrunkConfig) -> bool {
    trunk.peer.as_ref().is_some_and(|peer| peer.host.parse::<IpAddr>().is_err())
}

async fn resolve(trunk: &TrunkConfig, patience: Duration) -> Option<Vec<SocketAddr>> {
    let peer = trunk.peer.as_ref()?;
    if let Ok(ip) = peer.host.parse::<IpAddr>() {
        return Some(vec![SocketAddr::new(ip, peer.port)]);
    }
    let lookup = tokio::net::lookup_host((peer.host.clone(), peer.port));
    match tokio::time::timeout(patience, lookup).await {
        Ok(Ok(found)) => Some(found.take(16).collect()),
        Ok(Err(error)) => {
            tracing::warn!(trunk = %trunk.id, %error, "the trunk's peer cannot be looked up");
            None
        }
        Err(_) => {
            tracing::warn!(trunk = %trunk.id, "looking up the trunk's peer takes too long");
            None
        }
    }
}

async fn resolve_again(trunks: Vec<TrunkConfig>, notices: mpsc::Sender<Notice>) {
    loop {
        tokio::time::sleep(RESOLVE_EVERY).await;
        for (index, trunk) in trunks.iter().enumerate().filter(|(_, trunk)| has_name(trunk)) {
            if let Some(peers) = resolve(trunk, RESOLVE_EVERY).await
                && notices.send(Notice::Resolved(index, peers)).await.is_err()
            {
                return;
            }
        }
    }
}

//! Where requests go: from a trunk's peer, a route or a remote target to a socket and an address (RFC 3261 §8.1.2,
//! §12.2.1.1, RFC 3263 §4 without SRV).

use std::net::{IpAddr, SocketAddr};

use super::{Core, Locals};
use crate::config::Transport;
use crate::dialog::Path;
use crate::message::uri::{Scheme, Uri};
use crate::wire::{Destination, Target};

impl Locals {
    /// The socket of this transport that can reach the address; the first one when it does not matter.
    pub(super) fn towards(&self, transport: Transport, ip: Option<IpAddr>, bind: Option<SocketAddr>) -> usize {
        let sockets = self.of(transport);
        let chosen = bind.and_then(|bind| sockets.iter().position(|socket| socket.bound.ip() == bind.ip()));
        let family = || ip.and_then(|ip| sockets.iter().position(|socket| socket.bound.is_ipv6() == ip.is_ipv6()));
        chosen.or_else(family).unwrap_or(0)
    }
}

impl Core {
    /// How requests to a trunk's peer go.
    pub(crate) fn path_to(&self, trunk: usize) -> Path {
        let config = self.trunks.get(trunk).map(|trunk| &trunk.config);
        let transport = config.map_or(Transport::Udp, |config| config.transport);
        let peer = self.trunks.get(trunk).and_then(|trunk| trunk.peers.first()).map(SocketAddr::ip);
        let listener = self.locals.towards(transport, peer, config.and_then(|config| config.bind));
        Path { transport, listener, connection: None, peer: None }
    }

    /// Where a request whose next hop is this URI goes (§8.1.2, RFC 3263 §4 without SRV).
    pub(crate) fn destination(&self, trunk: usize, hop: &Uri, path: Path) -> Destination {
        let wanted = match hop.param("transport") {
            Some(word) if word.eq_ignore_ascii_case("tcp") => Transport::Tcp,
            Some(word) if word.eq_ignore_ascii_case("udp") => Transport::Udp,
            _ => path.transport,
        };
        let transport = if self.locals.of(wanted).is_empty() { path.transport } else { wanted };
        let target = self.target(trunk, hop);
        let ip = match &target {
            Target::Addr(addr) => Some(addr.ip()),
            Target::Name(..) => None,
        };
        let listener =
            if transport == path.transport { path.listener } else { self.locals.towards(transport, ip, None) };
        // A peer behind TCP is reached over the connection it opened, not by the port it names.
        let same_peer = transport == Transport::Tcp && path.peer.is_some() && path.peer == ip;
        Destination { transport, listener, target, connection: path.connection.filter(|_| same_peer) }
    }

    fn target(&self, trunk: usize, hop: &Uri) -> Target {
        let trunk = self.trunks.get(trunk);
        let peer = trunk.and_then(|trunk| trunk.config.peer.as_ref());
        let resolved = trunk.and_then(|trunk| trunk.peers.first().copied());
        match (hop.scheme(), hop.host().parse::<IpAddr>()) {
            (Scheme::Sip | Scheme::Sips, Ok(ip)) => Target::Addr(SocketAddr::new(ip, hop.port().unwrap_or(5060))),
            (Scheme::Sip | Scheme::Sips, Err(_)) => match (peer, resolved) {
                (Some(peer), Some(addr)) if peer.host.eq_ignore_ascii_case(hop.host()) => {
                    Target::Addr(SocketAddr::new(addr.ip(), hop.port().unwrap_or(addr.port())))
                }
                _ => Target::Name(hop.host().to_owned(), hop.port().unwrap_or(5060)),
            },
            (Scheme::Tel | Scheme::Other, _) => match (resolved, peer) {
                (Some(addr), _) => Target::Addr(addr),
                (None, Some(peer)) => Target::Name(peer.host.clone(), peer.port),
                (None, None) => Target::Name("invalid.".to_owned(), 5060),
            },
        }
    }

    /// Where the first request to a trunk goes.
    pub(crate) fn peer_destination(&self, trunk: usize) -> Option<Destination> {
        let entry = self.trunks.get(trunk)?;
        let peer = entry.config.peer.as_ref()?;
        let path = self.path_to(trunk);
        let target = match entry.peers.first() {
            Some(addr) => Target::Addr(*addr),
            None => Target::Name(peer.host.clone(), peer.port),
        };
        Some(Destination { transport: path.transport, listener: path.listener, target, connection: None })
    }
}

//! What legs work with: transactions, trunks, our addresses, and the making of messages.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;

use crate::config::{Transport, UserAgentConfig};
use crate::dialog::{Dialog, Path};
use crate::event::{DialogId, SipEvent};
use crate::message::uri::{Scheme, Uri};
use crate::message::{Method, Request, Response, escape};
use crate::random::Random;
use crate::stats::Stats;
use crate::transaction::{ClientId, Clients, Owner, Servers};
use crate::trunk::Trunk;
use crate::wire::{Destination, Target, Wire};

/// One of our sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LocalSocket {
    pub(crate) bound: SocketAddr,
    /// What stands in Via and Contact.
    pub(crate) advertised: SocketAddr,
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Locals {
    pub(crate) udp: Vec<LocalSocket>,
    pub(crate) tcp: Vec<LocalSocket>,
}

impl Locals {
    pub(crate) fn of(&self, transport: Transport) -> &[LocalSocket] {
        match transport {
            Transport::Udp => &self.udp,
            Transport::Tcp => &self.tcp,
        }
    }

    /// The socket of this transport that can reach the address; the first one when it does not matter.
    fn towards(&self, transport: Transport, ip: Option<IpAddr>, bind: Option<SocketAddr>) -> usize {
        let sockets = self.of(transport);
        let chosen = bind.and_then(|bind| sockets.iter().position(|socket| socket.bound.ip() == bind.ip()));
        let family = || ip.and_then(|ip| sockets.iter().position(|socket| socket.bound.is_ipv6() == ip.is_ipv6()));
        chosen.or_else(family).unwrap_or(0)
    }
}

/// The ACKs of one INVITE of ours, to be sent again with every repetition of their 2xx (§13.2.2.4).
#[derive(Debug, Default)]
struct Acks {
    /// What other branches are ended with; `None` for a re-INVITE, which does not fork.
    template: Option<Dialog>,
    /// The dialog of a re-INVITE whose call was hung up meanwhile: its 2xx is acknowledged and nothing more.
    left: Option<Dialog>,
    sent: Vec<(String, Destination, Bytes)>,
}

/// More branches than this are not acknowledged.
const MAX_FORKS: usize = 16;

/// Above this many bytes a request is better sent over TCP (§18.1.1).
const LARGE_REQUEST_BYTES: usize = 1_300;

#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) wire: Wire,
    pub(crate) clients: Clients,
    pub(crate) servers: Servers,
    pub(crate) trunks: Vec<Trunk>,
    pub(crate) locals: Locals,
    pub(crate) random: Random,
    pub(crate) events: VecDeque<SipEvent>,
    pub(crate) stats: Arc<Stats>,
    pub(crate) user_agent: String,
    acks: HashMap<ClientId, Acks>,
}

impl Core {
    pub(crate) fn new(
        config: &UserAgentConfig,
        locals: Locals,
        seed: [u8; 32],
        stats: Arc<Stats>,
        now: Instant,
    ) -> Self {
        Self {
            wire: Wire::new(now, config.timing),
            clients: Clients::default(),
            servers: Servers::new(config.limits.transactions),
            trunks: config.trunks.iter().cloned().map(Trunk::new).collect(),
            locals,
            random: Random::from_seed(seed),
            events: VecDeque::new(),
            stats,
            user_agent: escape::clean(&config.user_agent, 128),
            acks: HashMap::new(),
        }
    }

    pub(crate) fn emit(&mut self, event: SipEvent) {
        self.events.push_back(event);
    }

    pub(crate) fn trunk_name(&self, trunk: usize) -> String {
        self.trunks.get(trunk).map(|trunk| trunk.config.id.clone()).unwrap_or_default()
    }

    pub(crate) fn release(&mut self, trunk: usize) {
        if let Some(entry) = self.trunks.get_mut(trunk) {
            entry.release();
            self.stats.calls(trunk, entry.calls);
        }
    }

    /// `host:port` of ours on this path.
    pub(crate) fn local_text(&self, transport: Transport, listener: usize) -> String {
        let socket = self.locals.of(transport).get(listener);
        socket.map(|socket| socket.advertised.to_string()).unwrap_or_default()
    }

    pub(crate) fn contact(&self, transport: Transport, listener: usize) -> String {
        let suffix = if transport == Transport::Tcp { ";transport=tcp" } else { "" };
        format!("<sip:cordboard@{}{suffix}>", self.local_text(transport, listener))
    }

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
        let listener = if transport == path.transport {
            path.listener
        } else {
            self.locals.towards(transport, ip, None)
        };
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

    /// Sends a request in a transaction of its own.
    pub(crate) fn send(
        &mut self,
        mut request: Request,
        trunk: usize,
        destination: Destination,
        owner: Owner,
    ) -> ClientId {
        request.headers.set("User-Agent", self.user_agent.clone());
        let mut fallback = None;
        let mut destination = destination;
        let branch = self.random.branch();
        if destination.transport == Transport::Udp
            && self.trunks.get(trunk).is_some_and(|trunk| trunk.config.large_requests_over_tcp)
            && !self.locals.tcp.is_empty()
            && request.to_bytes().len() + 128 > LARGE_REQUEST_BYTES
        {
            fallback = Some((destination.clone(), self.via(&destination, &branch)));
            destination.transport = Transport::Tcp;
            destination.listener = self.locals.towards(Transport::Tcp, None, None);
        }
        if matches!(request.method, Method::Invite | Method::Update) {
            request.headers.set("Contact", self.contact(destination.transport, destination.listener));
        }
        request.headers.push_front("Via", self.via(&destination, &branch));
        self.clients.start(&mut self.wire, request, branch, destination, fallback, owner)
    }

    /// Sends a CANCEL, which shares the branch of its INVITE.
    pub(crate) fn send_cancel(&mut self, mut cancel: Request, destination: Destination) {
        let via = cancel.headers.get("Via").and_then(crate::message::via::Via::parse);
        let Some(branch) = via.as_ref().and_then(crate::message::via::Via::branch).map(str::to_owned) else { return };
        cancel.headers.set("User-Agent", self.user_agent.clone());
        self.clients.start(&mut self.wire, cancel, branch, destination, None, Owner::Cancel);
    }

    fn via(&self, destination: &Destination, branch: &str) -> String {
        let local = self.local_text(destination.transport, destination.listener);
        format!("SIP/2.0/{} {local};rport;branch={branch}", destination.transport.via())
    }

    /// Sends the next request of a dialog, with credentials if the dialog has been challenged.
    pub(crate) fn send_in_dialog(
        &mut self,
        dialog: &mut Dialog,
        method: Method,
        sdp: Option<String>,
        owner: Owner,
    ) -> ClientId {
        let mut request = dialog.request(method);
        if let Some(sdp) = sdp {
            request.set_body("application/sdp", sdp);
        }
        let challenges = dialog.challenges.clone();
        self.authorize(dialog.trunk, &mut request, &challenges);
        let destination = self.destination(dialog.trunk, &dialog.next_hop(), dialog.path);
        self.send(request, dialog.trunk, destination, owner)
    }

    /// Ends a dialog; nobody waits for the answer.
    pub(crate) fn bye(&mut self, dialog: &mut Dialog) {
        let owner = Owner::Bye { trunk: dialog.trunk, tries: 0 };
        self.send_in_dialog(dialog, Method::Bye, None, owner);
    }

    /// Acknowledges a 2xx and remembers the ACK. The `template` ends other branches of a forked INVITE.
    pub(crate) fn acknowledge(
        &mut self,
        invite: ClientId,
        dialog: &Dialog,
        cseq: u32,
        sdp: Option<String>,
        template: Option<&Dialog>,
    ) {
        let mut ack = dialog.request_numbered(Method::Ack, cseq);
        if let Some(sdp) = sdp {
            ack.set_body("application/sdp", sdp);
        }
        let challenges = dialog.challenges.clone();
        self.authorize(dialog.trunk, &mut ack, &challenges);
        let destination = self.destination(dialog.trunk, &dialog.next_hop(), dialog.path);
        let branch = self.random.branch();
        ack.headers.push_front("Via", self.via(&destination, &branch));
        let bytes = ack.to_bytes();
        self.wire.send(&destination, &bytes, None);
        if self.clients.contains(invite) {
            let acks = self.acks.entry(invite).or_default();
            if let Some(template) = template {
                acks.template = Some(template.clone());
            }
            acks.sent.push((dialog.remote_tag.clone(), destination, bytes));
        }
    }

    /// Deals with a 2xx of an INVITE that has been answered already; `false` when this is the first.
    pub(crate) fn acknowledge_again(&mut self, invite: ClientId, response: &Response) -> bool {
        let Some(acks) = self.acks.get(&invite) else { return false };
        let tag = response.to_tag().unwrap_or_default();
        if let Some((_, destination, bytes)) = acks.sent.iter().find(|(known, ..)| *known == tag) {
            self.wire.send(destination, bytes, None);
            return true;
        }
        if let Some(left) = acks.left.clone()
            && acks.sent.is_empty()
        {
            let cseq = response.cseq().map_or(left.local_cseq, |(cseq, _)| cseq);
            self.acknowledge(invite, &left, cseq, None, None);
        } else if let Some(template) = acks.template.clone()
            && acks.sent.len() < MAX_FORKS
        {
            tracing::info!(call_id = %template.call_id, "another branch answered too and is ended");
            self.end_branch(invite, &template, response);
        }
        true
    }

    /// Acknowledges the 2xx of a branch nobody wants and ends it (§13.2.2.4).
    pub(crate) fn end_branch(&mut self, invite: ClientId, template: &Dialog, response: &Response) {
        let cseq = response.cseq().map_or(template.local_cseq, |(cseq, _)| cseq);
        let mut dialog = template.of_response(response);
        self.acknowledge(invite, &dialog, cseq, None, Some(template));
        self.bye(&mut dialog);
    }

    /// Sees to it that a 2xx which still comes for a re-INVITE is acknowledged.
    pub(crate) fn expect_success(&mut self, reinvite: ClientId, dialog: &Dialog) {
        if self.clients.contains(reinvite) {
            self.acks.entry(reinvite).or_default().left = Some(dialog.clone());
        }
    }

    pub(crate) fn forget_acks(&mut self, invite: ClientId) {
        self.acks.remove(&invite);
    }

    /// Tells what is to be kept of a dialog, if that is news.
    pub(crate) fn tell_known(
        &mut self,
        id: DialogId,
        dialog: &Dialog,
        told: &mut Option<crate::snapshot::DialogSnapshot>,
    ) {
        let local = self.local_text(dialog.path.transport, dialog.path.listener);
        let snapshot = dialog.snapshot(&self.trunk_name(dialog.trunk), &local);
        if told.as_ref() != Some(&snapshot) {
            *told = Some(snapshot.clone());
            self.emit(SipEvent::DialogKnown { dialog: id, snapshot });
        }
    }
}

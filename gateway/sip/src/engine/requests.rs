//! A request arrives: whose is it? (RFC 3261 §8.2, §12.2.2, §17.2.3)

use super::{Core, Engine, Reply};
use crate::dialog::Path;
use crate::event::DialogId;
use crate::message::via::Via;
use crate::message::{Incoming, Method, Rejected, Request, uri::Scheme};
use crate::stats::Count;
use crate::transaction::{AckMatch, Arrival, ServerId};
use crate::wire::{Destination, Flow, Target};

/// What goes into Allow.
pub(super) const ALLOW: &str = crate::message::ALLOW;

impl Engine {
    pub(super) fn on_request(&mut self, flow: &Flow, request: Request) {
        let Some(trunk) = self.core.trunk_of(flow) else {
            self.core.stats.count(Count::UnknownSource);
            return;
        };
        let mut incoming = match Incoming::read(request) {
            Ok(incoming) => incoming,
            Err(rejected) => return self.core.reject(flow, rejected),
        };
        incoming.via.note_source(flow.source);
        if *incoming.method() == Method::Ack {
            return self.on_ack(&incoming);
        }
        let destination = response_destination(flow, &incoming.via);
        match self.core.servers.on_request(&mut self.core.wire, &incoming, destination) {
            Arrival::Repeated => {}
            Arrival::Full => self.core.stats.count(Count::Overloaded),
            // §8.2.2.2: the same request came by another way too.
            Arrival::Merged(server) => self.core.respond(server, &incoming, Reply::of(482)),
            Arrival::New(server) => self.on_new_request(flow, trunk, server, incoming),
        }
    }

    fn on_new_request(&mut self, flow: &Flow, trunk: usize, server: ServerId, incoming: Incoming) {
        if *incoming.method() == Method::Cancel {
            return self.on_cancel(server, &incoming);
        }
        if let Some(refusal) = refuse_by_headers(&incoming) {
            return self.core.respond(server, &incoming, refusal);
        }
        if incoming.to.tag().is_some() {
            return match self.leg_of(&incoming) {
                Some(dialog) => self.on_request_in_dialog(dialog, server, &incoming),
                // §12.2.2: a dialog that is not known any more.
                None => self.core.respond(server, &incoming, Reply::of(481)),
            };
        }
        match incoming.method() {
            Method::Invite => self.on_invite(flow, trunk, server, incoming),
            Method::Options => self.core.answer_options(server, &incoming, None),
            Method::Bye | Method::Info | Method::Update => self.core.respond(server, &incoming, Reply::of(481)),
            Method::Unsupported(_) => {
                self.core.respond(server, &incoming, Reply::of(405).header("Allow", ALLOW));
            }
            Method::Unknown(_) | Method::Ack | Method::Cancel => {
                self.core.respond(server, &incoming, Reply::of(501).header("Allow", ALLOW));
            }
        }
    }

    /// §9.2: a CANCEL is answered for itself; what it does depends on the INVITE it means.
    fn on_cancel(&mut self, server: ServerId, cancel: &Incoming) {
        let Some((_, leg)) = self.core.servers.cancelled_by(cancel) else {
            return self.core.respond(server, cancel, Reply::of(481));
        };
        let tag = leg.and_then(|dialog| self.legs.get(&dialog)).map(|leg| leg.local_tag.clone());
        self.core.respond(server, cancel, Reply { to_tag: tag, ..Reply::of(200) });
        if let Some(dialog) = leg {
            self.with_leg(dialog, |leg, core| leg.on_cancel(core, cancel));
        }
    }

    fn on_ack(&mut self, ack: &Incoming) {
        if self.core.servers.on_ack(&mut self.core.wire, ack) == AckMatch::ForDialog
            && let Some(dialog) = self.leg_of(ack)
        {
            self.with_leg(dialog, |leg, core| leg.on_ack(core, ack));
        }
    }

    /// The leg whose dialog a request names.
    pub(super) fn leg_of(&self, incoming: &Incoming) -> Option<DialogId> {
        let key = (incoming.call_id.clone(), incoming.to.tag()?.to_owned());
        let dialog = *self.by_dialog.get(&key)?;
        let leg = self.legs.get(&dialog)?;
        leg.is_with(incoming.from.tag().unwrap_or_default()).then_some(dialog)
    }
}

impl Core {
    /// The trunk an address belongs to: the longest prefix, then the peer itself, then the order of the configuration.
    pub(crate) fn trunk_of(&self, flow: &Flow) -> Option<usize> {
        let ip = flow.source.ip();
        let fits = self.trunks.iter().enumerate().filter_map(|(index, trunk)| {
            let exact = trunk.peers.contains(&flow.source);
            trunk.fits(ip).map(|prefix| (prefix, exact, std::cmp::Reverse(index)))
        });
        fits.max().map(|(.., std::cmp::Reverse(index))| index)
    }

    fn reject(&mut self, flow: &Flow, rejected: Rejected) {
        self.stats.count(Count::Malformed);
        let Rejected::With { request, mut via, phrase } = rejected else { return };
        via.note_source(flow.source);
        let reply = Reply { phrase: Some(phrase.to_owned()), ..Reply::of(400) };
        let bytes = self.stateless(&request, &via, reply);
        self.wire.send(&response_destination(flow, &via), &bytes, None);
    }
}

/// Where responses go (§18.2.2, RFC 3581 §4): over the connection of the request, or to where its datagram came from.
fn response_destination(flow: &Flow, via: &Via) -> Destination {
    Destination {
        transport: flow.transport,
        listener: flow.listener,
        target: Target::Addr(via.response_addr(flow.source)),
        connection: flow.connection,
    }
}

/// The way a dialog's requests go back by.
pub(super) fn path_of(flow: &Flow) -> Path {
    let Flow { transport, listener, connection, source } = *flow;
    Path { transport, listener, connection, peer: Some(source.ip().to_canonical()) }
}

/// What every request is checked for before anybody looks at its meaning (§8.2.1, §8.2.2).
fn refuse_by_headers(incoming: &Incoming) -> Option<Reply> {
    let scheme = incoming.uri.as_ref().map(crate::message::uri::Uri::scheme);
    match scheme {
        None if incoming.request.uri.len() > 1_024 => return Some(Reply::of(414)),
        None => return Some(Reply { phrase: Some("Bad Request (Request-URI)".into()), ..Reply::of(400) }),
        Some(Scheme::Other) => return Some(Reply::of(416)),
        Some(Scheme::Sip | Scheme::Sips | Scheme::Tel) => {}
    }
    if incoming.from.tag().is_none() && incoming.to.tag().is_none() && *incoming.method() == Method::Invite {
        return Some(Reply { phrase: Some("Bad Request (From has no tag)".into()), ..Reply::of(400) });
    }
    // RFC 7332: we are a back-to-back user agent, so a call that has run in circles ends here.
    let hops = incoming.header("Max-Forwards").map(str::parse::<u8>);
    match hops {
        Some(Err(_)) => return Some(Reply { phrase: Some("Bad Request (Max-Forwards)".into()), ..Reply::of(400) }),
        Some(Ok(0)) if *incoming.method() == Method::Invite => return Some(Reply::of(483)),
        Some(Ok(_)) | None => {}
    }
    // §8.2.2.3: no extension is supported yet.
    let required: Vec<_> = incoming.request.headers.list("Require").take(16).collect();
    if !required.is_empty() {
        return Some(Reply::of(420).header("Unsupported", required.join(", ")));
    }
    None
}

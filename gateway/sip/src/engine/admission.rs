//! An INVITE outside any dialog: may it come in, and who is calling whom?

use super::requests::path_of;
use super::{Core, Engine, Reply};
use crate::config::{CalledFrom, CallerFrom};
use crate::dialog::Dialog;
use crate::event::{DialogId, SipEvent};
use crate::leg::Leg;
use crate::message::name_addr::NameAddr;
use crate::message::{Incoming, NotSdp, escape};
use crate::offer_answer::preview;
use crate::transaction::ServerId;
use crate::wire::Flow;

impl Engine {
    pub(super) fn on_invite(&mut self, flow: &Flow, trunk: usize, server: ServerId, incoming: Incoming) {
        self.core.stats.call_begins(trunk, true);
        let offer = match offer_of(&incoming).and_then(|offer| self.admit(trunk).map(|()| offer)) {
            Ok(offer) => offer,
            Err(refusal) => {
                tracing::info!(trunk = %self.core.trunk_name(trunk), status = refusal.status, "inbound call refused");
                return self.core.respond(server, &incoming, refusal);
            }
        };
        let media = match offer.as_ref().map(|offer| preview(offer)) {
            None => None,
            Some(Ok(media)) => Some(media),
            Some(Err(error)) => {
                self.core.release(trunk);
                tracing::info!(trunk = %self.core.trunk_name(trunk), %error, "inbound call refused");
                let warning = format!("304 cordboard \"{error}\"");
                return self.core.respond(server, &incoming, Reply::of(488).header("Warning", warning));
            }
        };
        let local_tag = self.core.random.tag();
        let Some(dialog) = Dialog::of_incoming(&incoming, trunk, local_tag, path_of(flow)) else {
            self.core.release(trunk);
            let reply = Reply { phrase: Some("Bad Request (Contact)".into()), ..Reply::of(400) };
            return self.core.respond(server, &incoming, reply);
        };
        self.core.respond(server, &incoming, Reply::of(100));
        let id = crate::user_agent::next_dialog_id();
        self.core.servers.set_leg(server, id);
        let event = self.core.describe(id, trunk, flow, &incoming, media);
        let leg = Leg::arriving(&mut self.core, id, dialog, server, incoming, offer);
        self.add_leg(leg);
        self.core.emit(event);
        self.with_leg(id, |leg, core| leg.tell_arrival(core));
    }

    /// Counts a call in, or says why not. 503 goes without Retry-After: a peer that honours it would stop sending calls
    /// to the whole trunk (§21.5.4).
    fn admit(&mut self, trunk: usize) -> Result<(), Reply> {
        if self.closed || self.held_back || self.legs.len() >= self.max_calls {
            return Err(Reply::of(503));
        }
        let now = self.core.wire.now;
        let Some(entry) = self.core.trunks.get_mut(trunk) else { return Err(Reply::of(503)) };
        match entry.admit(now) {
            Ok(()) => {
                self.core.stats.calls(trunk, entry.calls);
                Ok(())
            }
            Err(over) => {
                self.core.stats.over_cap(trunk);
                tracing::debug!(trunk = %entry.config.id, %over, "cap reached");
                Err(Reply::of(503))
            }
        }
    }
}

impl Core {
    fn describe(
        &self,
        dialog: DialogId,
        trunk: usize,
        flow: &Flow,
        incoming: &Incoming,
        media: Option<crate::media::RemoteMedia>,
    ) -> SipEvent {
        let config = self.trunks.get(trunk).map(|trunk| &trunk.config);
        let (caller, caller_display) = caller_of(incoming, config.map_or_else(CallerFrom::default, |c| c.caller_from));
        SipEvent::Incoming {
            dialog,
            trunk: self.trunk_name(trunk),
            called: called_of(incoming, config.map_or_else(CalledFrom::default, |c| c.called_from)),
            caller,
            caller_display,
            sip_call_id: incoming.call_id.clone(),
            source: flow.source,
            media,
        }
    }
}

fn called_of(incoming: &Incoming, from: CalledFrom) -> String {
    let to = || incoming.to.uri.user().unwrap_or_default();
    match from {
        CalledFrom::RequestUri => incoming.uri.as_ref().and_then(crate::message::uri::Uri::user).unwrap_or_default(),
        CalledFrom::To => to(),
        CalledFrom::Diversion => {
            let diversion = incoming.request.headers.list("Diversion").next();
            let diversion = diversion.and_then(|value| NameAddr::parse(value).ok());
            diversion.and_then(|diversion| diversion.uri.user()).unwrap_or_else(to)
        }
    }
}

fn caller_of(incoming: &Incoming, from: CallerFrom) -> (String, String) {
    let asserted = match from {
        CallerFrom::From => None,
        CallerFrom::PAssertedIdentity => {
            let mut values = incoming.request.headers.list("P-Asserted-Identity").take(4);
            values.find_map(|value| NameAddr::parse(value).ok().filter(|party| party.uri.user().is_some()))
        }
    };
    let party = asserted.as_ref().unwrap_or(&incoming.from);
    // A name may stand in From alone.
    let display = if party.display.is_empty() { &incoming.from.display } else { &party.display };
    (party.uri.user().unwrap_or_default(), escape::clean(display, escape::MAX_USER_BYTES))
}

/// §8.2.3: the offer of a request, or what it is told whose body cannot be read.
pub(super) fn offer_of(incoming: &Incoming) -> Result<Option<bytes::Bytes>, Reply> {
    incoming
        .request
        .sdp_or_refusal()
        .map_err(|NotSdp| Reply::of(415).header("Accept", "application/sdp").header("Accept-Encoding", "identity"))
}

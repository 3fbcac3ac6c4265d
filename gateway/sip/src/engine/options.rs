//! OPTIONS both ways: saying what we can do (§11.2), and asking trunks whether they are there.

use super::requests::ALLOW;
use super::{Core, Engine, Reply};
use crate::dialog::with_tag;
use crate::event::SipEvent;
use crate::message::{Incoming, Method, Request, Response};
use crate::timers::Alarm;
use crate::transaction::{ClientFailure, Owner, ServerId};

impl Core {
    pub(super) fn answer_options(&mut self, server: ServerId, incoming: &Incoming, tag: Option<&str>) {
        let reply = Reply { to_tag: tag.map(str::to_owned), ..Reply::of(200) };
        let reply = reply
            .header("Allow", ALLOW)
            .header("Accept", "application/sdp, application/dtmf-relay, application/dtmf")
            .header("Accept-Encoding", "identity")
            .header("Accept-Language", "en")
            .header("Supported", "");
        self.respond(server, incoming, reply);
    }

    /// An OPTIONS to the peer of a trunk.
    fn options_request(&mut self, trunk: usize) -> Option<Request> {
        let path = self.path_to(trunk);
        let peer = self.trunks.get(trunk)?.config.peer.clone()?;
        let local = format!("<sip:cordboard@{}>", self.local_text(path.transport, path.listener));
        let mut request = Request::new(Method::Options, format!("sip:{peer}"));
        request.headers.push("Max-Forwards", "70");
        request.headers.push("From", with_tag(&local, &self.random.tag()));
        request.headers.push("To", format!("<sip:{peer}>"));
        request.headers.push("Call-ID", self.random.call_id());
        request.headers.push("CSeq", "1 OPTIONS");
        request.headers.push("Accept", "application/sdp");
        Some(request)
    }
}

impl Engine {
    /// Sets the first check of every watched trunk.
    pub(super) fn start_health_checks(&mut self) {
        for trunk in 0..self.core.trunks.len() {
            let config = &self.core.trunks[trunk].config;
            if config.options_interval.is_some() && config.peer.is_some() {
                self.core.wire.timers.set(self.core.wire.now, Alarm::Options(trunk));
            }
        }
    }

    pub(super) fn check_health(&mut self, trunk: usize) {
        let Some(request) = self.core.options_request(trunk) else { return };
        let Some(destination) = self.core.peer_destination(trunk) else { return };
        self.core.send(request, trunk, destination, Vec::new(), Owner::Options { trunk, tries: 0 });
    }

    /// A check is over: notes the outcome and sets the next.
    pub(super) fn on_health(&mut self, trunk: usize, outcome: Result<&Response, ClientFailure>) {
        // Any answer shows that the peer is there; 408 and 503 say that what is behind it is not.
        let (up, reason) = match outcome {
            Ok(response) => (!matches!(response.status, 408 | 503), format!("{} {}", response.status, response.reason)),
            Err(ClientFailure::TimedOut) => (false, "no response to OPTIONS".to_owned()),
            Err(ClientFailure::Transport) => (false, "OPTIONS could not be sent".to_owned()),
        };
        let Some(entry) = self.core.trunks.get_mut(trunk) else { return };
        if let Some(interval) = entry.config.options_interval {
            self.core.wire.timers.set(self.core.wire.now + interval, Alarm::Options(trunk));
        }
        if entry.up == Some(up) {
            return;
        }
        entry.up = Some(up);
        let id = entry.config.id.clone();
        tracing::info!(trunk = %id, up, %reason, "trunk changed");
        self.core.stats.health(trunk, up);
        self.core.emit(SipEvent::TrunkChanged { trunk: id, up, reason });
    }
}

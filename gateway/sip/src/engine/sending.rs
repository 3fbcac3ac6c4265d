//! How requests leave: Via, Contact, credentials, and the choice between datagram and stream.

use super::Core;
use crate::config::Transport;
use crate::dialog::Dialog;
use crate::digest::Challenge;
use crate::message::via::Via;
use crate::message::{Method, Request};
use crate::transaction::{ClientId, Outgoing, Owner};
use crate::wire::Destination;

/// Above this many bytes a request is better sent over TCP (§18.1.1).
const LARGE_REQUEST_BYTES: usize = 1_300;
/// What is still to be added when that is decided.
const VIA_AND_CONTACT_BYTES: usize = 160;

impl Core {
    /// Sends a request in a transaction of its own, with credentials for the challenges it has met.
    pub(crate) fn send(
        &mut self,
        mut request: Request,
        trunk: usize,
        destination: Destination,
        challenges: Vec<Challenge>,
        owner: Owner,
    ) -> ClientId {
        request.headers.set("User-Agent", self.user_agent.clone());
        self.authorize(trunk, &mut request, &challenges);
        let branch = self.random.branch();
        let (destination, fallback) = self.stream_if_large(&request, trunk, destination, &branch);
        if matches!(request.method, Method::Invite | Method::Update) {
            request.headers.set("Contact", self.contact(destination.transport, destination.listener));
        }
        request.headers.push_front("Via", self.via(&destination, &branch));
        let outgoing = Outgoing { request, branch, destination, fallback, challenges, owner };
        self.clients.start(&mut self.wire, outgoing)
    }

    /// §18.1.1: a request that may not fit into one datagram goes by TCP, and by UDP after all where that fails.
    fn stream_if_large(
        &self,
        request: &Request,
        trunk: usize,
        destination: Destination,
        branch: &str,
    ) -> (Destination, Option<(Destination, String)>) {
        let allowed = self.trunks.get(trunk).is_some_and(|trunk| trunk.config.large_requests_over_tcp);
        if destination.transport != Transport::Udp || !allowed || self.locals.tcp.is_empty() {
            return (destination, None);
        }
        if request.to_bytes().len() + VIA_AND_CONTACT_BYTES <= LARGE_REQUEST_BYTES {
            return (destination, None);
        }
        let fallback = (destination.clone(), self.via(&destination, branch));
        let listener = self.locals.towards(Transport::Tcp, None, None);
        (Destination { transport: Transport::Tcp, listener, ..destination }, Some(fallback))
    }

    /// Sends a CANCEL, which shares the branch of its INVITE.
    pub(crate) fn send_cancel(&mut self, mut cancel: Request, destination: Destination) {
        let via = cancel.headers.get("Via").and_then(Via::parse);
        let Some(branch) = via.as_ref().and_then(Via::branch).map(str::to_owned) else { return };
        cancel.headers.set("User-Agent", self.user_agent.clone());
        let (fallback, challenges, owner) = (None, Vec::new(), Owner::Cancel);
        let outgoing = Outgoing { request: cancel, branch, destination, fallback, challenges, owner };
        self.clients.start(&mut self.wire, outgoing);
    }

    pub(super) fn via(&self, destination: &Destination, branch: &str) -> String {
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
        let destination = self.destination(dialog.trunk, &dialog.next_hop(), dialog.path);
        self.send(request, dialog.trunk, destination, dialog.challenges.clone(), owner)
    }

    /// Ends a dialog; nobody waits for the answer.
    pub(crate) fn bye(&mut self, dialog: &mut Dialog) {
        let owner = Owner::Bye { trunk: dialog.trunk, tries: 0 };
        self.send_in_dialog(dialog, Method::Bye, None, owner);
    }
}

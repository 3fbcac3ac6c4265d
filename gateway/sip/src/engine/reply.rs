//! Making responses (RFC 3261 §8.2.6, §12.1.1).

use bytes::Bytes;

use super::Core;
use crate::message::{Incoming, Method, Request, Response, name_addr::NameAddr, reason, via::Via};
use crate::transaction::ServerId;

/// What is said in a response beyond what is copied from its request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// `None`: the standard one.
    pub(crate) phrase: Option<String>,
    /// The dialog's tag; without one, final responses outside dialogs get a tag of their own.
    pub(crate) to_tag: Option<String>,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) sdp: Option<String>,
}

impl Reply {
    pub(crate) fn of(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    pub(crate) fn tagged(status: u16, tag: &str) -> Self {
        Self { status, to_tag: Some(tag.to_owned()), ..Self::default() }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn sdp(mut self, sdp: impl Into<Option<String>>) -> Self {
        self.sdp = sdp.into();
        self
    }
}

impl Core {
    /// Answers a request through its transaction.
    pub(crate) fn respond(&mut self, server: ServerId, incoming: &Incoming, reply: Reply) {
        let status = reply.status;
        let tag = self.random.tag();
        let response = response_to(&incoming.request, &incoming.via, reply, &tag, &self.user_agent);
        self.servers.respond(&mut self.wire, server, status, response.to_bytes());
    }

    /// Answers a request that has no transaction.
    pub(crate) fn stateless(&mut self, request: &Request, via: &Via, reply: Reply) -> Bytes {
        let tag = self.random.tag();
        response_to(request, via, reply, &tag, &self.user_agent).to_bytes()
    }
}

fn response_to(request: &Request, via: &Via, reply: Reply, spare_tag: &str, server: &str) -> Response {
    let mut headers = crate::message::Headers::default();
    headers.push("Via", via.to_string());
    for value in request.headers.all("Via").skip(1) {
        headers.push("Via", value);
    }
    let forms_dialog = request.method == Method::Invite && (101..300).contains(&reply.status);
    if forms_dialog {
        for route in request.headers.all("Record-Route") {
            headers.push("Record-Route", route);
        }
    }
    for name in ["From", "To", "Call-ID", "CSeq"] {
        let Some(value) = request.headers.get(name) else { continue };
        if name == "To" && reply.status > 100 && !has_tag(value) {
            let tag = reply.to_tag.as_deref().unwrap_or(spare_tag);
            headers.push(name, format!("{value};tag={tag}"));
        } else {
            headers.push(name, value);
        }
    }
    if reply.status == 100
        && let Some(timestamp) = request.headers.get("Timestamp")
    {
        headers.push("Timestamp", timestamp);
    }
    for (name, value) in reply.headers {
        headers.push(name, value);
    }
    headers.push("Server", server);
    let body = match reply.sdp {
        Some(sdp) => {
            headers.push("Content-Type", "application/sdp");
            Bytes::from(sdp)
        }
        None => Bytes::new(),
    };
    let reason = reply.phrase.unwrap_or_else(|| reason::phrase(reply.status).to_owned());
    Response { status: reply.status, reason, headers, body }
}

fn has_tag(party: &str) -> bool {
    NameAddr::parse(party).is_ok_and(|party| party.tag().is_some())
}

//! Dialogs (RFC 3261 §12): tags, sequence numbers, route set and remote target, and the requests made of them.
//!
//! Pure. Which transaction a request goes through, and what a call makes of it, is decided in [`crate::leg`].

use crate::config::Transport;
use crate::digest::Challenge;
use crate::message::name_addr::NameAddr;
use crate::message::uri::Uri;
use crate::message::{Headers, Incoming, Method, Request, Response};
use crate::snapshot::DialogSnapshot;
use crate::wire::ConnectionId;

/// One dialog, early or confirmed; before the far side answers, the template that forks are made from.
#[derive(Clone, Debug)]
pub(crate) struct Dialog {
    pub(crate) trunk: usize,
    pub(crate) call_id: String,
    /// Our name-addr without its tag.
    pub(crate) local: String,
    pub(crate) local_tag: String,
    /// Theirs. The text is kept: peers compare it byte by byte.
    pub(crate) remote: String,
    pub(crate) remote_tag: String,
    pub(crate) local_cseq: u32,
    pub(crate) remote_cseq: Option<u32>,
    /// Route values, first hop first.
    pub(crate) route_set: Vec<String>,
    pub(crate) target: Uri,
    /// How it was set up, and therefore how its requests go unless the URIs say otherwise.
    pub(crate) path: Path,
    /// Challenges already answered in this dialog: its next request brings credentials along (§22.2).
    pub(crate) challenges: Vec<Challenge>,
}

/// Transport, socket and connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) transport: Transport,
    pub(crate) listener: usize,
    pub(crate) connection: Option<ConnectionId>,
    /// Who is at the other end of `connection`.
    pub(crate) peer: Option<std::net::IpAddr>,
}

/// The longest route set that is learnt.
const MAX_ROUTES: usize = 32;

impl Dialog {
    /// The dialog of an inbound INVITE (§12.1.1); `None` without a Contact to send requests to.
    pub(crate) fn of_incoming(incoming: &Incoming, trunk: usize, local_tag: String, path: Path) -> Option<Self> {
        Some(Self {
            trunk,
            call_id: incoming.call_id.clone(),
            local: without_tag(incoming.header("To")?),
            local_tag,
            remote: without_tag(incoming.header("From")?),
            remote_tag: incoming.from.tag().unwrap_or_default().to_owned(),
            local_cseq: 0,
            remote_cseq: Some(incoming.cseq),
            route_set: route_set(&incoming.request.headers),
            target: incoming.contact()?,
            path,
            challenges: Vec::new(),
        })
    }

    /// The dialog of a response to our INVITE (§12.1.2, §13.2.2.4), made from the template.
    pub(crate) fn of_response(&self, response: &Response) -> Self {
        let mut dialog = self.clone();
        dialog.remote_tag = response.to_tag().unwrap_or_default();
        dialog.route_set = route_set(&response.headers);
        dialog.route_set.reverse();
        if let Some(target) = crate::message::contact(&response.headers) {
            dialog.target = target;
        }
        dialog
    }

    /// Takes over the Contact of a target refresh (§12.2.1.2, §12.2.2).
    pub(crate) fn refresh_target(&mut self, headers: &Headers) {
        if let Some(target) = crate::message::contact(headers) {
            self.target = target;
        }
    }

    /// Whether a request is in order (§12.2.2); notes its number if so.
    pub(crate) fn accepts(&mut self, cseq: u32) -> bool {
        if self.remote_cseq.is_some_and(|last| cseq < last) {
            return false;
        }
        self.remote_cseq = Some(cseq);
        true
    }

    /// The next request of this dialog (§12.2.1.1), without Via and Contact.
    pub(crate) fn request(&mut self, method: Method) -> Request {
        self.local_cseq += 1;
        self.request_numbered(method, self.local_cseq)
    }

    /// A request with a number of its own: the ACK of a 2xx carries that of its INVITE (§13.2.2.4).
    pub(crate) fn request_numbered(&self, method: Method, cseq: u32) -> Request {
        let (uri, routes) = self.request_uri_and_routes();
        let mut request = Request::new(method, uri);
        for route in routes {
            request.headers.push("Route", route);
        }
        request.headers.push("Max-Forwards", "70");
        request.headers.push("From", with_tag(&self.local, &self.local_tag));
        request.headers.push("To", with_tag(&self.remote, &self.remote_tag));
        request.headers.push("Call-ID", self.call_id.clone());
        request.headers.push("CSeq", format!("{cseq} {}", request.method));
        request
    }

    /// Loose routing puts the target into the Request-URI; a strict router wants itself there and the target last
    /// (§12.2.1.1).
    fn request_uri_and_routes(&self) -> (String, Vec<String>) {
        let first = self.route_set.first().and_then(|route| NameAddr::parse(route).ok());
        match first {
            Some(first) if !first.uri.is_loose_router() => {
                let mut routes: Vec<_> = self.route_set.iter().skip(1).cloned().collect();
                routes.push(format!("<{}>", self.target.as_str()));
                (first.uri.as_str().to_owned(), routes)
            }
            _ => (self.target.as_str().to_owned(), self.route_set.clone()),
        }
    }

    /// Where its requests go first: the topmost route, else the target (§8.1.2).
    pub(crate) fn next_hop(&self) -> Uri {
        let first = self.route_set.first().and_then(|route| NameAddr::parse(route).ok());
        first.map_or_else(|| self.target.clone(), |first| first.uri)
    }

    pub(crate) fn snapshot(&self, trunk: &str, local_addr: &str) -> DialogSnapshot {
        DialogSnapshot {
            trunk: trunk.to_owned(),
            call_id: self.call_id.clone(),
            local: self.local.clone(),
            local_tag: self.local_tag.clone(),
            remote: self.remote.clone(),
            remote_tag: self.remote_tag.clone(),
            local_cseq: self.local_cseq,
            route_set: self.route_set.clone(),
            target: self.target.as_str().to_owned(),
            transport: self.path.transport,
            local_addr: local_addr.to_owned(),
        }
    }

    /// The dialog of a former process. `None` when the snapshot is not one of ours.
    pub(crate) fn of_snapshot(snapshot: &DialogSnapshot, trunk: usize, listener: usize) -> Option<Self> {
        Some(Self {
            trunk,
            call_id: snapshot.call_id.clone(),
            local: snapshot.local.clone(),
            local_tag: snapshot.local_tag.clone(),
            remote: snapshot.remote.clone(),
            remote_tag: snapshot.remote_tag.clone(),
            // A re-INVITE may have gone out after the snapshot was kept; gaps are allowed (§12.2.1.1).
            local_cseq: snapshot.local_cseq.saturating_add(10),
            remote_cseq: None,
            route_set: snapshot.route_set.clone(),
            target: Uri::parse(&snapshot.target).ok()?,
            path: Path { transport: snapshot.transport, listener, connection: None, peer: None },
            challenges: Vec::new(),
        })
    }
}

fn route_set(headers: &Headers) -> Vec<String> {
    headers.list("Record-Route").take(MAX_ROUTES).map(str::to_owned).collect()
}

pub(crate) fn with_tag(party: &str, tag: &str) -> String {
    if tag.is_empty() { party.to_owned() } else { format!("{party};tag={tag}") }
}

/// A From or To value without its tag, otherwise untouched.
fn without_tag(value: &str) -> String {
    let params_start = match crate::message::find_outside(value, b';') {
        Some(at) => at,
        None => return value.to_owned(),
    };
    let (party, params) = value.split_at(params_start);
    let kept = params[1..].split(';').filter(|param| {
        let name = param.split('=').next().unwrap_or_default().trim();
        !name.eq_ignore_ascii_case("tag") && !name.is_empty()
    });
    kept.fold(party.trim_end().to_owned(), |out, param| format!("{out};{}", param.trim()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Dialog, Path, without_tag};
    use crate::config::Transport;
    use crate::message::{Method, Response, uri::Uri};

    fn template() -> Dialog {
        Dialog {
            trunk: 0,
            call_id: "id".into(),
            local: "<sip:us@here>".into(),
            local_tag: "l".into(),
            remote: "<sip:them@there>".into(),
            remote_tag: String::new(),
            local_cseq: 1,
            remote_cseq: None,
            route_set: Vec::new(),
            target: Uri::parse("sip:them@there").unwrap(),
            path: Path { transport: Transport::Udp, listener: 0, connection: None, peer: None },
            challenges: Vec::new(),
        }
    }

    fn response(record_route: &'static str) -> Response {
        let headers = [
            ("To", "<sip:them@there>;tag=r"),
            ("Record-Route", record_route),
            ("Contact", "<sip:%2B1@192.0.2.7:5090;x=1>"),
        ];
        Response { status: 200, reason: "OK".into(), headers: headers.into_iter().collect(), body: "".into() }
    }

    #[test]
    fn loose_routes_are_reversed_and_the_target_is_the_contact() {
        let mut dialog = template().of_response(&response("<sip:p1;lr>, <sip:p2;lr>"));
        let bye = dialog.request(Method::Bye);
        assert_eq!(bye.uri, "sip:%2B1@192.0.2.7:5090;x=1");
        assert_eq!(bye.headers.all("Route").collect::<Vec<_>>(), ["<sip:p2;lr>", "<sip:p1;lr>"]);
        assert_eq!(bye.headers.get("CSeq"), Some("2 BYE"));
        assert_eq!(bye.headers.get("To"), Some("<sip:them@there>;tag=r"));
        assert_eq!(dialog.next_hop().as_str(), "sip:p2;lr");
    }

    #[test]
    fn a_strict_router_gets_the_request_uri() {
        let mut dialog = template().of_response(&response("<sip:p1;lr>, <sip:p2>"));
        let bye = dialog.request(Method::Bye);
        assert_eq!(bye.uri, "sip:p2");
        assert_eq!(bye.headers.all("Route").collect::<Vec<_>>(), ["<sip:p1;lr>", "<sip:%2B1@192.0.2.7:5090;x=1>"]);
        assert_eq!(dialog.next_hop().as_str(), "sip:p2");
    }

    #[test]
    fn numbers_must_not_go_back() {
        let mut dialog = template();
        assert!(dialog.accepts(5) && dialog.accepts(5) && dialog.accepts(9));
        assert!(!dialog.accepts(8));
    }

    #[test]
    fn a_snapshot_makes_the_same_bye() {
        let mut dialog = template().of_response(&response("<sip:p1;lr>"));
        let mut revived = Dialog::of_snapshot(&dialog.snapshot("t", "x:1"), 0, 0).unwrap();
        let (bye, late) = (dialog.request(Method::Bye), revived.request(Method::Bye));
        assert_eq!(late.uri, bye.uri);
        for name in ["Route", "From", "To", "Call-ID"] {
            assert_eq!(late.headers.get(name), bye.headers.get(name));
        }
        assert_eq!(late.headers.get("CSeq"), Some("12 BYE"));
    }

    #[test]
    fn the_tag_alone_is_taken_off() {
        assert_eq!(without_tag(r#""A;tag=x" <sip:a@b;tag=y>;tag=z;q=1"#), r#""A;tag=x" <sip:a@b;tag=y>;q=1"#);
        assert_eq!(without_tag("sip:a@b;tag=z"), "sip:a@b");
    }
}

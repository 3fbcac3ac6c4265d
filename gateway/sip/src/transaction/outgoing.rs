//! What goes out through client transactions: requests with their owners, and the two requests that share an INVITE's
//! transaction.

use crate::digest::Challenge;
use crate::event::DialogId;
use crate::message::{Method, Request, Response};
use crate::wire::Destination;

/// Whose request it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The INVITE that began a leg.
    Invite(DialogId),
    /// A later INVITE of a leg.
    Reinvite(DialogId),
    /// A BYE that nobody waits for: the leg is over already.
    Bye { trunk: usize, tries: u8 },
    /// A BYE for a dialog of another process; the number names who waits.
    LostBye { trunk: usize, tries: u8, waiting: u64 },
    /// Nobody needs to know.
    Cancel,
    /// The health check of a trunk.
    Options { trunk: usize, tries: u8 },
}

/// A request on its way out.
#[derive(Debug)]
pub(crate) struct Outgoing {
    /// Its topmost Via holds `branch`.
    pub(crate) request: Request,
    pub(crate) branch: String,
    pub(crate) destination: Destination,
    /// Where it goes after all, and under which Via, when TCP fails (§18.1.1).
    pub(crate) fallback: Option<(Destination, String)>,
    /// What its credentials answer.
    pub(crate) challenges: Vec<Challenge>,
    pub(crate) owner: Owner,
}

/// What was sent.
#[derive(Debug)]
pub(crate) struct Sent<'a> {
    pub(crate) request: &'a Request,
    pub(crate) destination: &'a Destination,
    pub(crate) challenges: &'a [Challenge],
}

/// The ACK that belongs to the transaction: same branch, To of the response (§17.1.1.3).
pub(super) fn ack_of_failure(invite: &Request, response: &Response) -> Request {
    let mut ack = same_transaction(invite, Method::Ack);
    if let Some(to) = response.headers.get("To") {
        ack.headers.set("To", to);
    }
    ack
}

/// A request that shares the topmost Via of an INVITE: its ACK, its CANCEL (§9.1).
pub(crate) fn same_transaction(invite: &Request, method: Method) -> Request {
    let mut request = Request::new(method, invite.uri.clone());
    if let Some(via) = invite.headers.get("Via") {
        request.headers.push("Via", via);
    }
    for route in invite.headers.all("Route") {
        request.headers.push("Route", route);
    }
    request.headers.push("Max-Forwards", "70");
    for name in ["From", "To", "Call-ID"] {
        if let Some(value) = invite.headers.get(name) {
            request.headers.push(name, value);
        }
    }
    let number = invite.headers.get("CSeq").and_then(|value| value.split(' ').next()).unwrap_or("1");
    request.headers.push("CSeq", format!("{number} {}", request.method));
    request
}

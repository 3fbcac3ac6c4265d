//! Trying a request again with credentials (§22.2, §22.3).

use super::Core;
use crate::digest::{Challenge, Use};
use crate::message::{Request, Response};
use crate::transaction::ClientId;
use crate::wire::Destination;

/// A challenged request, ready to be sent again.
#[derive(Debug)]
pub(crate) struct Retry {
    /// One number later, without Via and credentials.
    pub(crate) request: Request,
    pub(crate) cseq: u32,
    pub(crate) destination: Destination,
    /// Every challenge met so far: a proxy's and its server's want an answer each.
    pub(crate) challenges: Vec<Challenge>,
}

impl Core {
    /// Puts credentials for these challenges into a request.
    pub(super) fn authorize(&mut self, trunk: usize, request: &mut Request, challenges: &[Challenge]) {
        for challenge in challenges {
            let client_nonce = self.random.tag();
            let Some(trunk) = self.trunks.get_mut(trunk) else { return };
            let count = trunk.next_use(&challenge.nonce);
            let Some(credentials) = trunk.credentials_for(&challenge.realm) else { continue };
            let value = challenge.answer(&Use {
                credentials,
                method: &request.method,
                uri: &request.uri,
                count,
                client_nonce: &client_nonce,
            });
            request.headers.push(challenge.header(), value);
        }
    }

    /// What answers a 401 or 407. `None` when there are no credentials for it, or when those that were sent are what
    /// was refused.
    pub(crate) fn answer_challenge(&self, trunk: usize, client: ClientId, response: &Response) -> Option<Retry> {
        let trunk = self.trunks.get(trunk)?;
        let sent = self.clients.sent(client)?;
        let mut met = Challenge::all_of(response);
        met.retain(|challenge| trunk.credentials_for(&challenge.realm).is_some());
        if met.is_empty() {
            return None;
        }
        let mut challenges = sent.challenges.to_vec();
        for challenge in met {
            match challenges.iter_mut().find(|have| have.realm == challenge.realm && have.proxy == challenge.proxy) {
                Some(_) if !challenge.stale => return None,
                Some(have) => *have = challenge,
                None => challenges.push(challenge),
            }
        }
        let mut request = sent.request.clone();
        for name in ["Via", "Authorization", "Proxy-Authorization"] {
            request.headers.remove(name);
        }
        let cseq = request.headers.get("CSeq")?.split_ascii_whitespace().next()?.parse::<u32>().ok()?.checked_add(1)?;
        request.headers.set("CSeq", format!("{cseq} {}", request.method));
        Some(Retry { request, cseq, destination: sent.destination.clone(), challenges })
    }
}

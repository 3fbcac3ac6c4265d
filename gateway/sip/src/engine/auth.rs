//! Trying a request again with credentials (§22.2, §22.3).

use super::Core;
use crate::digest::{Challenge, Use};
use crate::message::{Request, Response};

impl Core {
    /// Puts credentials for these challenges into a request.
    pub(crate) fn authorize(&mut self, trunk: usize, request: &mut Request, challenges: &[Challenge]) {
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

    /// The request that answers a 401 or 407: one number later, without Via. `None` when there are no credentials for
    /// it, or when those that were sent are what was refused.
    pub(crate) fn answer_challenge(
        &mut self,
        trunk: usize,
        sent: &Request,
        response: &Response,
    ) -> Option<(Request, Vec<Challenge>)> {
        let mut challenges = Challenge::all_of(response);
        challenges.retain(|challenge| {
            self.trunks.get(trunk).is_some_and(|trunk| trunk.credentials_for(&challenge.realm).is_some())
        });
        if challenges.is_empty() || challenges.iter().any(|challenge| was_refused(sent, challenge)) {
            return None;
        }
        let mut request = sent.clone();
        request.headers.remove("Via");
        for challenge in &challenges {
            request.headers.remove(challenge.header());
        }
        let cseq = sequence_number(sent)?.checked_add(1)?;
        request.headers.set("CSeq", format!("{cseq} {}", request.method));
        self.authorize(trunk, &mut request, &challenges);
        Some((request, challenges))
    }
}

/// Whether the request carried credentials for this realm that were not merely too old.
fn was_refused(sent: &Request, challenge: &Challenge) -> bool {
    let realm = format!("realm=\"{}\"", challenge.realm);
    !challenge.stale && sent.headers.all(challenge.header()).any(|value| value.contains(&realm))
}

/// The number of a request's CSeq.
pub(crate) fn sequence_number(request: &Request) -> Option<u32> {
    request.headers.get("CSeq")?.split_ascii_whitespace().next()?.parse().ok()
}

//! A response arrives: the transaction knows whose it is.

use super::{Engine, LostError};
use crate::message::Response;
use crate::transaction::{ClientId, Owner};

/// How often a request is tried again with other credentials: once for the proxy, once for its server, once for a
/// nonce that grew old.
const MAX_TRIES: u8 = 3;

impl Engine {
    pub(super) fn on_response(&mut self, response: &Response) {
        let Some((client, owner)) = self.core.clients.on_response(&mut self.core.wire, response) else { return };
        match owner {
            Owner::Invite(dialog) => {
                if response.is_success() && self.core.acknowledge_again(client, response) {
                    return;
                }
                self.with_leg(dialog, |leg, core| leg.on_invite_response(core, client, response));
            }
            Owner::Reinvite(dialog) => {
                if response.is_success() && self.core.acknowledge_again(client, response) {
                    return;
                }
                self.with_leg(dialog, |leg, core| leg.on_reinvite_response(core, client, response));
            }
            Owner::Bye { trunk, tries } => {
                if response.status >= 300 {
                    self.try_again(client, trunk, tries, response, |tries| Owner::Bye { trunk, tries });
                }
            }
            Owner::LostBye { trunk, tries, waiting } => self.on_lost_bye(client, trunk, tries, waiting, response),
            Owner::Options { trunk, tries } => {
                if response.is_provisional()
                    || self.try_again(client, trunk, tries, response, |tries| Owner::Options { trunk, tries })
                {
                    return;
                }
                self.on_health(trunk, Ok(response));
            }
            Owner::Cancel => {}
        }
    }

    fn on_lost_bye(&mut self, client: ClientId, trunk: usize, tries: u8, waiting: u64, response: &Response) {
        let again = |tries| Owner::LostBye { trunk, tries, waiting };
        if response.is_provisional() || self.try_again(client, trunk, tries, response, again) {
            return;
        }
        // 481 says that the far side has ended the call itself: that is what was wanted.
        let outcome = match response.status {
            200..300 | 481 => Ok(()),
            status => Err(LostError::Refused(status)),
        };
        self.lost.finish(waiting, outcome);
    }

    /// Sends a request again with credentials if it was challenged and there are some.
    fn try_again(
        &mut self,
        client: ClientId,
        trunk: usize,
        tries: u8,
        response: &Response,
        owner: impl FnOnce(u8) -> Owner,
    ) -> bool {
        if !matches!(response.status, 401 | 407) || tries >= MAX_TRIES {
            return false;
        }
        let Some(retry) = self.core.answer_challenge(trunk, client, response) else { return false };
        self.core.send(retry.request, trunk, retry.destination, retry.challenges, owner(tries + 1));
        true
    }
}

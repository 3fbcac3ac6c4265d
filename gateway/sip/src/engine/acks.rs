//! ACKs of 2xx: they are the dialogs' business, not the transactions' (RFC 3261 §13.2.2.4).

use bytes::Bytes;

use super::Core;
use crate::dialog::Dialog;
use crate::message::{Method, Response};
use crate::transaction::ClientId;
use crate::wire::Destination;

/// The ACKs of one INVITE of ours, to be sent again with every repetition of their 2xx (§13.2.2.4).
#[derive(Debug, Default)]
pub(super) struct Acks {
    /// What other branches are ended with; `None` for a re-INVITE, which does not fork.
    template: Option<Dialog>,
    /// The dialog of a re-INVITE whose call was hung up meanwhile: its 2xx is acknowledged and nothing more.
    left: Option<Dialog>,
    sent: Vec<(String, Destination, Bytes)>,
}

/// More branches than this are not acknowledged.
const MAX_FORKS: usize = 16;

impl Core {
    /// Acknowledges a 2xx and remembers the ACK. The `template` ends other branches of a forked INVITE.
    pub(crate) fn acknowledge(
        &mut self,
        invite: ClientId,
        dialog: &Dialog,
        cseq: u32,
        sdp: Option<String>,
        template: Option<&Dialog>,
    ) {
        let mut ack = dialog.request_numbered(Method::Ack, cseq);
        if let Some(sdp) = sdp {
            ack.set_body("application/sdp", sdp);
        }
        let challenges = dialog.challenges.clone();
        // §22.1: an ACK carries the credentials of its INVITE.
        self.authorize(dialog.trunk, &mut ack, &challenges);
        let destination = self.destination(dialog.trunk, &dialog.next_hop(), dialog.path);
        let branch = self.random.branch();
        ack.headers.push_front("Via", self.via(&destination, &branch));
        let bytes = ack.to_bytes();
        self.wire.send(&destination, &bytes, None);
        if self.clients.contains(invite) {
            let acks = self.acks.entry(invite).or_default();
            if let Some(template) = template {
                acks.template = Some(template.clone());
            }
            acks.sent.push((dialog.remote_tag.clone(), destination, bytes));
        }
    }

    /// Deals with a 2xx of an INVITE that has been answered already; `false` when this is the first.
    pub(crate) fn acknowledge_again(&mut self, invite: ClientId, response: &Response) -> bool {
        let Some(acks) = self.acks.get(&invite) else { return false };
        let tag = response.to_tag().unwrap_or_default();
        if let Some((_, destination, bytes)) = acks.sent.iter().find(|(known, ..)| *known == tag) {
            self.wire.send(destination, bytes, None);
            return true;
        }
        if let Some(left) = acks.left.clone()
            && acks.sent.is_empty()
        {
            let cseq = response.cseq().map_or(left.local_cseq, |(cseq, _)| cseq);
            self.acknowledge(invite, &left, cseq, None, None);
        } else if let Some(template) = acks.template.clone()
            && acks.sent.len() < MAX_FORKS
        {
            tracing::info!(call_id = %template.call_id, "another branch answered too and is ended");
            self.end_branch(invite, &template, response);
        }
        true
    }

    /// Acknowledges the 2xx of a branch nobody wants and ends it (§13.2.2.4).
    pub(crate) fn end_branch(&mut self, invite: ClientId, template: &Dialog, response: &Response) {
        let cseq = response.cseq().map_or(template.local_cseq, |(cseq, _)| cseq);
        let mut dialog = template.of_response(response);
        self.acknowledge(invite, &dialog, cseq, None, Some(template));
        self.bye(&mut dialog);
    }

    /// Sees to it that a 2xx which still comes for a re-INVITE is acknowledged.
    pub(crate) fn expect_success(&mut self, reinvite: ClientId, dialog: &Dialog) {
        if self.clients.contains(reinvite) {
            self.acks.entry(reinvite).or_default().left = Some(dialog.clone());
        }
    }

    pub(crate) fn forget_acks(&mut self, invite: ClientId) {
        self.acks.remove(&invite);
    }
}

//! Changes of a standing call's sound: re-INVITE and UPDATE from the far side, re-INVITE of ours (§14, RFC 3311).

use std::time::Duration;

use super::session::{Reinvite, Session};
use super::{Leg, State};
use crate::engine::{Core, Reply};
use crate::event::{DialogId, SipEvent};
use crate::media::LocalMedia;
use crate::message::{ALLOW, Incoming, Method, Response};
use crate::offer_answer::accept;
use crate::timers::{Alarm, LegAlarm};
use crate::transaction::{ClientId, Owner, ServerId};

const MAX_TRIES: u8 = 3;

impl Leg {
    /// Answers a re-INVITE with what we said last; without an offer in it, offers that again.
    pub(super) fn on_reinvite(&mut self, core: &mut Core, server: ServerId, invite: &Incoming, offer: Option<&[u8]>) {
        let (id, tag) = (self.id, self.local_tag.clone());
        let State::Up(session) = &mut self.state else { return };
        if session.is_offering() {
            return core.respond(server, invite, Reply::tagged(491, &tag));
        }
        // A new INVITE shows that the 2xx of the last one arrived, though its ACK was lost.
        session.acknowledged(core, id);
        session.dialog.refresh_target(&invite.request.headers);
        let path = session.dialog.path;
        let contact = core.contact(path.transport, path.listener);
        let reply = Reply::tagged(200, &tag).header("Contact", contact).header("Allow", ALLOW);
        let Some(offer) = offer else {
            let sdp = session.ours.offer(&session.local);
            core.respond(server, invite, reply.sdp(sdp));
            session.await_ack(core, id, server, invite.cseq, false);
            session.expect_answer();
            return session.tell_known(core, id);
        };
        match session.ours.answer(offer, &session.local) {
            Ok(answer) => {
                core.respond(server, invite, reply.sdp(answer.sdp));
                session.await_ack(core, id, server, invite.cseq, false);
                session.take_over(core, id, answer.media);
                session.tell_known(core, id);
            }
            // §14.2: the session stays as it was.
            Err(error) => {
                let warning = format!("304 cordboard \"{error}\"");
                core.respond(server, invite, Reply::tagged(488, &tag).header("Warning", warning));
            }
        }
    }

    /// Answers an UPDATE (RFC 3311 §5.2).
    pub(super) fn on_update(&mut self, core: &mut Core, server: ServerId, update: &Incoming, offer: Option<&[u8]>) {
        let (id, tag) = (self.id, self.local_tag.clone());
        let State::Up(session) = &mut self.state else { return };
        if offer.is_some() && session.is_offering() {
            return core.respond(server, update, Reply::tagged(491, &tag));
        }
        session.dialog.refresh_target(&update.request.headers);
        let path = session.dialog.path;
        let contact = core.contact(path.transport, path.listener);
        let reply = Reply::tagged(200, &tag).header("Contact", contact).header("Allow", ALLOW);
        match offer.map(|offer| session.ours.answer(offer, &session.local)) {
            None => core.respond(server, update, reply),
            Some(Ok(answer)) => {
                core.respond(server, update, reply.sdp(answer.sdp));
                session.take_over(core, id, answer.media);
            }
            Some(Err(error)) => {
                let warning = format!("304 cordboard \"{error}\"");
                return core.respond(server, update, Reply::tagged(488, &tag).header("Warning", warning));
            }
        }
        session.tell_known(core, id);
    }

    /// Says something else in SDP, by re-INVITE, when what is under way is over. Before the call stands, the media of
    /// `answer` or `dial` hold.
    pub(crate) fn set_media(&mut self, core: &mut Core, local: LocalMedia) {
        let id = self.id;
        if let State::Up(session) = &mut self.state {
            session.wanted = Some(local);
            session.go_on(core, id);
        }
    }

    pub(super) fn retry_reinvite(&mut self, core: &mut Core) {
        let id = self.id;
        if let State::Up(session) = &mut self.state {
            session.retry = None;
            session.go_on(core, id);
        }
    }

    pub(crate) fn on_reinvite_response(&mut self, core: &mut Core, client: ClientId, response: &Response) {
        let id = self.id;
        if response.is_provisional() {
            return;
        }
        let State::Up(session) = &mut self.state else {
            // Hung up meanwhile; a 2xx still wants its ACK, and the BYE is on its way.
            return;
        };
        let Some(reinvite) = session.reinvite.take_if(|reinvite| reinvite.client == client) else { return };
        match response.status {
            200..300 => {
                let cseq = response.cseq().map_or(session.dialog.local_cseq, |(cseq, _)| cseq);
                session.dialog.refresh_target(&response.headers);
                core.acknowledge(client, &session.dialog, cseq, None, None);
                session.local = reinvite.local;
                match accept(&response.sdp().unwrap_or_default(), &session.local) {
                    Ok(media) => session.take_over(core, id, media),
                    Err(error) => return self.lose_session(core, None, &error.to_string()),
                }
                session.tell_known(core, id);
            }
            401 | 407 if session.try_again(core, id, client, &reinvite, response) => return,
            // §14.1: both asked at once. Whoever made the Call-ID waits longer.
            491 => {
                let units = if session.we_began { core.random.between(210, 400) } else { core.random.between(0, 200) };
                session.wanted.get_or_insert(reinvite.local);
                let wait: Duration = core.wire.timing.glare_unit * units;
                let at = core.wire.now + wait;
                session.retry = Some(core.wire.timers.set(at, Alarm::Leg(id, LegAlarm::RetryReinvite)));
                return;
            }
            // §12.2.1.2: the far side knows the dialog no more.
            status @ (408 | 481) => return self.lose_session(core, Some(status), &response.reason),
            status => tracing::info!(dialog = %id, status, "change of media refused"),
        }
        if let State::Up(session) = &mut self.state {
            session.go_on(core, id);
        }
    }

    /// No response to our re-INVITE: the far side is gone (§12.2.1.2).
    pub(super) fn on_reinvite_failure(&mut self, core: &mut Core, client: ClientId) {
        let State::Up(session) = &mut self.state else { return };
        if session.reinvite.take_if(|reinvite| reinvite.client == client).is_some() {
            self.lose_session(core, None, "no response to re-INVITE");
        }
    }
}

impl Session {
    /// Whether an offer of ours has no answer yet.
    fn is_offering(&self) -> bool {
        self.reinvite.is_some() || self.unacknowledged.as_ref().is_some_and(|waiting| waiting.offered)
    }

    fn expect_answer(&mut self) {
        if let Some(waiting) = &mut self.unacknowledged {
            waiting.offered = true;
        }
    }

    /// Sends the re-INVITE that is wanted, if it is and may be.
    pub(super) fn go_on(&mut self, core: &mut Core, id: DialogId) {
        if self.reinvite.is_some() || self.unacknowledged.is_some() || self.retry.is_some() {
            return;
        }
        let Some(local) = self.wanted.take().filter(|wanted| *wanted != self.local) else { return };
        let sdp = self.ours.offer(&local);
        let client = core.send_in_dialog(&mut self.dialog, Method::Invite, Some(sdp), Owner::Reinvite(id));
        self.reinvite = Some(Reinvite { client, local, tries: 0 });
        self.tell_known(core, id);
    }

    /// Takes what was agreed, and tells it if it is news.
    pub(super) fn take_over(&mut self, core: &mut Core, id: DialogId, media: crate::media::RemoteMedia) {
        if self.media.as_ref() != Some(&media) {
            self.media = Some(media);
            self.tell_media(core, id);
        }
    }

    pub(super) fn tell_media(&self, core: &mut Core, id: DialogId) {
        if let Some(media) = self.media.clone() {
            let held_by_far_side = media.held_by_far_side();
            tracing::info!(dialog = %id, held_by_far_side, "media changed");
            core.emit(SipEvent::MediaChanged { dialog: id, media, held_by_far_side });
        }
    }

    fn try_again(
        &mut self,
        core: &mut Core,
        id: DialogId,
        client: ClientId,
        reinvite: &Reinvite,
        response: &Response,
    ) -> bool {
        if reinvite.tries >= MAX_TRIES {
            return false;
        }
        let Some(retry) = core.answer_challenge(self.dialog.trunk, client, response) else { return false };
        self.dialog.local_cseq = retry.cseq;
        self.dialog.challenges = retry.challenges.clone();
        let (trunk, owner) = (self.dialog.trunk, Owner::Reinvite(id));
        let client = core.send(retry.request, trunk, retry.destination, retry.challenges, owner);
        self.reinvite = Some(Reinvite { client, local: reinvite.local.clone(), tries: reinvite.tries + 1 });
        self.tell_known(core, id);
        true
    }
}

//! An INVITE of theirs that has no final response yet (§13.3.1).

use bytes::Bytes;

use super::{Leg, Session, State, reason_text};
use crate::dialog::Dialog;
use crate::engine::{Core, Reply};
use crate::event::{DialogId, EndKind};
use crate::media::LocalMedia;
use crate::message::{ALLOW, Incoming, reason};
use crate::offer_answer::Ours;
use crate::snapshot::DialogSnapshot;
use crate::timers::{Alarm, LegAlarm, TimerId};
use crate::transaction::ServerId;

#[derive(Debug)]
pub(crate) struct Arriving {
    pub(super) dialog: Dialog,
    server: ServerId,
    invite: Incoming,
    /// `None`: the offer is ours to make, in the 2xx.
    offer: Option<Bytes>,
    ours: Ours,
    /// What was told to be kept of the dialog.
    told: Option<DialogSnapshot>,
    /// The last provisional response, said again once a minute.
    said: Option<Reply>,
    repeat: Option<TimerId>,
}

impl Leg {
    /// A call has come in and 100 has been sent.
    pub(crate) fn arriving(
        core: &mut Core,
        id: DialogId,
        dialog: Dialog,
        server: ServerId,
        invite: Incoming,
        offer: Option<Bytes>,
    ) -> Self {
        tracing::info!(
            dialog = %id,
            trunk = %core.trunk_name(dialog.trunk),
            call_id = %dialog.call_id,
            to = "arriving",
            "leg changed"
        );
        let ours = Ours::new(core.random.session_id());
        Self {
            id,
            trunk: dialog.trunk,
            call_id: dialog.call_id.clone(),
            local_tag: dialog.local_tag.clone(),
            told_end: false,
            state: State::Arriving(Box::new(Arriving {
                dialog,
                server,
                invite,
                offer,
                ours,
                told: None,
                said: None,
                repeat: None,
            })),
        }
    }

    /// Tells what is to be kept of the dialog before it is answered, so that an answer that is out is never unknown
    /// to a restarted process.
    pub(crate) fn tell_arrival(&mut self, core: &mut Core) {
        let id = self.id;
        if let State::Arriving(arriving) = &mut self.state {
            core.tell_known(id, &arriving.dialog, &mut arriving.told);
        }
    }

    /// 180.
    pub(crate) fn ring(&mut self, core: &mut Core) {
        let tag = self.local_tag.clone();
        if let State::Arriving(arriving) = &mut self.state {
            arriving.say(core, self.id, Reply::tagged(180, &tag));
        }
    }

    /// 183 with an answer, so that the caller hears what we play. Where the offer is ours to make there is none yet:
    /// an unreliable response cannot carry it (RFC 6337 §2.2).
    pub(crate) fn progress(&mut self, core: &mut Core, local: &LocalMedia) {
        let tag = self.local_tag.clone();
        let State::Arriving(arriving) = &mut self.state else { return };
        let sdp = match arriving.offer.as_ref().map(|offer| arriving.ours.answer(offer, local)) {
            None => None,
            Some(Ok(answer)) => Some(answer.sdp),
            Some(Err(error)) => return self.refuse_media(core, &error.to_string()),
        };
        arriving.say(core, self.id, Reply::tagged(183, &tag).sdp(sdp));
    }

    /// 200 with our answer, or with our offer.
    pub(crate) fn answer(&mut self, core: &mut Core, local: LocalMedia) {
        let tag = self.local_tag.clone();
        let State::Arriving(arriving) = &mut self.state else { return };
        let (sdp, media) = match arriving.offer.as_ref().map(|offer| arriving.ours.answer(offer, &local)) {
            None => (arriving.ours.offer(&local), None),
            Some(Ok(answer)) => (answer.sdp, Some(answer.media)),
            Some(Err(error)) => return self.refuse_media(core, &error.to_string()),
        };
        core.wire.timers.cancel(&mut arriving.repeat);
        let path = arriving.dialog.path;
        let contact = core.contact(path.transport, path.listener);
        let reply = Reply::tagged(200, &tag).header("Contact", contact).header("Allow", ALLOW).sdp(sdp);
        core.respond(arriving.server, &arriving.invite, reply);
        let mut session = Session::new(arriving.dialog.clone(), false, arriving.ours.clone(), local, media);
        session.told = arriving.told.take();
        session.await_ack(core, self.id, arriving.server, arriving.invite.cseq, true);
        self.become_state(core, State::Up(Box::new(session)));
    }

    /// A final response that says no. Nothing happens to a call that has been answered.
    pub(crate) fn refuse(&mut self, core: &mut Core, status: u16, phrase: &str) {
        let tag = self.local_tag.clone();
        let State::Arriving(arriving) = &mut self.state else { return };
        let status = if (300..700).contains(&status) { status } else { 480 };
        let phrase = crate::message::escape::clean(phrase, 128);
        let text = if phrase.is_empty() { reason::phrase(status).to_owned() } else { phrase.clone() };
        let phrase = (!phrase.is_empty()).then_some(phrase);
        core.respond(arriving.server, &arriving.invite, Reply { phrase, ..Reply::tagged(status, &tag) });
        arriving.stop(core);
        self.end(core, EndKind::WeHungUp, Some(status), text);
    }

    fn refuse_media(&mut self, core: &mut Core, error: &str) {
        let tag = self.local_tag.clone();
        let State::Arriving(arriving) = &mut self.state else { return };
        let warning = format!("304 cordboard \"{error}\"");
        core.respond(arriving.server, &arriving.invite, Reply::tagged(488, &tag).header("Warning", warning));
        arriving.stop(core);
        self.end(core, EndKind::Failed, Some(488), error);
    }

    /// §9.2: a CANCEL before our final response ends the call with 487; after it, it changes nothing.
    pub(crate) fn on_cancel(&mut self, core: &mut Core, cancel: &Incoming) {
        self.far_side_gave_up(core, &reason_text(cancel));
    }

    /// 487 for the INVITE of a caller who gave up, by CANCEL or by BYE in the early dialog (§15.1.2).
    pub(super) fn far_side_gave_up(&mut self, core: &mut Core, text: &str) {
        let tag = self.local_tag.clone();
        let State::Arriving(arriving) = &mut self.state else { return };
        core.respond(arriving.server, &arriving.invite, Reply::tagged(487, &tag));
        arriving.stop(core);
        self.end(core, EndKind::FarSideHungUp, Some(487), text);
    }

    /// §13.3.1.1: proxies forget an INVITE that is silent for three minutes.
    pub(super) fn repeat_provisional(&mut self, core: &mut Core) {
        let State::Arriving(arriving) = &mut self.state else { return };
        if let Some(reply) = arriving.said.clone() {
            arriving.say(core, self.id, reply);
        }
    }
}

impl Arriving {
    fn say(&mut self, core: &mut Core, id: DialogId, reply: Reply) {
        let mut reply = reply;
        self.said = Some(reply.clone());
        let path = self.dialog.path;
        reply = reply.header("Contact", core.contact(path.transport, path.listener)).header("Allow", ALLOW);
        core.respond(self.server, &self.invite, reply);
        core.wire.timers.cancel(&mut self.repeat);
        let at = core.wire.now + core.wire.timing.provisional;
        self.repeat = Some(core.wire.timers.set(at, Alarm::Leg(id, LegAlarm::RepeatProvisional)));
    }

    fn stop(&mut self, core: &mut Core) {
        core.wire.timers.cancel(&mut self.repeat);
    }
}

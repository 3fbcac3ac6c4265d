//! A call that stands: its 2xx was sent or received (§13.2.2.4, §13.3.1.4, §15).
//!
//! Changes of its sound are in [`super::session_media`].

use std::time::Duration;

use super::dialing::early_refusal;
use super::{Leg, State, reason_text};
use crate::dialog::Dialog;
use crate::engine::{Core, Reply};
use crate::event::{DialogId, EndKind, SipEvent};
use crate::media::{LocalMedia, RemoteMedia};
use crate::message::Incoming;
use crate::offer_answer::{Ours, accept};
use crate::snapshot::DialogSnapshot;
use crate::timers::{Alarm, LegAlarm, TimerId};
use crate::transaction::{ClientId, ServerId};

#[derive(Debug)]
pub(crate) struct Session {
    pub(super) dialog: Dialog,
    /// The Call-ID is ours.
    pub(super) we_began: bool,
    pub(super) ours: Ours,
    /// What we last said in SDP.
    pub(super) local: LocalMedia,
    /// What holds; `None` until the answer to a late offer.
    pub(super) media: Option<RemoteMedia>,
    /// A 2xx of ours that has no ACK.
    pub(super) unacknowledged: Option<Unacknowledged>,
    /// A re-INVITE of ours that has no final response.
    pub(super) reinvite: Option<Reinvite>,
    /// What is to be said next, when the exchange that is under way is over.
    pub(super) wanted: Option<LocalMedia>,
    /// The wait after 491.
    pub(super) retry: Option<TimerId>,
    /// Hung up before the ACK came; BYE follows it (§15).
    leaving: bool,
    /// What was told to be kept of the dialog.
    pub(super) told: Option<DialogSnapshot>,
}

/// A 2xx that is repeated until its ACK comes (§13.3.1.4).
#[derive(Debug)]
pub(super) struct Unacknowledged {
    server: ServerId,
    cseq: u32,
    /// The first INVITE's, not a re-INVITE's.
    first: bool,
    /// Its SDP is an offer; the ACK brings the answer.
    pub(super) offered: bool,
    interval: Duration,
    repeat: Option<TimerId>,
    deadline: Option<TimerId>,
}

#[derive(Debug)]
pub(super) struct Reinvite {
    pub(super) client: ClientId,
    pub(super) local: LocalMedia,
    pub(super) tries: u8,
}

impl Session {
    pub(super) fn new(
        dialog: Dialog,
        we_began: bool,
        ours: Ours,
        local: LocalMedia,
        media: Option<RemoteMedia>,
    ) -> Self {
        Self {
            dialog,
            we_began,
            ours,
            local,
            media,
            unacknowledged: None,
            reinvite: None,
            wanted: None,
            retry: None,
            leaving: false,
            told: None,
        }
    }

    /// Begins to repeat the 2xx just sent.
    pub(super) fn await_ack(&mut self, core: &mut Core, id: DialogId, server: ServerId, cseq: u32, first: bool) {
        self.stop_waiting(core);
        let timing = core.wire.timing;
        let repeat = core.wire.timers.set(core.wire.now + timing.t1, Alarm::Leg(id, LegAlarm::RepeatSuccess));
        let deadline = core.wire.timers.set(core.wire.now + timing.give_up(), Alarm::Leg(id, LegAlarm::AckMissing));
        self.unacknowledged = Some(Unacknowledged {
            server,
            cseq,
            first,
            offered: self.media.is_none(),
            interval: timing.t1,
            repeat: Some(repeat),
            deadline: Some(deadline),
        });
    }

    fn stop_waiting(&mut self, core: &mut Core) {
        if let Some(mut waiting) = self.unacknowledged.take() {
            core.wire.timers.cancel(&mut waiting.repeat);
            core.wire.timers.cancel(&mut waiting.deadline);
        }
    }

    /// The last 2xx has arrived: if it was the first, the call stands.
    pub(super) fn acknowledged(&mut self, core: &mut Core, id: DialogId) {
        let first = self.unacknowledged.as_ref().is_some_and(|waiting| waiting.first);
        self.stop_waiting(core);
        if !first || self.leaving {
            return;
        }
        self.tell_known(core, id);
        if let Some(media) = self.media.clone() {
            core.emit(SipEvent::Answered { dialog: id, media });
        }
    }

    /// The answer to a late offer. That of the first one is told by `Answered`.
    fn agreed_late(&mut self, core: &mut Core, id: DialogId, media: RemoteMedia) {
        if self.media.is_some() {
            self.take_over(core, id, media);
        } else {
            self.media = Some(media);
        }
    }

    /// Takes back every deadline of the session.
    fn stop(&mut self, core: &mut Core) {
        self.stop_waiting(core);
        core.wire.timers.cancel(&mut self.retry);
    }

    /// Tells what is to be kept of the dialog, if it changed.
    pub(super) fn tell_known(&mut self, core: &mut Core, id: DialogId) {
        core.tell_known(id, &self.dialog, &mut self.told);
    }
}

impl Leg {
    pub(crate) fn on_ack(&mut self, core: &mut Core, ack: &Incoming) {
        let id = self.id;
        let State::Up(session) = &mut self.state else { return };
        let Some(waiting) = session.unacknowledged.as_ref().filter(|waiting| waiting.cseq == ack.cseq) else { return };
        if waiting.offered {
            let answer = ack.request.sdp().unwrap_or_default();
            match accept(&answer, &session.local) {
                Ok(media) => session.agreed_late(core, id, media),
                // A refresh without an answer changes nothing; a call without one has no sound.
                Err(error) if waiting.first => return self.fail_session(core, &error.to_string()),
                Err(error) => tracing::debug!(dialog = %id, %error, "no usable answer in ACK"),
            }
        }
        session.acknowledged(core, id);
        if session.leaving {
            return self.say_bye(core);
        }
        session.go_on(core, id);
    }

    pub(super) fn repeat_success(&mut self, core: &mut Core) {
        let id = self.id;
        let State::Up(session) = &mut self.state else { return };
        let Some(waiting) = &mut session.unacknowledged else { return };
        core.servers.repeat(&mut core.wire, waiting.server);
        waiting.interval = (waiting.interval * 2).min(core.wire.timing.t2);
        let at = core.wire.now + waiting.interval;
        waiting.repeat = Some(core.wire.timers.set(at, Alarm::Leg(id, LegAlarm::RepeatSuccess)));
    }

    /// §13.3.1.4: the dialog is confirmed, but the session should be ended.
    pub(super) fn on_ack_missing(&mut self, core: &mut Core) {
        self.say_bye(core);
        self.tell_end(core, EndKind::Lost, None, "no ACK");
    }

    pub(crate) fn on_bye(&mut self, core: &mut Core, server: ServerId, bye: &Incoming) {
        core.respond(server, bye, Reply::tagged(200, &self.local_tag));
        let text = reason_text(bye);
        match &mut self.state {
            State::Up(session) => {
                session.stop(core);
                self.end(core, EndKind::FarSideHungUp, None, text);
            }
            State::Arriving(_) => self.far_side_gave_up(core, &text),
            // The callee must not end an early dialog by BYE (§15); the INVITE's own response will.
            State::Dialing(_) | State::Over => {}
        }
    }

    /// BYE now, or after the ACK (§15: a callee must not send BYE before it).
    pub(super) fn leave_session(&mut self, core: &mut Core) {
        let State::Up(session) = &mut self.state else { return };
        if session.unacknowledged.as_ref().is_some_and(|waiting| waiting.first) {
            session.leaving = true;
        } else {
            self.say_bye(core);
        }
        self.tell_end(core, EndKind::WeHungUp, None, "");
    }

    /// Ends a session that cannot go on.
    pub(super) fn lose_session(&mut self, core: &mut Core, status: Option<u16>, text: &str) {
        self.say_bye(core);
        self.tell_end(core, EndKind::Lost, status, text);
    }

    fn fail_session(&mut self, core: &mut Core, text: &str) {
        self.say_bye(core);
        self.tell_end(core, EndKind::Failed, None, text);
    }

    fn say_bye(&mut self, core: &mut Core) {
        let State::Up(session) = &mut self.state else { return };
        session.stop(core);
        if let Some(reinvite) = session.reinvite.take() {
            // Its 2xx may still come, and wants an ACK.
            core.expect_success(reinvite.client, &session.dialog);
        }
        core.bye(&mut session.dialog);
        self.become_state(core, State::Over);
    }

    /// UPDATE or INVITE in an early dialog (§14.2, RFC 3311 §5.2).
    pub(super) fn refuse_early(&mut self, core: &mut Core, server: ServerId, incoming: &Incoming) {
        let reply = match &self.state {
            State::Dialing(_) => early_refusal(&self.local_tag),
            // Their own offer has no final answer yet.
            State::Arriving(_) | State::Up(_) | State::Over => {
                let seconds = core.random.between(0, 10).to_string();
                Reply::tagged(500, &self.local_tag).header("Retry-After", seconds)
            }
        };
        core.respond(server, incoming, reply);
    }
}

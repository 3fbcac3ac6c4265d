//! One call leg: what is common to its states, and the one place where it changes from one to the next.
//!
//! [`dialing`] is an INVITE of ours, [`arriving`] one of theirs, [`session`] what both become. They do no I/O: all
//! they send and tell goes through [`Core`].

mod arriving;
mod dialing;
mod invitation;
mod session;
mod session_media;

pub(crate) use arriving::Arriving;
pub(crate) use dialing::Dialing;
pub(crate) use session::Session;

use crate::engine::Core;
use crate::event::{DialogId, EndCause, EndKind, SipEvent};
use crate::message::{Incoming, Method};
use crate::timers::LegAlarm;
use crate::transaction::{ClientFailure, ClientId, ServerId};

#[derive(Debug)]
pub(crate) struct Leg {
    pub(crate) id: DialogId,
    pub(crate) trunk: usize,
    pub(crate) call_id: String,
    pub(crate) local_tag: String,
    pub(crate) state: State,
    /// `Ended` has been told; nothing more is.
    told_end: bool,
}

/// ```text
/// dial ──▶ Dialing ──2xx──▶ Up ◀──answer── Arriving ◀── INVITE
///             │              │                │
///             │ 3xx-6xx      │ BYE            │ refuse, CANCEL, BYE
///             │ time-out     │ no ACK         │ hang_up
///             ▼              ▼                ▼
///             └───────────▶ Over ◀────────────┘
/// ```
/// A leg whose `Ended` has been told may stay a while: a cancelled INVITE until its final response, a call hung up
/// before its ACK until that comes.
#[derive(Debug)]
pub(crate) enum State {
    /// Our INVITE has no final response yet.
    Dialing(Box<Dialing>),
    /// Their INVITE has no final response yet.
    Arriving(Box<Arriving>),
    /// A 2xx was sent or received.
    Up(Box<Session>),
    /// To be forgotten.
    Over,
}

impl State {
    fn name(&self) -> &'static str {
        match self {
            Self::Dialing(_) => "dialing",
            Self::Arriving(_) => "arriving",
            Self::Up(_) => "up",
            Self::Over => "over",
        }
    }
}

impl Leg {
    /// Goes to another state.
    fn become_state(&mut self, core: &Core, state: State) {
        tracing::info!(
            dialog = %self.id,
            trunk = %core.trunk_name(self.trunk),
            call_id = %self.call_id,
            from = self.state.name(),
            to = state.name(),
            "leg changed"
        );
        self.state = state;
    }

    /// Tells the end, once.
    fn tell_end(&mut self, core: &mut Core, kind: EndKind, sip_status: Option<u16>, text: impl Into<String>) {
        if self.told_end {
            return;
        }
        self.told_end = true;
        tracing::info!(dialog = %self.id, call_id = %self.call_id, ?kind, sip_status, "leg ended");
        let cause = EndCause { kind, sip_status, text: text.into() };
        core.emit(SipEvent::Ended { dialog: self.id, cause });
    }

    /// Tells the end and is over.
    fn end(&mut self, core: &mut Core, kind: EndKind, sip_status: Option<u16>, text: impl Into<String>) {
        self.tell_end(core, kind, sip_status, text);
        self.become_state(core, State::Over);
    }

    /// Whether its end has been told.
    pub(crate) fn has_ended(&self) -> bool {
        self.told_end
    }

    /// A re-INVITE or an UPDATE, with the offer in it.
    pub(crate) fn on_offer(&mut self, core: &mut Core, server: ServerId, incoming: &Incoming, offer: Option<&[u8]>) {
        match (&self.state, incoming.method()) {
            (State::Up(_), Method::Invite) => self.on_reinvite(core, server, incoming, offer),
            (State::Up(_), _) => self.on_update(core, server, incoming, offer),
            (State::Dialing(_) | State::Arriving(_) | State::Over, _) => self.refuse_early(core, server, incoming),
        }
    }

    /// Whether the far side of the dialog has this tag.
    pub(crate) fn is_with(&self, remote_tag: &str) -> bool {
        match &self.state {
            State::Dialing(dialing) => dialing.has_fork(remote_tag),
            State::Arriving(arriving) => arriving.dialog.remote_tag == remote_tag,
            State::Up(session) => session.dialog.remote_tag == remote_tag,
            State::Over => false,
        }
    }

    /// Whether a request is in order; notes its number.
    pub(crate) fn accepts(&mut self, incoming: &Incoming) -> bool {
        match &mut self.state {
            State::Dialing(dialing) => dialing.accepts(incoming),
            State::Arriving(arriving) => arriving.dialog.accepts(incoming.cseq),
            State::Up(session) => session.dialog.accepts(incoming.cseq),
            State::Over => false,
        }
    }

    /// Ends the leg in the way its state asks for: CANCEL, BYE, or a final response.
    pub(crate) fn hang_up(&mut self, core: &mut Core) {
        match &self.state {
            State::Dialing(_) => self.give_up_dialing(core, EndKind::WeHungUp, "cancelled"),
            State::Arriving(_) => self.refuse(core, 487, ""),
            State::Up(_) => self.leave_session(core),
            State::Over => {}
        }
    }

    pub(crate) fn on_alarm(&mut self, core: &mut Core, alarm: LegAlarm) {
        match alarm {
            LegAlarm::NoAnswer => self.give_up_dialing(core, EndKind::NoAnswer, "not answered in time"),
            LegAlarm::CancelUnanswered => self.forget_dialing(core),
            LegAlarm::RepeatProvisional => self.repeat_provisional(core),
            LegAlarm::RepeatSuccess => self.repeat_success(core),
            LegAlarm::AckMissing => self.on_ack_missing(core),
            LegAlarm::RetryReinvite => self.retry_reinvite(core),
        }
    }

    pub(crate) fn on_failure(&mut self, core: &mut Core, client: ClientId, failure: ClientFailure) {
        match &self.state {
            State::Dialing(_) => self.on_dial_failure(core, client, failure),
            State::Up(_) => self.on_reinvite_failure(core, client),
            State::Arriving(_) | State::Over => {}
        }
    }
}

/// The text of a Reason header (RFC 3326), or of its cause.
fn reason_text(incoming: &Incoming) -> String {
    let Some(value) = incoming.request.headers.list("Reason").next() else { return String::new() };
    let (protocol, params) = value.split_once(';').unwrap_or((value, ""));
    let params = crate::message::parse_params(params);
    let get = |name: &str| params.iter().find(|(have, _)| have.eq_ignore_ascii_case(name)).and_then(|(_, v)| v.clone());
    let text = get("text").or_else(|| get("cause").map(|cause| format!("{} {cause}", protocol.trim())));
    crate::message::escape::clean(&text.unwrap_or_default(), 128)
}

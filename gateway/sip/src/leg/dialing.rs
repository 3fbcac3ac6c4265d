//! An INVITE of ours that has no final response yet (§13.2), with one early dialog per remote tag.

use super::invitation::{CannotDial, Invitation, invitation};
use super::{Leg, Session, State};
use crate::dialog::Dialog;
use crate::engine::{Core, Reply};
use crate::event::{DialogId, EndKind, SipEvent};
use crate::media::{LocalMedia, RemoteMedia};
use crate::message::{Incoming, Method, Response};
use crate::offer_answer::{Ours, accept};
use crate::snapshot::DialogSnapshot;
use crate::timers::{Alarm, LegAlarm, TimerId};
use crate::transaction::{ClientFailure, ClientId, Owner, same_transaction};
use crate::user_agent::Dial;

/// More branches than this are not told apart.
const MAX_FORKS: usize = 16;
const MAX_TRIES: u8 = 3;

#[derive(Debug)]
pub(crate) struct Dialing {
    client: ClientId,
    template: Dialog,
    forks: Vec<Fork>,
    /// What was told to be kept of the latest early dialog: BYE ends that too (§15).
    told: Option<DialogSnapshot>,
    ours: Ours,
    local: LocalMedia,
    late_offer: bool,
    /// A response came, so CANCEL may be sent (§9.1).
    proceeding: bool,
    /// The call is not wanted any more; CANCEL goes out as soon as it may.
    unwanted: bool,
    cancelled: bool,
    tries: u8,
    timer: Option<TimerId>,
}

/// An early dialog.
#[derive(Debug)]
struct Fork {
    dialog: Dialog,
    media: Option<RemoteMedia>,
    told: Option<(u16, Option<RemoteMedia>)>,
}

impl Leg {
    /// Sends the INVITE.
    pub(crate) fn dial(core: &mut Core, id: DialogId, trunk: usize, dial: &Dial) -> Result<Self, CannotDial> {
        let Invitation { template, invite, ours, destination } = invitation(core, trunk, dial)?;
        let client = core.send(invite, trunk, destination, Vec::new(), Owner::Invite(id));
        let at = core.wire.now + dial.timeout;
        let timer = Some(core.wire.timers.set(at, Alarm::Leg(id, LegAlarm::NoAnswer)));
        tracing::info!(dialog = %id, trunk = %dial.trunk, call_id = %template.call_id, to = "dialing", "leg changed");
        Ok(Self {
            id,
            trunk,
            call_id: template.call_id.clone(),
            local_tag: template.local_tag.clone(),
            told_end: false,
            state: State::Dialing(Box::new(Dialing {
                client,
                template,
                forks: Vec::new(),
                told: None,
                ours,
                local: dial.media.clone(),
                late_offer: dial.late_offer,
                proceeding: false,
                unwanted: false,
                cancelled: false,
                tries: 0,
                timer,
            })),
        })
    }

    pub(crate) fn on_invite_response(&mut self, core: &mut Core, client: ClientId, response: &Response) {
        let State::Dialing(dialing) = &mut self.state else {
            // The leg is up or leaving and this is no 2xx that had to be acknowledged.
            return;
        };
        if dialing.client != client {
            return;
        }
        match response.status {
            ..200 => self.on_provisional(core, response),
            200..300 => self.on_success(core, client, response),
            401 | 407 if self.try_again(core, response) => {}
            _ => self.on_refusal(core, response),
        }
    }

    fn on_provisional(&mut self, core: &mut Core, response: &Response) {
        let id = self.id;
        let State::Dialing(dialing) = &mut self.state else { return };
        dialing.proceeding = true;
        if dialing.unwanted {
            return dialing.cancel(core, id);
        }
        if response.status == 100 {
            return;
        }
        let Some(number) = dialing.fork_of(response) else { return };
        let fork = &mut dialing.forks[number];
        core.tell_known(id, &fork.dialog, &mut dialing.told);
        // In an unreliable response an offer of theirs means nothing; an answer to ours does (RFC 6337 §2.2).
        let sdp = response.sdp().unwrap_or_default();
        if !dialing.late_offer && !sdp.is_empty() {
            match accept(&sdp, &dialing.local) {
                Ok(media) => fork.media = Some(media),
                Err(error) => tracing::debug!(dialog = %id, %error, "early media not understood"),
            }
        }
        let news = (response.status, fork.media.clone());
        if fork.told.as_ref() != Some(&news) {
            let media = (!sdp.is_empty()).then(|| fork.media.clone()).flatten();
            fork.told = Some(news);
            core.emit(SipEvent::Progress { dialog: id, status: response.status, media, fork: number as u32 });
        }
    }

    fn on_success(&mut self, core: &mut Core, client: ClientId, response: &Response) {
        let State::Dialing(dialing) = &mut self.state else { return };
        core.wire.timers.cancel(&mut dialing.timer);
        if dialing.unwanted {
            // CANCEL came too late (§9.1): the call stands and has to be ended.
            core.end_branch(client, &dialing.template, response);
            return self.become_state(core, State::Over);
        }
        let dialog = dialing.template.of_response(response);
        let early = dialing.forks.iter().find(|fork| fork.dialog.remote_tag == dialog.remote_tag);
        let early = early.and_then(|fork| fork.media.clone());
        let sdp = response.sdp().unwrap_or_default();
        let negotiated = if dialing.late_offer {
            dialing.ours.answer(&sdp, &dialing.local).map(|answer| (Some(answer.sdp), answer.media))
        } else if let (true, Some(media)) = (sdp.is_empty(), early) {
            // The answer came with a provisional response already.
            Ok((None, media))
        } else {
            accept(&sdp, &dialing.local).map(|media| (None, media))
        };
        let cseq = response.cseq().map_or(dialing.template.local_cseq, |(cseq, _)| cseq);
        match negotiated {
            Ok((sdp, media)) => {
                core.acknowledge(client, &dialog, cseq, sdp, Some(&dialing.template));
                let (ours, local) = (dialing.ours.clone(), dialing.local.clone());
                let mut session = Session::new(dialog, true, ours, local, Some(media.clone()));
                session.told = dialing.told.take();
                session.tell_known(core, self.id);
                self.become_state(core, State::Up(Box::new(session)));
                core.emit(SipEvent::Answered { dialog: self.id, media });
            }
            Err(error) => {
                core.end_branch(client, &dialing.template, response);
                self.end(core, EndKind::Failed, Some(response.status), error.to_string());
            }
        }
    }

    fn on_refusal(&mut self, core: &mut Core, response: &Response) {
        if let State::Dialing(dialing) = &mut self.state {
            core.wire.timers.cancel(&mut dialing.timer);
        }
        let kind = match response.status {
            408 | 480 | 487 => EndKind::NoAnswer,
            500..600 => EndKind::Failed,
            _ => EndKind::Refused,
        };
        self.end(core, kind, Some(response.status), response.reason.clone());
    }

    /// §22.2: the same call once more, one number later, with credentials.
    fn try_again(&mut self, core: &mut Core, response: &Response) -> bool {
        let id = self.id;
        let State::Dialing(dialing) = &mut self.state else { return false };
        if dialing.unwanted || dialing.tries >= MAX_TRIES {
            return false;
        }
        let Some(retry) = core.answer_challenge(self.trunk, dialing.client, response) else { return false };
        dialing.tries += 1;
        dialing.template.local_cseq = retry.cseq;
        dialing.template.challenges = retry.challenges.clone();
        // What the branches of the challenged INVITE said is over.
        dialing.forks.clear();
        dialing.proceeding = false;
        dialing.client = core.send(retry.request, self.trunk, retry.destination, retry.challenges, Owner::Invite(id));
        true
    }

    /// Tells the end now and sends CANCEL as soon as a response allows it.
    pub(super) fn give_up_dialing(&mut self, core: &mut Core, kind: EndKind, text: &str) {
        let id = self.id;
        let State::Dialing(dialing) = &mut self.state else { return };
        if dialing.unwanted {
            return;
        }
        dialing.unwanted = true;
        core.wire.timers.cancel(&mut dialing.timer);
        if dialing.proceeding {
            dialing.cancel(core, id);
        }
        self.tell_end(core, kind, None, text);
    }

    /// Nothing final came in 64·T1 after CANCEL (§9.1).
    pub(super) fn forget_dialing(&mut self, core: &mut Core) {
        let State::Dialing(dialing) = &mut self.state else { return };
        core.clients.remove(&mut core.wire, dialing.client);
        self.become_state(core, State::Over);
    }

    pub(super) fn on_dial_failure(&mut self, core: &mut Core, client: ClientId, failure: ClientFailure) {
        let State::Dialing(dialing) = &mut self.state else { return };
        if dialing.client != client {
            return;
        }
        core.wire.timers.cancel(&mut dialing.timer);
        let text = match failure {
            ClientFailure::TimedOut => "no response from the trunk",
            ClientFailure::Transport => "the trunk cannot be reached",
        };
        self.end(core, EndKind::Failed, None, text);
    }
}

impl Dialing {
    pub(super) fn has_fork(&self, remote_tag: &str) -> bool {
        self.forks.iter().any(|fork| fork.dialog.remote_tag == remote_tag)
    }

    pub(super) fn accepts(&mut self, incoming: &Incoming) -> bool {
        let tag = incoming.from.tag().unwrap_or_default();
        let fork = self.forks.iter_mut().find(|fork| fork.dialog.remote_tag == tag);
        fork.is_some_and(|fork| fork.dialog.accepts(incoming.cseq))
    }

    /// The early dialog of a provisional response; what it learns from each (§12.1.2) replaces what it knew.
    fn fork_of(&mut self, response: &Response) -> Option<usize> {
        let tag = response.to_tag()?;
        let dialog = self.template.of_response(response);
        if let Some(known) = self.forks.iter().position(|fork| fork.dialog.remote_tag == tag) {
            let fork = &mut self.forks[known].dialog;
            if response.headers.get("Contact").is_some() {
                fork.target = dialog.target;
                fork.route_set = dialog.route_set;
            }
            return Some(known);
        }
        if self.forks.len() >= MAX_FORKS {
            return None;
        }
        self.forks.push(Fork { dialog, media: None, told: None });
        Some(self.forks.len() - 1)
    }

    /// §9.1: same Request-URI, Via, Route and number as the INVITE, by the same way.
    fn cancel(&mut self, core: &mut Core, id: DialogId) {
        if self.cancelled {
            return;
        }
        self.cancelled = true;
        let Some(sent) = core.clients.sent(self.client) else { return };
        let (cancel, destination) = (same_transaction(sent.request, Method::Cancel), sent.destination.clone());
        core.send_cancel(cancel, destination);
        let at = core.wire.now + core.wire.timing.give_up();
        self.timer = Some(core.wire.timers.set(at, Alarm::Leg(id, LegAlarm::CancelUnanswered)));
    }
}

/// What a request in an early dialog of ours is told: our offer is still open.
pub(super) fn early_refusal(tag: &str) -> Reply {
    Reply::tagged(491, tag)
}

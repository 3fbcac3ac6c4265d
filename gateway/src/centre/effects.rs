//! Carrying out what the core decided: plans for the media workers, messages to trunks, answers to desks.

use std::time::Duration;

use cordboard_core::{
    AgentId, CallPhase, CallSnapshot, Effect, Event, Fact, JournalEntry, LegCause, LegEnd, LegId, OfferEnd, Sound,
};
use cordboard_relay::{EndpointId, Hear, Plan, RecordingId};
use cordboard_sip::{Codec, Direction, LocalMedia};
use cordboard_wire::SoundTrouble;

use super::{
    clock::utc_ms,
    legs::{Leg, LegKind},
    one_way::{self, Evidence},
    owner::Owner,
    view::{DeskState, NoticeState},
    words::{self, Trouble},
};
use crate::numbers;

/// How long an outbound INVITE may go unanswered altogether; the core's own limit on ringing is shorter.
const DIAL_LIMIT: Duration = Duration::from_secs(180);

impl Owner {
    /// What an effect that leaves the machine needs at once: the sound of a leg exists before its signalling does.
    pub(super) fn prepare(&mut self, effect: &Effect) {
        match effect {
            Effect::AnswerLeg { leg } => {
                self.open_sound(*leg);
            }
            Effect::DialLeg { leg, call, trunk, .. } => {
                let behind_nat = self.trunks.get(trunk).is_some_and(|trunk| trunk.behind_nat);
                let kind =
                    LegKind::Trunk { dialog: None, endpoint: None, local: None, remote: None, up: true, behind_nat };
                self.legs.add(*leg, call.clone(), kind);
                self.open_sound(*leg);
            }
            _ => {}
        }
    }

    /// Opens a trunk leg's RTP port. Failing leaves the leg without one, which its signalling then reports.
    fn open_sound(&mut self, id: LegId) {
        let endpoint = self.next_endpoint();
        let Some(Leg { kind: LegKind::Trunk { endpoint: None, behind_nat, remote, .. }, .. }) = self.legs.get(id)
        else {
            return;
        };
        let remote = remote.clone();
        match self.parts.relay.open_trunk(endpoint, *behind_nat) {
            Ok(addr) => {
                self.legs.set_endpoint(id, endpoint, addr);
                if let Some(remote) = remote {
                    self.set_remote(id, &remote);
                }
                self.send_plan(id);
            }
            Err(error) => tracing::warn!(leg = id.0, %error, "no RTP port for a leg"),
        }
    }

    /// Effects on sound, and on who hears whom; they wait for nothing.
    pub(super) fn move_sound(&mut self, effect: Effect) {
        match effect {
            Effect::AttachDesk { leg, agent, call } => {
                self.legs.add(leg, call, LegKind::Desk { agent });
                self.send_plan(leg);
            }
            Effect::DetachDesk { leg } => {
                if let Some(Leg { kind: LegKind::Desk { agent }, .. }) = self.legs.remove(leg) {
                    self.silence_desk(&agent);
                    self.desks.of(&agent).forget_talk();
                }
            }
            Effect::Hear { leg, sound } => {
                if let Some(entry) = self.legs.get_mut(leg) {
                    entry.sound = sound;
                    self.send_plan(leg);
                }
            }
            Effect::SendDigit { leg, digit } => {
                if let Some(endpoint) = self.endpoint_of(leg)
                    && let Err(error) = self.parts.relay.send_digit(endpoint, digit)
                {
                    tracing::warn!(leg = leg.0, %error, "a key was not sent");
                }
            }
            Effect::StartRecording { leg, call } => {
                if let Some(entry) = self.legs.get_mut(leg) {
                    entry.recording = Some(call.0);
                    self.send_plan(leg);
                }
            }
            Effect::StopRecording { leg, .. } => {
                if let Some(entry) = self.legs.get_mut(leg) {
                    entry.recording = None;
                    self.send_plan(leg);
                }
            }
            other => tracing::error!(?other, "an effect that leaves the machine was treated as sound"),
        }
    }

    /// Effects whose journal batch is on disk.
    pub(super) fn let_out(&mut self, effect: Effect) {
        match effect {
            Effect::Accept { ticket, call } => {
                if let Some(reply) = self.tickets.remove(&ticket) {
                    let _ = reply.send(Ok(call));
                }
            }
            Effect::Refuse { ticket, refusal } => {
                if let Some(reply) = self.tickets.remove(&ticket) {
                    let _ = reply.send(Err(words::refusal_code(refusal)));
                }
            }
            Effect::AnswerLeg { leg } => self.answer(leg),
            Effect::RefuseLeg { leg, sip_status } => {
                if let Some(dialog) = self.dialog_of(leg)
                    && let Err(error) = self.parts.sip.refuse(dialog, sip_status, "")
                {
                    tracing::warn!(leg = leg.0, %error, "a refusal was not sent");
                }
            }
            Effect::DialLeg { leg, trunk, caller, callee, .. } => {
                let form = self.trunks.get(&trunk).map(|trunk| trunk.number_form).unwrap_or_default();
                let Some(media) = self.local_media(leg) else {
                    return self.failed(leg, "no RTP port is free");
                };
                let dial = cordboard_sip::Dial {
                    trunk: trunk.0,
                    caller: numbers::for_trunk(&caller, form),
                    caller_display: String::new(),
                    callee: numbers::for_trunk(&callee, form),
                    media,
                    timeout: DIAL_LIMIT,
                    late_offer: false,
                };
                match self.parts.sip.dial(dial) {
                    Ok(dialog) => {
                        self.legs.set_dialog(leg, dialog);
                        self.parts.switchboard.register(dialog, &self.inputs);
                    }
                    Err(error) => self.failed(leg, &error.to_string()),
                }
            }
            Effect::HangUpLeg { leg } => self.hang_up(leg),
            other => tracing::error!(?other, "an effect on sound was held back"),
        }
    }

    fn answer(&mut self, leg: LegId) {
        let Some(dialog) = self.dialog_of(leg) else { return };
        let sent = match self.local_media(leg) {
            Some(media) => self.parts.sip.answer(dialog, media),
            None => self.parts.sip.refuse(dialog, 503, "no RTP port"),
        };
        if let Err(error) = sent {
            tracing::warn!(leg = leg.0, %error, "an answer was not sent");
        }
    }

    /// Ends a trunk leg's signalling; a leg that has none is over at once.
    pub(super) fn hang_up(&mut self, leg: LegId) {
        match self.dialog_of(leg) {
            Some(dialog) => {
                if let Err(error) = self.parts.sip.hang_up(dialog) {
                    tracing::warn!(leg = leg.0, %error, "a hang-up was not sent");
                }
            }
            None if self.legs.get(leg).is_some() => {
                self.end_later(leg, LegCause { kind: LegEnd::WeHungUp, sip_status: None, text: String::new() });
            }
            None => {}
        }
    }

    fn failed(&mut self, leg: LegId, why: &str) {
        self.end_later(leg, LegCause { kind: LegEnd::Failed, sip_status: None, text: why.to_owned() });
    }

    /// Reports a leg's end through the centre's own queue, as its signalling would.
    fn end_later(&mut self, leg: LegId, cause: LegCause) {
        let inputs = self.inputs.clone();
        tokio::spawn(async move {
            let _ = inputs.send(super::Input::LegFailed { leg, cause }).await;
        });
    }

    /// Ends a leg in the core and forgets its ties.
    pub(super) async fn leg_over(&mut self, leg: LegId, cause: LegCause) {
        self.feed(Event::LegEnded { leg, cause }).await;
        if let Some(Leg { kind: LegKind::Trunk { endpoint: Some(endpoint), .. }, .. }) = self.legs.remove(leg) {
            self.parts.relay.close(endpoint);
        }
    }

    /// What our side of a leg offers: its RTP address, wideband where the far side has it, and G.711.
    fn local_media(&self, leg: LegId) -> Option<LocalMedia> {
        let Leg { kind: LegKind::Trunk { local: Some(addr), .. }, .. } = self.legs.get(leg)? else { return None };
        let addr = *addr;
        Some(LocalMedia { addr, codecs: vec![Codec::G722, Codec::Pcma, Codec::Pcmu], direction: Direction::SendRecv })
    }

    /// A trunk leg's dialog.
    fn dialog_of(&self, leg: LegId) -> Option<cordboard_sip::DialogId> {
        match &self.legs.get(leg)?.kind {
            LegKind::Trunk { dialog, .. } => *dialog,
            LegKind::Desk { .. } => None,
        }
    }

    /// The media endpoint of a leg, through the agent's connection for an agent's leg.
    pub(super) fn endpoint_of(&self, leg: LegId) -> Option<EndpointId> {
        match &self.legs.get(leg)?.kind {
            LegKind::Trunk { endpoint, .. } => *endpoint,
            LegKind::Desk { agent } => self.desks.get(agent)?.media.map(|media| media.endpoint),
        }
    }

    /// Sends a leg's whole plan to its endpoint.
    pub(super) fn send_plan(&mut self, leg: LegId) {
        let Some(endpoint) = self.endpoint_of(leg) else { return };
        let Some(entry) = self.legs.get(leg) else { return };
        if matches!(entry.kind, LegKind::Trunk { up: false, .. }) {
            return;
        }
        let hear = match &entry.sound {
            Sound::Silence => Hear::Silence,
            Sound::Prompts { play, prompts } => Hear::Prompts { play: play.0, names: prompts.clone() },
            Sound::Music => Hear::Music,
            Sound::Ringback => Hear::Ringback,
            Sound::Legs(legs) => Hear::Endpoints(legs.iter().filter_map(|leg| self.endpoint_of(*leg)).collect()),
        };
        let record = entry.recording.as_deref().and_then(RecordingId::new);
        let revision = match &entry.kind {
            LegKind::Desk { agent } => {
                let agent = agent.clone();
                self.next_revision(&agent)
            }
            LegKind::Trunk { .. } => self.legs.get_mut(leg).map_or(0, |entry| {
                entry.revision += 1;
                entry.revision
            }),
        };
        self.set_plan(endpoint, Plan { revision, hear, record });
    }

    pub(super) fn set_plan(&self, endpoint: EndpointId, plan: Plan) {
        if let Err(error) = self.parts.relay.set_plan(endpoint, plan) {
            tracing::warn!(endpoint = endpoint.0, %error, "a plan was not taken");
        }
    }

    /// Sends an agent's plan and the plans of all who hear the agent: their endpoint has changed.
    pub(super) fn replan(&mut self, agent: &AgentId) {
        match self.legs.of_agent(agent) {
            Some(leg) => {
                self.send_plan(leg);
                for listener in self.legs.listeners_of(leg) {
                    self.send_plan(listener);
                }
            }
            None => self.silence_desk(agent),
        }
    }

    pub(super) fn silence_desk(&mut self, agent: &AgentId) {
        let revision = self.next_revision(agent);
        if let Some(media) = self.desks.of(agent).media {
            self.set_plan(media.endpoint, Plan { revision, hear: Hear::Silence, record: None });
        }
    }

    pub(super) fn next_revision(&mut self, agent: &AgentId) -> u64 {
        let desk = self.desks.of(agent);
        desk.revision += 1;
        desk.revision
    }

    /// Shows an agent's desk the newest state.
    pub(super) fn show(&mut self, agent: &AgentId) {
        let Some(state) = self.state_of(agent) else { return };
        if let Some(states) = &self.desks.of(agent).states {
            states.send_replace(std::sync::Arc::new(state));
        }
    }

    /// Shows an agent's desk how many calls wait, where it shows another number.
    pub(super) fn show_queues(&mut self, agent: &AgentId) {
        let Some(snapshot) = self.core.agent_snapshot(agent) else { return };
        let shown = self.desks.get(agent).and_then(|desk| desk.states.as_ref());
        if shown.is_some_and(|states| states.borrow().agent.groups != snapshot.groups) {
            self.show(agent);
        }
    }

    /// The newest state of an agent's desk.
    pub(super) fn state_of(&mut self, agent: &AgentId) -> Option<DeskState> {
        let snapshot = self.core.agent_snapshot(agent)?;
        let (display_name, extension) = self.name_of(agent);
        let name_of_group = |group| match self.directory.groups.get(group) {
            Some(entry) => entry.display_name.clone(),
            None => cordboard_core::SkillGroupId::to_string(group),
        };
        let group_names = snapshot.groups.iter().map(|(group, _, _)| name_of_group(group)).collect();
        let queue_names = snapshot.calls.iter().map(|call| call.group.as_ref().map(name_of_group)).collect();
        let surroundings = self.surroundings.clone();
        let sound_troubles = snapshot.calls.iter().map(|call| self.sound_trouble(agent, call)).collect();
        let desk = self.desks.of(agent);
        desk.seq += 1;
        Some(DeskState {
            seq: desk.seq,
            display_name,
            extension,
            group_names,
            queue_names,
            sound_troubles,
            quality: desk.quality.clone().filter(|_| !snapshot.calls.is_empty()),
            notices: desk.notices.clone(),
            surroundings,
            agent: snapshot,
        })
    }

    fn sound_trouble(&mut self, agent: &AgentId, call: &CallSnapshot) -> Option<SoundTrouble> {
        let answered = call.answered.filter(|_| call.phase == CallPhase::Talking)?;
        let carrier_silent = self.legs.trunk_leg_of(&call.call).is_some_and(|leg| leg.silent);
        let desk = self.desks.of(agent);
        one_way::trouble(&Evidence {
            talked_ms: utc_ms() - answered.0,
            muted: call.muted,
            held_by_far_side: call.held_by_far_side,
            carrier_silent,
            desk_silent: desk.silent,
            desk: desk.evidence,
        })
    }

    /// Keeps on an agent's desk what went wrong until it has been read.
    pub(super) fn notice(&mut self, entry: &JournalEntry) {
        let (agent, trouble) = match &entry.fact {
            Fact::OfferEnded { agent, how: OfferEnd::TimedOut } => (agent.clone(), Trouble::RingTimedOut),
            Fact::CallEnded { disposition, sip_status, .. } => match self.dialler_of(entry, *disposition) {
                Some(agent) => (agent, Trouble::DialFailed { disposition: *disposition, sip_status: *sip_status }),
                None => return,
            },
            _ => return,
        };
        let notice = NoticeState {
            notice_id: self.notice_id(),
            trouble,
            at_ms: entry.at.0,
            call_id: entry.call.as_ref().map(|call| call.0.clone()),
        };
        self.desks.of(&agent).notify(notice);
    }

    /// The built-in customer could not call.
    pub(super) fn customer_failed(&mut self, agent: &AgentId, reason: String) {
        let trouble = Trouble::CustomerFailed { reason };
        let notice = NoticeState { notice_id: self.notice_id(), trouble, at_ms: utc_ms(), call_id: None };
        self.desks.of(agent).notify(notice);
        self.show(agent);
    }
}

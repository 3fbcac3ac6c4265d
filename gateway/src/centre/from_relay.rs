//! What the media workers report.

use cordboard_core::{AgentId, CallPhase, CallSnapshot, Event, PlayId};
use cordboard_relay::{EndpointId, QualitySample, RelayEvent};
use cordboard_wire::{LegCodec, QualityReport};

use super::{legs::LegKind, owner::Owner, quality};

impl Owner {
    pub(super) async fn take_relay(&mut self, event: RelayEvent) {
        match event {
            RelayEvent::Digit { endpoint, digit } => {
                if let Some(leg) = self.legs.of_endpoint(endpoint) {
                    self.feed(Event::DigitPressed { leg, digit }).await;
                }
            }
            RelayEvent::PromptEnded { endpoint, play, played } => {
                if let Some(leg) = self.legs.of_endpoint(endpoint) {
                    self.feed(Event::PromptEnded { leg, play: PlayId(play), played }).await;
                }
            }
            RelayEvent::DeskConnected { endpoint } => self.desk_connected(endpoint).await,
            RelayEvent::DeskLost { endpoint, .. } => self.desk_lost(endpoint).await,
            RelayEvent::Quality(sample) => self.measured(&sample),
            RelayEvent::Silent { endpoint, since_ms } => {
                tracing::info!(endpoint = endpoint.0, since_ms, "nothing arrives that somebody should hear");
                self.set_silent(endpoint, true);
            }
            RelayEvent::HeardAgain { endpoint } => self.set_silent(endpoint, false),
            RelayEvent::RecordingDone { recording, wav, gaps, duration_ms } => {
                self.parts.recordings.done(recording, wav, gaps, duration_ms);
            }
            RelayEvent::RecordingFailed { recording, reason } => {
                tracing::error!(call = recording, reason, "a recording failed");
            }
            RelayEvent::Stopped => tracing::info!("media workers stopped"),
        }
    }

    fn measured(&mut self, sample: &QualitySample) {
        let Some(agent) = self.desks.agent_of(sample.endpoint) else { return };
        let codec_trunk = self.codec_heard_by(&agent);
        let talks = self.is_in(&agent, |call| call.phase == CallPhase::Talking);
        let desk = self.desks.of(&agent);
        desk.quality = Some(quality::judge(sample, desk.report.as_ref().filter(|_| talks), codec_trunk));
        self.show(&agent);
    }

    /// Takes what a desk measured; its reports count as evidence only in a talk.
    pub(super) fn reported(&mut self, agent: &AgentId, report: QualityReport) {
        let talks = self.is_in(agent, |call| call.phase == CallPhase::Talking);
        let muted = self.is_in(agent, |call| call.phase == CallPhase::Talking && call.muted);
        let desk = self.desks.of(agent);
        desk.report = Some(report);
        if talks {
            let before = desk.evidence;
            desk.evidence.take(&report, muted);
            if desk.evidence != before {
                self.show(agent);
            }
        }
    }

    fn set_silent(&mut self, endpoint: EndpointId, silent: bool) {
        if let Some(agent) = self.desks.agent_of(endpoint) {
            self.desks.of(&agent).silent = silent;
            self.show(&agent);
        } else if let Some(leg) = self.legs.of_endpoint(endpoint).and_then(|leg| self.legs.get_mut(leg)) {
            leg.silent = silent;
            let call = leg.call.clone();
            if let Some(agent) = self.legs.agent_in(&call) {
                self.show(&agent);
            }
        }
    }

    /// Whether an agent has a call that is such.
    fn is_in(&self, agent: &AgentId, such: impl Fn(&CallSnapshot) -> bool) -> bool {
        self.core.agent_snapshot(agent).is_some_and(|snapshot| snapshot.calls.iter().any(such))
    }

    /// The codec of the customer's leg in an agent's call.
    fn codec_heard_by(&self, agent: &AgentId) -> Option<LegCodec> {
        let call = &self.legs.get(self.legs.of_agent(agent)?)?.call;
        let LegKind::Trunk { remote: Some(remote), .. } = &self.legs.trunk_leg_of(call)?.kind else { return None };
        Some(match remote.codecs.first()?.0 {
            cordboard_sip::Codec::Pcma => LegCodec::Pcma,
            cordboard_sip::Codec::Pcmu => LegCodec::Pcmu,
            cordboard_sip::Codec::G722 => LegCodec::G722,
        })
    }

    /// A media connection works: the one being connected takes over from the one before.
    async fn desk_connected(&mut self, endpoint: EndpointId) {
        let Some(agent) = self.desks.agent_of(endpoint) else { return };
        let desk = self.desks.of(&agent);
        if desk.coming.is_some_and(|media| media.endpoint == endpoint) {
            let former = desk.media.take();
            desk.media = desk.coming.take();
            if let Some(former) = former {
                self.desks.untie(former.endpoint);
                self.parts.relay.close(former.endpoint);
            }
        }
        let desk = self.desks.of(&agent);
        match &mut desk.media {
            Some(media) if media.endpoint == endpoint => media.connected = true,
            Some(_) | None => return,
        }
        self.replan(&agent);
        self.tell_desk(&agent).await;
    }

    async fn desk_lost(&mut self, endpoint: EndpointId) {
        let Some(agent) = self.desks.agent_of(endpoint) else { return };
        let desk = self.desks.of(&agent);
        if desk.coming.is_some_and(|media| media.endpoint == endpoint) {
            desk.coming = None;
            self.desks.untie(endpoint);
            self.parts.relay.close(endpoint);
            return;
        }
        if let Some(media) = &mut desk.media
            && media.endpoint == endpoint
        {
            media.connected = false;
            self.tell_desk(&agent).await;
        }
    }
}

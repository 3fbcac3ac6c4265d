//! The tick of 20 ms: prompts, music, tones and digits. It stands still while nobody needs it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cordboard_media::Codec;

use super::endpoint::Hearing;
use super::{Body, Worker};
use crate::endpoint::EndpointId;
use crate::event::RelayEvent;

/// One frame of sound.
pub(super) const FRAME: Duration = Duration::from_millis(20);
/// Ticks that are made up for after a stall; older ones are skipped, because sound that late is worth nothing.
const CATCH_UP: u32 = 5;

/// An absolute schedule: a late tick does not make the next one late.
#[derive(Debug)]
pub(super) struct Ticker {
    origin: Instant,
    next: Option<Instant>,
    pub wanted: Vec<EndpointId>,
    pub worst_lateness: Duration,
}

impl Ticker {
    pub fn new(origin: Instant) -> Self {
        Self { origin, next: None, wanted: Vec::with_capacity(64), worst_lateness: Duration::ZERO }
    }

    pub fn due(&self) -> Option<Instant> {
        self.next
    }

    pub fn start(&mut self, now: Instant) {
        if self.next.is_none() {
            let frames = now.saturating_duration_since(self.origin).as_millis() / FRAME.as_millis() + 1;
            self.next = Some(self.origin + FRAME * u32::try_from(frames).unwrap_or(u32::MAX));
        }
    }

    pub fn stop(&mut self) {
        self.next = None;
    }

    /// The tick that is due, if one is.
    pub fn take(&mut self, now: Instant) -> Option<Instant> {
        let mut at = self.next.filter(|at| *at <= now)?;
        let late = now.saturating_duration_since(at);
        self.worst_lateness = self.worst_lateness.max(late);
        while now.saturating_duration_since(at) > FRAME * CATCH_UP {
            at += FRAME;
        }
        self.next = Some(at + FRAME);
        Some(at)
    }
}

impl Worker {
    /// Puts an endpoint on the tick's list if it needs to be there.
    pub(super) fn want_tick(&mut self, id: EndpointId) {
        let Some(endpoint) = self.endpoints.get_mut(&id) else { return };
        if endpoint.needs_tick() && !endpoint.ticking {
            endpoint.ticking = true;
            self.ticker.wanted.push(id);
            self.ticker.start(Instant::now());
        }
    }

    pub(super) fn tick(&mut self, at: Instant) {
        let mut wanted = std::mem::take(&mut self.ticker.wanted);
        wanted.retain(|id| {
            self.tick_endpoint(at, *id);
            let Some(endpoint) = self.endpoints.get_mut(id) else { return false };
            endpoint.ticking = endpoint.needs_tick();
            endpoint.ticking
        });
        wanted.append(&mut self.ticker.wanted);
        self.ticker.wanted = wanted;
        self.tick_mixes(at);
        if self.ticker.wanted.is_empty() && self.mixes.is_empty() {
            self.ticker.stop();
        }
    }

    fn tick_endpoint(&mut self, at: Instant, id: EndpointId) {
        if self.send_digits(at, id) {
            return;
        }
        let Some(endpoint) = self.endpoints.get_mut(&id) else { return };
        let Hearing::Clips(playing) = &endpoint.hearing else { return };
        let waits = match &endpoint.body {
            // The far side's address is not known yet: a prompt must not be spent on nobody.
            Body::Trunk(trunk) => trunk.remote().is_none(),
            Body::Desk(_) => false,
        };
        if waits {
            return;
        }
        if let Some((clip, frame)) = playing.current() {
            let clip = Arc::clone(clip);
            let codec = playing.codec.filter(|codec| clip.speaks(*codec)).or_else(|| endpoint.codec_for(&clip));
            if let Some(codec) = codec
                && let Some(payload) = clip.frame(codec, frame)
            {
                self.emit(at, id, codec, payload);
            }
            self.step(id, codec);
        }
    }

    /// Steps a row of clips on, and ends it behind its last frame.
    fn step(&mut self, id: EndpointId, codec: Option<Codec>) {
        let Some(endpoint) = self.endpoints.get_mut(&id) else { return };
        let is_desk = matches!(endpoint.body, Body::Desk(_));
        let Hearing::Clips(playing) = &mut endpoint.hearing else { return };
        // A trunk's codec may change by SDP; a desk's stream is kept.
        playing.codec = codec.filter(|_| is_desk);
        if playing.advance() {
            return;
        }
        let (play, played) = (playing.play, playing.complete);
        endpoint.hearing = Hearing::Silence;
        if let Some(play) = play {
            self.herald.tell(RelayEvent::PromptEnded { endpoint: id, play, played });
        }
    }

    /// Sends what is due of a leg's digits; true while a key is down, when no sound may be sent.
    fn send_digits(&mut self, at: Instant, id: EndpointId) -> bool {
        let now_us = self.clock.us(at);
        let Some(endpoint) = self.endpoints.get_mut(&id) else { return false };
        let Body::Trunk(trunk) = &mut endpoint.body else { return false };
        let dtmf_pt = trunk.remote().and_then(|remote| remote.dtmf_pt);
        while let Some(event) = trunk.keys_out.poll(now_us) {
            let Some(pt) = dtmf_pt else { continue };
            let header = trunk.line.insert(now_us, pt, event.marker, event.pressed_at_us);
            let mut packet = [0; 64];
            trunk.send(&header, &event.payload.to_bytes(), &mut packet, &endpoint.slot.tally);
        }
        trunk.keys_out.is_pressing()
    }
}

//! An endpoint as its worker knows it: its far side, what it hears, and what it is doing at the moment.

use std::sync::Arc;
use std::time::Instant;

use cordboard_media::Codec;
use cordboard_media::recording::Side;
use cordboard_media::rtp::RtpHeader;

use super::mix::Output;
use crate::desk::Desk;
use crate::endpoint::EndpointId;
use crate::library::Clip;
use crate::recording::Tap;
use crate::slot::{Slot, Tally};
use crate::trunk::Trunk;

/// The far side.
pub(crate) enum Body {
    Trunk(Box<Trunk>),
    Desk(Box<Desk>),
}

/// What is being heard.
pub(crate) enum Hearing {
    Silence,
    Clips(Playing),
    Endpoints(Vec<Arc<Slot>>),
}

/// A row of clips and where it stands.
pub(crate) struct Playing {
    /// The number to report the end with; music and ringback have none and begin anew.
    pub play: Option<u64>,
    pub clips: Vec<Arc<Clip>>,
    pub clip: usize,
    pub frame: usize,
    /// Whether every name was found.
    pub complete: bool,
    pub what: Loop,
    /// Chosen at the first frame and kept, because a change would click.
    pub codec: Option<Codec>,
}

/// Tells music from ringback, so that a plan that repeats itself does not start them over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loop {
    Once,
    Music,
    Ringback,
}

/// The endpoint.
pub(crate) struct Endpoint {
    pub id: EndpointId,
    pub slot: Arc<Slot>,
    pub body: Body,
    pub revision: Option<u64>,
    pub hearing: Hearing,
    pub output: Output,
    /// Its recording, if it is recorded.
    pub tap: Option<Tap>,
    /// Whether it is in the worker's list of those that need the tick.
    pub ticking: bool,
    /// When it was last heard.
    pub heard_at: Instant,
    /// Since when somebody listens to it.
    pub listened_since: Option<Instant>,
    pub silence_told: bool,
}

impl Endpoint {
    pub fn new(slot: Arc<Slot>, body: Body, now: Instant) -> Self {
        Self {
            id: slot.id,
            slot,
            body,
            revision: None,
            hearing: Hearing::Silence,
            output: Output::Pass,
            tap: None,
            ticking: false,
            heard_at: now,
            listened_since: None,
            silence_told: false,
        }
    }

    /// Whether something is made here for it at every tick.
    pub fn needs_tick(&self) -> bool {
        let keys = match &self.body {
            Body::Trunk(trunk) => !trunk.keys_out.is_idle(),
            Body::Desk(_) => false,
        };
        keys || matches!(self.hearing, Hearing::Clips(_))
    }

    /// Whether `source` is in its plan: what is not is never heard, whatever was routed here.
    pub fn hears(&self, source: EndpointId) -> bool {
        self.sources().iter().any(|slot| slot.id == source)
    }

    /// The other endpoints of its plan.
    pub fn sources(&self) -> &[Arc<Slot>] {
        match &self.hearing {
            Hearing::Endpoints(sources) => sources,
            Hearing::Silence | Hearing::Clips(_) => &[],
        }
    }

    /// Whether its plan names other endpoints.
    pub fn hears_somebody(&self) -> bool {
        matches!(self.hearing, Hearing::Endpoints(_))
    }

    /// The codec that a clip is sent in; `None` while nothing can be sent.
    pub fn codec_for(&self, clip: &Clip) -> Option<Codec> {
        match &self.body {
            Body::Trunk(trunk) => trunk.codec(),
            Body::Desk(desk) if desk.is_up() => {
                let opus = desk.opus.as_ref().map(|_| Codec::Opus).filter(|codec| clip.speaks(*codec));
                let g711 = desk.g711_codec();
                if desk.quality.wants_opus() { opus.or(g711) } else { g711.or(opus) }
            }
            Body::Desk(_) => None,
        }
    }

    /// Sends a packet of a trunk leg and records it as what was heard there.
    pub fn send_trunk(
        &mut self,
        now_us: u64,
        codec: Codec,
        header: &RtpHeader,
        payload: &[u8],
        packet: &mut [u8],
    ) -> bool {
        let Body::Trunk(trunk) = &mut self.body else { return true };
        trunk.send(header, payload, packet, &self.slot.tally);
        self.tap.as_mut().is_none_or(|tap| tap.packet(Side::Heard, now_us, codec, header, payload))
    }

    /// Sends a packet to a desk; the connection must be driven afterwards.
    pub fn send_desk(&mut self, now: Instant, codec: Codec, header: &RtpHeader, payload: &[u8]) {
        let Body::Desk(desk) = &mut self.body else { return };
        desk.write(codec, now, header, payload);
        desk.quality.codec_down = Some(codec);
        Tally::count(&self.slot.tally.packets_out);
    }
}

impl Playing {
    /// The clip and frame to send now.
    pub fn current(&self) -> Option<(&Arc<Clip>, usize)> {
        self.clips.get(self.clip).map(|clip| (clip, self.frame))
    }

    /// Steps on by 20 ms; false if that was the end.
    pub fn advance(&mut self) -> bool {
        self.frame += 1;
        while self.clips.get(self.clip).is_some_and(|clip| self.frame >= clip.frames()) {
            self.clip += 1;
            self.frame = 0;
        }
        if self.clip < self.clips.len() {
            return true;
        }
        self.clip = 0;
        self.what != Loop::Once
    }
}

//! An endpoint as its worker knows it: its far side, what it hears, and what it is doing at the moment.

use std::sync::Arc;
use std::time::Instant;

use cordboard_media::Codec;

use crate::desk::Desk;
use crate::endpoint::EndpointId;
use crate::library::Clip;
use crate::slot::Slot;
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
    /// Whether it is in the worker's list of those that need the tick.
    pub ticking: bool,
    /// When it was last heard, or when somebody began to listen.
    pub heard_at: Instant,
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
            ticking: false,
            heard_at: now,
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
        match &self.hearing {
            Hearing::Endpoints(sources) => sources.iter().any(|slot| slot.id == source),
            Hearing::Silence | Hearing::Clips(_) => false,
        }
    }

    /// Whether its plan names other endpoints.
    pub fn hears_somebody(&self) -> bool {
        matches!(self.hearing, Hearing::Endpoints(_))
    }

    /// The codec that sound made here is sent in; `None` while nothing can be sent.
    pub fn codec_out(&self) -> Option<Codec> {
        match &self.body {
            Body::Trunk(trunk) => trunk.codec(),
            Body::Desk(desk) if desk.is_up() => desk.g711_codec().or_else(|| desk.opus.as_ref().map(|_| Codec::Opus)),
            Body::Desk(_) => None,
        }
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

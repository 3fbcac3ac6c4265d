//! Decides for each listener whether packets pass or a mix is made, and in which codec (design D7).

use std::time::Instant;

use cordboard_media::Codec;

use super::endpoint::Hearing;
use super::mix::{Decoding, Fade, Make, Mix, MixKey, Output};
use super::{Body, Worker};
use crate::endpoint::{EndpointId, Remote};

/// What a listener should get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Pass,
    Make { codec: Codec, rate_hz: u32, fec: bool },
}

const NARROW_HZ: u32 = 8_000;
const WIDE_HZ: u32 = 16_000;

impl Worker {
    /// Looks again at a listener after its plan changed: whatever faded is over.
    pub(super) fn steer_anew(&mut self, listener: EndpointId) {
        if let Some(endpoint) = self.endpoints.get_mut(&listener) {
            endpoint.output = Output::Pass;
        }
        self.steer(listener);
        let passes = self.endpoints.get(&listener).is_none_or(|endpoint| endpoint.output == Output::Pass);
        if passes {
            self.leave_mixes(listener);
        }
    }

    /// Looks again at a listener whose sources or network may have changed.
    pub(super) fn steer(&mut self, listener: EndpointId) {
        let Some((wish, sources)) = self.wish(listener) else { return };
        let Some(endpoint) = self.endpoints.get(&listener) else { return };
        let is_desk = matches!(endpoint.body, Body::Desk(_));
        let hears_g711 = self.single_codec(&sources).is_none_or(|codec| !codec.is_wide());
        match (endpoint.output, wish) {
            (Output::Pass, Wish::Pass) => {}
            (Output::Pass, Wish::Make { codec, rate_hz, fec }) => {
                // Sound that flows as G.711 goes over to Opus; everything else begins.
                let flows = is_desk && codec == Codec::Opus && sources.len() == 1 && hears_g711;
                let fade = if flows && self.g711_down(listener).is_some() { Fade::Warming } else { Fade::Steady };
                self.join_mix(listener, MixKey { sources, rate_hz, fec }, codec);
                self.set_output(listener, Output::Make(Make { codec, fade, then_pass: false }));
            }
            // A fade is short, and is looked at again when it is over.
            (Output::Make(Make { fade: Fade::Crossing { .. } | Fade::Settling { .. }, .. }), _) => {}
            (Output::Make(make), Wish::Pass) => {
                let g711 = self.g711_down(listener).filter(|_| is_desk && hears_g711);
                match g711 {
                    Some(codec) if make.codec == Codec::Opus && make.fade == Fade::Steady => {
                        let fade = Fade::Crossing { old: Codec::Opus, step: 0 };
                        self.set_output(listener, Output::Make(Make { codec, fade, then_pass: true }));
                    }
                    _ => {
                        self.set_output(listener, Output::Pass);
                        self.leave_mixes(listener);
                    }
                }
            }
            (Output::Make(make), Wish::Make { codec, rate_hz, fec }) => {
                let key = MixKey { sources, rate_hz, fec };
                let stays = self.mixes.iter().any(|mix| mix.key == key && mix.listeners.contains(&listener));
                if stays && make.codec == codec {
                    return;
                }
                self.join_mix(listener, key, codec);
                let fade = if stays && is_desk { Fade::Crossing { old: make.codec, step: 0 } } else { Fade::Steady };
                self.set_output(listener, Output::Make(Make { codec, fade, then_pass: false }));
            }
        }
    }

    fn wish(&self, listener: EndpointId) -> Option<(Wish, Vec<EndpointId>)> {
        let endpoint = self.endpoints.get(&listener)?;
        let Hearing::Endpoints(slots) = &endpoint.hearing else { return Some((Wish::Pass, Vec::new())) };
        let mut sources: Vec<EndpointId> = slots.iter().map(|slot| slot.id).collect();
        sources.sort_unstable();
        // A desk that hears itself counts its own packets, so they stay as they are.
        if sources == [listener] {
            return Some((Wish::Pass, sources));
        }
        let heard = |codec| sources.iter().any(|source| self.codec_of(*source) == Some(codec));
        let (opus, g722) = (heard(Codec::Opus), heard(Codec::G722));
        let wide = opus || g722;
        let wish = match (&endpoint.body, sources.len()) {
            (_, 0) => Wish::Pass,
            (Body::Trunk(trunk), count) => match (trunk.remote(), self.single_codec(&sources)) {
                (None, _) => Wish::Pass,
                // Nothing was heard yet: what comes first decides.
                (Some(_), None) if count == 1 => Wish::Pass,
                (Some(remote), Some(codec)) if codec == remote.codec => Wish::Pass,
                (Some(remote), Some(codec)) if !codec.is_wide() && !remote.codec.is_wide() => Wish::Pass,
                (Some(Remote { codec: Codec::G722, .. }), _) => {
                    Wish::Make { codec: Codec::G722, rate_hz: WIDE_HZ, fec: false }
                }
                (Some(remote), _) => Wish::Make { codec: remote.codec, rate_hz: NARROW_HZ, fec: false },
            },
            (Body::Desk(desk), count) => {
                let (takes_opus, g711) = (desk.opus.is_some(), desk.g711_codec());
                let lossy = desk.quality.wants_opus();
                let fec = lossy && !desk.takes_copies();
                match g711 {
                    _ if count == 1 && opus && takes_opus => Wish::Pass,
                    Some(_) if count == 1 && !wide && !(lossy && takes_opus) => Wish::Pass,
                    Some(codec) if !takes_opus || !(wide || lossy) => {
                        Wish::Make { codec, rate_hz: NARROW_HZ, fec: false }
                    }
                    _ => Wish::Make { codec: Codec::Opus, rate_hz: if wide { WIDE_HZ } else { NARROW_HZ }, fec },
                }
            }
        };
        Some((wish, sources))
    }

    fn single_codec(&self, sources: &[EndpointId]) -> Option<Codec> {
        match sources {
            [source] => self.codec_of(*source),
            _ => None,
        }
    }

    fn codec_of(&self, source: EndpointId) -> Option<Codec> {
        self.audience.get(&source).and_then(|audience| audience.codec)
    }

    /// The law a desk is sent, if it takes G.711.
    fn g711_down(&self, listener: EndpointId) -> Option<Codec> {
        match &self.endpoints.get(&listener)?.body {
            Body::Desk(desk) => desk.g711_codec(),
            Body::Trunk(_) => None,
        }
    }

    fn set_output(&mut self, listener: EndpointId, output: Output) {
        if let Some(endpoint) = self.endpoints.get_mut(&listener) {
            endpoint.output = output;
        }
    }

    /// Puts a listener into a mix, making what that needs, and takes it out of any other.
    fn join_mix(&mut self, listener: EndpointId, key: MixKey, codec: Codec) {
        let found = self.mixes.iter().position(|mix| mix.key == key);
        let index = found.unwrap_or_else(|| {
            self.mixes.push(Mix::new(key));
            self.mixes.len() - 1
        });
        for (at, mix) in self.mixes.iter_mut().enumerate() {
            if at != index {
                mix.listeners.retain(|id| *id != listener);
            }
        }
        if let Some(mix) = self.mixes.get_mut(index) {
            if !mix.listeners.contains(&listener) {
                mix.listeners.push(listener);
            }
            if codec == Codec::Opus {
                mix.want_encoder();
            }
            let rate_hz = mix.key.rate_hz;
            for source in &mix.key.sources {
                let is_trunk = matches!(self.endpoints.get(source).map(|source| &source.body), Some(Body::Trunk(_)));
                if !self.decodings.contains_key(&(*source, rate_hz))
                    && let Some(decoding) = Decoding::new(rate_hz, !is_trunk)
                {
                    self.decodings.insert((*source, rate_hz), decoding);
                }
            }
        }
        self.sweep_mixes();
        self.ticker.start(Instant::now());
    }

    pub(super) fn leave_mixes(&mut self, listener: EndpointId) {
        for mix in &mut self.mixes {
            mix.listeners.retain(|id| *id != listener);
        }
        self.sweep_mixes();
    }

    fn sweep_mixes(&mut self) {
        self.mixes.retain(|mix| !mix.listeners.is_empty());
        let mixes = &self.mixes;
        self.decodings.retain(|(source, rate_hz), _| {
            mixes.iter().any(|mix| mix.key.rate_hz == *rate_hz && mix.key.sources.contains(source))
        });
    }
}

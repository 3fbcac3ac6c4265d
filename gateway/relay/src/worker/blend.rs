//! The mixes' part of the tick: decode, add up, encode once, and send to all who hear the same.

use std::time::Instant;

use cordboard_media::Codec;
use cordboard_media::g711::{FRAME_SAMPLES, Law};
use cordboard_media::g722;
use cordboard_media::opus_codec::MAX_PACKET_BYTES;

use super::deliver::silence;
use super::mix::{CROSSING, Fade, Make, Mix, Output, SETTLING, WIDE_FRAME, ramp};
use super::{Body, Worker};
use crate::endpoint::EndpointId;

/// What a mix was encoded to in this tick, each at most once.
struct Encoded {
    alaw: Option<[u8; FRAME_SAMPLES]>,
    ulaw: Option<[u8; FRAME_SAMPLES]>,
    g722: Option<[u8; g722::FRAME_BYTES]>,
    opus: [u8; MAX_PACKET_BYTES],
    opus_length: Option<usize>,
}

impl Worker {
    pub(super) fn tick_mixes(&mut self, at: Instant) {
        if self.mixes.is_empty() {
            return;
        }
        let now_us = self.clock.us(at);
        for decoding in self.decodings.values_mut() {
            decoding.pull(now_us);
        }
        let mut mixes = std::mem::take(&mut self.mixes);
        for mix in &mut mixes {
            mix.sum(&self.decodings);
            self.serve(at, mix);
        }
        mixes.append(&mut self.mixes);
        self.mixes = mixes;
        while let Some(listener) = self.passing.pop() {
            if let Some(endpoint) = self.endpoints.get_mut(&listener) {
                endpoint.output = Output::Pass;
            }
            self.leave_mixes(listener);
        }
    }

    fn serve(&mut self, at: Instant, mix: &mut Mix) {
        let mut encoded =
            Encoded { alaw: None, ulaw: None, g722: None, opus: [0; MAX_PACKET_BYTES], opus_length: None };
        for index in 0..mix.listeners.len() {
            let Some(listener) = mix.listeners.get(index).copied() else { break };
            let Some(Output::Make(mut make)) = self.endpoints.get(&listener).map(|endpoint| endpoint.output) else {
                continue;
            };
            if make.fade == Fade::Warming && mix.sounding {
                make.fade = match self.codec_down(listener) {
                    Some(old) if old != make.codec => Fade::Crossing { old, step: 0 },
                    _ => Fade::Steady,
                };
            }
            make.fade = match make.fade {
                Fade::Warming => Fade::Warming,
                Fade::Steady => {
                    self.send_made(at, listener, make.codec, mix, &mut encoded);
                    Fade::Steady
                }
                Fade::Crossing { old, step } => {
                    let (before, after) =
                        (f32::from(step) / f32::from(CROSSING), f32::from(step + 1) / f32::from(CROSSING));
                    self.send_ramped(at, listener, make.codec, (before, after), mix, &mut encoded);
                    self.send_ramped(at, listener, old, (1.0 - before, 1.0 - after), mix, &mut encoded);
                    if step + 1 < CROSSING {
                        Fade::Crossing { old, step: step + 1 }
                    } else {
                        Fade::Settling { old, left: SETTLING }
                    }
                }
                Fade::Settling { old, left } => {
                    if !make.then_pass {
                        self.send_made(at, listener, make.codec, mix, &mut encoded);
                    }
                    self.send_silence(at, listener, old, mix);
                    if left > 1 {
                        Fade::Settling { old, left: left - 1 }
                    } else {
                        if make.then_pass {
                            self.passing.push(listener);
                        }
                        Fade::Steady
                    }
                }
            };
            self.set_made(listener, make);
        }
    }

    fn set_made(&mut self, listener: EndpointId, make: Make) {
        if let Some(endpoint) = self.endpoints.get_mut(&listener) {
            endpoint.output = Output::Make(make);
        }
    }

    /// The codec a desk was sent last.
    fn codec_down(&self, listener: EndpointId) -> Option<Codec> {
        match &self.endpoints.get(&listener)?.body {
            Body::Desk(desk) => desk.quality.codec_down.or_else(|| desk.g711_codec()),
            Body::Trunk(trunk) => trunk.codec(),
        }
    }

    fn send_made(&mut self, at: Instant, to: EndpointId, codec: Codec, mix: &mut Mix, encoded: &mut Encoded) {
        if !mix.sounding {
            return;
        }
        let pcm = &mix.pcm[..mix.frame()];
        let narrow = |law: Law| {
            let mut frame = [0; FRAME_SAMPLES];
            law.encode_slice(pcm, &mut frame);
            frame
        };
        match codec {
            Codec::Pcma => {
                let frame = *encoded.alaw.get_or_insert_with(|| narrow(Law::A));
                self.emit(at, to, codec, &frame);
            }
            Codec::Pcmu => {
                let frame = *encoded.ulaw.get_or_insert_with(|| narrow(Law::Mu));
                self.emit(at, to, codec, &frame);
            }
            Codec::G722 => {
                let frame = *encoded.g722.get_or_insert_with(|| {
                    let mut frame = [0; g722::FRAME_BYTES];
                    mix.g722.get_or_insert_default().encode(&mix.pcm[..mix.key.frame()], &mut frame);
                    frame
                });
                self.emit(at, to, codec, &frame);
            }
            Codec::Opus => {
                if encoded.opus_length.is_none()
                    && let Some(encoder) = &mut mix.encoder
                {
                    encoded.opus_length = encoder.encode(pcm, &mut encoded.opus).ok();
                }
                if let Some(packet) = encoded.opus_length.and_then(|length| encoded.opus.get(..length)) {
                    self.emit(at, to, codec, packet);
                }
            }
        }
    }

    /// Sends a frame of a crossfade. An encoder that serves others too is not faded: its new listener joins it.
    fn send_ramped(
        &mut self,
        at: Instant,
        to: EndpointId,
        codec: Codec,
        (from, until): (f32, f32),
        mix: &mut Mix,
        encoded: &mut Encoded,
    ) {
        if codec == Codec::Opus && mix.listeners.len() > 1 {
            self.send_made(at, to, codec, mix, encoded);
            return;
        }
        let mut faded = [0; WIDE_FRAME];
        let frame = mix.frame();
        ramp(&mix.pcm[..frame], from, until, &mut faded);
        self.send_pcm(at, to, codec, &faded[..frame], mix);
    }

    /// Sends silence on the stream that is left, so that the receiver's concealment does not ring on.
    fn send_silence(&mut self, at: Instant, to: EndpointId, codec: Codec, mix: &mut Mix) {
        match codec {
            Codec::Pcma | Codec::Pcmu | Codec::G722 => self.emit(at, to, codec, silence(codec)),
            Codec::Opus if mix.listeners.len() > 1 => {}
            Codec::Opus => self.send_pcm(at, to, codec, &[0; WIDE_FRAME][..mix.frame()], mix),
        }
    }

    fn send_pcm(&mut self, at: Instant, to: EndpointId, codec: Codec, pcm: &[i16], mix: &mut Mix) {
        let mut out = [0; MAX_PACKET_BYTES];
        let length = match codec {
            Codec::Pcma => Some(Law::A.encode_slice(pcm, &mut out)),
            Codec::Pcmu => Some(Law::Mu.encode_slice(pcm, &mut out)),
            Codec::G722 => Some(mix.g722.get_or_insert_default().encode(pcm, &mut out)),
            Codec::Opus => mix.encoder.as_mut().and_then(|encoder| encoder.encode(pcm, &mut out).ok()),
        };
        if let Some(packet) = length.and_then(|length| out.get(..length)) {
            self.emit(at, to, codec, packet);
        }
    }
}

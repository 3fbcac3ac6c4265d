//! The last step: a packet that passes, or a frame made here, goes out on one endpoint's stream.

use std::time::Instant;

use cordboard_media::Codec;
use cordboard_media::g711::{
    ALAW_SILENCE, FRAME_SAMPLES, ULAW_SILENCE, decode_alaw, decode_ulaw, encode_alaw, encode_ulaw,
};
use cordboard_media::g722;

use super::traffic::Sound;
use super::{Body, Worker};
use crate::endpoint::EndpointId;

/// The longest G.711 that is turned from one law into the other: 60 ms.
const G711_CAP: usize = 480;
/// Silence in G.722, from the first byte to whom nothing was said before.
static SILENT_G722: [u8; g722::FRAME_BYTES] = [g722::SILENCE; g722::FRAME_BYTES];
/// The longest packet sent to a trunk: twelve bytes of header, and what no network carries more of.
const PACKET: usize = 1_472;

impl Worker {
    /// Passes a packet to one listener, if packets pass to it and its plan has the source.
    pub(super) fn deliver(&mut self, now: Instant, listener: EndpointId, sound: &Sound<'_>) {
        let Some(endpoint) = self.endpoints.get_mut(&listener) else { return };
        if !endpoint.output.passes() || !endpoint.hears(sound.source) {
            return;
        }
        let now_us = self.clock.us(now);
        let mut translated = [0; G711_CAP];
        match &mut endpoint.body {
            Body::Trunk(trunk) => {
                let (Some(remote), Some(codec)) = (trunk.remote(), trunk.codec()) else { return };
                if trunk.keys_out.is_pressing() {
                    return;
                }
                let Some(payload) = in_law(sound, codec, &mut translated) else { return };
                let placed = trunk.line.forward(now_us, sound.source, &sound.header, remote.pt, codec, payload);
                let Some(header) = placed else { return };
                self.figures.packets_out += 1;
                let mut packet = [0; PACKET];
                if !endpoint.send_trunk(now_us, codec, &header, payload, &mut packet) {
                    self.figures.recording_overflows += 1;
                }
            }
            Body::Desk(desk) => {
                if !desk.is_up() {
                    return;
                }
                let codec = match sound.codec {
                    Codec::Opus => Codec::Opus,
                    law if desk.down(law).is_some() => law,
                    _ => match desk.g711_codec() {
                        Some(law) => law,
                        None => return,
                    },
                };
                let Some(payload) = in_law(sound, codec, &mut translated) else { return };
                let Some((stream, pt)) = desk.down(codec) else { return };
                let placed = stream.line.forward(now_us, sound.source, &sound.header, *pt, codec, payload);
                let Some(header) = placed else { return };
                self.figures.packets_out += 1;
                endpoint.send_desk(now, codec, &header, payload);
                self.drive_desk(now, listener);
            }
        }
    }

    /// Sends a frame of 20 ms that was made here.
    pub(super) fn emit(&mut self, at: Instant, to: EndpointId, codec: Codec, payload: &[u8]) {
        let now_us = self.clock.us(at);
        let Some(endpoint) = self.endpoints.get_mut(&to) else { return };
        match &mut endpoint.body {
            Body::Trunk(trunk) => {
                let Some(remote) = trunk.remote().filter(|_| trunk.codec() == Some(codec)) else { return };
                if trunk.keys_out.is_pressing() {
                    return;
                }
                let header = trunk.line.originate(now_us, remote.pt);
                let mut packet = [0; PACKET];
                if !endpoint.send_trunk(now_us, codec, &header, payload, &mut packet) {
                    self.figures.recording_overflows += 1;
                }
            }
            Body::Desk(desk) => {
                if !desk.is_up() {
                    return;
                }
                let Some((stream, pt)) = desk.down(codec) else { return };
                let header = stream.line.originate(now_us, *pt);
                let now = Instant::now();
                endpoint.send_desk(now, codec, &header, payload);
                self.drive_desk(now, to);
            }
        }
        self.figures.packets_out += 1;
    }
}

/// 20 ms of silence, where the codec has bytes for it whatever was said before; Opus has none.
pub(super) fn silence(codec: Codec) -> &'static [u8] {
    match codec {
        Codec::Pcma => &[ALAW_SILENCE; FRAME_SAMPLES],
        Codec::Pcmu => &[ULAW_SILENCE; FRAME_SAMPLES],
        Codec::G722 => &SILENT_G722,
        Codec::Opus => &[],
    }
}

/// The payload in the codec wanted: untouched, or one G.711 law turned into the other byte by byte.
fn in_law<'a>(sound: &Sound<'a>, wanted: Codec, out: &'a mut [u8; G711_CAP]) -> Option<&'a [u8]> {
    if sound.codec == wanted {
        return Some(sound.payload);
    }
    let out = out.get_mut(..sound.payload.len())?;
    match (sound.codec, wanted) {
        (Codec::Pcma, Codec::Pcmu) => {
            out.iter_mut().zip(sound.payload).for_each(|(out, code)| *out = encode_ulaw(decode_alaw(*code)));
        }
        (Codec::Pcmu, Codec::Pcma) => {
            out.iter_mut().zip(sound.payload).for_each(|(out, code)| *out = encode_alaw(decode_ulaw(*code)));
        }
        _ => return None,
    }
    Some(out)
}

//! Turns payloads into samples at the listener's rate and keeps them until they are played.

use super::PlayoutError;
use super::waveform::Waveform;
use crate::g711::Law;
use crate::jitter::UNITS_HZ;
use crate::opus_codec::Decoder;
use crate::{Codec, g722, stretch};

/// The most sound one packet can hold.
pub(super) const MOST_PACKET_MS: usize = 120;
/// Its bytes in G.711 and G.722.
const MOST_PACKET_BYTES: usize = 8 * MOST_PACKET_MS;

/// What turns payloads into samples, and the samples not yet played.
#[derive(Debug)]
pub(super) struct Sound {
    rate_hz: usize,
    opus: Option<Decoder>,
    /// G.711's way to the listener.
    narrow: Waveform,
    g722: g722::Decoder,
    /// G.722's way to the listener.
    wide: Waveform,
    /// Samples to play stand at `from..to`; room behind them for one packet and its stretching.
    waiting: Vec<i16>,
    from: usize,
    to: usize,
    /// Where in `waiting` the samples made up last begin and end.
    made_up: (usize, usize),
    last_sample: i16,
}

impl Sound {
    pub(super) fn new(rate_hz: u32, opus: bool) -> Result<Self, PlayoutError> {
        let rate = rate_hz as usize;
        Ok(Self {
            rate_hz: rate,
            opus: if opus { Some(Decoder::new(rate_hz)?) } else { None },
            narrow: Waveform::new(8_000, rate_hz)?,
            g722: g722::Decoder::new(),
            wide: Waveform::new(g722::RATE_HZ, rate_hz)?,
            waiting: vec![0; (rate * MOST_PACKET_MS / 1000 + 8) * 2 + rate / 10],
            from: 0,
            to: 0,
            made_up: (0, 0),
            last_sample: 0,
        })
    }

    pub(super) const fn rate_hz(&self) -> u32 {
        self.rate_hz as u32
    }

    /// Samples in that time, at least one.
    pub(super) fn samples_of_ms(&self, ms: usize) -> usize {
        (self.rate_hz * ms / 1000).max(1)
    }

    /// Samples in so many units.
    pub(super) fn samples_of_units(&self, units: i64) -> usize {
        usize::try_from(units.max(0)).unwrap_or(0).saturating_mul(self.rate_hz) / UNITS_HZ as usize
    }

    /// Whether a payload can be decoded here at all.
    pub(super) const fn takes(&self, codec: Codec, payload: &[u8]) -> bool {
        match codec {
            Codec::Opus => self.opus.is_some(),
            Codec::Pcma | Codec::Pcmu | Codec::G722 => payload.len() <= MOST_PACKET_BYTES,
        }
    }

    /// Throws away what waits to be played.
    pub(super) const fn clear(&mut self) {
        self.from = 0;
        self.to = 0;
        self.made_up = (0, 0);
    }

    pub(super) const fn len(&self) -> usize {
        self.to - self.from
    }

    /// Decodes a payload behind what waits; false if it cannot be decoded.
    pub(super) fn decode(&mut self, codec: Codec, payload: &[u8], fresh_source: bool) -> bool {
        self.make_room();
        let start = self.to;
        let made = match codec {
            Codec::Pcma | Codec::Pcmu => {
                let law = if codec == Codec::Pcma { Law::A } else { Law::Mu };
                let out = &mut self.waiting[start..];
                self.narrow.hear(|pcm| law.decode_slice(payload, pcm), fresh_source, out)
            }
            Codec::G722 => {
                if fresh_source {
                    self.g722.reset();
                }
                let out = &mut self.waiting[start..];
                self.wide.hear(|pcm| self.g722.decode(payload, pcm), fresh_source, out)
            }
            Codec::Opus => {
                let Some(decoder) = self.opus.as_mut() else { return false };
                if fresh_source {
                    // A failure would leave the old sound's echo for some milliseconds; nothing worse.
                    let _ = decoder.reset();
                }
                match decoder.decode(payload, &mut self.waiting[start..]) {
                    Ok(made) => made,
                    Err(_) => return false,
                }
            }
        };
        self.to = start + made;
        if fresh_source {
            self.smooth_start(start);
        }
        true
    }

    pub(super) fn conceal(&mut self, codec: Codec, duration_units: u32, next_payload: Option<&[u8]>) {
        self.make_room();
        let start = self.to;
        match (codec, self.opus.as_mut()) {
            (Codec::Opus, Some(decoder)) => {
                let wanted = duration_units as usize * self.rate_hz / UNITS_HZ as usize;
                let end = (start + wanted).min(self.waiting.len());
                let out = &mut self.waiting[start..end];
                let made = match next_payload {
                    Some(payload) => decoder.decode_fec(payload, out).or_else(|_| decoder.conceal(out)),
                    None => decoder.conceal(out),
                };
                if made.is_err() {
                    out.fill(0);
                }
                self.to = end;
            }
            (Codec::G722, _) => self.to += self.wide.conceal(duration_units, &mut self.waiting[start..]),
            _ => self.to += self.narrow.conceal(duration_units, &mut self.waiting[start..]),
        }
        self.made_up = if self.made_up.1 == start { (self.made_up.0, self.to) } else { (start, self.to) };
    }

    /// Plays as much as there is, fills the rest with silence; returns samples heard and samples made up.
    pub(super) fn play(&mut self, out: &mut [i16]) -> (usize, usize) {
        let count = self.len().min(out.len());
        out[..count].copy_from_slice(&self.waiting[self.from..self.from + count]);
        if count < out.len() {
            let last = if count > 0 { out[count - 1] } else { self.last_sample };
            fade_out(last, &mut out[count..]);
        }
        if let Some(&last) = out.last() {
            self.last_sample = last;
        }
        let end = self.from + count;
        let concealed = self.made_up.1.min(end).saturating_sub(self.made_up.0.max(self.from));
        self.from = end;
        (count - concealed, concealed)
    }

    /// Takes out at most so many samples behind `before`; returns how many.
    pub(super) fn shorten(&mut self, before: usize, at_most: usize, force: bool) -> usize {
        let start = self.from + before;
        let length = self.to - start;
        let (least, most, stride) = self.cuts(length);
        let most = most.min(at_most);
        if most < least {
            return 0;
        }
        let left = stretch::shorten(&mut self.waiting[start..self.to], least, most, stride, force);
        self.to = start + left;
        length - left
    }

    pub(super) fn lengthen(&mut self, before: usize, force: bool) -> usize {
        let start = self.from + before;
        let length = self.to - start;
        let (least, most, stride) = self.cuts(length);
        let longer = stretch::lengthen(&mut self.waiting[start..], length, least, most, stride, force);
        self.to = start + longer;
        longer - length
    }

    /// Least and most samples to cut, 2.5 to 10 ms, and the stride of a coarse search.
    fn cuts(&self, length: usize) -> (usize, usize, usize) {
        (self.rate_hz / 400, (self.rate_hz / 100).min(length / 2), (self.rate_hz / 4_000).max(1))
    }

    /// Takes the step out between the last sample of an old source and the first of a new one, over 5 ms.
    fn smooth_start(&mut self, start: usize) {
        let last = if start > self.from { self.waiting[start - 1] } else { self.last_sample };
        let span = (self.rate_hz / 200).min(self.to - start);
        let Some(&first) = self.waiting.get(start).filter(|_| span > 0) else { return };
        let step = f32::from(last) - f32::from(first);
        for (n, sample) in self.waiting[start..start + span].iter_mut().enumerate() {
            let share = 1.0 - (n + 1) as f32 / (span + 1) as f32;
            *sample = (f32::from(*sample) + step * share).round() as i16;
        }
    }

    /// Moves what waits to the front, so that one packet more fits behind it.
    fn make_room(&mut self) {
        let most_kept = self.waiting.len() - self.rate_hz * MOST_PACKET_MS / 1000 - self.rate_hz / 20;
        // Callers pull before more than a frame waits; should they not, the oldest gives way.
        let gone = self.from.max(self.to.saturating_sub(most_kept));
        if gone > 0 {
            self.waiting.copy_within(gone..self.to, 0);
            self.to -= gone;
            self.from = 0;
            self.made_up = (self.made_up.0.saturating_sub(gone), self.made_up.1.saturating_sub(gone));
        }
    }
}

/// Silence that begins without a click: the last sample decays.
fn fade_out(last: i16, out: &mut [i16]) {
    let mut value = f32::from(last);
    for sample in out {
        value *= 0.9;
        if value.abs() < 1.0 {
            value = 0.0;
        }
        *sample = value as i16;
    }
}

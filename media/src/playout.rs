//! Packets in, sound out: a jitter buffer, the decoders and the concealment together.
//!
//! It owns everything between a received packet and a frame of samples at the listener's rate, and adjusts the
//! buffer's delay by stretching sound, so that a change of delay is not heard.

use crate::conceal::Concealer;
use crate::g711::Law;
use crate::jitter::{Adjustment, FRAME_UNITS, Gap, JitterBuffer, JitterConfig, JitterStats, Pop, Pushed, UNITS_HZ};
use crate::opus_codec::{Decoder, OpusError};
use crate::resample::{Resampler, UnsupportedRatio};
use crate::rtp::RtpHeader;
use crate::{Codec, stretch};

/// The most sound one packet can hold: 120 ms.
const MOST_PACKET_MS: usize = 120;
/// Lag and unplayed sound beyond this are stretched away. Packets are asked for at ticks only, so stretching by several periods at last
/// changes the lag by a whole tick; the two bounds are further apart than that.
const SHORTEN_ABOVE_UNITS: i64 = FRAME_UNITS as i64 + 480;
/// Lead beyond this is stretched away.
const LENGTHEN_BELOW_UNITS: i64 = 0;
/// Beyond these, sound that does not repeat itself is stretched too.
const FORCE_ABOVE_UNITS: i64 = FRAME_UNITS as i64 + 60 * 48;
const FORCE_BELOW_UNITS: i64 = -12 * 48;

/// Says why a [`PlayoutDecoder`] could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlayoutError {
    /// The rate has no Opus decoder.
    #[error(transparent)]
    Opus(#[from] OpusError),
    /// The rate cannot be reached from 8 kHz.
    #[error(transparent)]
    Ratio(#[from] UnsupportedRatio),
}

/// What a [`PlayoutDecoder`] is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlayoutConfig {
    /// Rate of the samples wanted: 8000, 16000 or 48000.
    pub rate_hz: u32,
    /// Whether Opus may arrive; without it, Opus packets are refused and no decoder is kept.
    pub opus: bool,
    /// Bounds of the jitter buffer; its adjustment is always [`Adjustment::ByCaller`].
    pub jitter: JitterConfig,
}

impl PlayoutConfig {
    /// The usual bounds at `rate_hz`, with Opus.
    #[must_use]
    pub fn at(rate_hz: u32) -> Self {
        Self { rate_hz, opus: true, jitter: JitterConfig::default() }
    }
}

/// Of what the samples of one [`PlayoutDecoder::pull`] were made; the three add up to its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Played {
    /// Samples decoded from packets.
    pub heard: usize,
    /// Samples made up for missing packets.
    pub concealed: usize,
    /// Samples of silence, because the source is silent.
    pub silent: usize,
}

/// What has happened to a stream so far: the packets' fate and the stretching.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PlayoutStats {
    /// The jitter buffer's figures.
    pub jitter: JitterStats,
    /// Sound taken out to lower the delay, in milliseconds.
    pub shortened_ms: u64,
    /// Sound put in to raise the delay, in milliseconds.
    pub lengthened_ms: u64,
    /// Packets that their decoder refused.
    pub undecodable: u64,
}

/// Decodes one incoming stream, whatever of G.711 and Opus it carries from packet to packet.
#[derive(Debug)]
pub struct PlayoutDecoder {
    jitter: JitterBuffer,
    sound: Sound,
    shortened_samples: u64,
    lengthened_samples: u64,
    undecodable: u64,
}

/// What turns payloads into samples, and the samples not yet played.
#[derive(Debug)]
struct Sound {
    rate_hz: usize,
    opus: Option<Decoder>,
    concealer: Concealer,
    resampler: Resampler,
    /// G.711 at 8 kHz, before resampling.
    narrow: Vec<i16>,
    /// Samples to play stand at `from..to`; room behind them for one packet and its stretching.
    waiting: Vec<i16>,
    from: usize,
    to: usize,
    /// Where in `waiting` the samples made up last begin and end.
    made_up: (usize, usize),
    last_sample: i16,
}

impl PlayoutDecoder {
    /// Sets up buffer and decoders.
    ///
    /// # Errors
    /// [`PlayoutError`] if the rate is not served.
    pub fn new(config: &PlayoutConfig) -> Result<Self, PlayoutError> {
        let jitter = JitterConfig { adjustment: Adjustment::ByCaller, ..config.jitter };
        let rate_hz = config.rate_hz as usize;
        let packet = rate_hz * MOST_PACKET_MS / 1000 + 8;
        Ok(Self {
            jitter: JitterBuffer::new(&jitter),
            sound: Sound {
                rate_hz,
                opus: if config.opus { Some(Decoder::new(config.rate_hz)?) } else { None },
                concealer: Concealer::new(),
                resampler: Resampler::new(8_000, config.rate_hz)?,
                narrow: vec![0; 8 * MOST_PACKET_MS],
                waiting: vec![0; packet * 2 + rate_hz / 10],
                from: 0,
                to: 0,
                made_up: (0, 0),
                last_sample: 0,
            },
            shortened_samples: 0,
            lengthened_samples: 0,
            undecodable: 0,
        })
    }

    /// The rate of the samples it gives.
    #[must_use]
    pub const fn rate_hz(&self) -> u32 {
        self.sound.rate_hz as u32
    }

    /// Takes in a packet that arrived at `arrival_us`.
    pub fn push(&mut self, arrival_us: u64, header: &RtpHeader, codec: Codec, payload: &[u8]) -> Pushed {
        let longest = self.sound.narrow.len();
        if codec == Codec::Opus && self.sound.opus.is_none() || codec != Codec::Opus && payload.len() > longest {
            self.undecodable += 1;
            return Pushed::Refused;
        }
        self.jitter.push(arrival_us, header, codec, payload)
    }

    /// Fills `out` with what is to be heard from `now_us` on; call it once a tick, 10 or 20 ms as a rule.
    pub fn pull(&mut self, now_us: u64, out: &mut [i16]) -> Played {
        let mut played = Played::default();
        // Longer requests are served in pieces that the buffer can hold.
        for (n, piece) in out.chunks_mut((self.sound.rate_hz / 50).max(1)).enumerate() {
            let piece_us = n as u64 * 20_000;
            self.pull_piece(now_us.saturating_add(piece_us), piece, &mut played);
        }
        played
    }

    fn pull_piece(&mut self, now_us: u64, out: &mut [i16], played: &mut Played) {
        // Each round adds sound or ends in silence; the bound is for packets that decode to nothing.
        for _ in 0..16 {
            if self.sound.len() >= out.len() {
                break;
            }
            let before = self.sound.len();
            match self.jitter.pop(now_us) {
                Pop::Frame(frame) => {
                    if !self.sound.decode(frame.codec, frame.payload, frame.fresh_source) {
                        self.undecodable += 1;
                        self.sound.conceal(frame.codec, frame.duration_units, None);
                    }
                    self.stretch(before);
                }
                Pop::Missing(Gap { codec, duration_units, next_payload }) => {
                    self.sound.conceal(codec, duration_units, next_payload);
                }
                Pop::Empty => break,
            }
        }
        let (heard, concealed) = self.sound.play(out);
        played.heard += heard;
        played.concealed += concealed;
        played.silent += out.len() - heard - concealed;
    }

    /// Brings the delay nearer to what it should be by the frame just decoded, which stands behind `before` others.
    fn stretch(&mut self, before: usize) {
        let lag = self.jitter.lag_units();
        let excess = lag.saturating_add((before * UNITS_HZ as usize / self.sound.rate_hz.max(1)) as i64);
        if excess > SHORTEN_ABOVE_UNITS {
            self.shortened_samples += self.sound.shorten(before, excess > FORCE_ABOVE_UNITS) as u64;
        } else if lag < LENGTHEN_BELOW_UNITS {
            self.lengthened_samples += self.sound.lengthen(before, lag < FORCE_BELOW_UNITS) as u64;
        }
    }

    /// What has happened so far.
    #[must_use]
    pub fn stats(&self) -> PlayoutStats {
        let ms = |samples: u64| samples * 1000 / (self.sound.rate_hz as u64).max(1);
        let jitter = self.jitter.stats();
        let waiting_ms = u32::try_from(ms(self.sound.len() as u64)).unwrap_or(0);
        PlayoutStats {
            jitter: JitterStats { depth_ms: jitter.depth_ms.saturating_add(waiting_ms), ..jitter },
            shortened_ms: ms(self.shortened_samples),
            lengthened_ms: ms(self.lengthened_samples),
            undecodable: self.undecodable,
        }
    }

    /// Throws away all sound at hand; the next packet begins anew.
    pub fn flush(&mut self) {
        self.jitter.flush();
        self.sound.from = 0;
        self.sound.to = 0;
        self.sound.made_up = (0, 0);
    }
}

impl Sound {
    const fn len(&self) -> usize {
        self.to - self.from
    }

    /// Decodes a payload behind what waits; false if it cannot be decoded.
    fn decode(&mut self, codec: Codec, payload: &[u8], fresh_source: bool) -> bool {
        self.make_room();
        let start = self.to;
        let made = match codec {
            Codec::Pcma | Codec::Pcmu => {
                let law = if codec == Codec::Pcma { Law::A } else { Law::Mu };
                let count = law.decode_slice(payload, &mut self.narrow);
                self.concealer.hear(&mut self.narrow[..count]);
                if fresh_source {
                    self.resampler.reset();
                }
                self.resampler.process(&self.narrow[..count], &mut self.waiting[start..])
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

    fn conceal(&mut self, codec: Codec, duration_units: u32, next_payload: Option<&[u8]>) {
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
            _ => {
                let count = (duration_units as usize / 6).min(self.narrow.len());
                self.concealer.conceal(&mut self.narrow[..count]);
                self.to += self.resampler.process(&self.narrow[..count], &mut self.waiting[start..]);
            }
        }
        self.made_up = if self.made_up.1 == start { (self.made_up.0, self.to) } else { (start, self.to) };
    }

    /// Plays as much as there is, fills the rest with silence; returns samples heard and samples made up.
    fn play(&mut self, out: &mut [i16]) -> (usize, usize) {
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

    fn shorten(&mut self, before: usize, force: bool) -> usize {
        let start = self.from + before;
        let length = self.to - start;
        let (least, most, stride) = self.cuts(length);
        let left = stretch::shorten(&mut self.waiting[start..self.to], least, most, stride, force);
        self.to = start + left;
        length - left
    }

    fn lengthen(&mut self, before: usize, force: bool) -> usize {
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

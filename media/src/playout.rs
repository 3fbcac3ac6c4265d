//! Packets in, sound out: a jitter buffer, the decoders and the concealment together.
//!
//! It owns everything between a received packet and a frame of samples at the listener's rate, and adjusts the
//! buffer's delay by stretching sound, so that a change of delay is not heard.

mod sound;
mod waveform;

use crate::Codec;
use crate::jitter::{Adjustment, FRAME_UNITS, Gap, JitterBuffer, JitterConfig, JitterStats, Pop, Pushed, UNITS_HZ};
use crate::opus_codec::OpusError;
use crate::redundancy::{self, RedundancyError};
use crate::resample::UnsupportedRatio;
use crate::rtp::RtpHeader;
use sound::Sound;

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
    /// Lag and unplayed sound beyond a tick and this are stretched away. The less it is, the oftener sound is stretched.
    pub slack_ms: u16,
}

impl PlayoutConfig {
    /// The usual bounds at `rate_hz`, with Opus and 10 ms of slack.
    #[must_use]
    pub fn at(rate_hz: u32) -> Self {
        Self { rate_hz, opus: true, jitter: JitterConfig::default(), slack_ms: 10 }
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

/// Decodes one incoming stream, whatever of G.711, G.722 and Opus it carries from packet to packet.
#[derive(Debug)]
pub struct PlayoutDecoder {
    jitter: JitterBuffer,
    sound: Sound,
    slack_units: i64,
    shortened_samples: u64,
    lengthened_samples: u64,
    undecodable: u64,
    /// Samples that were still to be played when the last packet was taken out.
    ahead_samples: usize,
}

impl PlayoutDecoder {
    /// Sets up buffer and decoders.
    ///
    /// # Errors
    /// [`PlayoutError`] if the rate is not served.
    pub fn new(config: &PlayoutConfig) -> Result<Self, PlayoutError> {
        let jitter = JitterConfig { adjustment: Adjustment::ByCaller, ..config.jitter };
        Ok(Self {
            jitter: JitterBuffer::new(&jitter),
            sound: Sound::new(config.rate_hz, config.opus)?,
            slack_units: i64::from(config.slack_ms) * i64::from(UNITS_HZ) / 1_000,
            shortened_samples: 0,
            lengthened_samples: 0,
            undecodable: 0,
            ahead_samples: 0,
        })
    }

    /// The rate of the samples it gives.
    #[must_use]
    pub const fn rate_hz(&self) -> u32 {
        self.sound.rate_hz()
    }

    /// Takes in a packet that arrived at `arrival_us`.
    pub fn push(&mut self, arrival_us: u64, header: &RtpHeader, codec: Codec, payload: &[u8]) -> Pushed {
        if !self.sound.takes(codec, payload) {
            self.undecodable += 1;
            return Pushed::Refused;
        }
        self.jitter.push(arrival_us, header, codec, payload)
    }

    /// Takes in a packet of redundant audio (RFC 2198) that arrived at `arrival_us`: its frame as
    /// [`PlayoutDecoder::push`] does, and of its copies those that are still wanted. `codec_of` names the codec of a
    /// payload type inside; frames of others are left out.
    ///
    /// # Errors
    /// [`RedundancyError`] if the payload is not redundant audio.
    pub fn push_redundant(
        &mut self,
        arrival_us: u64,
        header: &RtpHeader,
        payload: &[u8],
        codec_of: impl Fn(u8) -> Option<Codec>,
    ) -> Result<Pushed, RedundancyError> {
        let blocks = redundancy::blocks(payload)?;
        let frame = blocks.frame();
        let header = RtpHeader { payload_type: frame.payload_type, ..*header };
        let Some(codec) = codec_of(frame.payload_type) else { return Ok(Pushed::Refused) };
        let pushed = self.push(arrival_us, &header, codec, frame.payload);
        for copy in blocks.copies().rev() {
            if let Some(codec) = codec_of(copy.payload_type).filter(|codec| self.sound.takes(*codec, copy.payload)) {
                self.jitter.push_copy(u32::from(copy.offset), codec, copy.payload);
            }
        }
        Ok(pushed)
    }

    /// Fills `out` with what is to be heard from `now_us` on; call it once a tick, 10 or 20 ms as a rule.
    pub fn pull(&mut self, now_us: u64, out: &mut [i16]) -> Played {
        let mut played = Played::default();
        // Longer requests are served in pieces that the buffer can hold.
        for (n, piece) in out.chunks_mut(self.sound.samples_of_ms(20)).enumerate() {
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
            self.ahead_samples = before;
            match self.jitter.pop(now_us) {
                Pop::Frame(frame) => {
                    if !self.sound.decode(frame.codec, frame.payload, frame.fresh_source) {
                        self.undecodable += 1;
                        self.sound.conceal(frame.codec, frame.duration_units, None);
                    }
                    self.stretch(before, out.len());
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

    /// Brings the delay nearer to what it should be by the frame just decoded, which stands behind `before` samples
    /// and is taken by ticks of `tick` samples.
    fn stretch(&mut self, before: usize, tick: usize) {
        let lag = self.jitter.lag_units();
        let units = |samples: usize| (samples * UNITS_HZ as usize / self.sound.samples_of_ms(1000)) as i64;
        let excess = lag.saturating_add(units(before));
        // Packets are asked for at ticks only: what is unplayed then may be a whole tick less one sample. No more than
        // what goes beyond that is taken out at a time, so that the listener never leads.
        let surplus = excess.saturating_sub(units(tick));
        if surplus > self.slack_units {
            let most = self.sound.samples_of_units(surplus);
            self.shortened_samples += self.sound.shorten(before, most, excess > FORCE_ABOVE_UNITS) as u64;
        } else if lag < LENGTHEN_BELOW_UNITS {
            self.lengthened_samples += self.sound.lengthen(before, lag < FORCE_BELOW_UNITS) as u64;
        }
    }

    /// What has happened so far.
    #[must_use]
    pub fn stats(&self) -> PlayoutStats {
        let ms = |samples: u64| samples * 1000 / u64::from(self.sound.rate_hz()).max(1);
        let jitter = self.jitter.stats();
        let waiting_ms = u32::try_from(ms(self.ahead_samples as u64)).unwrap_or(0);
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
        self.sound.clear();
        self.ahead_samples = 0;
    }
}

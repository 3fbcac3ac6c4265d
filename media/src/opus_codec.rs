//! Opus, mono, over libopus: encoder with in-band FEC, decoder with concealment and FEC.
//!
//! It owns the settings that suit telephone speech; when to use Opus at all is the media worker's choice.
//! Discontinuous transmission is off: a stream that never pauses is easier on every receiver.

use crate::Codec;
use opus::{Application, Bitrate, Channels, ErrorCode, Signal};

/// The longest packet that the encoder is let make for 20 ms, and plenty for speech.
pub const MAX_PACKET_BYTES: usize = 1275;
/// The longest sound one packet may hold: 120 ms (RFC 6716 §3.2.5), in units of the RTP clock.
pub const MAX_PACKET_UNITS: u32 = 5_760;

/// Says why Opus could not be set up, encode or decode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpusError {
    /// The sampling rate is not 8, 12, 16, 24 or 48 kHz.
    #[error("Opus does not work at {rate_hz} Hz")]
    UnsupportedRate {
        /// The rate that was asked for.
        rate_hz: u32,
    },
    /// The number of samples is not 2.5, 5, 10, 20, 40 or 60 ms.
    #[error("Opus cannot encode a frame of {samples} samples")]
    WrongFrame {
        /// The samples that were given.
        samples: usize,
    },
    /// The packet is empty, damaged, or holds more sound than the buffer.
    #[error("the Opus packet is damaged or does not fit the buffer")]
    BadPacket,
    /// libopus reported something else.
    #[error("libopus failed with code {0}")]
    Failed(i32),
}

/// What an [`Encoder`] is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncoderSettings {
    /// Sampling rate of the input, 8000, 16000 or 48000: the bandwidth the source has, never more.
    pub rate_hz: u32,
    /// Effort, 0 to 10.
    pub complexity: u8,
    /// Bits per second, 6,000 to 128,000.
    pub bitrate_bps: u32,
    /// Whether each packet repeats the one before it, coarsely, for the receiver that lost it.
    pub fec: bool,
    /// Expected loss in percent; FEC is made only if this is above zero.
    pub expected_loss_percent: u8,
}

impl EncoderSettings {
    /// Speech at `rate_hz` at complexity 5, without FEC: 16, 24 or 32 kbit/s.
    #[must_use]
    pub const fn speech(rate_hz: u32) -> Self {
        let bitrate_bps = match rate_hz {
            0..=8_000 => 16_000,
            8_001..=16_000 => 24_000,
            _ => 32_000,
        };
        Self { rate_hz, complexity: 5, bitrate_bps, fec: false, expected_loss_percent: 0 }
    }

    /// The same with FEC made for `expected_loss_percent`, and the bits it needs.
    #[must_use]
    pub const fn with_fec(mut self, expected_loss_percent: u8) -> Self {
        self.fec = true;
        self.expected_loss_percent = expected_loss_percent;
        self.bitrate_bps += self.bitrate_bps / 4;
        self
    }
}

/// Encodes mono speech.
#[derive(Debug)]
pub struct Encoder {
    inner: opus::Encoder,
    rate_hz: u32,
}

impl Encoder {
    /// Sets up an encoder.
    ///
    /// # Errors
    /// [`OpusError::UnsupportedRate`], or what libopus said of the settings.
    pub fn new(settings: &EncoderSettings) -> Result<Self, OpusError> {
        let rate_hz = settings.rate_hz;
        check_rate(rate_hz)?;
        let inner = opus::Encoder::new(rate_hz, Channels::Mono, Application::Voip).map_err(failure)?;
        let mut encoder = Self { inner, rate_hz };
        encoder.inner.set_signal(Signal::Voice).map_err(failure)?;
        encoder.inner.set_complexity(i32::from(settings.complexity.min(10))).map_err(failure)?;
        encoder.inner.set_dtx(false).map_err(failure)?;
        encoder.inner.set_vbr(true).map_err(failure)?;
        encoder.set_bitrate(settings.bitrate_bps)?;
        encoder.set_fec(settings.fec, settings.expected_loss_percent)?;
        Ok(encoder)
    }

    /// The sampling rate of the input.
    #[must_use]
    pub const fn rate_hz(&self) -> u32 {
        self.rate_hz
    }

    /// Encodes one frame of 2.5 to 60 ms (20 ms as a rule) into `out` and returns the packet's length.
    ///
    /// # Errors
    /// [`OpusError::WrongFrame`] for other lengths; [`OpusError::BadPacket`] if `out` is too short.
    pub fn encode(&mut self, samples: &[i16], out: &mut [u8]) -> Result<usize, OpusError> {
        if !is_frame(samples.len(), self.rate_hz) {
            return Err(OpusError::WrongFrame { samples: samples.len() });
        }
        let room = out.len().min(MAX_PACKET_BYTES);
        self.inner.encode(samples, &mut out[..room]).map_err(failure)
    }

    /// Changes the bit rate from the next frame on; the value is brought within 6,000 to 128,000.
    ///
    /// # Errors
    /// What libopus said.
    pub fn set_bitrate(&mut self, bits_per_second: u32) -> Result<(), OpusError> {
        let bits = i32::try_from(bits_per_second.clamp(6_000, 128_000)).unwrap_or(128_000);
        self.inner.set_bitrate(Bitrate::Bits(bits)).map_err(failure)
    }

    /// Turns in-band FEC on or off and says how much loss to prepare for, from the next frame on.
    ///
    /// # Errors
    /// What libopus said.
    pub fn set_fec(&mut self, fec: bool, expected_loss_percent: u8) -> Result<(), OpusError> {
        self.inner.set_inband_fec(fec).map_err(failure)?;
        self.inner.set_packet_loss_perc(i32::from(expected_loss_percent.min(100))).map_err(failure)
    }

    /// Forgets all past sound, for a new stream.
    ///
    /// # Errors
    /// What libopus said.
    pub fn reset(&mut self) -> Result<(), OpusError> {
        self.inner.reset_state().map_err(failure)
    }
}

/// Decodes Opus to mono at its rate, whatever bandwidth or channels the sender chose.
#[derive(Debug)]
pub struct Decoder {
    inner: opus::Decoder,
    rate_hz: u32,
}

impl Decoder {
    /// Sets up a decoder that yields samples at `rate_hz`.
    ///
    /// # Errors
    /// [`OpusError::UnsupportedRate`].
    pub fn new(rate_hz: u32) -> Result<Self, OpusError> {
        check_rate(rate_hz)?;
        let inner = opus::Decoder::new(rate_hz, Channels::Mono).map_err(failure)?;
        Ok(Self { inner, rate_hz })
    }

    /// The sampling rate of the output.
    #[must_use]
    pub const fn rate_hz(&self) -> u32 {
        self.rate_hz
    }

    /// Decodes a packet into the start of `out` and returns how many samples that made.
    ///
    /// # Errors
    /// [`OpusError::BadPacket`] if it is empty, damaged or longer than `out`.
    pub fn decode(&mut self, packet: &[u8], out: &mut [i16]) -> Result<usize, OpusError> {
        // libopus reads an empty packet as a request for concealment.
        if packet.is_empty() {
            return Err(OpusError::BadPacket);
        }
        self.inner.decode(packet, out, false).map_err(failure)
    }

    /// Fills `out` with what might have been in a packet that is lost for good; whole 2.5 ms, at most 120 ms.
    ///
    /// # Errors
    /// [`OpusError::WrongFrame`] if `out` has another length.
    pub fn conceal(&mut self, out: &mut [i16]) -> Result<usize, OpusError> {
        self.check_span(out.len())?;
        self.inner.decode(&[], out, false).map_err(failure)
    }

    /// Fills `out` with the lost frame before `next_packet`, from the copy that packet carries; where it carries
    /// none this is [`Decoder::conceal`]. Decode `next_packet` itself afterwards.
    ///
    /// # Errors
    /// [`OpusError::WrongFrame`] as for concealment, [`OpusError::BadPacket`] if the packet is damaged.
    pub fn decode_fec(&mut self, next_packet: &[u8], out: &mut [i16]) -> Result<usize, OpusError> {
        if next_packet.is_empty() {
            return Err(OpusError::BadPacket);
        }
        self.check_span(out.len())?;
        self.inner.decode(next_packet, out, true).map_err(failure)
    }

    /// Forgets all past sound, for a new stream.
    ///
    /// # Errors
    /// What libopus said.
    pub fn reset(&mut self) -> Result<(), OpusError> {
        self.inner.reset_state().map_err(failure)
    }

    fn check_span(&self, samples: usize) -> Result<(), OpusError> {
        let rate = self.rate_hz as usize;
        if samples == 0 || !(samples * 400).is_multiple_of(rate) || samples * 1000 > rate * 120 {
            return Err(OpusError::WrongFrame { samples });
        }
        Ok(())
    }
}

/// How long the sound in a packet lasts, in units of the 48 kHz RTP clock; `None` if it is damaged or longer than
/// 120 ms (RFC 6716 §3.1, §3.2).
#[must_use]
pub fn duration_units(packet: &[u8]) -> Option<u32> {
    let toc = *packet.first()?;
    let frame = match toc >> 3 {
        config @ 0..=11 => [480, 960, 1920, 2880][usize::from(config & 3)],
        config @ 12..=15 => [480, 960][usize::from(config & 1)],
        config => [120, 240, 480, 960][usize::from(config & 3)],
    };
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u32::from(packet.get(1)? & 0x3F),
    };
    let units = frame * frames;
    (units > 0 && units <= MAX_PACKET_UNITS).then_some(units)
}

/// Whether a packet carries a copy of the frame before it: the LBRR flag of a SILK or hybrid packet (RFC 6716
/// §4.2.3, §4.2.4).
#[must_use]
pub fn carries_fec(packet: &[u8]) -> bool {
    let Some(&toc) = packet.first() else { return false };
    let config = toc >> 3;
    if config >= 16 {
        return false;
    }
    let first_frame = match toc & 3 {
        0 | 1 => packet.get(1),
        // A frame length of one or two bytes stands before the first frame.
        2 => match packet.get(1) {
            Some(&length) if length >= 252 => packet.get(3),
            _ => packet.get(2),
        },
        _ => return false,
    };
    let silk_frames = if config < 12 { [1, 1, 2, 3][usize::from(config & 3)] } else { 1 };
    // One voice-activity bit per SILK frame, then the LBRR bit.
    first_frame.is_some_and(|&byte| byte & (0x80 >> silk_frames) != 0)
}

fn is_frame(samples: usize, rate_hz: u32) -> bool {
    let units = samples * (Codec::Opus.clock_hz() / rate_hz) as usize;
    matches!(units, 120 | 240 | 480 | 960 | 1920 | 2880)
}

fn check_rate(rate_hz: u32) -> Result<(), OpusError> {
    if matches!(rate_hz, 8_000 | 12_000 | 16_000 | 24_000 | 48_000) {
        Ok(())
    } else {
        Err(OpusError::UnsupportedRate { rate_hz })
    }
}

#[allow(clippy::needless_pass_by_value)] // The shape `map_err` wants.
fn failure(error: opus::Error) -> OpusError {
    match error.code() {
        ErrorCode::InvalidPacket | ErrorCode::BufferTooSmall => OpusError::BadPacket,
        code => OpusError::Failed(code as i32),
    }
}

#[cfg(test)]
#[path = "opus_codec_tests.rs"]
mod tests;

//! From decoded samples at a codec's own rate to the listener's: concealment, then resampling. For codecs that conceal
//! nothing by themselves.

use super::sound::MOST_PACKET_MS;
use crate::conceal::Concealer;
use crate::resample::{Resampler, UnsupportedRatio};

/// One codec rate's way to the listener's.
#[derive(Debug)]
pub(super) struct Waveform {
    rate_hz: usize,
    concealer: Concealer,
    resampler: Resampler,
    /// Samples at the codec's rate, before resampling.
    pcm: Vec<i16>,
}

impl Waveform {
    /// `from_hz` is 8000 or 16000.
    pub(super) fn new(from_hz: u32, to_hz: u32) -> Result<Self, UnsupportedRatio> {
        Ok(Self {
            rate_hz: from_hz as usize,
            concealer: if from_hz == 8_000 { Concealer::new() } else { Concealer::wide() },
            resampler: Resampler::new(from_hz, to_hz)?,
            pcm: vec![0; from_hz as usize * MOST_PACKET_MS / 1000],
        })
    }

    /// Takes in what `decode` writes, and returns how many samples that made at the start of `out`.
    pub(super) fn hear(&mut self, decode: impl FnOnce(&mut [i16]) -> usize, fresh: bool, out: &mut [i16]) -> usize {
        let count = decode(&mut self.pcm).min(self.pcm.len());
        self.concealer.hear(&mut self.pcm[..count]);
        if fresh {
            self.resampler.reset();
        }
        self.resampler.process(&self.pcm[..count], out)
    }

    /// Makes up `units` of 1/48000 s at the start of `out` and returns how many samples that made.
    pub(super) fn conceal(&mut self, units: u32, out: &mut [i16]) -> usize {
        let count = (units as usize * self.rate_hz / 48_000).min(self.pcm.len());
        self.concealer.conceal(&mut self.pcm[..count]);
        self.resampler.process(&self.pcm[..count], out)
    }
}

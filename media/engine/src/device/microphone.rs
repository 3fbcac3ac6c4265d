//! The sound thread's end of a microphone: what the callback put into the ring, at the path's rate, in frames.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cordboard_media::resample::UnsupportedRatio;
use cordboard_media::varispeed::Varispeed;
use rtrb::Consumer;

use super::ends::{FRAME_SAMPLES, PATH_HZ};
use super::fifo::Fifo;
use super::watch::StreamWatch;

/// Sound that nobody took for this long is thrown away.
const GATHERED: usize = PATH_HZ as usize / 2;

/// Frames from a microphone.
pub(super) struct Microphone {
    ring: Consumer<i16>,
    watch: Arc<StreamWatch>,
    varispeed: Varispeed,
    rate_hz: u32,
    raw: Vec<i16>,
    converted: Vec<i16>,
    gathered: Fifo,
}

impl Microphone {
    pub(super) fn new(
        ring: Consumer<i16>,
        watch: Arc<StreamWatch>,
        rate_hz: u32,
    ) -> Result<Microphone, UnsupportedRatio> {
        let varispeed = Varispeed::new(rate_hz, PATH_HZ)?;
        let raw = vec![0; rate_hz as usize / 50];
        let converted = vec![0; varispeed.max_output(raw.len())];
        Ok(Microphone { ring, watch, varispeed, rate_hz, raw, converted, gathered: Fifo::new(GATHERED) })
    }

    /// Takes over what has come; returns how many whole frames there are.
    pub(super) fn gather(&mut self) -> usize {
        loop {
            let (taken, _) = self.ring.pop_partial_slice(&mut self.raw);
            let taken = taken.len();
            if taken == 0 {
                return self.gathered.len() / FRAME_SAMPLES;
            }
            let made = self.varispeed.process(&self.raw[..taken], &mut self.converted);
            self.gathered.push(&self.converted[..made]);
        }
    }

    /// Fills a frame, silence where there is none.
    pub(super) fn take(&mut self, frame: &mut [i16]) {
        let taken = self.gathered.pop(frame);
        frame[taken..].fill(0);
    }

    /// Throws away the oldest frames.
    pub(super) fn skip(&mut self, frames: usize) {
        self.gathered.skip(frames * FRAME_SAMPLES);
    }

    /// Returns when the next frame may be whole, if the callback comes when it should.
    pub(super) fn next_frame(&self) -> Option<Instant> {
        let missing = FRAME_SAMPLES.saturating_sub(self.gathered.len());
        Some(self.watch.last_called()? + Duration::from_secs_f64(missing as f64 / f64::from(PATH_HZ)))
    }

    /// Returns how old the newest sample is that was taken, milliseconds.
    pub(super) fn delay_ms(&self, now: Instant) -> f32 {
        let Some(called) = self.watch.last_called() else { return 0.0 };
        let waited = now.saturating_duration_since(called) + self.watch.device_delay();
        let behind = self.gathered.len() as f32 * 1_000.0 / PATH_HZ as f32;
        let filter = self.varispeed.delay_samples() as f32 * 1_000.0 / self.rate_hz as f32;
        waited.as_secs_f32() * 1_000.0 + behind + filter
    }

    /// Returns how much sound the device gives at a time.
    pub(super) fn block_ms(&self) -> f64 {
        f64::from(self.watch.block_frames()) * 1_000.0 / f64::from(self.rate_hz)
    }

    pub(super) fn watch(&self) -> &StreamWatch {
        &self.watch
    }
}

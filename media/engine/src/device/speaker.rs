//! The sound thread's end of a loudspeaker: frames into the ring, at the loudspeaker's rate and by its clock.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Instant;

use cordboard_media::drift::DriftControl;
use cordboard_media::resample::UnsupportedRatio;
use cordboard_media::varispeed::Varispeed;
use rtrb::Producer;

use super::ends::{FRAME_MS, FRAME_SAMPLES, PATH_HZ};
use super::stream::set_reserve;
use super::watch::StreamWatch;

/// Sound kept beyond the next frame: how late that may be without being missed.
const LEAST_SPARE_MS: f64 = 5.0;
/// A stream that begins is given more, and a machine that stumbles, up to this.
const FIRST_SPARE_MS: f64 = 10.0;
const MOST_SPARE_MS: f64 = 60.0;
/// Given after each stumble, and the part of it taken back every second without one: a machine stumbles most when a call
/// begins.
const SPARED_MS: f64 = 6.0;
const TAKEN_BACK: f64 = 0.1;
/// This much above the target is not steered away but cut out.
const CUT_ABOVE_MS: f64 = 20.0;
/// Frames between two cuts.
const BETWEEN_CUTS: u32 = 6;
/// Frames that come at once are counted up to this.
const MOST_AT_ONCE_MS: f64 = 40.0;

/// Frames to a loudspeaker.
pub(super) struct Speaker {
    ring: Producer<i16>,
    watch: Arc<StreamWatch>,
    reserve: Arc<AtomicUsize>,
    rate_hz: u32,
    varispeed: Varispeed,
    control: DriftControl,
    room: Vec<i16>,
    /// How much sound comes at once.
    at_once_ms: f64,
    spare_ms: f64,
    missed: u64,
    /// The frame cut out last, which the next one fades out of.
    cut: Option<[i16; FRAME_SAMPLES]>,
    since_cut: u32,
    drift_ppm: f64,
    delay_ms: f32,
}

impl Speaker {
    pub(super) fn new(
        ring: Producer<i16>,
        watch: Arc<StreamWatch>,
        reserve: Arc<AtomicUsize>,
        rate_hz: u32,
    ) -> Result<Speaker, UnsupportedRatio> {
        let varispeed = Varispeed::new(PATH_HZ, rate_hz)?;
        let room = vec![0; varispeed.max_output(FRAME_SAMPLES)];
        let control = DriftControl::new(FRAME_MS + FIRST_SPARE_MS);
        let mut speaker = Speaker {
            ring,
            watch,
            reserve,
            rate_hz,
            varispeed,
            control,
            room,
            at_once_ms: FRAME_MS,
            spare_ms: FIRST_SPARE_MS,
            missed: 0,
            cut: None,
            since_cut: 0,
            drift_ppm: 0.0,
            delay_ms: 0.0,
        };
        speaker.aim();
        Ok(speaker)
    }

    /// Notes that frames come in bursts, `block_ms` of sound at a time.
    pub(super) fn fed_by(&mut self, block_ms: f64) {
        self.at_once_ms = block_ms.clamp(FRAME_MS, MOST_AT_ONCE_MS);
    }

    /// Plays a frame of the path.
    pub(super) fn play(&mut self, frame: &[i16], now: Instant) {
        let Ok(mut frame) = <[i16; FRAME_SAMPLES]>::try_from(frame) else { return };
        // Before the device takes anything, what is played would only wait.
        if self.watch.last_called().is_none() {
            return;
        }
        self.note_delay(now);
        self.since_cut += 1;
        let excess_ms = self.control.level_ms().unwrap_or(0.0) - self.control.target_ms();
        if excess_ms > CUT_ABOVE_MS && self.since_cut > BETWEEN_CUTS && self.cut.is_none() {
            self.cut = Some(frame);
            self.control.jumped();
            return;
        }
        if let Some(cut) = self.cut.take() {
            fade(&cut, &mut frame);
            self.since_cut = 0;
        }
        let made = self.varispeed.process(&frame, &mut self.room);
        let room = made.min(self.ring.slots());
        // A full ring means a device that takes nothing; what it misses is old by the time it does.
        let _ = self.ring.push_entire_slice(&self.room[..room]);
        self.steer(now);
    }

    fn steer(&mut self, now: Instant) {
        let missed = self.watch.missed_frames();
        if missed > self.missed {
            self.missed = missed;
            self.spare_ms = (self.spare_ms + SPARED_MS).min(MOST_SPARE_MS);
            self.control.jumped();
        } else {
            self.spare_ms -= (self.spare_ms - LEAST_SPARE_MS) * TAKEN_BACK * FRAME_MS / 1_000.0;
        }
        self.aim();
        self.drift_ppm = self.control.observe(self.to_play_ms(now), FRAME_MS / 1_000.0);
        self.varispeed.set_speed_ppm(self.drift_ppm);
    }

    fn aim(&mut self) {
        // What the spare is for is the moment before a burst; the level is looked at after each frame of one.
        self.control.aim_at((self.at_once_ms + FRAME_MS) / 2.0 + self.spare_ms);
        let full_ms = self.at_once_ms + self.spare_ms;
        set_reserve(&self.reserve, (full_ms * f64::from(self.rate_hz) / 1_000.0) as usize);
    }

    /// What there is to play: the device takes in blocks what it plays all the time.
    fn to_play_ms(&self, now: Instant) -> f64 {
        let since_ms = self.watch.last_called().map_or(0.0, |called| {
            let block_ms = f64::from(self.watch.block_frames()) * 1_000.0 / f64::from(self.rate_hz);
            (now.saturating_duration_since(called).as_secs_f64() * 1_000.0).min(block_ms)
        });
        self.level_ms() - since_ms
    }

    /// What waits in the ring, milliseconds.
    fn level_ms(&self) -> f64 {
        (self.ring.buffer().capacity() - self.ring.slots()) as f64 * 1_000.0 / f64::from(self.rate_hz)
    }

    fn note_delay(&mut self, now: Instant) {
        let Some(called) = self.watch.last_called() else { return };
        // What is put in now is played after what waits, from the callback's next call on.
        let block_ms = self.watch.block_frames() as f32 * 1_000.0 / self.rate_hz as f32;
        let since_ms = now.saturating_duration_since(called).as_secs_f32() * 1_000.0;
        let filter_ms = self.varispeed.delay_samples() as f32 * 1_000.0 / PATH_HZ as f32;
        let device_ms = self.watch.device_delay().as_secs_f32() * 1_000.0;
        let delay_ms = (block_ms - since_ms).max(0.0) + self.level_ms() as f32 + filter_ms + device_ms;
        self.delay_ms += (delay_ms - self.delay_ms) * if self.delay_ms > 0.0 { 0.05 } else { 1.0 };
    }

    /// Returns how long a frame takes from here to the loudspeaker, milliseconds.
    pub(super) fn delay_ms(&self) -> f32 {
        self.delay_ms
    }

    /// Returns how much faster the loudspeaker takes than the path gives, parts in a million.
    pub(super) fn drift_ppm(&self) -> f32 {
        -self.drift_ppm as f32
    }

    pub(super) fn watch(&self) -> &StreamWatch {
        &self.watch
    }

    pub(super) fn rate_hz(&self) -> u32 {
        self.rate_hz
    }
}

/// Begins `frame` with what would have been played, so that nothing breaks where a frame was cut out.
fn fade(cut: &[i16; FRAME_SAMPLES], frame: &mut [i16; FRAME_SAMPLES]) {
    for (n, (sample, old)) in frame.iter_mut().zip(cut).enumerate() {
        let share = n as f32 / FRAME_SAMPLES as f32;
        *sample = (f32::from(*old) * (1.0 - share) + f32::from(*sample) * share) as i16;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::time::Duration;

    use rtrb::RingBuffer;

    use super::*;

    /// A loudspeaker whose device takes `taken` samples for each frame put in.
    fn after(frames: usize, mut taken: impl FnMut(usize) -> usize) -> (Speaker, Vec<i16>) {
        let (ring, mut device) = RingBuffer::new(24_000);
        let watch = Arc::new(StreamWatch::new());
        let mut speaker = Speaker::new(ring, Arc::clone(&watch), Arc::new(AtomicUsize::new(0)), 48_000).unwrap();
        let mut tone = cordboard_media::tone::Tone::sine(400.0, -12.0, PATH_HZ);
        let mut played = Vec::new();
        for n in 0..frames {
            let mut frame = [0; FRAME_SAMPLES];
            tone.fill(&mut frame);
            speaker.play(&frame, Instant::now());
            let mut block = vec![0; taken(n).min(device.slots())];
            device.pop_entire_slice(&mut block).unwrap();
            watch.called(Instant::now(), 480, Duration::ZERO);
            played.extend(block);
        }
        (speaker, played)
    }

    #[test]
    fn a_device_that_stood_still_gets_rid_of_what_gathered_without_a_click() {
        let (speaker, played) = after(600, |n| if (100..120).contains(&n) { 0 } else { 480 });
        assert!(speaker.level_ms() < 70.0, "{}", speaker.level_ms());
        let steepest = played.windows(2).map(|pair| i32::from(pair[1]) - i32::from(pair[0])).max().unwrap();
        // A 400 Hz tone at −12 dBFS rises by 610 from sample to sample at 48 kHz.
        assert!(steepest < 1_000, "{steepest}");
    }

    #[test]
    fn a_device_that_takes_nothing_does_no_harm() {
        let (speaker, _) = after(200, |_| 0);
        assert!((speaker.level_ms() - 500.0).abs() < 15.0, "{}", speaker.level_ms());
    }
}

//! Microphone and loudspeaker as the two ends of a sound path, at the pace of the microphone's clock.
//!
//! ```text
//! ring ─► Microphone ─► 5 ms ─► said ─► 20 ms ─► Cleaner
//!                                                   ▲ what is really played
//! ring ◄─ Speaker (by its own clock) ◄─ tones ◄─ heard
//! ```
//!
//! Each 5 ms the microphone delivers are one beat: one frame said and one played, so that the echo canceller sees
//! both in step. The loudspeaker's clock differs a little, which its resampler makes up for. Where no microphone
//! delivers, the wall clock beats in its place; sound that comes late all the same is thrown away.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use cordboard_media::level::{SILENCE_DBFS, rms_dbfs};
use cordboard_media::mixer::add_saturating;
use cordboard_media::tone::{Cadence, Tone};

use super::Ring;
use super::keeper::Order;
use super::microphone::Microphone;
use super::speaker::Speaker;
use crate::cleaning::{Cleaner, Cleaning};
use crate::ends::{Beat, DevicesReport, EndsReport, SoundEnds};

/// As much as any leg of a call carries, and as much as a voice needs.
pub(super) const PATH_HZ: u32 = 16_000;
/// 5 ms.
pub(super) const FRAME_SAMPLES: usize = PATH_HZ as usize / 200;
pub(super) const FRAME_MS: f64 = 5.0;
pub(super) const FRAME: Duration = Duration::from_millis(5);
/// The path sends four frames at a time.
const FRAMES_A_PACKET: u32 = 4;
/// How late a microphone may be before the call goes on without it.
const PATIENCE: Duration = Duration::from_millis(40);
/// More sound than this was not waiting for the path but the path for the machine: only the newest is kept.
const MOST_FRAMES: usize = 24;
const KEPT_FRAMES: usize = 4;
/// Beats of the wall clock that a late microphone may owe, 1 s.
const MOST_OWED: u32 = 200;
/// How fast the beats' times follow the microphone's, a part of each difference.
const FOLLOWED: f64 = 0.01;
const SHORTEST_WAIT: Duration = Duration::from_micros(500);

/// What the keeper sends the sound thread.
pub(super) enum Attachment {
    Microphone(Option<Box<Microphone>>),
    Speaker(Option<Box<Speaker>>),
    Cleaning(Cleaning),
}

/// The ends that devices are; made by [`Devices::start`](super::Devices::start).
pub struct DeviceEnds {
    orders: Sender<Order>,
    attachments: Receiver<(u64, Attachment)>,
    /// Counts openings; what was opened for an earlier one is not wanted any more.
    session: u64,
    microphone: Option<Box<Microphone>>,
    speaker: Option<Box<Speaker>>,
    cleaner: Cleaner,
    ring: Arc<AtomicU8>,
    knock: Tone,
    /// When the last beat was due, smoothly.
    last: Instant,
    /// The microphone delivers nothing; the wall clock beats.
    quiet: bool,
    owed: u32,
    /// Beats of this call that the microphone was too late for.
    late: u64,
    capture_ms: f32,
    /// Since the last report, before cleaning: a room is never as silent as a dead microphone.
    loudest_dbfs: f32,
    /// Frames since the ends were opened.
    frames: u32,
    /// The least of each second of late, of frames that complete a packet: what is later than that, the jitter buffer at the other end makes up for.
    capture_least_ms: [f32; 4],
}

impl DeviceEnds {
    pub(super) fn new(
        orders: Sender<Order>,
        ring: Arc<AtomicU8>,
        cleaning: Cleaning,
    ) -> (DeviceEnds, Sender<(u64, Attachment)>) {
        let (attached, attachments) = channel();
        let ends = DeviceEnds {
            orders,
            attachments,
            session: 0,
            microphone: None,
            speaker: None,
            cleaner: Cleaner::new(cleaning),
            ring,
            knock: Tone::new(425.0, -30.0, Cadence::OnOff { on_ms: 200, off_ms: 3_800 }, PATH_HZ),
            last: Instant::now(),
            quiet: false,
            owed: 0,
            late: 0,
            capture_ms: 0.0,
            loudest_dbfs: SILENCE_DBFS,
            frames: 0,
            capture_least_ms: [f32::MAX; 4],
        };
        (ends, attached)
    }

    fn attach(&mut self) {
        while let Ok((session, attachment)) = self.attachments.try_recv() {
            match attachment {
                Attachment::Cleaning(cleaning) => self.cleaner.set(cleaning),
                _ if session != self.session => {}
                Attachment::Microphone(microphone) => {
                    self.microphone = microphone;
                    self.owed = 0;
                }
                Attachment::Speaker(speaker) => self.speaker = speaker,
            }
        }
    }

    /// A beat of the microphone's, which comes in bursts; its time is smoothed.
    fn beat_now(&mut self, now: Instant) -> Beat {
        let foretold = self.last + FRAME;
        let (early, late) = (foretold.saturating_duration_since(now), now.saturating_duration_since(foretold));
        self.last = if early.max(late) > PATIENCE * 2 {
            now
        } else {
            foretold + late.mul_f64(FOLLOWED) - early.mul_f64(FOLLOWED)
        };
        self.quiet = false;
        Beat::Due(self.last)
    }

    fn microphone_s_frames(&mut self) -> usize {
        let Some(microphone) = &mut self.microphone else { return 0 };
        let mut frames = microphone.gather();
        if frames > MOST_FRAMES {
            microphone.skip(frames - KEPT_FRAMES);
            frames = KEPT_FRAMES;
            self.owed = 0;
        }
        // What the wall clock beat for has been made up for by silence.
        while self.owed > 0 && frames > 1 {
            microphone.skip(1);
            self.owed -= 1;
            frames -= 1;
        }
        frames
    }
}

impl SoundEnds for DeviceEnds {
    fn said_hz(&self) -> u32 {
        PATH_HZ
    }

    fn heard_hz(&self) -> u32 {
        PATH_HZ
    }

    fn frame(&self) -> Duration {
        FRAME
    }

    fn open(&mut self) {
        self.session += 1;
        self.cleaner.forget();
        self.last = Instant::now();
        self.quiet = true;
        (self.owed, self.late) = (0, 0);
        self.capture_ms = 0.0;
        self.capture_least_ms = [f32::MAX; 4];
        self.frames = 0;
        let _ = self.orders.send(Order::Open { session: self.session });
    }

    fn beat(&mut self, now: Instant) -> Beat {
        self.attach();
        if self.microphone_s_frames() > 0 {
            return self.beat_now(now);
        }
        let due = self.last + FRAME;
        let deadline = if self.quiet { due } else { due + PATIENCE };
        if now >= deadline {
            if self.microphone.is_some() {
                self.owed = (self.owed + 1).min(MOST_OWED);
                self.late += 1;
            }
            self.quiet = true;
            // A machine that slept makes up for nothing.
            self.last = if now.saturating_duration_since(due) > PATIENCE * 4 { now } else { due };
            return Beat::Due(self.last);
        }
        let expected = self.microphone.as_ref().and_then(|microphone| microphone.next_frame()).unwrap_or(deadline);
        Beat::NotBefore(expected.max(now + SHORTEST_WAIT).min(deadline))
    }

    fn exchange(&mut self, heard: &mut [i16], said: &mut [i16]) {
        let now = Instant::now();
        self.frames = self.frames.wrapping_add(1);
        if self.ring.load(Ordering::Relaxed) == Ring::Knocking as u8 {
            let mut knock = [0; FRAME_SAMPLES];
            self.knock.fill(&mut knock);
            add_saturating(heard, &knock);
        } else {
            self.knock.restart();
        }
        match &mut self.microphone {
            Some(microphone) => {
                microphone.take(said);
                self.loudest_dbfs = self.loudest_dbfs.max(rms_dbfs(said));
                let delay_ms = microphone.delay_ms(now);
                self.capture_ms += (delay_ms - self.capture_ms) * if self.capture_ms > 0.0 { 0.05 } else { 1.0 };
                if self.frames.is_multiple_of(FRAMES_A_PACKET) {
                    self.capture_least_ms[0] = self.capture_least_ms[0].min(delay_ms);
                }
            }
            None => said.fill(0),
        }
        if let Some(speaker) = &mut self.speaker {
            speaker.fed_by(self.microphone.as_ref().map_or(0.0, |microphone| microphone.block_ms()));
            speaker.play(heard, now);
            self.cleaner.hear(heard);
        } else {
            // Nothing sounds, so nothing comes back.
            self.cleaner.hear(&[0; FRAME_SAMPLES]);
        }
    }

    fn clean(&mut self, said: &mut [i16]) {
        self.cleaner.clean(said);
    }

    fn measure(&mut self) -> EndsReport {
        let least_ms = self.capture_least_ms.into_iter().fold(self.capture_ms, f32::min);
        self.capture_least_ms.rotate_right(1);
        self.capture_least_ms[0] = f32::MAX;
        let mut devices = DevicesReport { capture_ms: least_ms + self.cleaner.delay_ms(), ..DevicesReport::default() };
        let ms = |duration: Duration| duration.as_secs_f32() * 1_000.0;
        if let Some(microphone) = &self.microphone {
            devices.capture_gap_ms = ms(microphone.watch().take_longest_gap());
        }
        if let Some(speaker) = &self.speaker {
            devices.playback_ms = speaker.delay_ms();
            devices.playback_gap_ms = ms(speaker.watch().take_longest_gap());
            devices.playback_missed_ms = speaker.watch().missed_frames() as f32 * 1_000.0 / speaker.rate_hz() as f32;
            devices.drift_ppm = speaker.drift_ppm();
        }
        let captured_dbfs = std::mem::replace(&mut self.loudest_dbfs, SILENCE_DBFS);
        EndsReport { late_frames: self.late, captured_dbfs: Some(captured_dbfs), devices: Some(devices) }
    }

    fn close(&mut self) {
        let _ = self.orders.send(Order::Close);
        self.microphone = None;
        self.speaker = None;
    }
}

//! The two ends of a sound path together, mouth and ear, and the clock they run on: the seam between the path and
//! files or devices.
//!
//! Files run on the wall clock ([`Paced`]). Devices bring their own clock, and must be handled together, because what
//! the loudspeaker plays is what has to be taken out of what the microphone hears.

use std::time::{Duration, Instant};

use crate::sound::{SoundError, SoundSink, SoundSource};

/// A mouth and an ear with a clock. Every method is called from the sound thread alone.
pub trait SoundEnds: Send {
    /// Returns the rate of what is said: 8,000, 16,000 or 48,000 Hz. It does not change.
    fn said_hz(&self) -> u32;

    /// Returns the rate of what is heard, likewise.
    fn heard_hz(&self) -> u32;

    /// Returns how long a frame is: 5, 10 or 20 ms. It does not change.
    fn frame(&self) -> Duration;

    /// A call rings or is dialled: gets ready. What cannot be used is silent, and comes back when it can.
    fn open(&mut self);

    /// Says whether a frame is due by the ends' clock, or until when there is nothing to do.
    fn beat(&mut self, now: Instant) -> Beat;

    /// A call's other side begins to hear this mouth. A file starts from its beginning.
    fn begin(&mut self) {}

    /// Plays a frame to the ear and fills one with what the mouth says. Mono.
    fn exchange(&mut self, heard: &mut [i16], said: &mut [i16]);

    /// Cleans the last 20 ms that the mouth said, whole, before they are sent.
    fn clean(&mut self, _said: &mut [i16]) {}

    /// Returns what was measured since the last time.
    fn measure(&mut self) -> EndsReport;

    /// The call is over.
    fn close(&mut self);
}

/// What the ends' clock says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beat {
    /// A frame is due, and was to be at this time.
    Due(Instant),
    /// Ask again then.
    NotBefore(Instant),
}

/// What the ends measured of late.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct EndsReport {
    /// Frames that came too late since the ends were opened: a machine with too much to do.
    pub late_frames: u64,
    /// The loudest frame the microphone gave since the last report, before anything was taken out of it, dBFS; none
    /// for files.
    pub captured_dbfs: Option<f32>,
    /// How the devices do; none for files.
    pub devices: Option<DevicesReport>,
}

/// What a microphone and a loudspeaker did of late, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct DevicesReport {
    /// From a sound at the microphone to its frame's being taken by the path, when nothing is late.
    pub capture_ms: f32,
    /// From a frame's being played by the path to its sound at the loudspeaker.
    pub playback_ms: f32,
    /// The longest time between two calls of the microphone's callback.
    pub capture_gap_ms: f32,
    /// The longest time between two calls of the loudspeaker's callback.
    pub playback_gap_ms: f32,
    /// Sound the loudspeaker wanted and did not get.
    pub playback_missed_ms: f32,
    /// How much faster the loudspeaker's clock runs than the microphone's, parts in a million.
    pub drift_ppm: f32,
}

/// Files: a source and a sink at the pace of the wall clock, 20 ms a frame.
pub(crate) struct Paced {
    source: Box<dyn SoundSource>,
    sink: Box<dyn SoundSink>,
    usable: Usable,
    epoch: Instant,
    tick: u64,
    late_frames: u64,
}

/// Which ends could be opened.
#[derive(Debug, Clone, Copy, Default)]
struct Usable {
    source: bool,
    sink: bool,
}

/// A frame of files.
const FRAME: Duration = Duration::from_millis(20);
/// Further behind than this, the machine was asleep: the missed frames are left out instead of made up for.
const MOST_BEHIND: Duration = Duration::from_millis(500);

impl Paced {
    pub(crate) fn new(source: Box<dyn SoundSource>, sink: Box<dyn SoundSink>) -> Paced {
        Paced { source, sink, usable: Usable::default(), epoch: Instant::now(), tick: 0, late_frames: 0 }
    }

    fn next_after(&self, now: Instant) -> u64 {
        let passed = now.saturating_duration_since(self.epoch).as_millis() / FRAME.as_millis();
        u64::try_from(passed).unwrap_or(u64::MAX).saturating_add(1)
    }
}

impl SoundEnds for Paced {
    fn said_hz(&self) -> u32 {
        self.source.rate_hz()
    }

    fn heard_hz(&self) -> u32 {
        self.sink.rate_hz()
    }

    fn frame(&self) -> Duration {
        FRAME
    }

    fn open(&mut self) {
        self.late_frames = 0;
        self.usable.source = usable(self.source.open(), "the agent cannot be heard");
        self.usable.sink = usable(self.sink.open(), "the agent cannot hear");
        self.tick = self.next_after(Instant::now());
    }

    fn beat(&mut self, now: Instant) -> Beat {
        let due = self.epoch + FRAME.saturating_mul(u32::try_from(self.tick).unwrap_or(u32::MAX));
        let Some(behind) = now.checked_duration_since(due) else { return Beat::NotBefore(due) };
        if behind > FRAME {
            self.late_frames += 1;
        }
        self.tick = if behind > MOST_BEHIND { self.next_after(now) } else { self.tick + 1 };
        Beat::Due(due)
    }

    fn begin(&mut self) {
        self.source.begin();
    }

    fn exchange(&mut self, heard: &mut [i16], said: &mut [i16]) {
        if self.usable.sink {
            self.sink.take(heard);
        }
        if self.usable.source {
            self.source.pull(said);
        } else {
            said.fill(0);
        }
    }

    fn measure(&mut self) -> EndsReport {
        EndsReport { late_frames: self.late_frames, captured_dbfs: None, devices: None }
    }

    fn close(&mut self) {
        self.source.close();
        self.sink.close();
        self.usable = Usable::default();
    }
}

fn usable(opened: Result<(), SoundError>, consequence: &str) -> bool {
    opened.inspect_err(|error| tracing::error!(%error, consequence, "the sound could not be opened")).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::{Deaf, Silence};

    #[test]
    fn files_keep_the_wall_clock_s_pace_and_leave_out_what_a_sleep_missed() {
        let mut ends = Paced::new(Box::new(Silence), Box::new(Deaf));
        ends.open();
        let Beat::NotBefore(first) = ends.beat(Instant::now()) else { unreachable!("nothing is due at once") };
        assert_eq!(ends.beat(first), Beat::Due(first));
        assert_eq!(ends.beat(first), Beat::NotBefore(first + FRAME));
        let slept = first + Duration::from_secs(2);
        assert_eq!(ends.beat(slept), Beat::Due(first + FRAME));
        assert!(matches!(ends.beat(slept), Beat::NotBefore(next) if next > slept));
        assert_eq!(ends.measure().late_frames, 1);
    }
}

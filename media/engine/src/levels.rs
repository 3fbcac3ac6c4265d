//! How loud mouth and ear are at the moment, for meters: written by the sound thread every 20 ms, read by anybody.

use std::sync::atomic::{AtomicU32, Ordering};

use cordboard_media::level::{LevelMeter, SILENCE_DBFS};

/// How fast a meter falls, so that the eye can follow.
const FALL_DB_PER_SECOND: f32 = 40.0;

/// Two levels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LevelsNow {
    /// What the microphone hears, cleaned and not yet muted, −127 to 0 dBFS.
    pub microphone_dbfs: f32,
    /// What the loudspeaker is given, likewise.
    pub speaker_dbfs: f32,
}

impl LevelsNow {
    /// Nothing is open.
    pub const SILENCE: LevelsNow = LevelsNow { microphone_dbfs: SILENCE_DBFS, speaker_dbfs: SILENCE_DBFS };
}

/// The levels, shared.
#[derive(Debug)]
pub struct Levels {
    microphone: AtomicU32,
    speaker: AtomicU32,
}

impl Default for Levels {
    fn default() -> Self {
        Levels { microphone: AtomicU32::new(SILENCE_DBFS.to_bits()), speaker: AtomicU32::new(SILENCE_DBFS.to_bits()) }
    }
}

impl Levels {
    /// Returns the newest levels.
    pub fn now(&self) -> LevelsNow {
        LevelsNow {
            microphone_dbfs: f32::from_bits(self.microphone.load(Ordering::Relaxed)),
            speaker_dbfs: f32::from_bits(self.speaker.load(Ordering::Relaxed)),
        }
    }

    fn set(&self, now: LevelsNow) {
        self.microphone.store(now.microphone_dbfs.to_bits(), Ordering::Relaxed);
        self.speaker.store(now.speaker_dbfs.to_bits(), Ordering::Relaxed);
    }
}

/// The sound thread's two meters.
#[derive(Debug)]
pub(crate) struct Meters {
    microphone: LevelMeter,
    speaker: LevelMeter,
    interval_ms: u32,
}

impl Meters {
    /// Meters that are fed every `interval_ms`.
    pub(crate) fn new(interval_ms: u32) -> Meters {
        let meter = || LevelMeter::new(FALL_DB_PER_SECOND, interval_ms);
        Meters { microphone: meter(), speaker: meter(), interval_ms }
    }

    /// Takes what was said and heard in the interval.
    pub(crate) fn feed(&mut self, said: &[i16], heard: &[i16], levels: &Levels) {
        levels.set(LevelsNow { microphone_dbfs: self.microphone.feed(said), speaker_dbfs: self.speaker.feed(heard) });
    }

    /// Nothing is open any more.
    pub(crate) fn rest(&mut self, levels: &Levels) {
        *self = Meters::new(self.interval_ms);
        levels.set(LevelsNow::SILENCE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_rise_with_the_sound_and_rest_at_silence() {
        let (levels, mut meters) = (Levels::default(), Meters::new(20));
        assert_eq!(levels.now(), LevelsNow::SILENCE);
        meters.feed(&[3_277; 320], &[0; 320], &levels);
        assert!((levels.now().microphone_dbfs + 20.0).abs() < 0.1, "{:?}", levels.now());
        assert!((levels.now().speaker_dbfs - SILENCE_DBFS).abs() < 0.1, "{:?}", levels.now());
        meters.rest(&levels);
        assert_eq!(levels.now(), LevelsNow::SILENCE);
    }
}

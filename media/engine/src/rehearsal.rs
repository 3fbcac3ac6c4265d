//! Devices outside any call: open for a meter, a test tone, a test ring, and to hear what the microphone hears while
//! something is played. They are open as long as the rehearsal lives, and nothing of it leaves the machine.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use cordboard_media::tone::{Cadence, Tone};
use tokio::sync::watch;

use crate::cleaning::Cleaning;
use crate::device::{DeviceChoices, DeviceEnds, DeviceError, DeviceSettings, Devices, DevicesNow, Ring};
use crate::ends::{Beat, EndsReport, SoundEnds};
use crate::levels::{Levels, LevelsNow, Meters};
use crate::priority::come_first;

/// 20 ms, which are cleaned and shown at a time.
const PACKET_MS: u32 = 20;
const PACKET: usize = Rehearsal::RATE_HZ as usize / 50;
/// A tone that is pleasant and that every loudspeaker has.
const TEST_TONE_HZ: f32 = 440.0;
const TEST_TONE_DBFS: f32 = -20.0;
const TEST_TONE: Duration = Duration::from_millis(800);

/// What the microphone heard while something was played, sample by sample at [`Rehearsal::RATE_HZ`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Take {
    /// What the loudspeaker was given.
    pub played: Vec<i16>,
    /// What the microphone gave in the same beats.
    pub heard: Vec<i16>,
    /// How the devices did meanwhile.
    pub report: EndsReport,
}

/// Open devices; dropping it closes them.
#[derive(Debug)]
pub struct Rehearsal {
    devices: Devices,
    acts: Option<Sender<Act>>,
    levels: Arc<Levels>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
enum Act {
    Play(Vec<i16>),
    Listen { play: Vec<i16>, taken: SyncSender<Take> },
}

impl Rehearsal {
    /// Rate of what is played and heard.
    pub const RATE_HZ: u32 = 16_000;

    /// Opens microphone and loudspeaker.
    ///
    /// # Errors
    /// When the machine has no sound system, or the system gives no thread. A device that cannot be opened is no
    /// error: [`Rehearsal::now`] tells of it, and it is used as soon as it is there.
    pub fn start(settings: DeviceSettings) -> Result<Rehearsal, DeviceError> {
        let (devices, ends) = Devices::start(settings)?;
        // Unbounded, and only a person's clicks are written to it.
        let (acts, asked) = channel();
        let levels = Arc::new(Levels::default());
        let stage = Stage::new(ends, asked, Arc::clone(&levels));
        let thread = std::thread::Builder::new()
            .name("rehearsal".to_owned())
            .spawn(move || {
                come_first();
                stage.run();
            })
            .map_err(|error| DeviceError::NoThread(error.to_string()))?;
        Ok(Rehearsal { devices, acts: Some(acts), levels, thread: Some(thread) })
    }

    /// Uses other devices from now on.
    pub fn choose(&self, choices: DeviceChoices) {
        self.devices.choose(choices);
    }

    /// Cleans the microphone's sound like this from now on.
    pub fn clean(&self, cleaning: Cleaning) {
        self.devices.clean(cleaning);
    }

    /// Returns a watch on the devices there are and those in use.
    pub fn now(&self) -> watch::Receiver<DevicesNow> {
        self.devices.now()
    }

    /// Returns the newest levels.
    pub fn levels(&self) -> LevelsNow {
        self.levels.now()
    }

    /// Rings on the ringer, or stops.
    pub fn ring(&self, on: bool) {
        self.devices.ring(if on { Ring::Aloud } else { Ring::Off });
    }

    /// Plays a short tone on the loudspeaker; returns how long it lasts.
    pub fn play_test_tone(&self) -> Duration {
        let mut samples = vec![0; TEST_TONE.as_millis() as usize * Self::RATE_HZ as usize / 1_000];
        let on_ms = TEST_TONE.as_millis() as u32;
        Tone::new(TEST_TONE_HZ, TEST_TONE_DBFS, Cadence::OnOff { on_ms, off_ms: on_ms }, Self::RATE_HZ)
            .fill(&mut samples);
        self.tell(Act::Play(samples));
        TEST_TONE
    }

    /// Plays `play`, which may be silence, and listens as long; the receiver gets the take, or nothing where the
    /// rehearsal ends before.
    pub fn listen(&self, play: Vec<i16>) -> Receiver<Take> {
        let (taken, take) = sync_channel(1);
        self.tell(Act::Listen { play, taken });
        take
    }

    fn tell(&self, act: Act) {
        if let Some(acts) = &self.acts
            && acts.send(act).is_err()
        {
            tracing::error!("the rehearsal's thread has ended");
        }
    }
}

impl Drop for Rehearsal {
    fn drop(&mut self) {
        self.acts = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the rehearsal's thread ended in a panic");
        }
    }
}

/// The thread that keeps the devices' beat.
struct Stage {
    ends: DeviceEnds,
    asked: Receiver<Act>,
    levels: Arc<Levels>,
    meters: Meters,
    playing: Vec<i16>,
    at: usize,
    /// 20 ms, filled frame by frame.
    said: [i16; PACKET],
    heard: [i16; PACKET],
    filled: usize,
    listening: Option<(Take, SyncSender<Take>)>,
}

impl Stage {
    fn new(ends: DeviceEnds, asked: Receiver<Act>, levels: Arc<Levels>) -> Stage {
        Stage {
            ends,
            asked,
            levels,
            meters: Meters::new(PACKET_MS),
            playing: Vec::new(),
            at: 0,
            said: [0; PACKET],
            heard: [0; PACKET],
            filled: 0,
            listening: None,
        }
    }

    fn run(mut self) {
        self.ends.open();
        loop {
            let wait = match self.ends.beat(Instant::now()) {
                Beat::Due(_) => {
                    self.beat();
                    Duration::ZERO
                }
                Beat::NotBefore(then) => then.saturating_duration_since(Instant::now()),
            };
            match self.asked.recv_timeout(wait) {
                Ok(act) => self.take(act),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.ends.close();
        self.meters.rest(&self.levels);
    }

    fn take(&mut self, act: Act) {
        let (play, listening) = match act {
            Act::Play(play) => (play, None),
            Act::Listen { play, taken } => (play, Some((Take::default(), taken))),
        };
        (self.playing, self.at, self.listening) = (play, 0, listening);
    }

    fn beat(&mut self) {
        let frame = self.ends.heard_hz() as usize / 1_000 * self.ends.frame().as_millis() as usize;
        let (from, to) = (self.filled, (self.filled + frame).min(PACKET));
        let heard = &mut self.heard[from..to];
        let rest = self.playing.get(self.at..).unwrap_or_default();
        let taken = rest.len().min(heard.len());
        heard[..taken].copy_from_slice(&rest[..taken]);
        heard[taken..].fill(0);
        self.at += taken;
        self.ends.exchange(heard, &mut self.said[from..to]);
        self.filled = to;
        if self.filled == PACKET {
            self.filled = 0;
            self.packet();
        }
    }

    fn packet(&mut self) {
        self.ends.clean(&mut self.said);
        self.meters.feed(&self.said, &self.heard, &self.levels);
        if let Some((take, _)) = &mut self.listening {
            take.played.extend_from_slice(&self.heard);
            take.heard.extend_from_slice(&self.said);
        }
        if self.at >= self.playing.len()
            && let Some((mut take, taken)) = self.listening.take()
        {
            take.report = self.ends.measure();
            // Whoever asked may have gone away.
            let _ = taken.try_send(take);
        }
    }
}

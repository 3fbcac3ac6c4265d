//! The ringer: a warble on its own device, until it is told to stop.

use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use cordboard_media::mixer::add_saturating;
use cordboard_media::tone::{Cadence, Tone};

use super::ends::{FRAME, FRAME_SAMPLES, PATH_HZ};
use super::hold::{HeldRing, RingHold};
use super::speaker::Speaker;

/// Further behind than this, the machine slept.
const MOST_BEHIND: Duration = Duration::from_millis(200);
/// Two tones that beat against each other carry through a room.
const TONES_HZ: [f32; 2] = [440.0, 480.0];
const RING_DBFS: f32 = -16.0;
const CADENCE: Cadence = Cadence::OnOff { on_ms: 1_000, off_ms: 2_000 };

/// Rings until it is dropped.
pub(super) struct Ringer {
    /// Its end tells the thread to stop.
    _stop: SyncSender<()>,
}

impl Ringer {
    /// Rings on `speaker`, from the beginning of the cadence, as soon as it is not held back any more.
    pub(super) fn start(mut speaker: Box<Speaker>, hold: Option<RingHold>) -> std::io::Result<Ringer> {
        let (stop, stopped) = sync_channel(1);
        std::thread::Builder::new().name("ringer".to_owned()).spawn(move || {
            crate::priority::come_first();
            let mut tones = TONES_HZ.map(|hz| Tone::new(hz, RING_DBFS, CADENCE, PATH_HZ));
            let mut due = Instant::now();
            let mut held = HeldRing::new(hold);
            loop {
                let (mut frame, mut second) = ([0; FRAME_SAMPLES], [0; FRAME_SAMPLES]);
                if !held.holds_back() {
                    tones[0].fill(&mut frame);
                    tones[1].fill(&mut second);
                }
                add_saturating(&mut frame, &second);
                speaker.play(&frame, Instant::now());
                due += FRAME;
                let now = Instant::now();
                if now.saturating_duration_since(due) > MOST_BEHIND {
                    due = now;
                }
                match stopped.recv_timeout(due.saturating_duration_since(now)) {
                    Err(RecvTimeoutError::Timeout) => {}
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        })?;
        Ok(Ringer { _stop: stop })
    }
}

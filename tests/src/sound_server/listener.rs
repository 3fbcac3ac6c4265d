//! Listens at a loudspeaker's monitor, and knows when each sample was heard.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use cordboard_ear::{RATE_HZ, Sound};
use tokio::sync::watch;

use super::{Recorder, SoundServer};

/// Sound begins with a block of 10 ms that is louder than −45 dBFS.
const BLOCK: usize = RATE_HZ as usize / 100;
const LOUD: f64 = 184.0;

/// An ear; dropping it takes it away.
pub struct Listener {
    memory: Arc<Mutex<Memory>>,
    grown: watch::Receiver<usize>,
    _recorder: Recorder,
}

#[derive(Default)]
struct Memory {
    samples: Vec<i16>,
    /// When how many samples had arrived.
    marks: Vec<(Instant, usize)>,
}

impl Memory {
    /// When a sample was heard, as its chunk tells: never too early, and late by what the server gathers.
    fn heard_at(&self, sample: usize) -> Option<Instant> {
        let later = self.marks.partition_point(|(_, samples)| *samples <= sample);
        let (at, samples) = self.marks.get(later)?;
        at.checked_sub(Duration::from_secs_f64((samples - sample) as f64 / f64::from(RATE_HZ)))
    }
}

impl Listener {
    pub(super) async fn at(server: &SoundServer, source: &str) -> Result<Listener> {
        let memory = Arc::new(Mutex::new(Memory::default()));
        let (grows, grown) = watch::channel(0);
        let remembers = Arc::clone(&memory);
        let recorder = Recorder::start(server, source, RATE_HZ, move |now, heard| {
            let mut memory = remembers.lock().unwrap_or_else(PoisonError::into_inner);
            memory.samples.extend_from_slice(heard);
            let samples = memory.samples.len();
            memory.marks.push((now, samples));
            grows.send_replace(samples);
        })?;
        let listener = Listener { memory, grown, _recorder: recorder };
        listener.reaches(BLOCK, Duration::from_secs(10)).await?;
        Ok(listener)
    }

    /// Where in time this ear is: a place for [`Listener::since`].
    pub fn place(&self) -> usize {
        self.memory().samples.len()
    }

    /// What was heard from a place on.
    pub fn since(&self, place: usize) -> Sound {
        Sound::new(self.memory().samples[place..].to_vec())
    }

    /// Listens for so long, and returns what was heard meanwhile.
    pub async fn next_piece(&self, milliseconds: u64) -> Result<Sound> {
        let from = self.place();
        let length = milliseconds as usize * RATE_HZ as usize / 1000;
        self.reaches(from + length, Duration::from_millis(milliseconds) + Duration::from_secs(10)).await?;
        Ok(self.since(from))
    }

    /// Waits for the first sound after a place, and returns when it was heard.
    pub async fn sound_after(&self, place: usize, limit: Duration) -> Result<Instant> {
        self.block_after(place, limit, |loudness| loudness > LOUD).await.context("nothing was heard")
    }

    /// Waits until nothing has been heard for so long: longer than the pause within a ring, and it rings no more.
    pub async fn is_silent_for(&self, long: Duration, limit: Duration) -> Result<()> {
        let (mut quiet, wanted) = (0, long.as_millis() / 10);
        let quiet_for_long = |loudness| {
            quiet = if loudness > LOUD { 0 } else { quiet + 1 };
            quiet >= wanted
        };
        self.block_after(self.place(), limit, quiet_for_long).await.context("it is never silent").map(drop)
    }

    async fn block_after(&self, place: usize, limit: Duration, mut is_it: impl FnMut(f64) -> bool) -> Result<Instant> {
        let ends = Instant::now() + limit;
        let mut next = place;
        loop {
            self.reaches(next + BLOCK, ends.saturating_duration_since(Instant::now())).await?;
            let memory = self.memory();
            while next + BLOCK <= memory.samples.len() {
                if is_it(loudness(&memory.samples[next..next + BLOCK])) {
                    return memory.heard_at(next).context("a sample that never came");
                }
                next += BLOCK;
            }
        }
    }

    async fn reaches(&self, samples: usize, limit: Duration) -> Result<()> {
        let mut grown = self.grown.clone();
        let outcome = tokio::time::timeout(limit, grown.wait_for(|heard| *heard >= samples)).await;
        ensure!(outcome.is_ok_and(|heard| heard.is_ok()), "the ear heard no more within {} s", limit.as_secs_f32());
        Ok(())
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Root mean square of a block.
fn loudness(block: &[i16]) -> f64 {
    let energy: f64 = block.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    (energy / block.len() as f64).sqrt()
}

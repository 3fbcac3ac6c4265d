//! Listens at a source of a sound server and knows when each sample was heard.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use cordboard_tests::{Recorder, SoundServer};

/// Rate at which is listened.
pub const HZ: u32 = 16_000;
/// Chunks from which is taken when the first sample was heard: the least late of a second.
const SPAN: Duration = Duration::from_secs(1);

/// An ear at a source; dropping it takes it away.
pub struct Monitor {
    memory: Arc<Mutex<Memory>>,
    _recorder: Recorder,
}

#[derive(Default)]
struct Memory {
    samples: Vec<i16>,
    /// When how many samples had arrived.
    marks: Vec<(Instant, usize)>,
}

impl Memory {
    /// When sample zero was heard, as it looks around `at`. A chunk arrives at the moment of its last sample or later.
    fn began(&self, at: Instant) -> Option<Instant> {
        let near = self.marks.iter().rev().skip_while(|(mark, _)| *mark > at + SPAN);
        let near = near.take_while(|(mark, _)| *mark + SPAN > at);
        near.filter_map(|(mark, samples)| mark.checked_sub(lasts(*samples))).min()
    }
}

impl Monitor {
    /// Listens from now on.
    pub fn at(server: &SoundServer, source: &str) -> Result<Monitor> {
        let memory = Arc::new(Mutex::new(Memory::default()));
        let remembers = Arc::clone(&memory);
        let recorder = Recorder::start(server, source, HZ, move |now, heard| {
            let mut memory = remembers.lock().unwrap_or_else(PoisonError::into_inner);
            memory.samples.extend_from_slice(heard);
            let samples = memory.samples.len();
            memory.marks.push((now, samples));
        })?;
        Ok(Monitor { memory, _recorder: recorder })
    }

    /// What was heard from about `from` on for so long, and when exactly it began; none where it is not there.
    pub fn heard(&self, from: Instant, long: Duration) -> Option<(Instant, Vec<i16>)> {
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let began = memory.began(from)?;
        let first = (from.checked_duration_since(began)?.as_secs_f64() * f64::from(HZ)) as usize;
        let count = (long.as_secs_f64() * f64::from(HZ)) as usize;
        let samples = memory.samples.get(first..first + count)?;
        Some((began + lasts(first), samples.to_vec()))
    }
}

fn lasts(samples: usize) -> Duration {
    Duration::from_secs_f64(samples as f64 / f64::from(HZ))
}

//! Listens at a source of a sound server and knows when each sample was heard.

use std::io::Read;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use cordboard_tests::SoundServer;

/// Rate at which is listened.
pub const HZ: u32 = 16_000;
/// Chunks from which is taken when the first sample was heard: the least late of a second.
const SPAN: Duration = Duration::from_secs(1);

/// An ear at a source; dropping it takes it away.
pub struct Monitor {
    child: Child,
    memory: Arc<Mutex<Memory>>,
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
    /// Listens from now on. Chunks are as long as a desk's own, so that listening makes no device quicker.
    pub fn at(server: &SoundServer, source: &str) -> Result<Monitor> {
        let mut child = server
            .client("parec")
            .args(["--raw", "--format=s16le", "--channels=1", "--latency-msec=10", "--process-time-msec=10"])
            .args([&format!("--rate={HZ}"), &format!("--device={source}")])
            .stdout(Stdio::piped())
            .spawn()
            .context("starting parec")?;
        let mut pipe = child.stdout.take().context("parec's output is not piped")?;
        let memory = Arc::new(Mutex::new(Memory::default()));
        let remembers = Arc::clone(&memory);
        std::thread::spawn(move || {
            let (mut bytes, mut odd) = ([0; 4_096], Vec::new());
            while let Ok(length) = pipe.read(&mut bytes)
                && length > 0
            {
                let now = Instant::now();
                odd.extend_from_slice(&bytes[..length]);
                let whole = odd.len() / 2 * 2;
                let heard = odd.drain(..whole).collect::<Vec<u8>>();
                let mut memory = remembers.lock().unwrap_or_else(PoisonError::into_inner);
                memory.samples.extend(heard.chunks_exact(2).map(|two| i16::from_le_bytes([two[0], two[1]])));
                let samples = memory.samples.len();
                memory.marks.push((now, samples));
            }
        });
        Ok(Monitor { child, memory })
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

impl Drop for Monitor {
    fn drop(&mut self) {
        // Whoever has ended already needs no ending.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn lasts(samples: usize) -> Duration {
    Duration::from_secs_f64(samples as f64 / f64::from(HZ))
}

//! Listens at a loudspeaker's monitor, and knows when each sample was heard.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Rate of what is heard.
pub const HZ: u32 = 48_000;
/// Sound is judged in blocks of 10 ms.
pub const BLOCK: usize = HZ as usize / 100;

/// What was heard so far.
#[derive(Default)]
struct Memory {
    samples: Vec<i16>,
    /// When how many samples had arrived.
    marks: Vec<(Instant, usize)>,
    /// The last arrival, and pauses between two that were too long.
    last: Option<Instant>,
    pauses: Vec<(Instant, Duration)>,
}

/// An ear at a monitor; dropping it takes it away.
pub struct Listener {
    child: Child,
    memory: Arc<Mutex<Memory>>,
}

impl Listener {
    /// Listens at the monitor of `sink` and returns once it hears.
    pub fn at(sink: &str) -> Listener {
        Self::at_source(&format!("{sink}.monitor"))
    }

    /// Listens at any source.
    pub fn at_source(source: &str) -> Listener {
        let mut child = Command::new("parec")
            .args(["--raw", "--format=s16le", "--channels=1", "--latency-msec=2", "--process-time-msec=2"])
            .args([&format!("--rate={HZ}"), &format!("--device={source}")])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut pipe = child.stdout.take().unwrap();
        let memory = Arc::new(Mutex::new(Memory::default()));
        let remembers = Arc::clone(&memory);
        std::thread::spawn(move || {
            let mut bytes = [0; 4_096];
            let mut odd = Vec::new();
            while let Ok(length) = pipe.read(&mut bytes) {
                if length == 0 {
                    return;
                }
                odd.extend_from_slice(&bytes[..length]);
                let whole = odd.len() / 2 * 2;
                let heard: Vec<i16> =
                    odd[..whole].chunks_exact(2).map(|two| i16::from_le_bytes([two[0], two[1]])).collect();
                odd.drain(..whole);
                remembers.lock().unwrap().take(&heard, Instant::now());
            }
        });
        let listener = Listener { child, memory };
        crate::server::until("the monitor is heard", || {
            listener.memory.lock().unwrap().samples.len() > HZ as usize / 10
        });
        listener
    }

    /// Returns what was heard from `from` on, and when its first sample was.
    pub fn since(&self, from: Instant) -> (Instant, Vec<i16>) {
        let memory = self.memory.lock().unwrap();
        let began = memory.began_as_of(from);
        let skipped = (from.saturating_duration_since(began).as_secs_f64() * f64::from(HZ)) as usize;
        let skipped = skipped.min(memory.samples.len());
        (began + Duration::from_secs_f64(skipped as f64 / f64::from(HZ)), memory.samples[skipped..].to_vec())
    }

    /// Returns what was heard last, this long.
    pub fn last(&self, ms: usize) -> Vec<i16> {
        let memory = self.memory.lock().unwrap();
        memory.samples[memory.samples.len().saturating_sub(ms * HZ as usize / 1_000)..].to_vec()
    }

    /// Returns how long the server sent nothing although it should have, since `from`, in all: the machine had other
    /// things to do.
    pub fn stalled(&self, from: Instant) -> Duration {
        self.stalled_between(from, Instant::now())
    }

    /// The same until `to`.
    pub fn stalled_between(&self, from: Instant, to: Instant) -> Duration {
        let memory = self.memory.lock().unwrap();
        memory.pauses.iter().filter(|(at, _)| (from..=to).contains(at)).map(|(_, pause)| *pause).sum()
    }
}

impl Memory {
    /// When the first sample was heard: what came with the least delay from about `from` on says it. Sound that got
    /// lost before does not count.
    fn began_as_of(&self, from: Instant) -> Instant {
        let recent = self.marks.iter().rev().take_while(|(at, _)| *at + Duration::from_secs(1) > from);
        let marks = recent.chain(self.marks.last());
        marks.map(|(at, samples)| *at - Duration::from_secs_f64(*samples as f64 / f64::from(HZ))).min().unwrap()
    }

    fn take(&mut self, heard: &[i16], now: Instant) {
        self.samples.extend_from_slice(heard);
        self.marks.push((now, self.samples.len()));
        if let Some(last) = self.last.replace(now) {
            let pause = now.saturating_duration_since(last);
            if pause > Duration::from_millis(20) {
                self.pauses.push((now, pause));
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a tone of `hz` is what is heard in `block`, at −45 dBFS or more.
pub fn is_tone(block: &[i16], hz: f64, rate_hz: u32) -> bool {
    let (mut cos, mut sin, mut energy) = (0.0, 0.0, 0.0);
    for (n, sample) in block.iter().enumerate() {
        let (angle, sample) = (std::f64::consts::TAU * hz * n as f64 / f64::from(rate_hz), f64::from(*sample));
        cos += sample * angle.cos();
        sin += sample * angle.sin();
        energy += sample * sample;
    }
    let tone = (cos * cos + sin * sin) * 2.0 / block.len() as f64;
    (energy / block.len() as f64).sqrt() > 180.0 && tone > energy * 0.7
}

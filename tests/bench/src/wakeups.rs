//! How late this machine wakes a plain thread that sleeps: what no program on it can be better than.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::spread::Spread;

const SLEEP: Duration = Duration::from_millis(2);

/// A thread that sleeps and looks at the clock.
pub struct Sleeper {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Vec<f64>>,
}

impl Sleeper {
    /// Starts it.
    pub fn start() -> Sleeper {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut late_ms = Vec::new();
            while !stopped.load(Ordering::Relaxed) {
                let began = Instant::now();
                std::thread::sleep(SLEEP);
                late_ms.push(began.elapsed().saturating_sub(SLEEP).as_secs_f64() * 1e3);
            }
            late_ms
        });
        Sleeper { stop, thread }
    }

    /// Ends it and says how late it was woken.
    pub fn words(self) -> String {
        self.stop.store(true, Ordering::Relaxed);
        let late_ms = Spread::of(self.thread.join().unwrap_or_default());
        format!("a sleeping thread wakes late by {}", late_ms.latency(2, "ms"))
    }
}

//! The shell's clocks, read once for each event.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use cordboard_core::{Mono, Now, UtcMs};

/// Both clocks, the monotonic one counted from the centre's start.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: Instant,
}

impl Clock {
    /// Starts counting.
    pub fn start() -> Self {
        Self { start: Instant::now() }
    }

    /// Now, on both clocks.
    pub fn now(&self) -> Now {
        Now { mono: Mono(self.start.elapsed()), utc: UtcMs(utc_ms()) }
    }

    /// The instant of a point on the monotonic clock.
    pub fn instant(&self, at: Mono) -> Instant {
        self.start + at.0
    }
}

/// UTC in milliseconds since the Unix epoch.
pub fn utc_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

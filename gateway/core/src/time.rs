//! The two clocks every decision is made by. The core reads neither; both arrive with each event.

use std::time::Duration;

/// A point on the shell's monotonic clock: time since some fixed point of its choice. Timers use it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mono(pub Duration);

/// UTC in milliseconds since the Unix epoch. Records use it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct UtcMs(pub i64);

/// The time at which an event is handled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Now {
    /// For timers.
    pub mono: Mono,
    /// For records.
    pub utc: UtcMs,
}

impl std::ops::Add<Duration> for Mono {
    type Output = Mono;
    fn add(self, later: Duration) -> Mono {
        Mono(self.0 + later)
    }
}

impl Mono {
    /// Time passed since `earlier`; zero if that lies ahead.
    pub fn since(self, earlier: Mono) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

/// Why the core wants to be called again at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeadlineReason {
    /// An offer has rung long enough.
    RingTimeout,
    /// A caller has waited long enough.
    QueueTimeout,
    /// A menu has waited long enough for a key.
    MenuTimeout,
    /// An outbound call has rung long enough.
    DialTimeout,
    /// A desk has been away from its call long enough.
    DeskGrace,
    /// After-call work is over.
    WrapUp,
}

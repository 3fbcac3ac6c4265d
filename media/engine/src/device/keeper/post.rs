//! One purpose of sound and the stream that serves it at the moment.

use std::time::{Duration, Instant};

use crate::device::choice::{Direction, SoundDevice};
use crate::device::host::{DeviceError, Found};
use crate::device::stream::OpenStream;

/// What a device is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Microphone,
    Speaker,
    Ringer,
}

/// Pause after a device could not be opened, doubled with each further time. While devices come and go, a sound system
/// now and then refuses what it grants a moment later.
const FIRST_PAUSE: Duration = Duration::from_millis(15);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// Why the last attempt failed, and when another is due.
struct Trouble {
    error: DeviceError,
    until: Instant,
    pause: Duration,
}

/// A purpose and who serves it.
pub(super) struct Post {
    purpose: Purpose,
    pub wanted: bool,
    open: Option<OpenStream>,
    trouble: Option<Trouble>,
}

impl Post {
    pub(super) fn new(purpose: Purpose) -> Post {
        Post { purpose, wanted: false, open: None, trouble: None }
    }

    pub(super) fn direction(&self) -> Direction {
        match self.purpose {
            Purpose::Microphone => Direction::Input,
            Purpose::Speaker | Purpose::Ringer => Direction::Output,
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Returns the id of the device that is open.
    pub(super) fn device(&self) -> Option<&str> {
        self.open_device().map(|device| device.id.as_str())
    }

    pub(super) fn open_device(&self) -> Option<&SoundDevice> {
        self.open.as_ref().map(|open| &open.device)
    }

    pub(super) fn trouble(&self) -> Option<&DeviceError> {
        self.trouble.as_ref().map(|trouble| &trouble.error)
    }

    /// Whether what is open is `wanted`, as it is now, and alive.
    pub(super) fn fits(&self, wanted: &Found, now: Instant, silent_limit: Duration) -> bool {
        self.open.as_ref().is_some_and(|open| {
            open.device.id == wanted.device.id && open.rate_hz == wanted.rate_hz && open.silent_for(now) < silent_limit
        })
    }

    /// Whether enough time has passed since the last failure.
    pub(super) fn may_try(&self, now: Instant) -> bool {
        self.trouble.as_ref().is_none_or(|trouble| now >= trouble.until)
    }

    pub(super) fn opened(&mut self, stream: OpenStream) {
        self.open = Some(stream);
        self.trouble = None;
    }

    pub(super) fn failed(&mut self, error: DeviceError, now: Instant) {
        self.open = None;
        let pause = self.trouble.as_ref().map_or(FIRST_PAUSE, |trouble| (trouble.pause * 2).min(LONGEST_PAUSE));
        self.trouble = Some(Trouble { error, until: now + pause, pause });
    }

    /// Returns how long to wait before another attempt, if one is wanted.
    pub(super) fn tries_again_in(&self, now: Instant) -> Option<Duration> {
        let trouble = self.trouble.as_ref().filter(|_| self.wanted)?;
        Some(trouble.until.saturating_duration_since(now))
    }

    pub(super) fn close(&mut self) {
        self.open = None;
    }

    /// Forgets the stream if it is the one that broke.
    pub(super) fn broke(&mut self, serial: u64, reason: &str) {
        if self.open.as_ref().is_some_and(|open| open.serial == serial) {
            tracing::info!(purpose = ?self.purpose, reason, "a sound device was lost");
            self.open = None;
        }
    }
}

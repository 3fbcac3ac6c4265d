//! What a device's callback notes about itself, without ever waiting: when it was called, how long it was not, how
//! much sound it moved or missed.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Written by one callback, read by anybody.
#[derive(Debug)]
pub(super) struct StreamWatch {
    epoch: Instant,
    /// Microseconds since the epoch; zero before the first call.
    called_us: AtomicU64,
    longest_gap_us: AtomicU64,
    frames: AtomicU64,
    missed: AtomicU64,
    device_us: AtomicU32,
    block_frames: AtomicU32,
}

impl StreamWatch {
    pub(super) fn new() -> StreamWatch {
        StreamWatch {
            epoch: Instant::now(),
            called_us: AtomicU64::new(0),
            longest_gap_us: AtomicU64::new(0),
            frames: AtomicU64::new(0),
            missed: AtomicU64::new(0),
            device_us: AtomicU32::new(0),
            block_frames: AtomicU32::new(0),
        }
    }

    /// Notes a call for `frames` of sound, which the device holds for `device` before or after.
    pub(super) fn called(&self, now: Instant, frames: usize, device: Duration) {
        let now_us = u64::try_from(now.saturating_duration_since(self.epoch).as_micros()).unwrap_or(u64::MAX).max(1);
        let before_us = self.called_us.swap(now_us, Ordering::Relaxed);
        if before_us > 0 {
            self.longest_gap_us.fetch_max(now_us.saturating_sub(before_us), Ordering::Relaxed);
        }
        self.frames.fetch_add(frames as u64, Ordering::Relaxed);
        self.device_us.store(u32::try_from(device.as_micros()).unwrap_or(0), Ordering::Relaxed);
        self.block_frames.store(u32::try_from(frames).unwrap_or(u32::MAX), Ordering::Relaxed);
    }

    /// Notes frames that found no room, or that were wanted and not there.
    pub(super) fn missed(&self, frames: usize) {
        self.missed.fetch_add(frames as u64, Ordering::Relaxed);
    }

    /// Returns when the callback was called last.
    pub(super) fn last_called(&self) -> Option<Instant> {
        match self.called_us.load(Ordering::Relaxed) {
            0 => None,
            us => Some(self.epoch + Duration::from_micros(us)),
        }
    }

    /// Returns the longest time between two calls since this was asked last.
    pub(super) fn take_longest_gap(&self) -> Duration {
        Duration::from_micros(self.longest_gap_us.swap(0, Ordering::Relaxed))
    }

    /// Returns how many frames were missed so far.
    pub(super) fn missed_frames(&self) -> u64 {
        self.missed.load(Ordering::Relaxed)
    }

    /// Returns how long the device holds sound that the callback takes, or gave.
    pub(super) fn device_delay(&self) -> Duration {
        Duration::from_micros(u64::from(self.device_us.load(Ordering::Relaxed)))
    }

    /// Returns the block the callback was called for last.
    pub(super) fn block_frames(&self) -> u32 {
        self.block_frames.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_gap_is_told_once() {
        let watch = StreamWatch::new();
        assert_eq!(watch.last_called(), None);
        for ms in [10, 20, 75, 85] {
            watch.called(watch.epoch + Duration::from_millis(ms), 480, Duration::from_millis(7));
        }
        assert_eq!(watch.take_longest_gap(), Duration::from_millis(55));
        assert_eq!(watch.take_longest_gap(), Duration::ZERO);
        assert_eq!(watch.last_called(), Some(watch.epoch + Duration::from_millis(85)));
        assert_eq!((watch.block_frames(), watch.device_delay()), (480, Duration::from_millis(7)));
    }
}

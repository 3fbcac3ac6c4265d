//! What runs on the system's sound threads: copies between a device's buffer and a ring, and nothing else. No
//! allocation, no lock, no call that could wait.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cpal::{FromSample, Sample};
use rtrb::{Consumer, Producer};

use super::watch::StreamWatch;

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Returns whether this thread is inside one of our callbacks, for tests that watch what callbacks do.
pub fn in_callback() -> bool {
    INSIDE.with(Cell::get)
}

struct Inside;

impl Inside {
    fn enter() -> Inside {
        INSIDE.with(|inside| inside.set(true));
        Inside
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.with(|inside| inside.set(false));
    }
}

/// The microphone's callback: all channels' mean into the ring.
pub(super) struct CaptureTap {
    pub ring: Producer<i16>,
    pub watch: Arc<StreamWatch>,
    pub channels: usize,
}

impl CaptureTap {
    /// Takes a block that waited in the device for `device`, counted from its first sample.
    pub(super) fn take<T: Sample>(&mut self, block: &[T], device: Duration)
    where
        f32: FromSample<T>,
    {
        let _inside = Inside::enter();
        let frames = block.len() / self.channels.max(1);
        self.watch.called(Instant::now(), frames, device);
        let room = frames.min(self.ring.slots());
        if room < frames {
            self.watch.missed(frames - room);
        }
        if let Ok(chunk) = self.ring.write_chunk_uninit(room) {
            chunk.fill_from_iter(block.chunks_exact(self.channels.max(1)).map(mean));
        }
    }
}

/// The loudspeaker's callback: the ring into all channels, silence where there is nothing.
pub(super) struct PlaybackTap {
    pub ring: Consumer<i16>,
    pub watch: Arc<StreamWatch>,
    pub channels: usize,
    /// After running dry, how much must have gathered before it goes on.
    pub reserve: Arc<AtomicUsize>,
    pub flowing: bool,
    pub last: i16,
}

/// What is left of the last sample after each one that is missing: silence within 2 ms, without a click.
const FADE: f32 = 0.95;

impl PlaybackTap {
    /// Fills a block that will wait in the device for `device`.
    pub(super) fn fill<T: Sample + FromSample<i16>>(&mut self, block: &mut [T], device: Duration) {
        let _inside = Inside::enter();
        let channels = self.channels.max(1);
        let frames = block.len() / channels;
        self.watch.called(Instant::now(), frames, device);
        let mut there = self.ring.slots();
        let reserve = self.reserve.load(Ordering::Relaxed).max(frames);
        if !self.flowing && there >= reserve {
            self.flowing = true;
            // It is silent, so nothing breaks where the oldest is left out.
            if let Ok(surplus) = self.ring.read_chunk(there - reserve) {
                surplus.commit_all();
                there = reserve;
            }
        }
        let taken = if self.flowing { frames.min(there) } else { 0 };
        let mut out = block.chunks_exact_mut(channels);
        if let Ok(chunk) = self.ring.read_chunk(taken) {
            for (sample, frame) in chunk.into_iter().zip(&mut out) {
                self.last = sample;
                spread(sample, frame);
            }
        }
        if taken < frames {
            if self.flowing {
                self.watch.missed(frames - taken);
                self.flowing = false;
            }
            for frame in out {
                self.last = (f32::from(self.last) * FADE) as i16;
                spread(self.last, frame);
            }
        }
    }
}

fn mean<T: Sample>(frame: &[T]) -> i16
where
    f32: FromSample<T>,
{
    let sum: f32 = frame.iter().map(|sample| f32::from_sample(*sample)).sum();
    (sum / frame.len() as f32 * 32_768.0).clamp(-32_768.0, 32_767.0) as i16
}

/// One voice into the two front channels; others stay silent.
fn spread<T: Sample + FromSample<i16>>(sample: i16, frame: &mut [T]) {
    for (channel, slot) in frame.iter_mut().enumerate() {
        *slot = if channel < 2 { T::from_sample(sample) } else { T::EQUILIBRIUM };
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use rtrb::RingBuffer;

    use super::*;

    #[test]
    fn channels_become_one_and_one_becomes_channels() {
        let (ring, mut heard) = RingBuffer::new(8);
        let watch = Arc::new(StreamWatch::new());
        let mut tap = CaptureTap { ring, watch: Arc::clone(&watch), channels: 2 };
        tap.take(&[0.5_f32, 0.25, -1.0, -1.0], Duration::ZERO);
        assert_eq!((heard.pop(), heard.pop()), (Ok(12_288), Ok(-32_768)));
        tap.take(&[0_i16; 40], Duration::ZERO);
        assert_eq!(watch.missed_frames(), 12, "what finds no room is counted");

        let (mut said, ring) = RingBuffer::new(8);
        let reserve = Arc::new(AtomicUsize::new(3));
        let mut tap = PlaybackTap { ring, watch, channels: 3, reserve, flowing: false, last: 0 };
        let mut block = [1_i16; 6];
        said.push(100).unwrap();
        tap.fill(&mut block, Duration::ZERO);
        assert_eq!(block, [0; 6], "not enough has gathered");
        said.push(200).unwrap();
        said.push(300).unwrap();
        tap.fill(&mut block, Duration::ZERO);
        assert_eq!(block, [100, 100, 0, 200, 200, 0]);
        tap.fill(&mut block, Duration::ZERO);
        assert_eq!(block, [300, 300, 0, 285, 285, 0], "it fades when it runs dry");
    }
}

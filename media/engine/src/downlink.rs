//! The way down: packets from the connection to the sound thread.
//!
//! A closed downlink drops what arrives, so that an idle desk costs nothing and a call never begins with the
//! last one's sound.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Instant;

use bytes::Bytes;
use cordboard_media::rtp::RtpHeader;

/// Two streams of 50 packets a second for 2 s. When the sound thread is that far behind, new packets are dropped.
const QUEUED_PACKETS: usize = 200;

/// One packet as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedPacket {
    /// When it arrived.
    pub arrival: Instant,
    /// Its header.
    pub header: RtpHeader,
    /// The encoded sound.
    pub payload: Bytes,
}

/// Takes packets from any thread; never waits.
#[derive(Debug, Clone)]
pub struct Downlink {
    packets: SyncSender<ReceivedPacket>,
    open: Arc<AtomicBool>,
    dropped: Arc<AtomicU64>,
}

/// The sound thread's end.
#[derive(Debug)]
pub(crate) struct DownlinkEnd {
    packets: Receiver<ReceivedPacket>,
    open: Arc<AtomicBool>,
}

impl Downlink {
    pub(crate) fn new() -> (Downlink, DownlinkEnd) {
        let (sender, packets) = sync_channel(QUEUED_PACKETS);
        let open = Arc::new(AtomicBool::new(false));
        let end = DownlinkEnd { packets, open: Arc::clone(&open) };
        (Downlink { packets: sender, open, dropped: Arc::new(AtomicU64::new(0)) }, end)
    }

    /// Hands a packet over; counts it as dropped when nobody listens or the queue is full.
    pub fn push(&self, packet: ReceivedPacket) {
        if !self.open.load(Ordering::Relaxed) || self.packets.try_send(packet).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Returns how many packets nobody took.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

impl DownlinkEnd {
    /// Opens or closes the way; opening throws away what slipped in before.
    pub(crate) fn set_open(&self, open: bool) {
        if open {
            while self.packets.try_recv().is_ok() {}
        }
        self.open.store(open, Ordering::Relaxed);
    }

    /// Returns the next packet that has arrived, if any.
    pub(crate) fn next(&self) -> Option<ReceivedPacket> {
        self.packets.try_recv().ok()
    }
}

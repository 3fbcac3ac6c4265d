//! The way up: packets made by the sound thread, written to the connection's one sending track.

use std::sync::Arc;

use bytes::Bytes;
use rtc::rtp;
use tokio::sync::{mpsc, watch};
use webrtc::media_stream::track_local::TrackLocal;

use super::PeerState;
use super::offer::SendingTrack;

/// Eight packets are 160 ms; if the connection is further behind than that, sound is late anyway and is dropped.
const QUEUED_PACKETS: usize = 8;

/// One packet on its way up, all but its SSRC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UplinkPacket {
    /// Payload type.
    pub payload_type: u8,
    /// First packet after a pause.
    pub marker: bool,
    /// Sequence number.
    pub sequence: u16,
    /// Timestamp in the payload type's clock.
    pub timestamp: u32,
    /// The encoded sound.
    pub payload: Bytes,
}

/// Sends packets up; usable from any thread, never waits.
#[derive(Debug, Clone)]
pub struct Uplink {
    packets: mpsc::Sender<UplinkPacket>,
}

impl Uplink {
    pub(super) fn start(track: SendingTrack, state: watch::Receiver<PeerState>) -> Uplink {
        let (packets, queued) = mpsc::channel(QUEUED_PACKETS);
        tokio::spawn(write_all(track, state, queued));
        Uplink { packets }
    }

    /// Queues a packet; false when the queue is full or the connection is gone, and the packet dropped.
    pub fn send(&self, packet: UplinkPacket) -> bool {
        self.packets.try_send(packet).is_ok()
    }

    /// An uplink whose packets can be read back, for whoever is not a [`Peer`](super::Peer).
    pub fn to_channel(capacity: usize) -> (Uplink, mpsc::Receiver<UplinkPacket>) {
        let (packets, queued) = mpsc::channel(capacity);
        (Uplink { packets }, queued)
    }
}

async fn write_all(track: SendingTrack, state: watch::Receiver<PeerState>, mut queued: mpsc::Receiver<UplinkPacket>) {
    while let Some(packet) = queued.recv().await {
        // Before the handshake and after the end there are no keys, and each packet would be an error in the log.
        if matches!(*state.borrow(), PeerState::Connecting | PeerState::Failed) {
            continue;
        }
        let packet = rtp::Packet {
            header: rtp::header::Header {
                version: 2,
                marker: packet.marker,
                payload_type: packet.payload_type,
                sequence_number: packet.sequence,
                timestamp: packet.timestamp,
                ssrc: track.ssrc,
                ..Default::default()
            },
            payload: packet.payload,
        };
        let local: &Arc<_> = &track.local;
        if let Err(error) = local.write_rtp(packet).await {
            tracing::trace!(%error, "a packet could not be sent");
        }
    }
}

//! Reads what arrives on a track and hands it to the downlink, stamped with its arrival.

use std::sync::Arc;
use std::time::Instant;

use cordboard_media::rtp::RtpHeader;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};

use crate::downlink::{Downlink, ReceivedPacket};

/// Starts reading `track`; ends by itself with the track.
pub(super) fn read(track: Arc<dyn TrackRemote>, downlink: Downlink) {
    tokio::spawn(async move {
        while let Some(event) = track.poll().await {
            if let TrackRemoteEvent::OnRtpPacket(packet) = event {
                downlink.push(ReceivedPacket {
                    arrival: Instant::now(),
                    header: RtpHeader {
                        payload_type: packet.header.payload_type,
                        marker: packet.header.marker,
                        sequence: packet.header.sequence_number,
                        timestamp: packet.header.timestamp,
                        ssrc: packet.header.ssrc,
                    },
                    payload: packet.payload,
                });
            }
        }
    });
}

//! What the connection measures about its path.

use std::time::{Duration, Instant};

use webrtc::peer_connection::{PeerConnection, StatsSelector};

/// Returns the latest STUN round trip of the pair in use.
pub(super) async fn round_trip(connection: &dyn PeerConnection) -> Option<Duration> {
    let report = connection.get_stats(Instant::now(), StatsSelector::None).await;
    let seconds = report
        .candidate_pairs()
        .filter(|pair| pair.nominated)
        .map(|pair| pair.current_round_trip_time)
        .find(|seconds| seconds.is_finite() && *seconds > 0.0 && *seconds < 60.0)?;
    Some(Duration::from_secs_f64(seconds))
}

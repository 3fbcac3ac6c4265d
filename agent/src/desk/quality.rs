//! Puts what the sound path measured into the words of the wire.

use std::time::Duration;

use cordboard_engine::SoundReport;
use cordboard_wire::QualityReport;

/// Makes the reports the gateway is sent every second in a call.
#[derive(Debug, Default)]
pub(super) struct Reports {
    /// How many packets had arrived at the last one.
    received: Option<u64>,
}

impl Reports {
    /// Makes the next one.
    pub(super) fn next(&mut self, sound: &SoundReport, round_trip: Option<Duration>) -> QualityReport {
        if let Some(delay) = sound.delay {
            tracing::debug!(
                capture_ms = delay.capture_ms,
                packetise_ms = delay.packetise_ms,
                round_trip_ms = round_trip.map_or(0.0, |trip| trip.as_secs_f32() * 1_000.0),
                jitter_buffer_ms = delay.jitter_buffer_ms,
                playback_ms = delay.playback_ms,
                "delays"
            );
        }
        let before = std::mem::replace(&mut self.received, sound.received_packets);
        // Where the count began anew, there is nothing to compare it with.
        let since = self.received.zip(before).and_then(|(now, before)| now.checked_sub(before));
        QualityReport {
            round_trip_ms: round_trip.map(|round_trip| round_trip.as_secs_f32() * 1_000.0),
            jitter_ms: sound.jitter_ms,
            received_packets: since.map(|since| u32::try_from(since).unwrap_or(u32::MAX)),
            lost_down_percent: sound.lost_percent,
            concealed_percent: sound.concealed_percent,
            buffer_ms: sound.buffer_ms,
            microphone_dbfs: sound.source_dbfs,
            speaker_dbfs: sound.sink_dbfs,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_counted_from_report_to_report() {
        let mut reports = Reports::default();
        let mut told = |received_packets| {
            reports.next(&SoundReport { received_packets, ..SoundReport::default() }, None).received_packets
        };
        assert_eq!(told(None), None);
        assert_eq!(told(Some(7)), None, "nothing to compare with");
        assert_eq!(told(Some(57)), Some(50));
        assert_eq!(told(Some(57)), Some(0));
        assert_eq!(told(Some(3)), None, "another call has begun");
    }
}

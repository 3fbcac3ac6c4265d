//! Puts what the sound path measured into the words of the wire.

use std::time::Duration;

use cordboard_engine::SoundReport;
use cordboard_wire::QualityReport;

/// Makes the report the gateway is sent every second in a call.
pub(super) fn report(sound: &SoundReport, round_trip: Option<Duration>) -> QualityReport {
    QualityReport {
        round_trip_ms: round_trip.map(|round_trip| round_trip.as_secs_f32() * 1_000.0),
        jitter_ms: sound.jitter_ms,
        lost_down_percent: sound.lost_percent,
        concealed_percent: sound.concealed_percent,
        buffer_ms: sound.buffer_ms,
        microphone_dbfs: sound.source_dbfs,
        speaker_dbfs: sound.sink_dbfs,
    }
}

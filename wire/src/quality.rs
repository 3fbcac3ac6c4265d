//! How good the sound is, as measured at both ends of an agent's connection.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The codec of one leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum LegCodec {
    /// G.711 A-law, 8 kHz.
    Pcma,
    /// G.711 µ-law, 8 kHz.
    Pcmu,
    /// G.722, wideband at an 8 kHz clock.
    G722,
    /// Opus, 48 kHz clock.
    Opus,
}

/// What a desk measured on its side since the connection began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct QualityReport {
    /// Round trip on the media path, milliseconds.
    pub round_trip_ms: Option<f32>,
    /// Interarrival jitter of what the desk receives, milliseconds.
    pub jitter_ms: f32,
    /// Packets that arrived since the last report; none where that is not counted.
    #[serde(default)]
    pub received_packets: Option<u32>,
    /// Packets lost on the way down, percent of the last interval.
    pub lost_down_percent: f32,
    /// Sound the desk had to make up, percent of the last interval.
    pub concealed_percent: f32,
    /// Depth of the desk's jitter buffer, milliseconds.
    pub buffer_ms: f32,
    /// Level of the microphone, dBFS (−127 is silence): native desks tell the loudest moment since the last report.
    pub microphone_dbfs: f32,
    /// Level of what is played, dBFS.
    pub speaker_dbfs: f32,
}

/// Quality at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum QualityLevel {
    /// Nothing the ear would notice.
    Good,
    /// The ear notices.
    Fair,
    /// Words are lost.
    Poor,
}

/// The quality of the agent's connection as the gateway knows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Quality {
    /// The glance.
    pub level: QualityLevel,
    /// Round trip, milliseconds.
    pub round_trip_ms: Option<f32>,
    /// Jitter of what arrives from the desk, milliseconds.
    pub jitter_up_ms: f32,
    /// Lost on the way up, percent.
    pub lost_up_percent: f32,
    /// Lost on the way down, percent, as the desk says.
    pub lost_down_percent: f32,
    /// Sound the desk had to make up, percent of its last interval.
    pub concealed_percent: f32,
    /// Depth of the desk's jitter buffer, milliseconds.
    pub buffer_ms: f32,
    /// How the agent would rate what is heard: the E-model's R, 0 to 93.2 (ITU-T G.107). None outside calls.
    pub rating_down: Option<f32>,
    /// The same for the customer, as far as the gateway.
    pub rating_up: Option<f32>,
    /// Codec towards the desk.
    pub codec_down: Option<LegCodec>,
    /// Codec from the desk.
    pub codec_up: Option<LegCodec>,
    /// Codec of the customer's leg.
    pub codec_trunk: Option<LegCodec>,
}

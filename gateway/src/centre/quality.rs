//! How good a desk's connection is: what was measured at both its ends, put together for a glance and for a rating.

use cordboard_media::emodel;
use cordboard_relay::QualitySample;
use cordboard_wire::{LegCodec, Quality, QualityLevel, QualityReport};

/// Sound waits this long until its packet is full, milliseconds.
const PACKET_MS: f32 = 20.0;

/// Judges what the gateway measured and, in a talk, what the desk did.
pub fn judge(sample: &QualitySample, report: Option<&QualityReport>, codec_trunk: Option<LegCodec>) -> Quality {
    let told = report.copied().unwrap_or_default();
    let lost_down = sample.lost_down_percent.max(told.lost_down_percent);
    let worst_loss = lost_down.max(sample.lost_up_percent).max(told.concealed_percent);
    let on_the_way_ms = sample.round_trip_ms.unwrap_or(0.0) / 2.0 + PACKET_MS;
    Quality {
        level: level(worst_loss, sample.round_trip_ms, sample.jitter_up_ms.max(told.jitter_ms)),
        round_trip_ms: sample.round_trip_ms,
        jitter_up_ms: sample.jitter_up_ms,
        lost_up_percent: sample.lost_up_percent,
        lost_down_percent: lost_down,
        concealed_percent: told.concealed_percent,
        buffer_ms: told.buffer_ms,
        // What the ear minds is not what was lost but what could not be made good.
        rating_down: report.map(|told| emodel::rating(on_the_way_ms + told.buffer_ms, told.concealed_percent)),
        rating_up: report.map(|_| emodel::rating(on_the_way_ms, sample.lost_up_percent)),
        codec_down: sample.codec_down.map(codec),
        codec_up: sample.codec_up.map(codec),
        codec_trunk,
    }
}

/// Quality at a glance, from what the ear minds: loss first, then delay. Limits after ITU-T G.107 at G.711 without
/// and with concealment.
fn level(lost_percent: f32, round_trip_ms: Option<f32>, jitter_ms: f32) -> QualityLevel {
    let round_trip = round_trip_ms.unwrap_or(0.0);
    if lost_percent > 5.0 || round_trip > 600.0 || jitter_ms > 100.0 {
        QualityLevel::Poor
    } else if lost_percent > 1.5 || round_trip > 300.0 || jitter_ms > 40.0 {
        QualityLevel::Fair
    } else {
        QualityLevel::Good
    }
}

fn codec(codec: cordboard_relay::Codec) -> LegCodec {
    match codec {
        cordboard_relay::Codec::Pcma => LegCodec::Pcma,
        cordboard_relay::Codec::Pcmu => LegCodec::Pcmu,
        cordboard_relay::Codec::G722 => LegCodec::G722,
        cordboard_relay::Codec::Opus => LegCodec::Opus,
    }
}

#[cfg(test)]
mod tests {
    use cordboard_relay::EndpointId;

    use super::*;

    fn sample(round_trip_ms: f32, lost_up_percent: f32) -> QualitySample {
        QualitySample {
            endpoint: EndpointId(1),
            round_trip_ms: Some(round_trip_ms),
            jitter_up_ms: 3.0,
            lost_up_percent,
            lost_down_percent: 0.0,
            codec_down: Some(cordboard_relay::Codec::Pcma),
            codec_up: Some(cordboard_relay::Codec::Pcma),
            wish_up: cordboard_relay::Codec::Pcma,
        }
    }

    #[test]
    fn outside_calls_nothing_is_rated() {
        let quality = judge(&sample(20.0, 0.0), None, None);
        assert_eq!((quality.rating_down, quality.rating_up, quality.level), (None, None, QualityLevel::Good));
    }

    #[test]
    fn each_direction_is_rated_by_itself() {
        let report = QualityReport { buffer_ms: 40.0, concealed_percent: 10.0, ..QualityReport::default() };
        let quality = judge(&sample(40.0, 0.5), Some(&report), Some(LegCodec::Pcma));
        let (down, up) = (quality.rating_down.unwrap_or(0.0), quality.rating_up.unwrap_or(0.0));
        assert!((60.0..70.0).contains(&down) && (89.0..93.0).contains(&up), "{down} {up}");
        assert_eq!(quality.level, QualityLevel::Poor);
    }

    #[test]
    fn what_copies_made_good_costs_no_rating() {
        let made_good = QualityReport { lost_down_percent: 10.0, buffer_ms: 40.0, ..QualityReport::default() };
        let quality = judge(&sample(20.0, 0.0), Some(&made_good), Some(LegCodec::Pcma));
        assert!(quality.rating_down.is_some_and(|rating| rating > 90.0), "{quality:?}");
    }
}

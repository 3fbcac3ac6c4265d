//! What is known of a desk's network, and which codec it had better be sent (design D7).

use std::time::{Duration, Instant};

use cordboard_media::Codec;
use str0m::stats::{MediaEgressStats, MediaIngressStats};

use crate::endpoint::EndpointId;
use crate::event::QualitySample;

/// Loss on the way down above which Opus with in-band FEC takes over, percent.
const LOSS_HIGH_PERCENT: f32 = 2.0;
/// Loss below which the network counts as clean, percent.
const LOSS_LOW_PERCENT: f32 = 1.0;
/// How long it must be clean before G.711 comes back.
const CLEAN_FOR: Duration = Duration::from_secs(10);
/// Loss is judged over this long.
const WINDOW: Duration = Duration::from_secs(3);
/// Reports kept: one a second at most.
const REPORTS: usize = 8;

/// What a receiver report said of one of our streams, in all since its beginning.
#[derive(Debug, Clone, Copy)]
struct Report {
    at: Instant,
    highest: u64,
    lost: u64,
    /// Sequence numbers that never reached us, and so could not reach the desk.
    skipped: u64,
}

/// Loss of one stream, from cumulative receiver reports.
#[derive(Debug, Default)]
struct Loss {
    reports: Vec<Report>,
}

impl Loss {
    fn push(&mut self, report: Report) {
        if self.reports.last().is_some_and(|last| last.highest == report.highest) {
            return;
        }
        if self.reports.len() >= REPORTS {
            self.reports.remove(0);
        }
        self.reports.push(report);
    }

    /// Percent lost over the window, if anything was reported in it.
    fn percent(&self, now: Instant) -> Option<f32> {
        let newest = self.reports.last()?;
        if now.saturating_duration_since(newest.at) > WINDOW * 3 {
            return None;
        }
        let oldest = self
            .reports
            .iter()
            .rev()
            .skip(1)
            .find(|report| newest.at.saturating_duration_since(report.at) >= WINDOW)
            .or_else(|| self.reports.first().filter(|first| first.at != newest.at))?;
        let skipped = newest.skipped.saturating_sub(oldest.skipped);
        let expected = newest.highest.saturating_sub(oldest.highest).saturating_sub(skipped);
        let lost = newest.lost.saturating_sub(oldest.lost).saturating_sub(skipped);
        (expected > 0).then(|| 100.0 * lost as f32 / expected as f32)
    }
}

/// Lossy at once, clean again only after a while.
#[derive(Debug, Default)]
struct Hysteresis {
    lossy: bool,
    clean_since: Option<Instant>,
}

impl Hysteresis {
    fn judge(&mut self, now: Instant, lost_percent: f32) {
        if lost_percent > LOSS_HIGH_PERCENT {
            self.lossy = true;
            self.clean_since = None;
        } else if lost_percent > LOSS_LOW_PERCENT {
            self.clean_since = None;
        } else if now.saturating_duration_since(*self.clean_since.get_or_insert(now)) >= CLEAN_FOR {
            self.lossy = false;
        }
    }
}

/// The desk's network and the codec chosen for it.
#[derive(Debug)]
pub(crate) struct DeskQuality {
    g711: Loss,
    opus: Loss,
    round_trip: Option<Duration>,
    jitter_up_ticks: u32,
    lost_up: f32,
    down: Hysteresis,
    up: Hysteresis,
    /// What the desk hears comes in this codec.
    pub codec_heard: Option<Codec>,
    pub codec_up: Option<Codec>,
    pub codec_down: Option<Codec>,
    /// When the shell was last told.
    pub sampled_at: Instant,
}

impl DeskQuality {
    pub fn new(now: Instant) -> Self {
        Self {
            g711: Loss::default(),
            opus: Loss::default(),
            round_trip: None,
            jitter_up_ticks: 0,
            lost_up: 0.0,
            down: Hysteresis::default(),
            up: Hysteresis::default(),
            codec_heard: None,
            codec_up: None,
            codec_down: None,
            sampled_at: now,
        }
    }

    /// Takes str0m's statistics of a stream we send; `skipped` counts what never reached us, up to the reported
    /// packet.
    pub fn egress(&mut self, now: Instant, is_g711: bool, skipped: Option<u64>, stats: &MediaEgressStats) {
        if let Some(rtt) = stats.rtt {
            self.round_trip = Some(rtt);
        }
        // A report on packets long past says nothing of the network now.
        let (Some(remote), Some(skipped)) = (&stats.remote, skipped) else { return };
        let loss = if is_g711 { &mut self.g711 } else { &mut self.opus };
        loss.push(Report { at: now, highest: *remote.maximum_sequence_number, lost: remote.packets_lost, skipped });
        let lost = self.lost_down(now);
        self.down.judge(now, lost);
    }

    /// Takes str0m's statistics of the stream we receive.
    pub fn ingress(&mut self, now: Instant, stats: &MediaIngressStats) {
        self.jitter_up_ticks = stats.jitter;
        if let Some(loss) = stats.loss {
            self.lost_up = loss * 100.0;
            self.up.judge(now, self.lost_up);
        }
    }

    fn lost_down(&self, now: Instant) -> f32 {
        let worst = [self.g711.percent(now), self.opus.percent(now)].into_iter().flatten().fold(0.0, f32::max);
        worst.clamp(0.0, 100.0)
    }

    /// Whether Opus should carry a telephone's sound to this desk.
    pub fn wants_opus(&self) -> bool {
        self.down.lossy
    }

    pub fn sample(&self, now: Instant, endpoint: EndpointId) -> QualitySample {
        let clock_hz = self.codec_up.map_or(8_000, Codec::clock_hz) as f32;
        QualitySample {
            endpoint,
            round_trip_ms: self.round_trip.map(|rtt| rtt.as_secs_f32() * 1_000.0),
            jitter_up_ms: self.jitter_up_ticks as f32 * 1_000.0 / clock_hz,
            lost_up_percent: self.lost_up,
            lost_down_percent: self.lost_down(now),
            codec_down: self.codec_down,
            codec_up: self.codec_up,
            wish_up: if self.down.lossy || self.up.lossy {
                Codec::Opus
            } else {
                self.codec_heard.unwrap_or(Codec::Pcma)
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(start: Instant, seconds: u64) -> Instant {
        start + Duration::from_secs(seconds)
    }

    #[test]
    fn losses_before_the_gateway_are_not_the_desks() {
        let start = Instant::now();
        let mut loss = Loss::default();
        loss.push(Report { at: start, highest: 1_000, lost: 0, skipped: 0 });
        loss.push(Report { at: seconds(start, 3), highest: 1_150, lost: 15, skipped: 15 });
        assert_eq!(loss.percent(seconds(start, 3)), Some(0.0));
        loss.push(Report { at: seconds(start, 6), highest: 1_300, lost: 30, skipped: 15 });
        assert_eq!(loss.percent(seconds(start, 6)), Some(10.0));
        assert_eq!(loss.percent(seconds(start, 60)), None);
    }

    #[test]
    fn ten_clean_seconds_end_what_one_bad_report_began() {
        let start = Instant::now();
        let mut network = Hysteresis::default();
        network.judge(start, 1.9);
        assert!(!network.lossy);
        network.judge(start, 2.1);
        for second in 1..=11 {
            assert!(network.lossy);
            network.judge(seconds(start, second), 0.0);
        }
        assert!(!network.lossy);
    }

    #[test]
    fn a_little_loss_keeps_what_is() {
        let start = Instant::now();
        let mut network = Hysteresis::default();
        network.judge(start, 5.0);
        for second in 1..60 {
            network.judge(seconds(start, second), if second % 9 == 0 { 1.5 } else { 0.0 });
        }
        assert!(network.lossy);
    }
}

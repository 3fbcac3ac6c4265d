//! Which codec the agent's words should travel in when the network upwards is bad.
//!
//! Left alone, the desk answers in the codec the gateway speaks to it: that is the gateway's wish. Only loss on the
//! way up, which the gateway sees and says in the view, overrides that with Opus and its error correction.

use std::time::{Duration, Instant};

use cordboard_engine::Codec;
use cordboard_wire::DeskView;

/// From here on G.711 without protection loses words.
const LOSSY_PERCENT: f32 = 2.0;
/// Below this the network counts as clean.
const CLEAN_PERCENT: f32 = 0.5;
/// How long it has to be clean before the codec goes back, so that it does not swing.
const CLEAN_FOR: Duration = Duration::from_secs(20);

/// Watches the loss upwards.
#[derive(Debug, Default)]
pub(super) struct CodecWish {
    wanted: Option<Codec>,
    clean_since: Option<Instant>,
}

impl CodecWish {
    /// Takes a view; returns the new wish when it changed, none inside meaning to follow the gateway again.
    pub(super) fn follow(&mut self, view: &DeskView, now: Instant) -> Option<Option<Codec>> {
        let lost_percent = view.agent.quality.as_ref().map_or(0.0, |quality| quality.lost_up_percent);
        if view.calls.is_empty() {
            self.clean_since = None;
            return self.wanted.take().map(|_| None);
        }
        if lost_percent >= LOSSY_PERCENT {
            self.clean_since = None;
            if self.wanted.is_none() {
                self.wanted = Some(Codec::Opus);
                return Some(self.wanted);
            }
        } else if lost_percent > CLEAN_PERCENT {
            self.clean_since = None;
        } else if self.wanted.is_some() && now.duration_since(*self.clean_since.get_or_insert(now)) >= CLEAN_FOR {
            self.clean_since = None;
            self.wanted = None;
            return Some(None);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use cordboard_wire::{CallPhase, Quality, QualityLevel};

    use super::*;
    use crate::desk::views::{a_call, a_view};

    fn with_loss(lost_up_percent: f32) -> DeskView {
        let mut view = a_view();
        view.calls.push(a_call("job-1", CallPhase::Talking));
        view.agent.quality = Some(Quality {
            level: QualityLevel::Fair,
            round_trip_ms: None,
            jitter_up_ms: 0.0,
            lost_up_percent,
            lost_down_percent: 0.0,
            codec_down: None,
            codec_up: None,
            codec_trunk: None,
            concealed_percent: 0.0,
            buffer_ms: 0.0,
            rating_down: None,
            rating_up: None,
        });
        view
    }

    #[test]
    fn loss_brings_opus_and_a_clean_network_ends_it() {
        let start = Instant::now();
        let mut wish = CodecWish::default();
        assert_eq!(wish.follow(&with_loss(1.0), start), None);
        assert_eq!(wish.follow(&with_loss(2.5), start), Some(Some(Codec::Opus)));
        assert_eq!(wish.follow(&with_loss(5.0), start), None);
        assert_eq!(wish.follow(&with_loss(0.0), start + Duration::from_secs(1)), None);
        assert_eq!(wish.follow(&with_loss(1.0), start + Duration::from_secs(15)), None);
        assert_eq!(wish.follow(&with_loss(0.0), start + Duration::from_secs(22)), None);
        assert_eq!(wish.follow(&with_loss(0.1), start + Duration::from_secs(42)), Some(None));
    }

    #[test]
    fn the_call_s_end_ends_it() {
        let mut wish = CodecWish::default();
        wish.follow(&with_loss(9.0), Instant::now());
        assert_eq!(wish.follow(&a_view(), Instant::now()), Some(None));
    }
}

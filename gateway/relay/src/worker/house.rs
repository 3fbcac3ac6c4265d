//! Twice a second: who fell silent, which desk is gone, how the others fare.

use std::time::{Duration, Instant};

use super::{Body, Worker};
use crate::event::RelayEvent;

/// Silence after which somebody who should be heard is reported.
const SILENT_AFTER: Duration = Duration::from_secs(5);
/// Between two quality samples of a desk.
const SAMPLE_EVERY: Duration = Duration::from_secs(2);

impl Worker {
    pub(super) fn keep_house(&mut self, now: Instant) {
        let mut changes = Vec::new();
        for (id, endpoint) in &mut self.endpoints {
            let heard_by_somebody = endpoint.slot.audience.load(std::sync::atomic::Ordering::Acquire) != 0;
            let silence = now.saturating_duration_since(endpoint.heard_at);
            if heard_by_somebody && !endpoint.silence_told && silence >= SILENT_AFTER {
                endpoint.silence_told = true;
                self.herald.tell(RelayEvent::Silent { endpoint: *id, since_ms: silence.as_millis() as u64 });
            }
            let in_call = heard_by_somebody || endpoint.hears_somebody();
            if let Body::Desk(desk) = &mut endpoint.body {
                if let Some(change) = desk.check(now) {
                    changes.push((*id, change));
                }
                if in_call && now.saturating_duration_since(desk.quality.sampled_at) >= SAMPLE_EVERY {
                    desk.quality.sampled_at = now;
                    self.herald.tell(RelayEvent::Quality(desk.quality.sample(now, *id)));
                }
            }
        }
        for (id, change) in changes {
            self.desk_changed(id, change);
        }
        metrics::gauge!("relay_tick_lateness_seconds", "worker" => self.index.to_string())
            .set(std::mem::take(&mut self.ticker.worst_lateness).as_secs_f64());
    }
}

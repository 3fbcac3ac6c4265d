//! Twice a second: who fell silent, which desk is gone, how the others fare.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use cordboard_media::Codec;

use super::deliver::silence;
use super::{Body, Worker};
use crate::desk::Reach;
use crate::endpoint::EndpointId;
use crate::event::RelayEvent;

/// Silence after which somebody who should be heard is reported.
const SILENT_AFTER: Duration = Duration::from_millis(1_400);
/// Between two quality samples of a desk.
const SAMPLE_EVERY: Duration = Duration::from_secs(2);

/// A trunk that is sent nothing for this long gets a frame of silence: it keeps NAT bindings and carriers' patience.
const KEEP_OPEN_US: u64 = 5_000_000;

impl Worker {
    pub(super) fn keep_house(&mut self, now: Instant) {
        let mut looked_at = std::mem::take(&mut self.listeners);
        looked_at.clear();
        looked_at.extend(self.endpoints.keys());
        for id in &looked_at {
            self.look_at(now, *id);
        }
        self.listeners = looked_at;
        let lateness = std::mem::take(&mut self.ticker.worst_lateness);
        self.figures.hand_over(self.endpoints.len(), self.mixes.len(), lateness);
    }

    fn look_at(&mut self, now: Instant, id: EndpointId) {
        let Some(endpoint) = self.endpoints.get_mut(&id) else { return };
        let heard_by_somebody = endpoint.slot.audience.load(Ordering::Acquire) != 0;
        if heard_by_somebody {
            let since = (*endpoint.listened_since.get_or_insert(now)).max(endpoint.heard_at);
            let silence = now.saturating_duration_since(since);
            if !endpoint.silence_told && silence >= SILENT_AFTER {
                endpoint.silence_told = true;
                self.herald.tell(RelayEvent::Silent { endpoint: id, since_ms: silence.as_millis() as u64 });
            }
        } else {
            endpoint.listened_since = None;
            if std::mem::take(&mut endpoint.silence_told) {
                self.herald.tell(RelayEvent::HeardAgain { endpoint: id });
            }
        }
        let in_call = heard_by_somebody || endpoint.hears_somebody();
        let heard = endpoint.sources().iter().filter_map(|source| self.audience.get(&source.id)?.codec);
        // What is wide reaches a desk as Opus.
        let as_sent = heard.map(|codec| if codec.is_wide() { Codec::Opus } else { codec });
        let codec_heard = as_sent.reduce(|one, other| if other == Codec::Opus { other } else { one });
        match &mut endpoint.body {
            Body::Trunk(trunk) => {
                let idle = trunk.line.idle_us(self.clock.us(now));
                if let Some(codec) = trunk.codec()
                    && idle >= KEEP_OPEN_US
                {
                    self.emit(now, id, codec, silence(codec));
                }
            }
            Body::Desk(desk) => {
                desk.quality.codec_heard = codec_heard;
                let change = desk.check(now);
                let closed = desk.reach == Reach::Closed;
                if in_call && !closed && now.saturating_duration_since(desk.quality.sampled_at) >= SAMPLE_EVERY {
                    desk.quality.sampled_at = now;
                    self.herald.tell(RelayEvent::Quality(desk.quality.sample(now, id)));
                }
                if let Some(change) = change {
                    self.desk_changed(id, change);
                }
                self.steer(id);
            }
        }
    }
}

//! Carries events from the workers to the shell, so that a slow shell never stops a worker.
//!
//! A thread of its own calls the shell's closure, which may block. Edges wait as long as it takes; their number is
//! bounded by what people do (keys, prompts, connections). Quality samples are dropped when many events wait.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;

use crate::event::RelayEvent;

/// Above this many waiting events, statistics are dropped.
const STATISTICS_CAP: usize = 1_024;
/// Above this many, something is wrong with the shell, and it is said once a thousand.
const ALARM: usize = 8_192;

#[derive(Debug, Default)]
struct Waiting {
    events: VecDeque<RelayEvent>,
    ended: bool,
}

/// The queue's near end; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Herald {
    shared: Arc<(Mutex<Waiting>, Condvar)>,
}

impl Herald {
    /// Starts the thread that calls `sink`.
    pub fn start(mut sink: Box<dyn FnMut(RelayEvent) + Send>) -> std::io::Result<(Self, JoinHandle<()>)> {
        let waiting = Waiting { events: VecDeque::with_capacity(STATISTICS_CAP), ended: false };
        let shared = Arc::new((Mutex::new(waiting), Condvar::new()));
        let far = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("relay-herald".into()).spawn(move || {
            let (lock, arrived) = &*far;
            loop {
                let mut waiting = lock.lock().unwrap_or_else(PoisonError::into_inner);
                while waiting.events.is_empty() && !waiting.ended {
                    waiting = arrived.wait(waiting).unwrap_or_else(PoisonError::into_inner);
                }
                let Some(event) = waiting.events.pop_front() else { break };
                drop(waiting);
                sink(event);
            }
            sink(RelayEvent::Stopped);
        })?;
        Ok((Self { shared }, thread))
    }

    /// Queues an event.
    pub fn tell(&self, event: RelayEvent) {
        let (lock, arrived) = &*self.shared;
        let mut waiting = lock.lock().unwrap_or_else(PoisonError::into_inner);
        let depth = waiting.events.len();
        if waiting.ended || (depth >= STATISTICS_CAP && matches!(event, RelayEvent::Quality(_))) {
            metrics::counter!("relay_events_dropped_total").increment(1);
            return;
        }
        if depth >= ALARM && depth % 1_000 == 0 {
            tracing::error!(depth, "the shell does not take media events");
        }
        waiting.events.push_back(event);
        drop(waiting);
        arrived.notify_one();
    }

    /// Lets the thread end once everything is told.
    pub fn end(&self) {
        let (lock, arrived) = &*self.shared;
        lock.lock().unwrap_or_else(PoisonError::into_inner).ended = true;
        arrived.notify_all();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use cordboard_media::Codec;

    use super::*;
    use crate::endpoint::EndpointId;
    use crate::event::QualitySample;

    #[test]
    fn a_slow_shell_loses_statistics_and_no_edges() {
        let (sender, receiver) = sync_channel(0);
        let (herald, thread) = Herald::start(Box::new(move |event| sender.send(event).unwrap())).unwrap();
        let quality = RelayEvent::Quality(QualitySample {
            endpoint: EndpointId(1),
            round_trip_ms: None,
            jitter_up_ms: 0.0,
            lost_up_percent: 0.0,
            lost_down_percent: 0.0,
            codec_down: None,
            codec_up: None,
            wish_up: Codec::Pcma,
        });
        for play in 0..2 * STATISTICS_CAP as u64 {
            herald.tell(RelayEvent::PromptEnded { endpoint: EndpointId(1), play, played: true });
            herald.tell(quality.clone());
        }
        herald.end();
        let told: Vec<_> = receiver.iter().collect();
        thread.join().unwrap();
        let edges = told.iter().filter(|event| matches!(event, RelayEvent::PromptEnded { .. })).count();
        let statistics = told.iter().filter(|event| matches!(event, RelayEvent::Quality(_))).count();
        assert_eq!(edges, 2 * STATISTICS_CAP);
        assert!(statistics <= STATISTICS_CAP);
        assert_eq!(told.last(), Some(&RelayEvent::Stopped));
    }
}

//! What a worker counts, handed to the metrics twice a second so that a packet costs an addition and no more.

use std::time::Duration;

use metrics::{Counter, Gauge, counter, gauge};

/// Counts since the last hand-over, and where they go.
pub(super) struct Figures {
    pub packets_in: u64,
    pub packets_out: u64,
    pub dropped_foreign: u64,
    pub dropped_unfit: u64,
    pub recording_overflows: u64,
    pub crossings_lost: u64,
    sinks: Sinks,
}

struct Sinks {
    packets_in: Counter,
    packets_out: Counter,
    dropped_foreign: Counter,
    dropped_unfit: Counter,
    recording_overflows: Counter,
    crossings_lost: Counter,
    endpoints: Gauge,
    mixes: Gauge,
    tick_lateness: Gauge,
}

impl Figures {
    pub fn new(worker: usize) -> Self {
        let label = || ("worker", worker.to_string());
        let sinks = Sinks {
            packets_in: counter!("relay_packets_in_total", &[label()]),
            packets_out: counter!("relay_packets_out_total", &[label()]),
            dropped_foreign: counter!("relay_packets_dropped_foreign_total", &[label()]),
            dropped_unfit: counter!("relay_packets_dropped_unfit_total", &[label()]),
            recording_overflows: counter!("relay_recording_packets_lost_total", &[label()]),
            crossings_lost: counter!("relay_crossing_packets_lost_total", &[label()]),
            endpoints: gauge!("relay_endpoints", &[label()]),
            mixes: gauge!("relay_mixes", &[label()]),
            tick_lateness: gauge!("relay_tick_lateness_seconds", &[label()]),
        };
        Self {
            packets_in: 0,
            packets_out: 0,
            dropped_foreign: 0,
            dropped_unfit: 0,
            recording_overflows: 0,
            crossings_lost: 0,
            sinks,
        }
    }

    pub fn hand_over(&mut self, endpoints: usize, mixes: usize, tick_lateness: Duration) {
        let Self { sinks, .. } = self;
        for (count, sink) in [
            (&mut self.packets_in, &sinks.packets_in),
            (&mut self.packets_out, &sinks.packets_out),
            (&mut self.dropped_foreign, &sinks.dropped_foreign),
            (&mut self.dropped_unfit, &sinks.dropped_unfit),
            (&mut self.recording_overflows, &sinks.recording_overflows),
            (&mut self.crossings_lost, &sinks.crossings_lost),
        ] {
            if *count > 0 {
                sink.increment(std::mem::take(count));
            }
        }
        sinks.endpoints.set(endpoints as f64);
        sinks.mixes.set(mixes as f64);
        sinks.tick_lateness.set(tick_lateness.as_secs_f64());
    }
}

//! Counters that anybody may read at any time, mirrored into the `metrics` recorder of the process.

use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};

/// What the user agent has seen as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserAgentStats {
    /// Datagrams and connections from addresses that no trunk allows; answered with nothing.
    pub unknown_source: u64,
    /// Messages from known addresses that could not be read.
    pub malformed: u64,
    /// Datagrams dropped because the loop was behind, and requests dropped because too many were open.
    pub overloaded: u64,
    /// TCP connections closed because there were too many, or one said something that is no SIP.
    pub connections_refused: u64,
}

/// What one trunk has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrunkStats {
    /// Its name.
    pub trunk: String,
    /// Whether its peer answers OPTIONS; `None` while that is not known or not asked.
    pub up: Option<bool>,
    /// Calls at this moment, both directions.
    pub calls: u32,
    /// Inbound calls since the start, refused ones included.
    pub incoming: u64,
    /// Outbound calls since the start, refused ones included.
    pub outgoing: u64,
    /// Calls refused because of a cap.
    pub over_cap: u64,
}

/// A count of something that went wrong outside any call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Count {
    UnknownSource,
    Malformed,
    Overloaded,
    ConnectionRefused,
}

impl Count {
    fn name(self) -> &'static str {
        match self {
            Self::UnknownSource => "cordboard_sip_unknown_source_total",
            Self::Malformed => "cordboard_sip_malformed_total",
            Self::Overloaded => "cordboard_sip_overloaded_total",
            Self::ConnectionRefused => "cordboard_sip_connections_refused_total",
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Stats {
    unknown_source: AtomicU64,
    malformed: AtomicU64,
    overloaded: AtomicU64,
    connections_refused: AtomicU64,
    trunks: Vec<TrunkCounters>,
}

#[derive(Debug)]
pub(crate) struct TrunkCounters {
    trunk: String,
    up: AtomicU8,
    calls: AtomicU32,
    incoming: AtomicU64,
    outgoing: AtomicU64,
    over_cap: AtomicU64,
}

impl Stats {
    pub(crate) fn new(trunks: impl Iterator<Item = String>) -> Self {
        let counters = trunks.map(|trunk| TrunkCounters {
            trunk,
            up: AtomicU8::new(0),
            calls: AtomicU32::new(0),
            incoming: AtomicU64::new(0),
            outgoing: AtomicU64::new(0),
            over_cap: AtomicU64::new(0),
        });
        // A counter that is read before anything went wrong reads 0, not nothing.
        for what in [Count::UnknownSource, Count::Malformed, Count::Overloaded, Count::ConnectionRefused] {
            metrics::counter!(what.name()).increment(0);
        }
        Self { trunks: counters.collect(), ..Self::default() }
    }

    pub(crate) fn count(&self, what: Count) {
        let counter = match what {
            Count::UnknownSource => &self.unknown_source,
            Count::Malformed => &self.malformed,
            Count::Overloaded => &self.overloaded,
            Count::ConnectionRefused => &self.connections_refused,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        metrics::counter!(what.name()).increment(1);
    }

    pub(crate) fn calls(&self, trunk: usize, calls: u32) {
        let Some(counters) = self.trunks.get(trunk) else { return };
        counters.calls.store(calls, Ordering::Relaxed);
        metrics::gauge!("cordboard_sip_calls", "trunk" => counters.trunk.clone()).set(f64::from(calls));
    }

    pub(crate) fn call_begins(&self, trunk: usize, inbound: bool) {
        let Some(counters) = self.trunks.get(trunk) else { return };
        let (counter, direction) =
            if inbound { (&counters.incoming, "inbound") } else { (&counters.outgoing, "outbound") };
        counter.fetch_add(1, Ordering::Relaxed);
        let trunk = counters.trunk.clone();
        metrics::counter!("cordboard_sip_calls_total", "trunk" => trunk, "direction" => direction).increment(1);
    }

    pub(crate) fn over_cap(&self, trunk: usize) {
        let Some(counters) = self.trunks.get(trunk) else { return };
        counters.over_cap.fetch_add(1, Ordering::Relaxed);
        metrics::counter!("cordboard_sip_over_cap_total", "trunk" => counters.trunk.clone()).increment(1);
    }

    pub(crate) fn health(&self, trunk: usize, up: bool) {
        let Some(counters) = self.trunks.get(trunk) else { return };
        counters.up.store(if up { 2 } else { 1 }, Ordering::Relaxed);
        let value = if up { 1.0 } else { 0.0 };
        metrics::gauge!("cordboard_sip_trunk_up", "trunk" => counters.trunk.clone()).set(value);
    }

    pub(crate) fn read(&self) -> UserAgentStats {
        UserAgentStats {
            unknown_source: self.unknown_source.load(Ordering::Relaxed),
            malformed: self.malformed.load(Ordering::Relaxed),
            overloaded: self.overloaded.load(Ordering::Relaxed),
            connections_refused: self.connections_refused.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn read_trunks(&self) -> Vec<TrunkStats> {
        let read = |counters: &TrunkCounters| TrunkStats {
            trunk: counters.trunk.clone(),
            up: match counters.up.load(Ordering::Relaxed) {
                0 => None,
                one => Some(one == 2),
            },
            calls: counters.calls.load(Ordering::Relaxed),
            incoming: counters.incoming.load(Ordering::Relaxed),
            outgoing: counters.outgoing.load(Ordering::Relaxed),
            over_cap: counters.over_cap.load(Ordering::Relaxed),
        };
        self.trunks.iter().map(read).collect()
    }
}

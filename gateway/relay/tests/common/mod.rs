//! Peers with mouths and ears for the relay's stories: plain RTP telephones and a WebRTC desk.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, clippy::missing_panics_doc, missing_docs)]

pub mod desk;
pub mod ear;
pub mod phone;

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use cordboard_media::tone::Tone;
use cordboard_media::wav;
use cordboard_relay::{EndpointId, Hear, Plan, Relay, RelayConfig, RelayEvent};
use tempfile::TempDir;

pub const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
pub const PATIENCE: Duration = Duration::from_secs(10);

/// A relay with its folder, its events and a prompt library of tones.
pub struct House {
    pub relay: Relay,
    pub folder: TempDir,
    events: Arc<(Mutex<VecDeque<RelayEvent>>, Condvar)>,
    revision: std::cell::Cell<u64>,
}

/// Prompts of the test library: name, hertz, milliseconds, sampling rate.
pub const PROMPTS: [(&str, f32, u32, u32); 4] = [
    ("en/welcome", 700.0, 600, 8_000),
    ("en/menu", 1_100.0, 500, 16_000),
    ("zh-CN/welcome", 900.0, 400, 8_000),
    ("music", 1_500.0, 1_000, 16_000),
];

/// Tests of one process run side by side: each gets its own stretch of ports.
static NEXT_PORTS: AtomicU16 = AtomicU16::new(0);

impl House {
    pub fn new(workers: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let prompts = folder.path().join("prompts");
        for (name, hz, length_ms, rate_hz) in PROMPTS {
            write_tone(&prompts.join(format!("{name}.wav")), hz, length_ms, rate_hz);
        }
        let stretch = NEXT_PORTS.fetch_add(1, Ordering::Relaxed) % 60;
        let first = 33_000 + stretch * 200 + (std::process::id() % 50) as u16 * 4;
        let config = RelayConfig {
            rtp_ip: LOOPBACK,
            advertised_rtp_ip: None,
            rtp_ports: first..=first + 199,
            desk_bind: LOOPBACK,
            desk_advertised: None,
            workers,
            prompts,
            recordings: folder.path().join("recordings"),
        };
        let events = Arc::new((Mutex::new(VecDeque::new()), Condvar::new()));
        let sink = Arc::clone(&events);
        let relay = Relay::start(config, move |event| {
            sink.0.lock().unwrap().push_back(event);
            sink.1.notify_all();
        })
        .unwrap();
        Self { relay, folder, events, revision: std::cell::Cell::new(0) }
    }

    /// Waits for the first event that fits and takes it out.
    pub fn expect(&self, what: &str, fits: impl Fn(&RelayEvent) -> bool) -> RelayEvent {
        self.within(PATIENCE, &fits).unwrap_or_else(|| {
            let seen = self.events.0.lock().unwrap();
            panic!("no event: {what}; seen {seen:?}")
        })
    }

    pub fn within(&self, patience: Duration, fits: &dyn Fn(&RelayEvent) -> bool) -> Option<RelayEvent> {
        let deadline = Instant::now() + patience;
        let mut events = self.events.0.lock().unwrap();
        loop {
            if let Some(found) = events.iter().position(fits) {
                return events.remove(found);
            }
            let left = deadline.checked_duration_since(Instant::now())?;
            events = self.events.1.wait_timeout(events, left).unwrap().0;
        }
    }

    pub fn forget_events(&self) {
        self.events.0.lock().unwrap().clear();
    }

    pub fn plan(&self, id: u64, hear: Hear) {
        self.plan_recorded(id, hear, None);
    }

    pub fn plan_recorded(&self, id: u64, hear: Hear, record: Option<&str>) {
        self.revision.set(self.revision.get() + 1);
        let record = record.map(|name| cordboard_relay::RecordingId::new(name).unwrap());
        self.relay.set_plan(EndpointId(id), Plan { revision: self.revision.get(), hear, record }).unwrap();
    }

    pub fn bridge(&self, one: u64, other: u64) {
        self.plan(one, hear(&[other]));
        self.plan(other, hear(&[one]));
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.relay.stop();
    }
}

pub fn hear(ids: &[u64]) -> Hear {
    Hear::Endpoints(ids.iter().map(|id| EndpointId(*id)).collect())
}

pub fn prompts(play: u64, names: &[&str]) -> Hear {
    Hear::Prompts { play, names: names.iter().map(|name| (*name).to_owned()).collect() }
}

fn write_tone(path: &Path, hz: f32, length_ms: u32, rate_hz: u32) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut samples = vec![0; (rate_hz * length_ms / 1_000) as usize];
    Tone::sine(hz, -14.0, rate_hz).fill(&mut samples);
    wav::write(std::fs::File::create(path).unwrap(), rate_hz, 1, &samples).unwrap();
}

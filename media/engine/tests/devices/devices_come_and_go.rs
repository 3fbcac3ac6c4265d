//! Devices are lost, added, chosen, changed in rate, and made the default, hundreds of times in one call; after each
//! change the caller is heard at the right loudspeaker within 150 ms, and nowhere else, or the right microphone is.
//!
//! Stalls of the machine are measured, by pauses between what the server sends and by a clock that ticks late, and
//! added to what is allowed.

use std::time::{Duration, Instant};

use cordboard_engine::{Choice, DeviceChoices};

use crate::desk::{Desk, TONE_HZ};
use crate::listener::{BLOCK, HZ, Listener, is_tone};
use crate::server::{Server, until};
use crate::talker::Talker;

const LIMIT: Duration = Duration::from_millis(150);
/// Hums into the two microphones.
const HUMS_HZ: [u32; 2] = [600, 1_400];
const MICS: [&str; 2] = ["mic_a", "mic_b"];

/// What is changed; each leads to the next state of a small round.
const ROUND: [Change; 10] = [
    Change::DefaultSpeaker("headset"),
    Change::DefaultMicrophone(1),
    Change::Added { rate_hz: 48_000 },
    Change::Chosen,
    Change::DefaultSpeaker("desk"),
    Change::Lost { next: "desk" },
    Change::DefaultMicrophone(0),
    Change::Added { rate_hz: 44_100 },
    Change::Rate { rate_hz: 32_000 },
    Change::Unchosen,
];

#[derive(Debug, Clone, Copy)]
enum Change {
    /// The system's default changes; heard there unless the plugged device is chosen.
    DefaultSpeaker(&'static str),
    DefaultMicrophone(usize),
    /// A device is plugged; heard there if it is chosen.
    Added {
        rate_hz: u32,
    },
    /// The plugged device is chosen.
    Chosen,
    /// The chosen device is unplugged.
    Lost {
        next: &'static str,
    },
    /// The device comes back at another rate at once.
    Rate {
        rate_hz: u32,
    },
    /// The system is followed again, and the plugged device is taken away.
    Unchosen,
}

/// Everything a round needs.
struct Room {
    server: Server,
    desk: Desk,
    ears: Vec<(&'static str, Listener)>,
    plugged: Option<String>,
    chosen: bool,
    default: &'static str,
    took: Vec<Duration>,
}

#[test]
fn devices_come_and_go() {
    let Some(server) = Server::start("devices_come_and_go") else { return };
    let changes = std::env::var("CORDBOARD_SWITCHES").ok().and_then(|text| text.parse().ok());
    let changes = changes.unwrap_or(if std::env::var_os("CI").is_some() { 500 } else { 100 });
    let _hums = [Talker::humming("voice_a", HUMS_HZ[0]), Talker::humming("voice_b", HUMS_HZ[1])];
    let desk = Desk::talking(DeviceChoices::default());
    let ears = vec![("desk", Listener::at("desk")), ("headset", Listener::at("headset"))];
    let mut room = Room { server, desk, ears, plugged: None, chosen: false, default: "desk", took: vec![] };
    room.heard_at("desk", Instant::now(), "to begin with");
    for (n, change) in ROUND.into_iter().cycle().take(changes).enumerate() {
        room.change(change, n);
    }
    room.took.sort_unstable();
    let (half, last) = (room.took[room.took.len() / 2], room.took[room.took.len() - 1]);
    eprintln!("{changes} changes, {} that moved sound: median {half:?}, longest {last:?}", room.took.len());
    crate::allocator::callbacks_allocated_nothing();
}

impl Room {
    fn change(&mut self, change: Change, n: usize) {
        let what = format!("change {n}, {change:?}");
        match change {
            Change::DefaultSpeaker(sink) => {
                self.default = sink;
                self.server.pactl(&["set-default-sink", sink]);
                self.speaks(&what);
            }
            Change::DefaultMicrophone(mic) => {
                self.server.pactl(&["set-default-source", MICS[mic]]);
                self.hears(mic, Instant::now(), &what);
            }
            Change::Added { rate_hz } => {
                self.plug(rate_hz);
                self.speaks(&what);
            }
            Change::Chosen => {
                self.chosen = true;
                let speaker = Choice::Device("usb".to_owned());
                self.desk.devices.choose(DeviceChoices { speaker, ..DeviceChoices::default() });
                self.speaks(&what);
            }
            Change::Lost { next } => {
                self.unplug();
                assert_eq!(self.default, next);
                self.speaks(&what);
            }
            Change::Rate { rate_hz } => {
                self.unplug();
                self.plug(rate_hz);
                self.speaks(&what);
            }
            Change::Unchosen => {
                self.chosen = false;
                self.desk.devices.choose(DeviceChoices::default());
                self.speaks(&what);
                self.unplug();
            }
        }
    }

    fn plug(&mut self, rate_hz: u32) {
        let rate = format!("rate={rate_hz}");
        self.plugged = Some(self.server.load(&["module-null-sink", "norewinds=1", "sink_name=usb", &rate]));
    }

    fn unplug(&mut self) {
        self.ears.retain(|(name, _)| *name != "usb");
        let module = self.plugged.take().unwrap();
        self.server.pactl(&["unload-module", &module]);
    }

    fn speaks(&mut self, what: &str) {
        let changed = Instant::now();
        let right = if self.chosen && self.plugged.is_some() { "usb" } else { self.default };
        if self.plugged.is_some() && !self.ears.iter().any(|(name, _)| *name == "usb") {
            self.ears.push(("usb", Listener::at("usb")));
        }
        self.heard_at(right, changed, what);
    }

    /// The tone is heard at `right` soon after `changed`, and goes on, and nowhere else.
    fn heard_at(&mut self, right: &str, changed: Instant, what: &str) {
        let mut took = None;
        until(what, || {
            let ear = &self.ears.iter().find(|(name, _)| *name == right).unwrap().1;
            took = steady(ear, changed, 10);
            took.is_some()
        });
        let took = took.unwrap();
        let stalled = self.stalled(changed);
        if took > LIMIT + stalled {
            self.explain(right, changed);
        }
        assert!(took <= LIMIT + stalled, "{what}: heard at {right} after {took:?}, stalls {stalled:?}");
        for (name, ear) in &self.ears {
            if *name != right {
                let (_, after) = ear.since(changed + LIMIT + stalled);
                let wrong = after.chunks_exact(BLOCK).filter(|block| is_tone(block, TONE_HZ, HZ)).count();
                assert_eq!(wrong, 0, "{what}: heard at {name} and not only at {right}");
            }
        }
        self.took.push(took);
    }

    /// Shows what each ear heard: a sign for each 10 ms, `-` silence, `T` the tone, `?` something else.
    fn explain(&self, right: &str, changed: Instant) {
        eprintln!("expected at {right}; {:?}", self.desk.devices.now().borrow().speaker);
        eprintln!("{:?}", self.desk.path.report());
        for (name, ear) in &self.ears {
            let (_, heard) = ear.since(changed);
            let signs: String = heard
                .chunks_exact(BLOCK)
                .map(|block| match (is_tone(block, TONE_HZ, HZ), block.iter().all(|sample| *sample == 0)) {
                    (true, _) => 'T',
                    (false, true) => '-',
                    (false, false) => '?',
                })
                .collect();
            eprintln!("{name:>10} {signs}");
        }
    }

    /// How long the machine did not let sound be heard, or made, in all since `from`.
    fn stalled(&self, from: Instant) -> Duration {
        let heard = self.ears.iter().map(|(_, ear)| ear.stalled(from)).max().unwrap_or_default();
        heard + self.desk.stalled(from)
    }

    /// The microphone's hum goes up soon after `changed`, and nothing else from then on.
    fn hears(&mut self, mic: usize, changed: Instant, what: &str) {
        let right = f64::from(HUMS_HZ[mic]);
        let mut took = None;
        until(what, || {
            let sent = self.desk.sent_since(changed);
            let fits = sent.iter().map(|(_, samples)| is_tone(samples, right, 8_000)).collect::<Vec<_>>();
            let steady = fits.windows(5).position(|five| five.iter().all(|fit| *fit));
            took = steady.map(|at| sent[at].0.saturating_duration_since(changed));
            took.is_some()
        });
        let took = took.unwrap();
        let stalled = self.stalled(changed);
        assert!(took <= LIMIT + stalled, "{what}: sent after {took:?}, stalls {stalled:?}");
        self.took.push(took);
    }
}

/// How long after `changed` the tone began that lasts for `blocks`; a fresh stream may stumble once.
fn steady(ear: &Listener, changed: Instant, blocks: usize) -> Option<Duration> {
    let (from, heard) = ear.since(changed);
    let fits: Vec<bool> = heard.chunks_exact(BLOCK).map(|block| is_tone(block, TONE_HZ, HZ)).collect();
    let lasts = |stretch: &[bool]| stretch[0] && stretch.iter().filter(|fit| **fit).count() * 5 >= blocks * 4;
    let at = fits.windows(blocks).position(lasts)?;
    let began = from + Duration::from_millis(10) * u32::try_from(at).unwrap();
    Some(began.saturating_duration_since(changed))
}

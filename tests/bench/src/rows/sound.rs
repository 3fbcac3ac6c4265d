//! What sound costs: processor time of the relay's process at a steady load, in percent of one core for one call.

mod traffic;

use std::time::{Duration, Instant};

use anyhow::Result;

pub use traffic::Traffic;

use crate::options::Options;
use crate::relay::child::RelayProcess;
use crate::row::Row;
use crate::spread::Spread;
use crate::{profile, steady};

pub const NAME: &str = "sound: forwarded, recorded, transcoded, prompt, conference";

/// Time for sockets to be latched and buffers to grow.
pub const SETTLING: Duration = Duration::from_secs(1);

pub fn measure(options: &Options) -> Result<Vec<Row>> {
    let forwarded = cost(Traffic::Plain, options)?;
    let recorded = cost(Traffic::PlainRecorded, options)?;
    let desk = cost(Traffic::Desk, options)?;
    let desk_recorded = cost(Traffic::DeskRecorded, options)?;
    let transcoded = cost(Traffic::Transcoded, options)?;
    let prompt = cost(Traffic::Prompt, options)?;
    let conference = cost(Traffic::Conference, options)?;
    let standing = cost(Traffic::StandingDesk, options)?;
    let recording = desk_recorded.percent.median() - desk.percent.median();
    let plain_recording = recorded.percent.median() - forwarded.percent.median();
    Ok(vec![
        forwarded.row("G.711 forwarded between two plain RTP legs", Some(0.10)),
        recorded.row("the same, recorded in stereo", None),
        desk.row("G.711 trunk to a desk over SRTP, forwarded", None),
        desk_recorded.row("G.711 trunk to a desk over SRTP, forwarded, recorded in stereo", Some(0.30)),
        Row::compared(
            "what stereo recording adds",
            recording.max(plain_recording),
            0.06,
            "%",
            format!("{recording:.3} % at a desk, {plain_recording:.3} % between plain legs"),
        ),
        transcoded.row("G.711 to Opus both ways over SRTP", Some(0.75)),
        prompt.row("prompt playback", Some(0.05)),
        conference.row("conference of ten on G.711, a party", Some(0.15)),
        standing.row("a standing desk without a call", Some(0.01)),
    ])
}

/// What one kind of traffic costs.
struct Cost {
    percent: Spread,
    idle: f64,
    calls: u64,
    packets_per_second: f64,
}

impl Cost {
    fn row(&self, name: &str, most: Option<f64>) -> Row {
        let measured = format!(
            "{}; {} calls, {:.0} packets/s to each, idle {:.2} % taken off",
            self.percent.words(3, "%"),
            self.calls,
            self.packets_per_second,
            self.idle
        );
        match most {
            Some(most) => Row::compared(name, self.percent.median(), most, "%", measured),
            None => Row::noted(name, measured),
        }
    }
}

fn cost(traffic: Traffic, options: &Options) -> Result<Cost> {
    let relay = RelayProcess::start()?;
    let calls = traffic.calls(options.calls);
    std::thread::sleep(SETTLING);
    let idle = steady::window(relay.process(), options.window())?;
    let load = traffic.begin(&relay, calls)?;
    std::thread::sleep(SETTLING);
    let (sent, began) = (relay.sent((1..=calls).collect())?, Instant::now());
    let used = steady::percent_of_a_core(relay.process(), options)?;
    let packets = relay.sent((1..=calls).collect())? - sent;
    let packets_per_second = packets as f64 / began.elapsed().as_secs_f64() / calls as f64;
    profile::print(traffic.word(), relay.process(), options)?;
    drop(load);
    let percent = Spread::of(used.values().iter().map(|used| (used - idle) / calls as f64));
    Ok(Cost { percent, idle, calls, packets_per_second })
}

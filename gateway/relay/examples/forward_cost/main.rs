//! What a call costs in the media workers: CPU of their threads at a steady load, in percent of one core a call.
//!
//! `cargo run --release -p cordboard-relay --example forward_cost -- [ROW …] [--calls N] [--seconds S] [--rounds R] [--json]`
//!
//! Rows: `forward` (two plain legs), `recorded` (the same in stereo), `desk` (a plain leg and a desk over SRTP, G.711
//! passed through), `desk-recorded`, `transcoded` (G.711 and Opus both ways over SRTP), `prompt`, `conference` (ten on
//! G.711, a party), `idle` (a desk that waits). `latency` sends probes through a worker loaded with that many calls and
//! prints microseconds, with those of two sockets without a gateway beside them. The load comes from threads of this process whose CPU is not counted; the figure is read from
//! the kernel's account of the workers' and recorder's threads. Load of other programs does not add to it but makes
//! caches colder.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod cpu;
mod desks;
mod latency;
mod phones;

use std::time::{Duration, Instant};

use cordboard_relay::{Codec, EndpointId, Hear, Plan, RecordingId, Relay, RelayConfig, RelayEvent};

const ROWS: [(&str, f64); 8] = [
    ("forward", 0.10),
    ("recorded", 0.16),
    ("desk", 0.24),
    ("desk-recorded", 0.30),
    ("transcoded", 0.75),
    ("prompt", 0.05),
    ("conference", 0.15),
    ("idle", 0.01),
];

struct Options {
    rows: Vec<String>,
    calls: usize,
    seconds: u64,
    rounds: usize,
    json: bool,
}

fn options() -> Options {
    let mut options = Options { rows: Vec::new(), calls: 50, seconds: 5, rounds: 5, json: false };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|text| text.parse::<u64>().ok()).expect("a number follows");
        match argument.as_str() {
            "--calls" => options.calls = number() as usize,
            "--seconds" => options.seconds = number(),
            "--rounds" => options.rounds = number() as usize,
            "--json" => options.json = true,
            row => options.rows.push(row.to_owned()),
        }
    }
    if options.rows.is_empty() {
        options.rows = ROWS.iter().map(|(row, _)| (*row).to_owned()).collect();
        options.rows.push("latency".to_owned());
    }
    options
}

/// A relay with a load on it.
struct Bench {
    relay: Relay,
    _folder: tempfile::TempDir,
    revision: u64,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let prompts = folder.path().join("prompts");
        std::fs::create_dir_all(&prompts).unwrap();
        let mut samples = vec![0; 8_000 * 10];
        cordboard_media::tone::Tone::sine(700.0, -14.0, 8_000).fill(&mut samples);
        cordboard_media::wav::write(std::fs::File::create(prompts.join("music.wav")).unwrap(), 8_000, 1, &samples)
            .unwrap();
        let config = RelayConfig {
            rtp_ip: [127, 0, 0, 1].into(),
            advertised_rtp_ip: None,
            rtp_ports: 40_000..=48_999,
            desk_bind: [127, 0, 0, 1].into(),
            desk_advertised: None,
            workers: 1,
            prompts,
            recordings: folder.path().join("recordings"),
        };
        let relay = Relay::start(config, |event| {
            if let RelayEvent::RecordingFailed { reason, .. } = event {
                println!("recording failed: {reason}");
            }
        })
        .unwrap();
        Self { relay, _folder: folder, revision: 0 }
    }

    fn plan(&mut self, id: u64, hear: Hear, record: Option<String>) {
        self.revision += 1;
        let record = record.and_then(|name| RecordingId::new(&name));
        self.relay.set_plan(EndpointId(id), Plan { revision: self.revision, hear, record }).unwrap();
    }

    fn bridge(&mut self, one: u64, other: u64, recorded: bool) {
        self.plan(one, Hear::Endpoints(vec![EndpointId(other)]), recorded.then(|| format!("call-{one}")));
        self.plan(other, Hear::Endpoints(vec![EndpointId(one)]), None);
    }
}

/// Sets a row's load up, measures, and takes it down: percent of a core a call, and packets a second as a check.
fn measure(row: &str, calls: usize, span: Duration) -> (f64, f64) {
    let mut bench = Bench::new();
    let calls = if row == "conference" { calls.div_ceil(10) * 10 } else { calls };
    let ids = 1..=calls as u64;
    let other = |id: u64| id + 100_000;
    let legs = ids.clone().filter(|_| row != "idle");
    let phones = phones::Load::start(&bench.relay, legs, row != "prompt");
    let mut others = None;
    let mut desks = None;
    match row {
        "forward" | "recorded" => {
            others = Some(phones::Load::start(&bench.relay, ids.clone().map(other), true));
            ids.for_each(|id| bench.bridge(id, other(id), row == "recorded"));
        }
        "desk" | "desk-recorded" | "transcoded" => {
            let codec = if row == "transcoded" { Codec::Opus } else { Codec::Pcma };
            desks = Some(desks::Load::start(&bench.relay, ids.clone().map(other), codec));
            ids.for_each(|id| bench.bridge(id, other(id), row == "desk-recorded"));
        }
        "idle" => desks = Some(desks::Load::start(&bench.relay, ids, Codec::Pcma).silent()),
        "prompt" => ids.for_each(|id| bench.plan(id, Hear::Music, None)),
        "conference" => {
            for id in ids {
                let first = (id - 1) / 10 * 10 + 1;
                let peers = (first..first + 10).filter(|peer| *peer != id).map(EndpointId).collect();
                bench.plan(id, Hear::Endpoints(peers), None);
            }
        }
        unknown => panic!("no such row: {unknown}"),
    }
    std::thread::sleep(Duration::from_secs(1));
    let packets = || (1..=calls as u64).map(|id| bench.relay.stats(EndpointId(id)).unwrap().packets_out).sum::<u64>();
    let (cpu_before, sent_before, began) = (cpu::relay_threads(), packets(), Instant::now());
    std::thread::sleep(span);
    let took = began.elapsed();
    let (used, sent) = (cpu::relay_threads() - cpu_before, packets() - sent_before);
    drop((phones, others, desks));
    bench.relay.stop();
    let percent = 100.0 * used.as_secs_f64() / took.as_secs_f64() / calls as f64;
    (percent, sent as f64 / took.as_secs_f64() / calls as f64)
}

/// Probes through a loaded worker.
fn latency(options: &Options) {
    let mut bench = Bench::new();
    let ids = 1..=options.calls as u64;
    let other = |id: u64| id + 100_000;
    let load = [
        phones::Load::start(&bench.relay, ids.clone(), true),
        phones::Load::start(&bench.relay, ids.clone().map(other), true),
    ];
    ids.for_each(|id| bench.bridge(id, other(id), false));
    let probe = latency::Probe::new(&bench.relay, 200_001, 200_002);
    bench.bridge(200_001, 200_002, false);
    std::thread::sleep(Duration::from_secs(1));
    let span = Duration::from_secs(options.seconds * options.rounds as u64);
    let (through, beside) = (probe.through(span), probe.beside(span));
    drop(load);
    bench.relay.stop();
    if options.json {
        println!(
            "{{\"row\":\"latency\",\"median_us\":{},\"p99_us\":{},\"longest_us\":{},\"hold_p99_us\":1000,\"calls\":{},\
             \"sockets_alone_median_us\":{},\"sockets_alone_p99_us\":{}}}",
            through.median, through.p99, through.longest, options.calls, beside.median, beside.p99
        );
    } else {
        println!(
            "latency        {} µs median, {} µs p99, {} µs longest beside {} calls (to hold: 1000 µs p99; two sockets \
             alone: {} and {} µs)",
            through.median, through.p99, through.longest, options.calls, beside.median, beside.p99
        );
    }
}

fn main() {
    let options = options();
    for row in &options.rows {
        if row == "latency" {
            latency(&options);
            continue;
        }
        let mut figures: Vec<(f64, f64)> =
            (0..options.rounds).map(|_| measure(row, options.calls, Duration::from_secs(options.seconds))).collect();
        figures.sort_by(|one, other| one.0.total_cmp(&other.0));
        let (median, sent) = figures[figures.len() / 2];
        let (least, most) = (figures[0].0, figures[figures.len() - 1].0);
        let hold = ROWS.iter().find(|(name, _)| name == row).map_or(f64::NAN, |(_, hold)| *hold);
        if options.json {
            println!(
                "{{\"row\":\"{row}\",\"percent_of_core_per_call\":{median:.4},\"least\":{least:.4},\"most\":{most:.4},\
                 \"hold\":{hold},\"calls\":{},\"packets_per_second_to_the_caller\":{sent:.1}}}",
                options.calls
            );
        } else {
            println!(
                "{row:<14} {median:.3} % of a core a call ({least:.3} to {most:.3} in {} rounds of {} calls; to hold: {hold} %; \
                 {sent:.1} packets/s to each caller)",
                options.rounds, options.calls
            );
        }
    }
}

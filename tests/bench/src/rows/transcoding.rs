//! How many instructions of a transcoded call are the codec's own: counted in one run of the relay.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::needs;
use super::sound::Traffic;
use crate::callgrind;
use crate::options::Options;
use crate::relay::child::RelayProcess;
use crate::row::Row;

pub const NAME: &str = "G.711 to Opus both ways: instructions beside those of the codec alone";

/// Few, because counting makes everything some fifty times slower.
const CALLS: u64 = 2;
const SPAN: Duration = Duration::from_secs(10);

pub fn measure(_: &Options) -> Result<Vec<Row>> {
    needs("valgrind")?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("callgrind.out");
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--quiet", "--instr-atstart=no"]);
    valgrind.arg(format!("--callgrind-out-file={}", file.display()));
    let mut relay = RelayProcess::start_behind(valgrind)?;
    let load = Traffic::Transcoded.begin(&relay, CALLS)?;
    std::thread::sleep(Duration::from_secs(3));
    let before = relay.sent(vec![1, 2])?;
    instrument(&relay, true)?;
    std::thread::sleep(SPAN);
    instrument(&relay, false)?;
    let packets = relay.sent(vec![1, 2])? - before;
    drop(load);
    relay.end();
    let codec = |name: &str| {
        // The functions by which our codec enters libopus, and G.711's own.
        matches!(name, "opus_encode" | "opus_decode") || name.contains("g711")
    };
    let counted = callgrind::read(&std::fs::read_to_string(&file)?, codec);
    ensure!(counted.inside > 0, "no call into the codec was counted");
    let ratio = counted.all as f64 / counted.inside as f64;
    let share = 100.0 * counted.inside as f64 / counted.all as f64;
    let a_packet = counted.all / (packets.max(1) * 2);
    let measured = format!("{ratio:.2} times ({share:.0} % are the codec's; {a_packet} a packet)");
    Ok(vec![Row::compared(NAME, ratio, 1.25, "times", measured)])
}

fn instrument(relay: &RelayProcess, on: bool) -> Result<()> {
    let status = Command::new("callgrind_control")
        .args(["-i", if on { "on" } else { "off" }])
        .arg(relay.process().0.to_string())
        .output()
        .context("starting callgrind_control")?;
    ensure!(status.status.success(), "callgrind_control: {}", String::from_utf8_lossy(&status.stderr));
    Ok(())
}

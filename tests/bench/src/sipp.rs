//! SIPp as a load: many calls a second, and what it says of them afterwards.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use cordboard_tests::places;

use crate::spread::Spread;

/// Callers, each with a number of its own, because one caller may not hold everybody's lines.
const CALLERS: u32 = 20_000;
/// How long calls that stand may take to end by themselves.
const LAST_CALLS: Duration = Duration::from_secs(15);

/// A running SIPp. Dropping it kills it.
pub struct Sipp {
    /// Where it listens.
    pub address: SocketAddr,
    child: Child,
    folder: PathBuf,
}

impl Sipp {
    /// Answers every call at once.
    pub fn callee(folder: &Path) -> Result<Sipp> {
        Sipp::start(folder, "callee", |_| {})
    }

    /// Calls a number so many times a second, each call lasting so long after its answer.
    pub fn caller(folder: &Path, to: SocketAddr, number: &str, a_second: u32, lasting: Duration) -> Result<Sipp> {
        let numbers = folder.join("callers.csv");
        let lines: Vec<String> = (0..CALLERS).map(|index| format!("139{:08};", 10_000_000 + index)).collect();
        std::fs::write(&numbers, format!("SEQUENTIAL\n{}\n", lines.join("\n")))?;
        Sipp::start(folder, "caller", |command| {
            command
                .arg(to.to_string())
                .args(["-s", number, "-r", &a_second.to_string(), "-d", &lasting.as_millis().to_string()])
                .args(["-l", "20000", "-trace_rtt", "-rtt_freq", "1", "-inf"])
                .arg(&numbers);
        })
    }

    fn start(folder: &Path, scenario: &str, more: impl FnOnce(&mut Command)) -> Result<Sipp> {
        let address = places::free_address()?;
        let folder = folder.join(format!("sipp-{scenario}"));
        std::fs::create_dir_all(&folder)?;
        let screen = std::fs::File::create(folder.join("screen.txt"))?;
        let mut command = Command::new("sipp");
        more(&mut command);
        let child = command
            .arg("-sf")
            .arg(places::in_repository(&format!("tests/bench/sipp/{scenario}.xml")))
            .args(["-i", &address.ip().to_string(), "-p", &address.port().to_string()])
            .args(["-mi", "127.0.0.1", "-mp", &places::free_port()?.to_string()])
            .args(["-nostdin", "-trace_stat", "-fd", "1", "-stf", "stat.csv"])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(screen.try_clone()?)
            .stderr(screen)
            .spawn()
            .context("starting sipp")?;
        Ok(Sipp { address, child, folder })
    }

    /// Makes no further calls, waits for those that stand, and says how it went.
    pub fn end(mut self) -> Result<Outcome> {
        // SIGUSR1 is SIPp's wish to end when its calls have.
        Command::new("kill").args(["-USR1", &self.child.id().to_string()]).status()?;
        let until = Instant::now() + LAST_CALLS;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(50));
        }
        Outcome::read(&self.folder)
    }
}

impl Drop for Sipp {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// How SIPp's calls went.
#[derive(Debug)]
pub struct Outcome {
    /// Calls that went as the scenario says.
    pub successful: u64,
    /// Calls that did not.
    pub failed: u64,
    /// From INVITE to its 200, milliseconds.
    pub answered_ms: Spread,
}

impl Outcome {
    fn read(folder: &Path) -> Result<Outcome> {
        let statistics = std::fs::read_to_string(folder.join("stat.csv")).context("SIPp left no statistics")?;
        let head: Vec<&str> = statistics.lines().next().unwrap_or_default().split(';').collect();
        let last: Vec<&str> = statistics.lines().last().unwrap_or_default().split(';').collect();
        let column = |name: &str| {
            let index = head.iter().position(|column| *column == name)?;
            last.get(index)?.parse::<u64>().ok()
        };
        let times = std::fs::read_dir(folder)?.flatten().map(|entry| entry.path());
        let times = times.filter(|path| path.to_string_lossy().ends_with("_rtt.csv"));
        let times: Vec<f64> = times
            .flat_map(|path| {
                std::fs::read_to_string(path).unwrap_or_default().lines().map(answer_ms).collect::<Vec<_>>()
            })
            .flatten()
            .collect();
        Ok(Outcome {
            successful: column("SuccessfulCall(C)").context("SIPp's statistics have no SuccessfulCall(C)")?,
            failed: column("FailedCall(C)").unwrap_or(0),
            answered_ms: Spread::of(times),
        })
    }
}

/// `date;milliseconds;which`
fn answer_ms(line: &str) -> Option<f64> {
    line.split(';').nth(1)?.parse().ok()
}

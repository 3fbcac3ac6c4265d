//! Set-up and tear-down between two SIP legs, without a centre: processor time a call, and how soon it is answered.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::needs;
use crate::options::Options;
use crate::process::Process;
use crate::profile;
use crate::row::Row;
use crate::sipp::Sipp;
use crate::spread::Spread;
use crate::wakeups::Sleeper;

pub const NAME: &str = "set-up and tear-down between two SIP legs";

const CALLS_A_SECOND: u32 = 200;
const CALL: Duration = Duration::from_millis(500);
/// Until as many calls end as begin.
const SETTLING: Duration = Duration::from_secs(3);

pub fn measure(options: &Options) -> Result<Vec<Row>> {
    needs("sipp")?;
    let folder = tempfile::tempdir()?;
    let callee = Sipp::callee(folder.path())?;
    let mut switch = SwitchProcess::start(callee.address)?;
    std::thread::sleep(Duration::from_millis(500));
    let before = switch.process().processor_time()?;
    std::thread::sleep(options.window());
    let idle =
        (switch.process().processor_time()?.saturating_sub(before)).as_secs_f64() / options.window().as_secs_f64();

    let caller = Sipp::caller(folder.path(), switch.address, "02165001000", CALLS_A_SECOND, CALL)?;
    std::thread::sleep(SETTLING);
    let sleeper = Sleeper::start();
    let windows: Result<Vec<f64>> = (0..options.rounds).map(|_| switch.milliseconds_a_call(options, idle)).collect();
    let milliseconds = Spread::of(windows?);
    let wakeups = sleeper.words();
    profile::print("signalling", switch.process(), options)?;
    let outcome = caller.end()?;
    ensure!(outcome.successful > 0, "no call succeeded, {} failed", outcome.failed);
    Ok(vec![
        Row::compared(
            &format!("{NAME}: processor time"),
            milliseconds.median(),
            0.8,
            "ms",
            format!("{} at {CALLS_A_SECOND} calls/s", milliseconds.words(2, "ms")),
        ),
        Row::compared(
            &format!("{NAME}: INVITE to 200, p95"),
            outcome.answered_ms.at(95),
            10.0,
            "ms",
            format!(
                "p95 {:.1}, {}; {} calls, {} failed; {wakeups}",
                outcome.answered_ms.at(95),
                outcome.answered_ms.latency(1, "ms"),
                outcome.successful + outcome.failed,
                outcome.failed
            ),
        ),
    ])
}

/// The bridge in a process of its own.
struct SwitchProcess {
    address: SocketAddr,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl SwitchProcess {
    fn start(callee: SocketAddr) -> Result<SwitchProcess> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["switch-process", "--callee", &callee.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take().context("its input is piped")?;
        let mut output = BufReader::new(child.stdout.take().context("its output is piped")?);
        let mut line = String::new();
        output.read_line(&mut line)?;
        let address = line.trim().parse().with_context(|| format!("the switch said {line:?}"))?;
        Ok(SwitchProcess { address, child, input, output })
    }

    fn process(&self) -> Process {
        Process(self.child.id())
    }

    fn ended(&mut self) -> Result<u64> {
        writeln!(self.input)?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(line.trim().parse()?)
    }

    /// Processor time of one window, without what it takes idle, by the calls that ended in it.
    fn milliseconds_a_call(&mut self, options: &Options, idle: f64) -> Result<f64> {
        let (calls, used) = (self.ended()?, self.process().processor_time()?);
        std::thread::sleep(options.window());
        let (calls, used) = (self.ended()? - calls, self.process().processor_time()?.saturating_sub(used));
        ensure!(calls > 0, "no call ended within a window");
        Ok((used.as_secs_f64() - idle * options.window().as_secs_f64()) * 1e3 / calls as f64)
    }
}

impl Drop for SwitchProcess {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

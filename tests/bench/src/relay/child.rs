//! The bench's side: starts the process and asks.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::{Answer, Ask};
use crate::process::Process;

/// How long it may take to complete its recordings at the end.
const END: Duration = Duration::from_secs(30);

/// A running relay. Dropping it ends the process.
pub struct RelayProcess {
    child: Child,
    pipes: Mutex<Option<(ChildStdin, BufReader<ChildStdout>)>>,
}

impl RelayProcess {
    /// Starts it.
    pub fn start() -> Result<RelayProcess> {
        RelayProcess::start_as(Command::new(std::env::current_exe()?))
    }

    /// Starts it behind another command, such as valgrind.
    pub fn start_behind(mut command: Command) -> Result<RelayProcess> {
        command.arg(std::env::current_exe()?);
        RelayProcess::start_as(command)
    }

    fn start_as(mut command: Command) -> Result<RelayProcess> {
        let mut child = command
            .arg("relay-process")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting the relay's process")?;
        let input = child.stdin.take().context("its input is piped")?;
        let output = BufReader::new(child.stdout.take().context("its output is piped")?);
        Ok(RelayProcess { child, pipes: Mutex::new(Some((input, output))) })
    }

    /// For the kernel's account of it.
    pub fn process(&self) -> Process {
        Process(self.child.id())
    }

    /// Asks, and waits for the answer.
    pub fn ask(&self, ask: &Ask) -> Result<Answer> {
        let mut pipes = self.pipes.lock().unwrap_or_else(PoisonError::into_inner);
        let (input, output) = pipes.as_mut().context("the relay's process was ended")?;
        let mut line = serde_json::to_string(ask)?;
        line.push('\n');
        input.write_all(line.as_bytes())?;
        input.flush()?;
        line.clear();
        output.read_line(&mut line)?;
        match serde_json::from_str(&line).with_context(|| format!("the relay's process answered {line:?}"))? {
            Answer::Refused(reason) => bail!("the relay refused: {reason}"),
            answer => Ok(answer),
        }
    }

    /// Opens a trunk leg.
    pub fn open_trunk(&self, id: u64, remote: SocketAddr) -> Result<SocketAddr> {
        match self.ask(&Ask::OpenTrunk { id, remote })? {
            Answer::Address(leg) => Ok(leg),
            other => bail!("a leg's opening was answered {other:?}"),
        }
    }

    /// Opens a desk.
    pub fn open_desk(&self, id: u64, sdp: String) -> Result<String> {
        match self.ask(&Ask::OpenDesk { id, sdp })? {
            Answer::Sdp(sdp) => Ok(sdp),
            other => bail!("a desk's offer was answered {other:?}"),
        }
    }

    /// Packets sent to these endpoints so far.
    pub fn sent(&self, ids: Vec<u64>) -> Result<u64> {
        match self.ask(&Ask::Sent { ids })? {
            Answer::Count(count) => Ok(count),
            other => bail!("a count was answered {other:?}"),
        }
    }

    /// Lets it finish and waits for it.
    pub fn end(&mut self) {
        drop(self.pipes.lock().unwrap_or_else(PoisonError::into_inner).take());
        let until = Instant::now() + END;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20));
        }
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Drop for RelayProcess {
    fn drop(&mut self) {
        self.end();
    }
}

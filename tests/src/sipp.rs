//! SIPp: a SIP peer we did not write. It signals; its SDP points at an [`RtpMouth`], which speaks and hears.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::process::{Child, Command};

use crate::lines::until;
use crate::{RtpMouth, Story, places};

/// A running scenario. Dropping it kills it.
pub struct Sipp {
    /// Its mouth and ear.
    pub mouth: RtpMouth,
    /// Where it listens.
    pub address: SocketAddr,
    name: String,
    log: std::path::PathBuf,
    errors: std::path::PathBuf,
    child: Child,
}

impl Sipp {
    /// Calls a number at a gateway by a scenario of `tests/sipp/`.
    pub fn caller(story: &Story, scenario: &str, gateway: SocketAddr, number: &str, caller: &str) -> Result<Sipp> {
        Sipp::start(
            story,
            scenario,
            &[&gateway.to_string(), "-s", number, "-key", "caller", caller],
            places::free_address()?,
        )
    }

    /// Waits for one call by a scenario of `tests/sipp/`, at this address.
    pub async fn answerer(story: &Story, scenario: &str, address: SocketAddr) -> Result<Sipp> {
        Sipp::listening(Sipp::start(story, scenario, &[], address)?).await
    }

    /// Waits for one call and refuses it.
    pub async fn refuser(story: &Story, status: &str, reason: &str, address: SocketAddr) -> Result<Sipp> {
        // SIPp takes no variable in a status line.
        let scenario = std::fs::read_to_string(places::in_repository("tests/sipp/refuses.xml"))?;
        let file = story.path(&format!("refuses-{status}.xml"));
        std::fs::write(&file, scenario.replace("[status] [reason]", &format!("{status} {reason}")))?;
        Sipp::listening(Sipp::start_file(story, &format!("refuses-{status}"), &file, &[], address)?).await
    }

    async fn listening(sipp: Sipp) -> Result<Sipp> {
        let address = sipp.address;
        let listens = || async { std::net::UdpSocket::bind(address).is_err().then_some(()) };
        until(&format!("{}: listening", sipp.name), Duration::from_secs(10), listens).await?;
        Ok(sipp)
    }

    fn start(story: &Story, scenario: &str, words: &[&str], address: SocketAddr) -> Result<Sipp> {
        let file = places::in_repository(&format!("tests/sipp/{scenario}.xml"));
        Sipp::start_file(story, scenario, &file, words, address)
    }

    fn start_file(story: &Story, scenario: &str, file: &Path, words: &[&str], address: SocketAddr) -> Result<Sipp> {
        let mouth = RtpMouth::open()?;
        let name = format!("sipp-{scenario}-{}", address.port());
        let log = story.path(&format!("{name}-said.txt"));
        let errors = story.path(&format!("{name}-errors.log"));
        let output = std::fs::File::create(story.path(&format!("{name}-screen.txt")))?;
        let child = Command::new("sipp")
            .args(words)
            .arg("-sf")
            .arg(file)
            .args(["-i", &address.ip().to_string(), "-p", &address.port().to_string(), "-mi", "127.0.0.1"])
            // The port SIPp opens for itself and never uses.
            .args(["-mp", &places::free_port()?.to_string()])
            .args(["-key", "mouth_ip", &mouth.address.ip().to_string()])
            .args(["-key", "mouth_port", &mouth.address.port().to_string()])
            .args(["-m", "1", "-timeout", "120s", "-timeout_error", "-nostdin"])
            .arg("-trace_logs")
            .arg("-log_file")
            .arg(&log)
            .arg("-trace_err")
            .arg("-error_file")
            .arg(&errors)
            .arg("-trace_msg")
            .arg("-message_file")
            .arg(story.path(&format!("{name}-messages.txt")))
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .kill_on_drop(true)
            .spawn()
            .context("starting sipp")?;
        Ok(Sipp { mouth, address, name, log, errors, child })
    }

    /// Waits until the scenario has noted the address where its far side wants sound, and speaks to there.
    pub async fn learn_far_side(&self) -> Result<()> {
        let port = until(&format!("{}: a call with SDP", self.name), Duration::from_secs(15), || async {
            self.noted("media port ")?.parse::<u16>().ok()
        })
        .await?;
        self.mouth.send_to(SocketAddr::from(([127, 0, 0, 1], port)));
        Ok(())
    }

    /// The rest of a line that the scenario has written to its log.
    pub fn noted(&self, beginning: &str) -> Option<String> {
        let text = std::fs::read_to_string(&self.log).ok()?;
        text.lines().find_map(|line| line.split_once(beginning)).map(|(_, rest)| rest.trim().to_owned())
    }

    /// Waits until a line stands in the scenario's log.
    pub async fn wait_noted(&self, beginning: &str, limit: Duration) -> Result<String> {
        until(&format!("{}: the line `{beginning}`", self.name), limit, || async { self.noted(beginning) }).await
    }

    /// Waits until the scenario is over, and fails where SIPp says it went otherwise than written.
    pub async fn ends_well(&mut self, limit: Duration) -> Result<()> {
        let status = tokio::time::timeout(limit, self.child.wait())
            .await
            .with_context(|| format!("{} is not over within {} s", self.name, limit.as_secs()))??;
        if !status.success() {
            let errors = std::fs::read_to_string(&self.errors).unwrap_or_default();
            bail!("{} ended with {status}: {}", self.name, errors.chars().take(1500).collect::<String>());
        }
        Ok(())
    }
}

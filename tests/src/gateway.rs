//! The gateway under test: the real binary, its demo centre, its log, its death and its return.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tokio::process::{Child, Command};

use crate::lines::{Lines, read_lines};
use crate::{Session, Story, places};

/// How long a start may take, on a machine that does other things as well.
const START: Duration = Duration::from_secs(40);

/// A running gateway. Dropping it kills it.
#[derive(Debug)]
pub struct Gateway {
    /// Where desks connect.
    pub http: SocketAddr,
    /// Where carriers connect.
    pub sip: SocketAddr,
    /// The access key of the demo.
    pub access_key: (String, String),
    /// Its log, line by line.
    pub log: Lines<String>,
    arguments: Arguments,
    child: Child,
}

/// How it is started, so that it can be started again.
#[derive(Debug, Clone)]
struct Arguments {
    words: Vec<String>,
    http: SocketAddr,
    sip: SocketAddr,
    rtp_ports: RangeInclusive<u16>,
    data: PathBuf,
    log: PathBuf,
}

impl Gateway {
    /// Starts the demo centre with a data folder inside the story's.
    pub async fn demo(story: &Story) -> Result<Gateway> {
        Gateway::demo_with(story, "gateway", &[]).await
    }

    /// Starts the demo centre whose outbound calls go to this peer.
    pub async fn demo_towards(story: &Story, trunk_peer: SocketAddr) -> Result<Gateway> {
        Gateway::demo_with(story, "gateway", &["--trunk-peer".to_owned(), trunk_peer.to_string()]).await
    }

    /// Starts the demo centre whose outbound calls come back to it by a carrier, which is told where that is: a desk that
    /// dials one of the centre's own numbers has another desk rung.
    pub async fn demo_calling_itself(
        story: &Story,
        carrier: impl FnOnce(SocketAddr) -> Result<SocketAddr>,
    ) -> Result<Gateway> {
        let sip = places::free_address()?;
        Gateway::demo_at(story, "gateway", sip, &["--trunk-peer".to_owned(), carrier(sip)?.to_string()]).await
    }

    /// Starts a demo centre under a name of its own, with further words on its command line.
    pub async fn demo_with(story: &Story, name: &str, words: &[String]) -> Result<Gateway> {
        Gateway::demo_at(story, name, places::free_address()?, words).await
    }

    async fn demo_at(story: &Story, name: &str, sip: SocketAddr, words: &[String]) -> Result<Gateway> {
        let arguments = Arguments {
            words: [&["demo".to_owned()], words].concat(),
            http: places::free_address()?,
            sip,
            rtp_ports: places::rtp_ports(),
            data: story.path(name),
            log: story.path(&format!("{name}.log")),
        };
        std::fs::create_dir_all(&arguments.data)?;
        Gateway::start(arguments).await
    }

    /// Fills a data folder as the demo does, then serves it by a configuration file, as a real centre is served.
    pub async fn seeded_then_run(story: &Story, http: SocketAddr, sip: SocketAddr, config: &str) -> Result<Gateway> {
        Gateway::demo_with(story, "node", &[]).await?.stop().await?;
        let file = story.path("node.toml");
        std::fs::write(&file, config)?;
        let arguments = Arguments {
            words: vec!["run".to_owned(), "--config".to_owned(), file.display().to_string()],
            http,
            sip,
            rtp_ports: 0..=0,
            data: story.path("node"),
            log: story.path("run.log"),
        };
        Gateway::start(arguments).await
    }

    /// A counter or gauge of `/metrics`, summed over its labels; zero where it does not stand yet.
    pub async fn metric(&self, name: &str) -> Result<f64> {
        let text = crate::api::client()?.get(format!("{}/metrics", self.url())).send().await?.text().await?;
        let value = |line: &str| {
            let rest = line.strip_prefix(name)?;
            // Some exporters add `_total` to counters.
            let rest = rest.strip_prefix("_total").unwrap_or(rest);
            rest.starts_with(['{', ' ']).then(|| rest.rsplit(' ').next()?.parse::<f64>().ok()).flatten()
        };
        Ok(text.lines().filter_map(value).sum())
    }

    async fn start(arguments: Arguments) -> Result<Gateway> {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(&arguments.log)?;
        let mut command = Command::new(places::binary("cordboard-gateway")?);
        command.args(&arguments.words);
        if arguments.words.first().is_some_and(|word| word == "demo") {
            command
                .args(["--http", &arguments.http.to_string(), "--sip", &arguments.sip.to_string()])
                .args(["--rtp-ports", &format!("{}-{}", arguments.rtp_ports.start(), arguments.rtp_ports.end())])
                .arg("--data")
                .arg(&arguments.data);
        }
        let mut child = command
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()?;
        let output = child.stdout.take().context("the gateway's output is not piped")?;
        let lines = read_lines(output, |line| serde_json::from_str::<Value>(line).ok());
        let ready =
            lines.wait("the gateway's ready line", 0, START, |line| (line["ready"] == true).then(|| line.clone()));
        let ready = match ready.await {
            Ok((_, ready)) => ready,
            Err(error) => {
                let log = std::fs::read_to_string(&arguments.log).unwrap_or_default();
                bail!("{error:#}\nits log:\n{}", &log[log.len().saturating_sub(3000)..]);
            }
        };
        let word = |name: &str| ready[name].as_str().unwrap_or_default().to_owned();
        Ok(Gateway {
            http: address(&ready["http"]).context("the ready line's http")?,
            sip: address(&ready["sip"]).context("the ready line's sip")?,
            access_key: (word("access_key_id"), word("access_key_secret")),
            log: Lines::default(),
            arguments,
            child,
        })
    }

    /// `http://address`.
    pub fn url(&self) -> String {
        format!("http://{}", self.http)
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        &self.arguments.data
    }

    /// What it has logged so far.
    pub fn log_text(&self) -> String {
        std::fs::read_to_string(&self.arguments.log).unwrap_or_default()
    }

    /// Signs a user of the demo in.
    pub async fn sign_in(&self, login: &str) -> Result<Session> {
        Session::sign_in(&self.url(), login, "cordboard").await
    }

    /// Whether the process still runs.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Kills it as a power failure would.
    pub async fn kill_minus_nine(&mut self) -> Result<()> {
        self.child.start_kill()?;
        self.child.wait().await?;
        Ok(())
    }

    /// Starts it again: same ports, same data.
    pub async fn return_from_death(self) -> Result<Gateway> {
        let arguments = self.arguments.clone();
        drop(self);
        Gateway::start(arguments).await
    }

    /// Asks it to stop and waits until it has.
    pub async fn stop(mut self) -> Result<()> {
        let id = self.child.id().context("the gateway has already ended")?;
        Command::new("kill").args(["-TERM", &id.to_string()]).status().await?;
        let status = tokio::time::timeout(Duration::from_secs(20), self.child.wait()).await??;
        anyhow::ensure!(status.success(), "the gateway ended with {status}");
        Ok(())
    }

    /// The number of its process, while it runs.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Processor time used so far, user and system.
    pub fn processor_time(&self) -> Result<Duration> {
        let id = self.child.id().context("the gateway has ended")?;
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
        let after_name = stat.rsplit_once(')').context("/proc/…/stat")?.1;
        let ticks: u64 =
            after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
        Ok(Duration::from_millis(ticks * 10))
    }
}

fn address(value: &Value) -> Result<SocketAddr> {
    let text = value.as_str().or_else(|| value[0].as_str()).context("is not a text")?;
    let text = text.trim_start_matches("http://").trim_start_matches("sip:").trim_end_matches('/');
    text.parse().with_context(|| format!("{text} is not an address"))
}

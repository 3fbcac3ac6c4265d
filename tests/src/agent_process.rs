//! `cordboard-agent` as a rig: an agent whose ears and mouth are files and whose hands are ours.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use cordboard_ear::Sound;
use cordboard_wire::{CallPhase, CallView, Command as Act, DeskView};
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, ChildStdin, Command};

#[cfg(target_os = "linux")]
use crate::SoundServer;
use crate::lines::{Lines, read_lines};
use crate::{Gateway, Story, places};

/// How long anything that should happen at once may take on a busy machine.
pub const SOON: Duration = Duration::from_secs(10);

/// A running agent. Dropping it kills it.
#[derive(Debug)]
pub struct AgentProcess {
    /// What it printed.
    pub lines: Lines<Value>,
    hears: PathBuf,
    hands: ChildStdin,
    child: Child,
}

impl AgentProcess {
    /// Signs in at the gateway, says ready, and will say this in every call.
    pub async fn ready(story: &Story, gateway: &Gateway, user: &str, says: &Sound) -> Result<AgentProcess> {
        let agent = AgentProcess::start(story, &gateway.url(), user, says, &["--ready"]).await?;
        agent.wait_view("ready", |view| view.agent.presence == cordboard_wire::Presence::Ready).await?;
        Ok(agent)
    }

    /// Signs in at this address with further words on the command line, and waits until its sound is connected.
    pub async fn start(story: &Story, url: &str, user: &str, says: &Sound, words: &[&str]) -> Result<AgentProcess> {
        let program = Command::new(places::binary("cordboard-agent")?);
        AgentProcess::start_as(program, story, url, user, says, words).await
    }

    /// The same by a command of the caller's that starts `cordboard-agent`, such as one in another [`crate::Room`].
    pub async fn start_as(
        mut program: Command,
        story: &Story,
        url: &str,
        user: &str,
        says: &Sound,
        words: &[&str],
    ) -> Result<AgentProcess> {
        let says_file = story.path(&format!("{user}-says.wav"));
        says.write(&says_file)?;
        let hears = unused(story, &format!("{user}-hears"));
        program.arg("--say").arg(format!("loop:{}", says_file.display())).arg("--hear").arg(&hears).args(words);
        AgentProcess::run(story, url, user, program, hears, "info").await
    }

    /// Signs in with this microphone and this loudspeaker of a sound server, and waits until its sound is connected.
    /// Its log in the story's folder tells its delays every second of a call.
    #[cfg(target_os = "linux")]
    pub async fn at_devices(
        story: &Story,
        url: &str,
        user: &str,
        server: &SoundServer,
        [microphone, speaker]: [&str; 2],
        words: &[&str],
    ) -> Result<AgentProcess> {
        let mut command = Command::new(places::binary("cordboard-agent")?);
        command
            .args(["--devices", "--microphone", microphone, "--speaker", speaker, "--ringer", speaker])
            .args(words)
            .env("PULSE_SERVER", server.address());
        AgentProcess::run(story, url, user, command, PathBuf::new(), "info,cordboard_agent::desk::quality=debug").await
    }

    async fn run(
        story: &Story,
        url: &str,
        user: &str,
        mut command: Command,
        hears: PathBuf,
        logs: &str,
    ) -> Result<AgentProcess> {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(story.path(&format!("{user}.log")))?;
        let mut child = command
            .args(["--gateway", url, "--user", user])
            .env("CORDBOARD_PASSWORD", "cordboard")
            .env("CORDBOARD_LOG", std::env::var("CORDBOARD_LOG").unwrap_or_else(|_| logs.to_owned()))
            .env("NO_COLOR", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()?;
        let output = child.stdout.take().context("the agent's output is not piped")?;
        let hands = child.stdin.take().context("the agent's input is not piped")?;
        let lines = read_lines(output, |line| serde_json::from_str::<Value>(line).ok());
        let agent = AgentProcess { lines, hears, hands, child };
        agent.wait_view("sound connected", |view| view.agent.media_connected).await?;
        Ok(agent)
    }

    /// The newest view.
    pub fn view(&self) -> Result<DeskView> {
        self.lines.last(view_of).context("the agent has not seen a view yet")
    }

    /// The views among the lines from this one on; [`Lines::len`] says where now is.
    pub fn views_since(&self, line: usize) -> Vec<DeskView> {
        self.lines.all().iter().skip(line).filter_map(view_of).collect()
    }

    /// Waits until a view, the newest one included, is as wanted.
    pub async fn wait_view(&self, what: &str, wanted: impl FnMut(&DeskView) -> bool) -> Result<DeskView> {
        self.wait_view_within(what, SOON, wanted).await
    }

    /// The same with another limit.
    pub async fn wait_view_within(
        &self,
        what: &str,
        limit: Duration,
        mut wanted: impl FnMut(&DeskView) -> bool,
    ) -> Result<DeskView> {
        let newest = self.lines.all().iter().rposition(|line| view_of(line).is_some()).unwrap_or(0);
        let (_, view) = self.lines.wait(what, newest, limit, |line| view_of(line).filter(|view| wanted(view))).await?;
        Ok(view)
    }

    /// Waits until a call is in this phase.
    pub async fn wait_call(&self, phase: CallPhase) -> Result<CallView> {
        self.wait_call_within(phase, SOON).await
    }

    /// The same with another limit.
    pub async fn wait_call_within(&self, phase: CallPhase, limit: Duration) -> Result<CallView> {
        let is = |view: &DeskView| view.calls.iter().find(|call| call.phase == phase).cloned();
        let view = self.wait_view_within(&format!("a call {phase:?}"), limit, |view| is(view).is_some()).await?;
        is(&view).context("the call was there a moment ago")
    }

    /// Waits for an event by its name.
    pub async fn wait_event(&self, name: &str, from: usize) -> Result<(usize, Value)> {
        self.lines.wait(name, from, SOON, |line| (line["event"] == name).then(|| line.clone())).await
    }

    /// Does something.
    pub async fn act(&mut self, act: &Act) -> Result<()> {
        let mut line = serde_json::to_vec(act)?;
        line.push(b'\n');
        self.hands.write_all(&line).await?;
        Ok(self.hands.flush().await?)
    }

    /// Answers the call that rings.
    pub async fn answer(&mut self) -> Result<CallView> {
        let call = self.wait_call(CallPhase::Ringing).await?;
        self.act(&Act::Answer { call_id: call.call_id }).await?;
        self.wait_call(CallPhase::Talking).await
    }

    /// Dials, and waits until the call is at the desk.
    pub async fn dial(&mut self, callee: &str, caller: Option<&str>) -> Result<CallView> {
        self.act(&Act::Dial { callee: callee.to_owned(), caller: caller.map(str::to_owned) }).await?;
        let view = self.wait_view("the dialled call", |view| !view.calls.is_empty()).await?;
        view.calls.into_iter().next().context("the call was there a moment ago")
    }

    /// Hangs up and waits until no call is left.
    pub async fn hang_up(&mut self, call_id: &str) -> Result<DeskView> {
        self.act(&Act::HangUp { call_id: call_id.to_owned() }).await?;
        self.wait_view("no call", |view| view.calls.is_empty()).await
    }

    /// Kills it as if its machine had lost power.
    pub async fn vanish(mut self) -> Result<PathBuf> {
        self.child.start_kill()?;
        self.child.wait().await?;
        Ok(self.hears)
    }

    /// What it heard so far.
    pub fn heard(&self) -> Result<Sound> {
        heard_in(&self.hears)
    }

    /// Ends it as a person would, and returns what it heard.
    pub async fn leave(mut self) -> Result<Sound> {
        if let Some(id) = self.child.id() {
            Command::new("kill").args(["-TERM", &id.to_string()]).status().await?;
        }
        let status = tokio::time::timeout(SOON, self.child.wait()).await.context("the agent does not leave")??;
        ensure!(status.success(), "the agent left with {status}");
        heard_in(&self.hears)
    }
}

/// What an agent heard, from its file.
pub fn heard_in(file: &Path) -> Result<Sound> {
    Sound::read(file)
}

fn view_of(line: &Value) -> Option<DeskView> {
    (line["event"] == "view").then(|| serde_json::from_value(line["view"].clone()).ok()).flatten()
}

fn unused(story: &Story, name: &str) -> PathBuf {
    (0..100).map(|n| story.path(&format!("{name}-{n}.wav"))).find(|path| !path.exists()).unwrap_or_default()
}

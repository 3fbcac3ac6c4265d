//! Two agents at microphones and loudspeakers of one sound server, in a call with each other.

use std::io::Write;
use std::process::{Child, Stdio};

use anyhow::{Context, Result, ensure};
use cordboard_tests::agent_process::SOON;
use cordboard_tests::{AgentProcess, Gateway, Mouth, SoundServer, Story};
use cordboard_wire::CallPhase;

use crate::monitor::{HZ, Monitor};

/// What one dials; it rings at whoever else of its group is ready.
const NUMBER: &str = "02165001001";
const SHOWN: &str = "01065002000";
/// Who talks to whom.
const USERS: [&str; 2] = ["alice", "bob"];

/// A desk's devices as the server names them: a null sink that is spoken into, the microphone behind it, the loudspeaker.
struct Names {
    voice: String,
    microphone: String,
    speaker: String,
}

impl Names {
    fn of(user: &str) -> Names {
        Names {
            voice: format!("{user}_voice"),
            microphone: format!("{user}_microphone"),
            speaker: format!("{user}_speaker"),
        }
    }

    /// Adds them to the server. A null sink that may rewind plays up to two seconds ahead while nobody listens.
    fn add_to(&self, server: &SoundServer) -> Result<()> {
        let (voice, speaker) = (format!("sink_name={}", self.voice), format!("sink_name={}", self.speaker));
        let (microphone, master) =
            (format!("source_name={}", self.microphone), format!("master={}.monitor", self.voice));
        for module in [
            ["module-null-sink", "norewinds=1", "rate=48000", &voice],
            ["module-null-sink", "norewinds=1", "rate=48000", &speaker],
            ["module-remap-source", "channels=2", &microphone, &master],
        ] {
            let loaded = server.client("pactl").arg("load-module").args(module).stdout(Stdio::null()).status()?;
            ensure!(loaded.success(), "the sound server does not take {}", module[0]);
        }
        Ok(())
    }
}

/// Two desks in a call.
pub struct TwoDesks {
    /// What each says, as its microphone hears it.
    mouths: [Monitor; 2],
    /// What each hears, as its loudspeaker plays it.
    ears: [Monitor; 2],
    server: SoundServer,
    agents: [AgentProcess; 2],
    _talkers: [Talker; 2],
}

impl TwoDesks {
    /// Signs both in; the first dials, the second answers, and both talk all the time.
    pub async fn in_a_call(story: &Story, gateway: &Gateway, words: &[&str]) -> Result<TwoDesks> {
        let server = SoundServer::start(story).await?;
        let names = USERS.map(Names::of);
        let mut agents = Vec::new();
        for (user, names) in USERS.iter().zip(&names) {
            names.add_to(&server)?;
            let devices = [names.microphone.as_str(), names.speaker.as_str()];
            agents.push(AgentProcess::at_devices(story, &gateway.url(), user, &server, devices, words).await?);
        }
        let mut agents: [AgentProcess; 2] = agents.try_into().ok().context("there are two agents")?;
        let [first, second] = &mut agents;
        second.act(&cordboard_wire::Command::Ready).await?;
        second.wait_view("ready", |view| view.agent.presence == cordboard_wire::Presence::Ready).await?;
        first.dial(NUMBER, Some(SHOWN)).await?;
        second.answer().await?;
        first.wait_call_within(CallPhase::Talking, SOON).await?;
        let [one, other] = &names;
        let talkers = [Talker::at(&server, &one.voice, Mouth(0))?, Talker::at(&server, &other.voice, Mouth(1))?];
        let monitor = |source: String| Monitor::at(&server, &source);
        let mouths = [monitor(one.microphone.clone())?, monitor(other.microphone.clone())?];
        let ears = [monitor(format!("{}.monitor", one.speaker))?, monitor(format!("{}.monitor", other.speaker))?];
        Ok(TwoDesks { mouths, ears, server, agents, _talkers: talkers })
    }

    /// How much a loudspeaker has been given ahead of what it plays: its monitor hears that much too early.
    pub fn ahead_ms(&self, listener: usize) -> Result<f64> {
        let output = self.server.client("pactl").args(["list", "sinks"]).output()?;
        let sinks = String::from_utf8(output.stdout)?;
        let name = format!("Name: {}\n", Names::of(USERS[listener]).speaker);
        let figure = sinks.split(&name).nth(1).and_then(|rest| rest.split("configured ").nth(1));
        let figure = figure.and_then(|rest| rest.split(' ').next()).context("the server tells no latency")?;
        Ok(figure.parse::<f64>()? / 1_000.0)
    }

    /// Ends it all; returns what was said and what was heard.
    pub async fn part(self) -> Result<([Monitor; 2], [Monitor; 2])> {
        for agent in self.agents {
            agent.vanish().await?;
        }
        Ok((self.mouths, self.ears))
    }

    /// Where a desk's log is.
    pub fn log(story: &Story, desk: usize) -> std::path::PathBuf {
        story.path(&format!("{}.log", USERS[desk]))
    }
}

/// Somebody who talks without end; dropping him silences him.
struct Talker(Child);

impl Talker {
    fn at(server: &SoundServer, sink: &str, mouth: Mouth) -> Result<Talker> {
        let speech = mouth.says()?.at(HZ);
        let mut child = server
            .client("pacat")
            .args(["--playback", "--raw", "--format=s16le", "--channels=1", "--latency-msec=40"])
            .args([&format!("--rate={HZ}"), &format!("--device={sink}")])
            .stdin(Stdio::piped())
            .spawn()
            .context("starting pacat")?;
        let mut pipe = child.stdin.take().context("pacat's input is not piped")?;
        let bytes: Vec<u8> = speech.samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        std::thread::spawn(move || while pipe.write_all(&bytes).is_ok() {});
        Ok(Talker(child))
    }
}

impl Drop for Talker {
    fn drop(&mut self) {
        // Whoever has ended already needs no ending.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

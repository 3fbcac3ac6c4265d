//! A sound card for a desk on a machine without one: a PulseAudio server of the story's own on a private socket, with a
//! null sink for the loudspeaker and another, remapped, for the microphone. What comes out is heard at the monitor.

mod listener;
mod recorder;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use cordboard_ear::{RATE_HZ, Sound};

use crate::Story;
use crate::lines::until;
pub use listener::Listener;
pub use recorder::Recorder;

/// What a desk finds. A null sink that may rewind plays up to two seconds ahead while nobody listens.
const DEVICES: &str = "\
load-module module-null-sink norewinds=1 sink_name=speaker rate=48000
load-module module-null-sink norewinds=1 sink_name=voice rate=48000
load-module module-remap-source source_name=microphone master=voice.monitor
set-default-sink speaker
set-default-source microphone
";
const START: Duration = Duration::from_secs(20);

/// The server; dropping it ends it.
pub struct SoundServer {
    child: Child,
    socket: PathBuf,
    // A socket's path has at most 108 bytes, and a story's folder may be longer.
    _folder: tempfile::TempDir,
}

impl SoundServer {
    /// Starts it and waits until its devices are there.
    pub async fn start(story: &Story) -> Result<SoundServer> {
        let folder = tempfile::tempdir()?;
        let socket = folder.path().join("native");
        let script = folder.path().join("devices.pa");
        let listen = format!("load-module module-native-protocol-unix socket={} auth-anonymous=1\n", socket.display());
        std::fs::write(&script, listen + DEVICES)?;
        // Sound comes first, as with a desktop's own server; where that is not allowed, `nice` says so and goes on.
        let child = Command::new("nice")
            .args(["-n", "-11", "pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--realtime=no"])
            // Left alone by a story that was killed, it ends by itself.
            .args(["--exit-idle-time=30", "-F"])
            .arg(&script)
            .env("HOME", folder.path())
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("PULSE_RUNTIME_PATH", folder.path())
            .stderr(std::fs::File::create(story.path("pulseaudio.log"))?)
            .spawn()
            .context("starting pulseaudio")?;
        let server = SoundServer { child, socket, _folder: folder };
        until("the sound server", START, || async {
            let asked = server.client("pactl").arg("get-default-source").output().ok()?;
            (String::from_utf8_lossy(&asked.stdout).trim() == "microphone").then_some(())
        })
        .await?;
        Ok(server)
    }

    /// Where it is, for `PULSE_SERVER`.
    pub fn address(&self) -> String {
        format!("unix:{}", self.socket.display())
    }

    /// Listens at the loudspeaker.
    pub async fn listen(&self) -> Result<Listener> {
        self.listen_at("speaker").await
    }

    /// Listens at another loudspeaker.
    pub async fn listen_at(&self, speaker: &str) -> Result<Listener> {
        Listener::at(self, &format!("{speaker}.monitor")).await
    }

    /// Says this into the microphone, over and over, until what is returned is dropped.
    pub fn say(&self, sound: &Sound) -> Result<Talker> {
        self.say_to("voice", sound)
    }

    /// Plugs a further loudspeaker in, and returns what it is unplugged by.
    pub fn plug_speaker(&self, name: &str, label: &str) -> Result<String> {
        let called = format!("sink_properties=\"device.description='{label}'\"");
        self.tell(&[
            "load-module",
            "module-null-sink",
            "norewinds=1",
            &format!("sink_name={name}"),
            "rate=48000",
            &called,
        ])
    }

    /// Plugs a further microphone in, into which is said by [`SoundServer::say_to`] and `NAME_voice`. It stays.
    pub fn plug_microphone(&self, name: &str, label: &str) -> Result<()> {
        self.plug_speaker(&format!("{name}_voice"), &format!("{label} voice"))?;
        let (master, source) = (format!("master={name}_voice.monitor"), format!("source_name={name}"));
        let called = format!("source_properties=\"device.description='{label}'\"");
        self.tell(&["load-module", "module-remap-source", &source, &master, &called]).map(drop)
    }

    /// Tells the server something, as the system's sound settings would, and returns its answer.
    pub fn tell(&self, words: &[&str]) -> Result<String> {
        let told = self.client("pactl").args(words).output()?;
        ensure!(told.status.success(), "pactl {words:?} ended with {}", told.status);
        Ok(String::from_utf8(told.stdout)?.trim().to_owned())
    }

    /// Says this to one of the server's sinks, over and over.
    pub fn say_to(&self, sink: &str, sound: &Sound) -> Result<Talker> {
        let mut child = self
            .client("pacat")
            .args(["--playback", "--raw", "--format=s16le", "--channels=1", "--latency-msec=40"])
            .args([format!("--device={sink}"), format!("--rate={RATE_HZ}")])
            .stdin(Stdio::piped())
            .spawn()
            .context("starting pacat")?;
        let mut pipe = child.stdin.take().context("pacat's input is not piped")?;
        let bytes: Vec<u8> = sound.at(RATE_HZ).samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        std::thread::spawn(move || while pipe.write_all(&bytes).is_ok() {});
        Ok(Talker(child))
    }

    /// How many programs record at the moment, monitors not counted.
    pub fn microphones_open(&self) -> Result<usize> {
        let asked = self.client("pactl").args(["list", "short", "source-outputs"]).output()?;
        let microphone = self.client("pactl").args(["list", "short", "sources"]).output()?;
        let microphone = String::from_utf8(microphone.stdout)?;
        let number = microphone
            .lines()
            .find(|line| line.split('\t').nth(1) == Some("microphone"))
            .and_then(|line| line.split('\t').next())
            .context("the microphone is gone")?
            .to_owned();
        let open = String::from_utf8(asked.stdout)?;
        Ok(open.lines().filter(|line| line.split('\t').nth(1) == Some(&number)).count())
    }

    /// A program that talks to this server.
    pub fn client(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("PULSE_SERVER", self.address()).stderr(Stdio::null());
        command
    }
}

impl Drop for SoundServer {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// A mouth at the microphone; dropping it silences it.
pub struct Talker(Child);

impl Drop for Talker {
    fn drop(&mut self) {
        end(&mut self.0);
    }
}

fn end(child: &mut Child) {
    // Whoever has ended already needs no ending.
    child.kill().ok();
    child.wait().ok();
}

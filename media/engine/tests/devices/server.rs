//! A PulseAudio server of the tests' own, on a private socket, with null sinks for loudspeakers and their monitors,
//! remapped, for microphones. One story at a time has it.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(65);
/// What every story finds: two loudspeakers, two microphones, and what is said into these. A null sink that may rewind
/// plays up to two seconds ahead while nobody listens.
const DEVICES: &str = "\
load-module module-null-sink norewinds=1 sink_name=desk rate=48000
load-module module-null-sink norewinds=1 sink_name=headset rate=44100
load-module module-null-sink norewinds=1 sink_name=voice_a rate=48000
load-module module-null-sink norewinds=1 sink_name=voice_b rate=48000
load-module module-remap-source source_name=mic_a master=voice_a.monitor
load-module module-remap-source source_name=mic_b master=voice_b.monitor
set-default-sink desk
set-default-source mic_a
";

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
static ENVIRONMENT: Once = Once::new();

/// The server; dropping it ends it.
pub struct Server {
    child: Child,
    folder: PathBuf,
    _turn: MutexGuard<'static, ()>,
}

impl Server {
    /// Starts it; none where PulseAudio is missing, which is noted, and a failure in CI.
    pub fn start(story: &str) -> Option<Server> {
        // As a desktop's sound server does; whom a story starts inherits it, where that is allowed.
        cordboard_engine::come_first();
        let turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let there = |program: &str| {
            let asked = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
            asked.is_ok_and(|status| status.success())
        };
        if !["pulseaudio", "pactl", "parec", "pacat"].into_iter().all(there) {
            skip(story);
            return None;
        }
        let folder = std::env::temp_dir().join(format!("cordboard-sound-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let socket = folder.join("native");
        ENVIRONMENT.call_once(|| {
            // SAFETY: no story touches the environment before it has come through here, and none writes to it.
            unsafe { std::env::set_var("PULSE_SERVER", format!("unix:{}", socket.display())) };
        });
        let script = folder.join("script.pa");
        let socket = socket.display();
        std::fs::write(
            &script,
            format!("load-module module-native-protocol-unix socket={socket} auth-anonymous=1\n{DEVICES}"),
        )
        .unwrap();
        let log = std::fs::File::create(folder.join("server.log")).unwrap();
        let child = Command::new("pulseaudio")
            // Left alone by a story that was killed, it ends by itself.
            .args(["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=30", "--realtime=no", "-F"])
            .arg(&script)
            .env("HOME", &folder)
            .env("XDG_RUNTIME_DIR", &folder)
            .env("PULSE_RUNTIME_PATH", &folder)
            .stderr(log)
            .spawn()
            .unwrap();
        let server = Server { child, folder, _turn: turn };
        let started = Instant::now();
        while server.try_pactl(&["get-default-source"]).is_none_or(|name| name.trim() != "mic_a") {
            assert!(started.elapsed() < PATIENCE, "PulseAudio did not start: {}", server.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(server)
    }

    /// Does what `pactl` is asked to and returns what it says.
    pub fn pactl(&self, arguments: &[&str]) -> String {
        self.try_pactl(arguments).unwrap_or_else(|| panic!("pactl {arguments:?} failed: {}", self.log()))
    }

    fn try_pactl(&self, arguments: &[&str]) -> Option<String> {
        let output = Command::new("pactl").args(arguments).stderr(Stdio::null()).output().unwrap();
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
    }

    /// Loads a module and returns its number, for unloading it.
    pub fn load(&self, module: &[&str]) -> String {
        self.pactl(&[&["load-module"], module].concat()).trim().to_owned()
    }

    /// Returns who records at the moment.
    pub fn recording(&self) -> Vec<String> {
        clients(&self.pactl(&["list", "short", "source-outputs"]))
    }

    /// Returns who plays at the moment.
    pub fn playing(&self) -> Vec<String> {
        clients(&self.pactl(&["list", "short", "sink-inputs"]))
    }

    /// Returns how much a loudspeaker has been given ahead of what it plays.
    pub fn configured_latency_ms(&self, sink: &str) -> f64 {
        let sinks = self.pactl(&["list", "sinks"]);
        let of_sink = sinks.split(&format!("Name: {sink}\n")).nth(1).unwrap();
        let figure = of_sink.split("configured ").nth(1).unwrap().split(' ').next().unwrap();
        figure.parse::<f64>().unwrap() / 1_000.0
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("server.log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Streams of programs; the server's own modules have some too.
fn clients(streams: &str) -> Vec<String> {
    streams.lines().filter(|line| line.contains("protocol-native")).map(str::to_owned).collect()
}

/// Waits until `done` says so.
pub fn until(what: &str, mut done: impl FnMut() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < PATIENCE, "it did not happen: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn skip(story: &str) {
    const LACK: &str = "PulseAudio (pulseaudio, pulseaudio-utils) is missing";
    assert!(std::env::var_os("CI").is_none(), "{story} cannot be told: {LACK}");
    if let Some(notes) = std::env::var_os("CORDBOARD_SKIPS") {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(notes).unwrap();
        writeln!(file, "{story}: {LACK}").unwrap();
    }
    eprintln!("{story} is skipped: {LACK}");
}

//! The real desktop window on a virtual screen, driven by `tests/window/window.mjs` over JSON lines. It has a message
//! bus, settings and a screen of its own, and its sound is files or a [`SoundServer`].

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use cordboard_ear::Sound;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, ChildStdin, Command};

use crate::lines::{Lines, read_lines};
use crate::{SoundServer, Story, places};

/// A running window. Dropping it ends it and everything around it.
pub struct Window {
    /// What the driver said.
    pub lines: Lines<Value>,
    application: PathBuf,
    hears: PathBuf,
    hands: ChildStdin,
    next: u32,
    child: Child,
    // Where the buses have their sockets. A socket's path has at most 108 bytes, and a story's folder may be longer.
    _runtime: tempfile::TempDir,
}

/// How long the screen, the driver and the window may each take on a machine with a lot to do.
const START: Duration = Duration::from_secs(40);

/// What stands in for the window's sound card.
#[derive(Clone, Copy)]
pub enum WindowSound<'a> {
    /// A file that its microphone says over and over; another that gets what is heard in calls.
    Says(&'a Sound),
    /// Devices.
    Devices(&'a SoundServer),
}

impl Window {
    /// Opens the window; its microphone says this over and over.
    pub async fn open(story: &Story, says: &Sound) -> Result<Window> {
        Window::open_with(story, WindowSound::Says(says), &[]).await
    }

    /// Opens the window on sound devices.
    pub async fn open_on(story: &Story, devices: &SoundServer) -> Result<Window> {
        Window::open_with(story, WindowSound::Devices(devices), &[]).await
    }

    /// Opens the window with further variables in its environment.
    pub async fn open_with(story: &Story, sound: WindowSound<'_>, further: &[(&str, &str)]) -> Result<Window> {
        Window::open_program(story, sound, places::binary("cordboard-desktop")?, further).await
    }

    /// Opens the window of this very program.
    pub async fn open_program(
        story: &Story,
        sound: WindowSound<'_>,
        application: PathBuf,
        further: &[(&str, &str)],
    ) -> Result<Window> {
        let hears = story.path("window-hears.wav");
        let mut environment = json!({
            "HOME": story.path("home"),
            "XDG_CONFIG_HOME": story.path("home/config"),
            "XDG_DATA_HOME": story.path("home/data"),
            "XDG_CACHE_HOME": story.path("home/cache"),
            "LANG": "en_US.UTF-8",
            "LANGUAGE": "en",
            "NO_COLOR": "1",
        });
        match sound {
            WindowSound::Says(words) => {
                let file = story.path("window-says.wav");
                words.write(&file)?;
                environment["CORDBOARD_SAY"] = json!(format!("loop:{}", file.display()));
                environment["CORDBOARD_HEAR"] = json!(hears);
            }
            WindowSound::Devices(server) => environment["PULSE_SERVER"] = json!(server.address()),
        }
        for (name, value) in further {
            environment[*name] = json!(value);
        }
        let runtime = tempfile::tempdir()?;
        let mut command = std::process::Command::new("dbus-run-session");
        // Without one of its own, what screen readers ask would be shared with other desktops of this machine.
        command.env("XDG_RUNTIME_DIR", runtime.path());
        command.args(["--", "node"]).arg(places::in_repository("tests/window/window.mjs")).process_group(0);
        let mut child = Command::from(command)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(story.path("window.log"))?)
            .kill_on_drop(true)
            .spawn()
            .context("starting dbus-run-session with node")?;
        let output = child.stdout.take().context("its output is not piped")?;
        let hands = child.stdin.take().context("its input is not piped")?;
        let lines = read_lines(output, |line| serde_json::from_str::<Value>(line).ok());
        let mut window = Window { lines, application, hears, hands, next: 1, child, _runtime: runtime };
        let start = json!({ "do": "start", "port": places::free_port()?, "environment": environment });
        window.act(with_limit(start, START)).await?;
        window.open_again().await?;
        Ok(window)
    }

    /// Opens the window's program, again after it was killed.
    pub async fn open_again(&mut self) -> Result<()> {
        let open = json!({ "do": "open", "application": self.application });
        self.act(with_limit(open, START)).await.map(drop)
    }

    /// Sends a signal to the window's own process.
    pub async fn signal(&mut self, signal: &str) -> Result<()> {
        self.act(json!({ "do": "application_process", "signal": signal })).await.map(drop)
    }

    /// Sends a signal to the processes that draw its pages, and names them.
    pub async fn signal_pages(&mut self, signal: &str) -> Result<Value> {
        self.act(json!({ "do": "page_process", "signal": signal })).await
    }

    /// Waits until the field of this label takes a letter, and says how long after the start of the program's process
    /// that was.
    pub async fn usable(&mut self, label: &str) -> Result<Duration> {
        let milliseconds = self.act(with_limit(json!({ "do": "usable", "label": label }), START)).await?;
        Ok(Duration::from_millis(milliseconds.as_u64().context("how long is no number")?))
    }

    /// The process of the program, and those that the web view added, by their names.
    pub async fn processes(&mut self) -> Result<Vec<(String, u32)>> {
        Ok(serde_json::from_value(self.act(json!({ "do": "processes" })).await?)?)
    }

    /// Presses keys, such as `ctrl+alt+a`, whoever has the keyboard.
    pub async fn keys(&mut self, keys: &str) -> Result<()> {
        self.act(json!({ "do": "keys", "keys": keys })).await.map(drop)
    }

    /// Waits for a notification that says this.
    pub async fn notified(&mut self, text: &str) -> Result<String> {
        let notice = self.act(json!({ "do": "notified", "text": text })).await?;
        Ok(notice.as_str().unwrap_or_default().to_owned())
    }

    /// Has the driver do something and waits until it is done.
    pub async fn act(&mut self, mut what: Value) -> Result<Value> {
        let id = self.next;
        self.next += 1;
        what["id"] = json!(id);
        let mut line = serde_json::to_vec(&what)?;
        line.push(b'\n');
        self.hands.write_all(&line).await?;
        self.hands.flush().await?;
        // The driver keeps the limit itself, and says what it saw instead.
        let limit = Duration::from_millis(what["limit_ms"].as_u64().unwrap_or(15_000) + 10_000);
        let (_, done) = self
            .lines
            .wait(&format!("the window: {what}"), 0, limit, |line| (line["id"] == id).then(|| line.clone()))
            .await?;
        ensure!(done["error"].is_null(), "the window could not {}: {}", what["do"], done["error"]);
        Ok(done["result"].clone())
    }

    /// Fills a field found by its label.
    pub async fn fill(&mut self, label: &str, text: &str) -> Result<()> {
        // The first field waits for the first page, which a machine with a lot to do paints slowly.
        self.act(json!({ "do": "fill", "label": label, "text": text, "limit_ms": 40_000 })).await.map(drop)
    }

    /// Clicks what a screen reader would call a button (or another role) of this name.
    pub async fn click(&mut self, role: &str, name: &str) -> Result<()> {
        self.act(json!({ "do": "click", "role": role, "name": name })).await.map(drop)
    }

    /// Chooses from a list found by its label.
    pub async fn choose(&mut self, label: &str, option: &str) -> Result<()> {
        self.act(json!({ "do": "choose", "label": label, "option": option })).await.map(drop)
    }

    /// Asks the page something, and returns its answer.
    pub async fn ask(&mut self, script: &str) -> Result<Value> {
        self.act(json!({ "do": "ask", "script": script })).await
    }

    /// Waits until the page's answer is true.
    pub async fn becomes_true(&mut self, script: &str) -> Result<()> {
        self.act(json!({ "do": "becomes_true", "script": script })).await.map(drop)
    }

    /// Waits until a text can be seen; names may be regular expressions between slashes.
    pub async fn sees(&mut self, text: &str, limit: Duration) -> Result<()> {
        self.act(with_limit(json!({ "do": "see", "text": text }), limit)).await.map(drop)
    }

    /// Waits until a text can be seen no more.
    pub async fn sees_no(&mut self, text: &str, limit: Duration) -> Result<()> {
        self.act(with_limit(json!({ "do": "see_no", "text": text }), limit)).await.map(drop)
    }

    /// Waits until there is a button of this name.
    pub async fn sees_button(&mut self, name: &str, limit: Duration) -> Result<()> {
        self.act(with_limit(json!({ "do": "see_role", "role": "button", "name": name }), limit)).await.map(drop)
    }

    /// Loads the page anew.
    pub async fn reload(&mut self) -> Result<()> {
        self.act(json!({ "do": "reload" })).await.map(drop)
    }

    /// What the agent heard in calls so far.
    pub fn heard(&self) -> Result<Sound> {
        Sound::read(&self.hears)
    }

    /// A picture of the whole screen, kept beside the stories' folders.
    pub async fn picture(&mut self, name: &str) -> Result<()> {
        let folder = places::build_folder()?.join("pictures");
        std::fs::create_dir_all(&folder)?;
        let file = folder.join(name).with_extension("png");
        self.act(with_limit(json!({ "do": "picture", "file": file }), Duration::from_secs(20))).await.map(drop)
    }

    /// Closes the window.
    pub async fn close(mut self) -> Result<()> {
        self.act(json!({ "do": "close" })).await?;
        tokio::time::timeout(Duration::from_secs(10), self.child.wait())
            .await
            .context("the window does not close")??;
        Ok(())
    }
}

fn with_limit(mut what: Value, limit: Duration) -> Value {
    what["limit_ms"] = json!(limit.as_millis() as u64);
    what
}

impl Drop for Window {
    fn drop(&mut self) {
        // The driver, the window, the screen and the bus are one group of processes.
        if let Some(group) = self.child.id() {
            let _ = std::process::Command::new("kill").args(["-KILL", "--", &format!("-{group}")]).status();
        }
    }
}

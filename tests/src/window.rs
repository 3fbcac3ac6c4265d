//! The real desktop window on a virtual screen, driven by `tests/window/window.mjs` over JSON lines. Its microphone is a
//! file, and what it hears becomes one. It has a message bus, settings and a screen of its own.

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
use crate::{Story, places};

/// A running window. Dropping it ends it and everything around it.
pub struct Window {
    /// What the driver said.
    pub lines: Lines<Value>,
    hears: PathBuf,
    hands: ChildStdin,
    next: u32,
    child: Child,
}

/// Where `cargo install tauri-driver` put it.
pub fn tauri_driver() -> Result<PathBuf> {
    Ok(places::build_folder()?.join("../tools/bin/tauri-driver"))
}

impl Window {
    /// Opens the window; its microphone says this over and over.
    pub async fn open(story: &Story, says: &Sound) -> Result<Window> {
        let words = story.path("window-says.wav");
        says.write(&words)?;
        let hears = story.path("window-hears.wav");
        let mut command = std::process::Command::new("dbus-run-session");
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
        let mut window = Window { lines, hears: hears.clone(), hands, next: 1, child };
        window
            .act(json!({
                "do": "start",
                "application": places::binary("cordboard-desktop")?,
                "tauri_driver": tauri_driver()?,
                // Two ports side by side; the next one is for the driver behind the driver.
                "port": places::free_port()?,
                "environment": {
                    "HOME": story.path("home"),
                    "XDG_CONFIG_HOME": story.path("home/config"),
                    "XDG_DATA_HOME": story.path("home/data"),
                    "XDG_CACHE_HOME": story.path("home/cache"),
                    "LANG": "en_US.UTF-8",
                    "LANGUAGE": "en",
                    "CORDBOARD_SAY": format!("loop:{}", words.display()),
                    "CORDBOARD_HEAR": hears,
                    "NO_COLOR": "1",
                },
                "limit_ms": 40_000,
            }))
            .await?;
        Ok(window)
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

    /// Waits until a text can be seen; names may be regular expressions between slashes.
    pub async fn sees(&mut self, text: &str, limit: Duration) -> Result<()> {
        self.act(json!({ "do": "see", "text": text, "limit_ms": limit.as_millis() as u64 })).await.map(drop)
    }

    /// Waits until there is a button of this name.
    pub async fn sees_button(&mut self, name: &str, limit: Duration) -> Result<()> {
        let limit_ms = limit.as_millis() as u64;
        self.act(json!({ "do": "see_role", "role": "button", "name": name, "limit_ms": limit_ms })).await.map(drop)
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
        self.act(json!({ "do": "picture", "file": file })).await.map(drop)
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

impl Drop for Window {
    fn drop(&mut self) {
        // The driver, the window, the screen and the bus are one group of processes.
        if let Some(group) = self.child.id() {
            let _ = std::process::Command::new("kill").args(["-KILL", "--", &format!("-{group}")]).status();
        }
    }
}

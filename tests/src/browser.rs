//! Chromium as an agent: a real browser driven by `tests/browser/desk.mjs` over JSON lines. Its microphone is a file, and
//! what leaves it towards the ears is recorded.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use cordboard_ear::Sound;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, ChildStdin, Command};

use crate::lines::{Lines, read_lines};
use crate::{Story, places};

/// A running browser with one page. Dropping it kills it.
pub struct Browser {
    /// What the driver said.
    pub lines: Lines<Value>,
    story_folder: PathBuf,
    hands: ChildStdin,
    next: u32,
    child: Child,
}

impl Browser {
    /// Starts the browser; its microphone says this over and over.
    pub async fn start(story: &Story, says: &Sound) -> Result<Browser> {
        Browser::start_with(story, says, &json!({})).await
    }

    /// Starts it with further options for the driver, such as `{"microphone": "denied"}`.
    pub async fn start_with(story: &Story, says: &Sound, options: &Value) -> Result<Browser> {
        let microphone = story.path("browser-says.wav");
        // Chromium plays its fake microphone's file at the file's rate; 48 kHz is its own.
        says.at(48_000).write(&microphone)?;
        let folder = story.path("browser");
        std::fs::create_dir_all(&folder)?;
        // In a session of its own: Chromium asks the terminal things, and is stopped for it where it is in the background.
        let mut child = Command::new("setsid")
            .arg("node")
            .arg(places::in_repository("tests/browser/desk.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(story.path("browser.log"))?)
            .kill_on_drop(true)
            .spawn()
            .context("starting node")?;
        let output = child.stdout.take().context("its output is not piped")?;
        let hands = child.stdin.take().context("its input is not piped")?;
        let lines = read_lines(output, |line| serde_json::from_str::<Value>(line).ok());
        let mut browser = Browser { lines, story_folder: folder.clone(), hands, next: 1, child };
        let mut start = json!({ "do": "start", "microphone_file": microphone, "folder": folder });
        if let (Some(start), Some(options)) = (start.as_object_mut(), options.as_object()) {
            start.extend(options.clone());
        }
        browser.act(start).await?;
        Ok(browser)
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
            .wait(&format!("the browser: {what}"), 0, limit, |line| (line["id"] == id).then(|| line.clone()))
            .await?;
        ensure!(done["error"].is_null(), "the browser could not {}: {}", what["do"], done["error"]);
        Ok(done["result"].clone())
    }

    /// Opens an address.
    pub async fn open(&mut self, address: &str) -> Result<()> {
        self.act(json!({ "do": "open", "address": address })).await.map(drop)
    }

    /// Fills a field found by its label.
    pub async fn fill(&mut self, label: &str, text: &str) -> Result<()> {
        self.act(json!({ "do": "fill", "label": label, "text": text })).await.map(drop)
    }

    /// Clicks what a screen reader would call a button (or another role) of this name.
    pub async fn click(&mut self, role: &str, name: &str) -> Result<()> {
        self.act(json!({ "do": "click", "role": role, "name": name })).await.map(drop)
    }

    /// Waits until a text can be seen; names may be regular expressions between slashes.
    pub async fn sees(&mut self, text: &str, limit: Duration) -> Result<()> {
        self.act(json!({ "do": "see", "text": text, "limit_ms": limit.as_millis() as u64 })).await.map(drop)
    }

    /// Reloads the page.
    pub async fn reload(&mut self) -> Result<()> {
        self.act(json!({ "do": "reload" })).await.map(drop)
    }

    /// What left the page towards the speaker since it was last loaded.
    pub async fn heard(&mut self) -> Result<Sound> {
        let file = self.story_folder.join(format!("heard-{}.wav", self.next));
        self.act(json!({ "do": "heard", "file": file })).await?;
        Sound::read(&file)
    }

    /// A picture of the page.
    pub async fn picture(&mut self, file: &Path) -> Result<()> {
        self.act(json!({ "do": "picture", "file": file })).await.map(drop)
    }

    /// Closes the browser.
    pub async fn close(mut self) -> Result<()> {
        self.act(json!({ "do": "close" })).await?;
        tokio::time::timeout(Duration::from_secs(10), self.child.wait())
            .await
            .context("the browser does not close")??;
        Ok(())
    }
}

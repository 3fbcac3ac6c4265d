//! Running other programs: said aloud before, streamed while they run, bounded in time.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// One program with its arguments, folder and environment.
pub struct Tool {
    command: Command,
    said: String,
    limit: Duration,
}

impl Tool {
    /// A program found on the path, run in the repository's root.
    pub fn new(program: &str) -> Tool {
        // npm is a batch file on Windows, and only its full name is found there.
        let found = if cfg!(windows) && matches!(program, "npm" | "npx") {
            format!("{program}.cmd")
        } else {
            program.to_owned()
        };
        let mut command = Command::new(found);
        command.current_dir(root());
        Tool { command, said: program.to_owned(), limit: Duration::from_secs(30 * 60) }
    }

    /// The cargo that runs this very command, as a person would start it. What it has told this program of itself would
    /// make others that look at such words (ring's build script) build anew after each `cargo` by hand.
    pub fn cargo() -> Tool {
        let mut tool = Tool::new("cargo");
        if let Some(cargo) = std::env::var_os("CARGO") {
            tool.command = Command::new(cargo);
            tool.command.current_dir(root());
        }
        for (name, _) in std::env::vars_os() {
            if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|told| name.to_string_lossy().starts_with(told)) {
                tool.command.env_remove(name);
            }
        }
        tool
    }

    /// Adds arguments.
    pub fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Tool {
        for argument in arguments {
            self.said.push(' ');
            self.said.push_str(&argument.as_ref().to_string_lossy());
            self.command.arg(argument);
        }
        self
    }

    /// Runs in a folder under the repository's root.
    pub fn within(mut self, folder: impl AsRef<Path>) -> Tool {
        self.command.current_dir(root().join(folder));
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Tool {
        self.command.env(name, value);
        self
    }

    /// Writes its standard error to a file.
    pub fn log_to(mut self, file: &Path) -> Result<Tool> {
        let log = std::fs::File::create(file).with_context(|| format!("writing {}", file.display()))?;
        self.command.stderr(log);
        Ok(self)
    }

    /// Gives the program this long; 30 minutes unless told.
    pub fn limit(mut self, limit: Duration) -> Tool {
        self.limit = limit;
        self
    }

    /// Runs to the end, its output going where ours goes. False: it failed.
    pub fn succeeds(self) -> Result<bool> {
        self.each_line(|line| println!("{line}"))
    }

    /// Runs to the end, and fails where it fails.
    pub fn run(self) -> Result<()> {
        let said = self.said.clone();
        if !self.succeeds()? {
            bail!("`{said}` failed; its own words are above");
        }
        Ok(())
    }

    /// Runs to the end and hands over each line of its standard output. False: it failed or took too long.
    pub fn each_line(mut self, mut take: impl FnMut(&str)) -> Result<bool> {
        println!("$ {}", self.said);
        let mut child = self.spawn(Stdio::piped())?;
        let lines = lines_of(&mut child)?;
        let ends = Instant::now() + self.limit;
        loop {
            match lines.recv_timeout(ends.saturating_duration_since(Instant::now())) {
                Ok(line) => take(&line),
                Err(RecvTimeoutError::Disconnected) => return Ok(child.wait()?.success()),
                Err(RecvTimeoutError::Timeout) => {
                    println!("`{}` took longer than {} minutes and was stopped", self.said, self.limit.as_secs() / 60);
                    child.kill().and_then(|()| child.wait()).context("stopping it")?;
                    return Ok(false);
                }
            }
        }
    }

    /// Runs silently and returns its standard output, or nothing where the program is not there or fails.
    pub fn output(mut self) -> Option<String> {
        let output = self.command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Starts the program and leaves it running.
    pub fn spawn(&mut self, stdout: Stdio) -> Result<Child> {
        self.command
            .stdout(stdout)
            .spawn()
            .with_context(|| format!("starting `{}`: is it installed and on the path?", self.said))
    }
}

/// The lines of a child's standard output, read on a thread so that the reader can keep time.
pub fn lines_of(child: &mut Child) -> Result<mpsc::Receiver<String>> {
    let stdout = child.stdout.take().context("the child's output is not piped")?;
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut reader = BufReader::new(stdout);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned();
            if sender.send(text).is_err() {
                return;
            }
            line.clear();
        }
    });
    Ok(receiver)
}

/// The repository's root.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Cargo's target folder.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |set| root().join(set))
}

/// Whether nobody is there to be asked.
pub fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}

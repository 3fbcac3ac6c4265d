//! The front end's own checks and its build, by npm in `ui/`.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};

use crate::tally::Tally;
use crate::tool::{Tool, root, target};

/// Whether this process has built `ui/dist`.
static BUILT: AtomicBool = AtomicBool::new(false);

/// Installs what `ui/package-lock.json` names, unless that was done for this very lock.
pub fn install() -> Result<()> {
    install_in("ui")
}

/// Does the same for any folder that has a lock file.
pub fn install_in(folder: &str) -> Result<()> {
    let place = root().join(folder);
    let lock = std::fs::read(place.join("package-lock.json"))
        .with_context(|| format!("{folder}/package-lock.json cannot be read"))?;
    let mark = place.join("node_modules").join(".cordboard-lock");
    if std::fs::read(&mark).is_ok_and(|seen| seen == lock) {
        return Ok(());
    }
    Tool::new("npm").within(folder).args(["ci", "--no-audit", "--no-fund"]).run()?;
    std::fs::write(mark, lock)?;
    Ok(())
}

/// Builds `ui/dist`, unless that was done a moment ago: whatever embeds it would be built anew too.
pub fn build() -> Result<()> {
    if BUILT.load(Ordering::Relaxed) {
        return Ok(());
    }
    install()?;
    script("build", &[]).run()?;
    BUILT.store(true, Ordering::Relaxed);
    Ok(())
}

/// Builds it where there is none yet: the window embeds it.
pub fn there() -> Result<()> {
    if root().join("ui/dist/index.html").exists() { Ok(()) } else { build() }
}

/// Tauri's own command, which npm brings, run in a folder under the repository's root.
pub fn tauri(folder: &str) -> Tool {
    let script = root().join("ui/node_modules/@tauri-apps/cli/tauri.js");
    Tool::new("node").within(folder).args([script])
}

/// Type check, lint, tests and build.
pub fn check() -> Result<Tally> {
    install()?;
    // Each keeps one processor busy.
    let [types, lint] = std::thread::scope(|scope| {
        let lint = scope.spawn(|| script("lint", &[]).succeeds());
        let types = script("typecheck", &[]).succeeds();
        [types, lint.join().unwrap_or(Ok(false))]
    });
    let mut tally = Tally::one("ui: tsc", types?);
    tally.add(Tally::one("ui: eslint", lint?));
    tally.add(vitest()?);
    tally.add(Tally::one("ui: build", build().is_ok()));
    Ok(tally)
}

fn vitest() -> Result<Tally> {
    let report = target().join("vitest.json");
    std::fs::remove_file(&report).ok();
    let output = format!("--outputFile.json={}", report.display());
    let passed = script("test", &["--reporter=default", "--reporter=json", &output]).succeeds()?;
    let mut tally = Tally::default();
    if let Ok(text) = std::fs::read_to_string(&report) {
        tally.read_vitest(&serde_json::from_str(&text).context("vitest's report")?);
    }
    if !passed && tally.failed == 0 {
        tally.add(Tally::one("ui: vitest", false));
    }
    Ok(tally)
}

fn script(name: &str, more: &[&str]) -> Tool {
    let tool = Tool::new("npm").within("ui").args(["run", "--silent", name]);
    if more.is_empty() { tool } else { tool.args(["--"]).args(more) }
}

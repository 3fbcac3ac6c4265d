//! The Rust checks and tests, and what they select.

use std::time::Duration;

use anyhow::{Context, Result};

use crate::lint::lint;
use crate::tally::Tally;
use crate::tool::{Tool, root, target};
use crate::{front_end, window};

/// The one test target that needs SIP peers, a browser and both processors.
const STORIES: &str = "stories";
/// The one that needs the window.
pub const WINDOW: &str = "window";
/// The engine on a sound server of the tests' own, where a busy machine is heard at once.
const DEVICES: &str = "devices";

/// What every command selects: the whole workspace, so that each dependency is built once, with the same features for
/// all. Without the window where the system's web view is missing.
fn everything() -> Result<&'static [&'static str]> {
    if window::can_be_built() {
        front_end::there()?;
        Ok(&["--workspace"])
    } else {
        println!("WebKitGTK 4.1 is missing here, so the desktop window is left out");
        Ok(&["--workspace", "--exclude", "cordboard-desktop"])
    }
}

/// Builds binaries in the debug profile, sharing with everything else that is built here.
pub fn build_binaries(names: &[&str]) -> Result<()> {
    let chosen = names.iter().flat_map(|name| ["--bin", name]);
    Tool::cargo().args(["build", "--workspace", "--quiet"]).args(chosen).run()
}

/// `cargo fmt --check`.
pub fn format() -> Result<Tally> {
    Ok(Tally::one("rustfmt", Tool::cargo().args(["fmt", "--all", "--check"]).succeeds()?))
}

/// Clippy over everything, warnings counting as errors.
pub fn clippy() -> Result<Tally> {
    Ok(Tally::one("clippy", lint(everything()?)?))
}

/// Builds the binaries and every test once.
pub fn build() -> Result<Tally> {
    let tool = Tool::cargo().args(["build"]).args(everything()?).args(["--all-targets", "--quiet"]);
    Ok(Tally::one("build", tool.succeeds()?))
}

/// Every test that needs nothing but this process: units, arrows, generated types, documentation's examples.
pub fn units() -> Result<Tally> {
    let mut targets = vec!["--lib".to_owned(), "--bins".to_owned()];
    for name in test_targets()? {
        if ![STORIES, WINDOW, DEVICES].contains(&name.as_str()) {
            targets.extend(["--test".to_owned(), name]);
        }
    }
    // Many of these talk for some seconds, and only listen meanwhile.
    let mut tally = cargo_test(&targets, &["--test-threads=4"], 20)?;
    tally.add(cargo_test(&["--doc".to_owned()], &[], 10)?);
    Ok(tally)
}

/// Sound devices, with nothing else running.
pub fn devices() -> Result<Tally> {
    cargo_test(&["--test".to_owned(), DEVICES.to_owned()], &["--test-threads=1"], 15)
}

/// The whole-system stories.
pub fn stories() -> Result<Tally> {
    front_end::install_in("tests/browser")?;
    // A story takes its share of the processors by itself; four may wait or run at a time.
    cargo_test(&["--test".to_owned(), STORIES.to_owned()], &["--test-threads=4"], 25)
}

/// `cargo test` of some targets, counted; it may take so many minutes.
pub fn cargo_test(targets: &[String], to_harness: &[&str], minutes: u64) -> Result<Tally> {
    let notes = target().join("skipped.txt");
    std::fs::remove_file(&notes).ok();
    let mut tally = Tally::default();
    let passed = Tool::cargo()
        .args(["test", "--no-fail-fast"])
        .args(everything()?)
        .args(targets)
        .args(["--"])
        .args(to_harness)
        .env("CORDBOARD_SKIPS", &notes)
        .limit(Duration::from_secs(minutes * 60))
        .each_line(|line| {
            println!("{line}");
            tally.read_cargo_line(line);
        })?;
    if let Ok(notes) = std::fs::read_to_string(&notes) {
        tally.read_skip_notes(&notes);
    }
    if !passed && tally.failed == 0 {
        tally.add(Tally::one(&format!("cargo test {}", targets.join(" ")), false));
    }
    Ok(tally)
}

/// The names of the workspace's integration tests.
fn test_targets() -> Result<Vec<String>> {
    let metadata = Tool::cargo()
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .within(root())
        .output()
        .context("`cargo metadata` failed")?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
    let mut names = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        for target in package["targets"].as_array().into_iter().flatten() {
            if target["kind"][0] == "test" {
                names.extend(target["name"].as_str().map(str::to_owned));
            }
        }
    }
    names.sort();
    names.dedup();
    Ok(names)
}

//! The desktop window: its own system packages, its build, and its stories on a virtual screen.

use std::path::PathBuf;

use anyhow::Result;

use crate::tally::Tally;
use crate::tool::{Tool, target};
use crate::{front_end, rust, setup};

/// The driver in front of the web view's own. A newer major version speaks to a newer Tauri.
const DRIVER: &str = "2.1.0";

/// Builds the window with the page it shows, in the debug profile.
pub fn build() -> Result<()> {
    front_end::install()?;
    front_end::build()?;
    Tool::cargo().args(["build", "--quiet", "--package", "cordboard-desktop"]).run()
}

/// The program that `build` made.
pub fn program() -> PathBuf {
    target().join("debug").join(if cfg!(windows) { "cordboard-desktop.exe" } else { "cordboard-desktop" })
}

/// Everything about the window: packages, build, lints, units, stories.
pub fn check() -> Result<Tally> {
    let mut tally = setup::setup(setup::Scope::Window)?;
    if !cfg!(target_os = "linux") {
        println!("the window is built on every system; its stories drive the web view of Linux only");
    }
    build()?;
    tally.add(Tally::one("window: clippy", clippy()?));
    tally.add(rust::cargo_test(&["--package", "cordboard-desktop"], &[], &[], 10)?);
    if !cfg!(target_os = "linux") {
        tally.add(Tally::skip("window: its stories run on Linux"));
        return Ok(tally);
    }
    install_driver()?;
    Tool::cargo().args(["build", "--quiet", "--package", "cordboard-gateway", "--bins"]).run()?;
    let stories = ["--test".to_owned(), rust::WINDOW.to_owned()];
    tally.add(rust::cargo_test(&["--package", "cordboard-tests"], &stories, &["--test-threads=1"], 20)?);
    Ok(tally)
}

fn clippy() -> Result<bool> {
    Tool::cargo()
        .args(["clippy", "--package", "cordboard-desktop", "--all-targets", "--quiet", "--", "-D", "warnings"])
        .succeeds()
}

/// What opens the window on a virtual screen and has hands in it.
pub fn install_driver() -> Result<()> {
    front_end::install_in("tests/window")?;
    let tools = target().join("tools");
    if tools.join("bin").join("tauri-driver").exists() {
        return Ok(());
    }
    println!("building tauri-driver {DRIVER} once takes about two minutes; it is kept in {}", tools.display());
    // A debug build takes less time, and the driver only passes messages on.
    let build = tools.join("build");
    Tool::cargo()
        .args(["install", "--quiet", "--locked", "--debug", "tauri-driver", "--version", DRIVER, "--root"])
        .args([&tools])
        .args(["--target-dir"])
        .args([&build])
        .run()
}

//! Clippy beside what the stage `build` has compiled.
//!
//! `cargo clippy` checks every dependency once more, in a mode of its own: that takes four times as long as the linting.
//! So Cargo is asked to build again, with this program in the compiler's place for the workspace's own crates. It lints
//! them and writes what other crates need to know of them, but no code; dependencies are there already.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};

use crate::tool::{Tool, target};

/// Set where this program is to stand in for the compiler.
const STANDS_IN: &str = "CORDBOARD_LINTS";

/// Lints these packages, warnings counting as errors. False: there are some.
pub fn lint(packages: &[&str]) -> Result<bool> {
    // By its place, not as what runs: the stage `build` may have put another just like it there.
    let here = target().join("debug").join(format!("xtask{}", std::env::consts::EXE_SUFFIX));
    Tool::cargo()
        .args(["build"])
        .args(packages)
        .args(["--all-targets", "--keep-going", "--quiet"])
        .env("RUSTC_WORKSPACE_WRAPPER", here)
        .env(STANDS_IN, "1")
        .succeeds()
}

/// Whether Cargo has called this program in the compiler's place.
pub fn is_wanted() -> bool {
    std::env::var_os(STANDS_IN).is_some()
}

/// Does what Cargo asks of the compiler, but for the code. The first word is the compiler's name.
pub fn stand_in(mut words: impl Iterator<Item = OsString>) -> Result<ExitCode> {
    let compiler = words.next().context("Cargo names the compiler first")?;
    let words: Vec<OsString> = words.collect();
    // A build script has to run, and questions about the compiler have no crate.
    let is_crate = words.iter().any(|word| word.to_string_lossy().starts_with("--emit="))
        && !words.iter().any(|word| word.to_string_lossy().starts_with("build_script_"));
    let mut command = Command::new(if is_crate { OsStr::new("clippy-driver") } else { &compiler });
    if is_crate {
        command.arg(compiler).args(words.into_iter().map(without_code)).arg("-Dwarnings");
    } else {
        command.args(words);
    }
    let status = command.status().with_context(|| format!("starting {}", command.get_program().display()))?;
    ensure!(status.code().is_some(), "the compiler was ended: {status}");
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One of the compiler's words, changed so that no code is made and none is asked for.
fn without_code(word: OsString) -> OsString {
    let text = word.to_string_lossy();
    if text.starts_with("--emit=") {
        return "--emit=dep-info,metadata".into();
    }
    // `--extern name=place`: a library that was linted has no code.
    match text.split_once('=').and_then(|(name, place)| Some((name, place.strip_suffix(".rlib")?))) {
        Some((name, place)) if !Path::new(&format!("{place}.rlib")).exists() => format!("{name}={place}.rmeta").into(),
        _ => word,
    }
}

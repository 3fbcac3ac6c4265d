//! cargo-deny: licences, bans and sources always; advisories where their database can be reached.

use std::time::Duration;

use anyhow::Result;

use crate::tally::Tally;
use crate::tool::{Tool, root, target};

const VERSION: &str = "0.20.2";

/// Checks the dependency tree against `deny.toml`.
pub fn check() -> Result<Tally> {
    let program = ready()?;
    let checks = ["check", "--hide-inclusion-graph", "bans", "licenses", "sources"];
    let mut tally = Tally::one("cargo-deny", Tool::new(&program).args(checks).succeeds()?);
    if advisories_can_be_had(&program)? {
        tally.add(Tally::one("cargo-deny advisories", Tool::new(&program).args(["check", "advisories"]).succeeds()?));
    } else {
        tally.add(Tally::skip("cargo-deny advisories: their database cannot be reached from here"));
    }
    Ok(tally)
}

/// The program: the one on the path, else the one built before, else built now.
fn ready() -> Result<String> {
    if Tool::new("cargo-deny").args(["--version"]).output().is_some() {
        return Ok("cargo-deny".to_owned());
    }
    let tools = target().join("tools");
    let built = tools.join("bin").join(if cfg!(windows) { "cargo-deny.exe" } else { "cargo-deny" });
    if !built.exists() {
        println!("building cargo-deny {VERSION} once; it is kept in {}", tools.display());
        // A debug build takes a third of the time, and checking takes a second either way.
        Tool::cargo()
            .args(["install", "--locked", "--debug", "--quiet", "cargo-deny", "--version", VERSION, "--root"])
            .args([&tools])
            .env("CARGO_TARGET_DIR", tools.join("build"))
            .run()?;
        std::fs::remove_dir_all(tools.join("build")).ok();
    }
    Ok(built.to_string_lossy().into_owned())
}

fn advisories_can_be_had(program: &str) -> Result<bool> {
    let fetch = Tool::new(program).args(["--log-level", "off", "fetch", "db"]).limit(Duration::from_secs(60));
    fetch.within(root()).succeeds()
}

//! `cargo xtask bench`: builds for speed and measures from outside.

use std::time::Duration;

use anyhow::Result;

use crate::tool::{Tool, target};
use crate::{front_end, window};

/// Prints the table of `tests/bench`; here it is only built and started. `profile` adds where the time went.
pub fn bench(only: Option<&str>, profile: bool) -> Result<bool> {
    println!("building for speed takes about 8 minutes on two cores the first time, measuring everything about 12");
    let bins = ["--package", "cordboard-gateway", "--package", "cordboard-agent", "--package", "cordboard-bench"];
    Tool::cargo().args(["build", "--release", "--quiet", "--bins"]).args(bins).run()?;
    let router = ["--package", "cordboard-core", "--example", "router_cost"];
    Tool::cargo().args(["build", "--release", "--quiet"]).args(router).run()?;
    // The window takes longest to build, so its rows want it built before, by `cargo xtask package`.
    if cfg!(target_os = "linux") && target().join("shipped").join("cordboard-desktop").exists() {
        front_end::install_in(window::DRIVEN_BY)?;
    }
    let mut tool = Tool::cargo()
        .args(["run", "--release", "--quiet", "--package", "cordboard-bench", "--"])
        .limit(Duration::from_secs(60 * 60));
    if let Some(words) = only {
        tool = tool.args(["--only", words]);
    }
    if profile {
        tool = tool.args(["--profile"]);
    }
    tool.succeeds()
}

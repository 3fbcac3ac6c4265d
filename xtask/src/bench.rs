//! `cargo xtask bench`: builds for speed and measures from outside.

use std::time::Duration;

use anyhow::Result;

use crate::tool::Tool;

/// Prints the table of `tests/bench`; here it is only built and started. `profile` adds where the time went.
pub fn bench(only: Option<&str>, profile: bool) -> Result<bool> {
    println!("building for speed takes about 8 minutes on two cores the first time, measuring everything about 12");
    let bins = ["--package", "cordboard-gateway", "--package", "cordboard-bench", "--bins"];
    Tool::cargo().args(["build", "--release", "--quiet"]).args(bins).run()?;
    let router = ["--package", "cordboard-core", "--example", "router_cost"];
    Tool::cargo().args(["build", "--release", "--quiet"]).args(router).run()?;
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

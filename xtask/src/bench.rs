//! `cargo xtask bench`: builds for speed and measures from outside.

use anyhow::Result;

use crate::tool::Tool;

/// Prints the rows. They stand in `tests/src/bin/bench.rs`; here they are only built and started.
pub fn bench(only: Option<&str>) -> Result<bool> {
    println!("building for speed takes about 8 minutes on two cores the first time");
    Tool::cargo().args(["build", "--release", "--workspace", "--bins"]).run()?;
    let mut tool =
        Tool::cargo().args(["run", "--release", "--quiet", "--package", "cordboard-tests", "--bin", "bench"]);
    if let Some(words) = only {
        tool = tool.args(["--", "--only", words]);
    }
    tool.succeeds()
}

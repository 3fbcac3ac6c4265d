//! The router: instructions for a decision among many agents beside those among few.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::needs;
use crate::callgrind;
use crate::options::Options;
use crate::row::Row;

pub const NAME: &str = "router: instructions a decision with 10,000 agents beside those with 100";

/// Two runs that differ only in this; their difference is without the setting up.
const DECISIONS: [u64; 2] = [500, 1_500];

pub fn measure(_: &Options) -> Result<Vec<Row>> {
    needs("valgrind")?;
    let program = cordboard_tests::places::build_folder()?.join("examples/router_cost");
    ensure!(program.exists(), "router_cost is not built: cargo build --release -p cordboard-core --examples");
    let (few, many) = (a_decision(&program, 100)?, a_decision(&program, 10_000)?);
    let ratio = many / few;
    let measured =
        format!("{ratio:.2} times ({many:.0} and {few:.0}: a call from its arrival to its agent's next readiness)");
    Ok(vec![Row::compared(NAME, ratio, 2.0, "times", measured)])
}

fn a_decision(program: &Path, agents: u64) -> Result<f64> {
    let count = |decisions: u64| callgrind::of_command(program, &[&agents.to_string(), &decisions.to_string()]);
    let more = count(DECISIONS[1])?.checked_sub(count(DECISIONS[0])?).context("more decisions took less")?;
    Ok(more as f64 / (DECISIONS[1] - DECISIONS[0]) as f64)
}

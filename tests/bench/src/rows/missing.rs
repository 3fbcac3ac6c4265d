//! Figures of the design that nothing measures yet.

use anyhow::Result;

use crate::options::Options;
use crate::row::{Row, Verdict};

pub const NAME: &str = "not there yet: desk window";

pub fn measure(_: &Options) -> Result<Vec<Row>> {
    Ok([
        ("desk window: start to usable / memory of the engine in a call / idle", "≤ 1.5 s / 20 MiB / 0.5 %"),
    ]
    .map(|(name, hold)| Row::without(name, hold, Verdict::NotThere))
    .into())
}

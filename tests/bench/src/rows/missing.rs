//! Figures of the design that nothing measures yet.

use anyhow::Result;

use crate::options::Options;
use crate::row::{Row, Verdict};

pub const NAME: &str = "not there yet: mouth to ear";

pub fn measure(_: &Options) -> Result<Vec<Row>> {
    Ok([("mouth to ear, two agents on virtual devices, p50", "≤ 60 ms")]
        .map(|(name, hold)| Row::without(name, hold, Verdict::NotThere))
        .into())
}

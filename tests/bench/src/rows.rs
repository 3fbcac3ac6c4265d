//! The rows, in the order in which they are printed.

mod answering;
#[cfg(target_os = "linux")]
mod desk;
mod memory;
#[cfg(target_os = "linux")]
mod mouth;
mod passage;
mod queue;
mod router;
mod signalling;
mod sound;
mod transcoding;

use anyhow::Result;

use crate::options::Options;
use crate::row::{HEAD, Row, Verdict};

/// A measurement that gives one row or several.
struct Measurement {
    /// What it measures: printed where it could not, and what `--only` looks into.
    name: &'static str,
    hold: &'static str,
    measure: fn(&Options) -> Result<Vec<Row>>,
}

const MEASUREMENTS: &[Measurement] = &[
    Measurement { name: sound::NAME, hold: "–", measure: sound::measure },
    Measurement { name: transcoding::NAME, hold: "≤ 1.25 times", measure: transcoding::measure },
    Measurement { name: signalling::NAME, hold: "≤ 0.8 ms, p95 ≤ 10 ms", measure: signalling::measure },
    Measurement { name: queue::NAME, hold: "≤ 1.5 ms", measure: queue::measure },
    Measurement { name: router::NAME, hold: "≤ 2 times", measure: router::measure },
    Measurement { name: memory::NAME, hold: "≤ 100 / 200 kB", measure: memory::measure },
    Measurement { name: passage::NAME, hold: "p99 ≤ 1 ms", measure: passage::measure },
    Measurement { name: answering::NAME, hold: "p99 ≤ 50 ms / 60 ms", measure: answering::measure },
    #[cfg(target_os = "linux")]
    Measurement { name: mouth::NAME, hold: "≤ 60 ms", measure: mouth::measure },
    #[cfg(target_os = "linux")]
    Measurement { name: desk::NAME, hold: "≤ 1.5 s / 20 MiB / 0.5 %", measure: desk::measure },
];

/// A program that a row needs and this machine lacks.
#[derive(Debug)]
struct Lacking(&'static str);

impl std::fmt::Display for Lacking {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "needs {}", self.0)
    }
}

impl std::error::Error for Lacking {}

/// Fails in a way that the table calls skipped.
fn needs(program: &'static str) -> Result<()> {
    if cordboard_tests::places::is_installed(program) { Ok(()) } else { Err(Lacking(program).into()) }
}

/// Measures what was asked for and prints the table, each row as soon as it is known.
pub fn measure(options: &Options) -> Result<()> {
    println!("{HEAD}");
    for measurement in MEASUREMENTS {
        if !options.wants(measurement.name) {
            continue;
        }
        let rows = (measurement.measure)(options).unwrap_or_else(|error| {
            let verdict = match error.downcast_ref::<Lacking>() {
                Some(lacking) => Verdict::Skipped(lacking.to_string()),
                None => Verdict::Failed(format!("{error:#}")),
            };
            vec![Row::without(measurement.name, measurement.hold, verdict)]
        });
        for row in rows {
            println!("{}", row.line());
        }
    }
    Ok(())
}

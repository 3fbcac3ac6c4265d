//! The stages of `cargo xtask test`: each says what it does, keeps its time, and does not hide the next one.

use std::time::Instant;

use anyhow::Result;

use crate::tally::Tally;

/// One stage.
pub struct Stage {
    /// One word, for `--only`.
    pub name: &'static str,
    /// What it does.
    pub does: &'static str,
    /// What it takes on two cores, on a machine that has never built this.
    pub about: &'static str,
    /// The doing.
    pub act: fn() -> Result<Tally>,
}

/// Runs the stages in order and prints how it went, the sum alone on the last line. False: something failed.
pub fn run_all(stages: &[&Stage]) -> bool {
    let mut sum = Tally::default();
    let mut minutes = Vec::new();
    let begun = Instant::now();
    for (position, stage) in stages.iter().enumerate() {
        println!(
            "\n== {} of {}: {} · {} · {} when cold",
            position + 1,
            stages.len(),
            stage.name,
            stage.does,
            stage.about
        );
        let started = Instant::now();
        let tally = (stage.act)().unwrap_or_else(|error| {
            println!("{}: {error:#}", stage.name);
            Tally::one(stage.name, false)
        });
        let took = started.elapsed().as_secs_f64() / 60.0;
        println!("{}: {tally} in {took:.1} min", stage.name);
        minutes.push((stage.name, took, tally.clone()));
        sum.add(tally);
    }

    println!("\n{:<12} {:>7}", "stage", "minutes");
    for (name, took, tally) in &minutes {
        println!("{name:<12} {took:>7.1}   {tally}");
    }
    println!("{:<12} {:>7.1}", "all", begun.elapsed().as_secs_f64() / 60.0);
    for name in &sum.failed_names {
        println!("failed: {name}");
    }
    for name in &sum.skipped_names {
        println!("skipped: {name}");
    }
    println!("{sum}");
    sum.failed == 0
}

//! A steady load, looked at through several windows.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::options::Options;
use crate::process::Process;
use crate::spread::Spread;

/// What a process used of one core in each of several windows, in percent.
pub fn percent_of_a_core(process: Process, options: &Options) -> Result<Spread> {
    let windows: Result<Vec<f64>> = (0..options.rounds).map(|_| window(process, options.window())).collect();
    Ok(Spread::of(windows?))
}

/// What it used in one window.
pub fn window(process: Process, length: Duration) -> Result<f64> {
    let (before, began) = (process.processor_time()?, Instant::now());
    std::thread::sleep(length);
    let used = process.processor_time()?.saturating_sub(before);
    Ok(100.0 * used.as_secs_f64() / began.elapsed().as_secs_f64())
}

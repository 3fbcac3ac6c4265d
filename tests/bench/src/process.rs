//! What the kernel knows of another process: processor time, memory, threads.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// A process by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Process(pub u32);

impl Process {
    /// Processor time of all its threads, user and system, in nanoseconds as the scheduler counts it. The sum of utime
    /// and stime is the same account in steps of 10 ms, too coarse for short windows. A thread that ends takes its
    /// time along, so the load must be steady.
    pub fn processor_time(self) -> Result<Duration> {
        let mut sum = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.0)).context("the process has ended")?.flatten() {
            let Ok(account) = fs::read_to_string(task.path().join("schedstat")) else { continue };
            sum += account.split(' ').next().and_then(|ran| ran.parse::<u64>().ok()).unwrap_or(0);
        }
        Ok(Duration::from_nanos(sum))
    }

    /// Processor time of all threads it ever had, in steps of 10 ms: for long windows in which threads come and go.
    pub fn processor_time_ever(self) -> Result<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0)).context("the process has ended")?;
        let after_name = stat.rsplit_once(')').context("no name in stat")?.1;
        let ticks = after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok());
        Ok(Duration::from_millis(ticks.sum::<u64>() * 10))
    }

    /// Memory that would be free without it, bytes: pages of its own and its part of shared ones.
    pub fn memory_bytes(self) -> Result<u64> {
        let text = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.0)).context("the process has ended")?;
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).context("no Pss in smaps_rollup")?;
        let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kilobytes * 1_024)
    }

    /// How many threads it has.
    pub fn threads(self) -> Result<usize> {
        Ok(fs::read_dir(format!("/proc/{}/task", self.0)).context("the process has ended")?.count())
    }
}

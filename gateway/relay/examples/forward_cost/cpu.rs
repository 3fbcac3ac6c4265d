//! The kernel's account of what the relay's threads have run.

use std::fs;
use std::time::Duration;

/// CPU time of all threads named `relay-…`, nanoseconds from `/proc/self/task/*/schedstat`.
pub fn relay_threads() -> Duration {
    let tasks = fs::read_dir("/proc/self/task").unwrap().flatten().map(|entry| entry.path());
    let relay = tasks.filter(|task| fs::read_to_string(task.join("comm")).is_ok_and(|name| name.starts_with("relay-")));
    let ran = relay.map(|task| {
        let account = fs::read_to_string(task.join("schedstat")).unwrap_or_default();
        account.split(' ').next().and_then(|ran| ran.parse().ok()).unwrap_or(0)
    });
    Duration::from_nanos(ran.sum())
}

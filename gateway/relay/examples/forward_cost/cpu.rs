//! The kernel's account of what the relay's threads have run.

use std::fs;
use std::time::Duration;

/// CPU time of the workers and the recorder, nanoseconds from `/proc/self/task/*/schedstat`. The library's thread, which
/// ends, and the finaliser, which works after calls, are not what a call costs while it lasts.
pub fn relay_threads() -> Duration {
    let tasks = fs::read_dir("/proc/self/task").unwrap().flatten().map(|entry| entry.path());
    let counts = |name: &str| {
        name == "relay-recorder" || name.strip_prefix("relay-").is_some_and(|rest| rest.parse::<u32>().is_ok())
    };
    let counted = tasks.filter(|task| fs::read_to_string(task.join("comm")).is_ok_and(|name| counts(name.trim())));
    let ran = counted.map(|task| {
        let account = fs::read_to_string(task.join("schedstat")).unwrap_or_default();
        account.split(' ').next().and_then(|ran| ran.parse().ok()).unwrap_or(0)
    });
    Duration::from_nanos(ran.sum())
}

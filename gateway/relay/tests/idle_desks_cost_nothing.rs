//! A desk that waits, and a desk that is gone, cost next to nothing.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs;
use std::time::Duration;

use common::House;
use common::desk::Desk;
use cordboard_relay::{EndpointId, RelayEvent};

/// What the worker has run, by the kernel's account.
fn worker_ran() -> Duration {
    let tasks = fs::read_dir("/proc/self/task").unwrap().flatten().map(|entry| entry.path());
    let worker = tasks.filter(|task| fs::read_to_string(task.join("comm")).is_ok_and(|name| name.trim() == "relay-0"));
    let account = worker.map(|task| fs::read_to_string(task.join("schedstat")).unwrap());
    account.map(|text| Duration::from_nanos(text.split(' ').next().unwrap().parse().unwrap())).sum()
}

#[test]
fn the_worker_sleeps() {
    let house = House::new(1);
    let desks: Vec<_> = (0..10).map(|id| Desk::connect(&house.relay, id)).collect();
    for id in 0..10 {
        house.expect("connected", |event| *event == RelayEvent::DeskConnected { endpoint: EndpointId(id) });
    }
    desks[0].leave();
    desks[1].leave();
    for _ in 0..2 {
        house.expect("lost", |event| matches!(event, RelayEvent::DeskLost { closed: true, .. }));
    }
    // Longer than any deadline that the closed connections had left.
    desks[2].g711.listen(Duration::from_secs(3));
    let before = worker_ran();
    desks[2].g711.listen(Duration::from_secs(2));
    let ran = worker_ran() - before;
    assert!(ran < Duration::from_millis(60), "{ran:?} in two seconds");
}

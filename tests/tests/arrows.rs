//! The arrows between the crates, as ARCHITECTURE.md draws them, held by a test.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Who may depend on whom among our own crates. Whoever is not named may depend on nothing of ours.
const ALLOWED: &[(&str, &[&str])] = &[
    ("cordboard-wire", &[]),
    ("cordboard-media", &[]),
    ("cordboard-core", &[]),
    ("cordboard-sip", &[]),
    ("cordboard-store", &[]),
    ("cordboard-relay", &["cordboard-media"]),
    (
        "cordboard-gateway",
        &["cordboard-core", "cordboard-media", "cordboard-wire", "cordboard-sip", "cordboard-store", "cordboard-relay"],
    ),
    ("cordboard-engine", &["cordboard-media"]),
    ("cordboard-headset", &[]),
    ("cordboard-agent", &["cordboard-engine", "cordboard-headset", "cordboard-media", "cordboard-wire"]),
    ("cordboard-desktop", &["cordboard-agent", "cordboard-engine", "cordboard-wire"]),
    ("cordboard-ear", &[]),
    ("xtask", &[]),
];

/// What may depend on all others, and on which nothing else may.
const TESTS: &[&str] = &["cordboard-tests", "cordboard-bench"];

/// Outside crates that must never reach these pure ones, not even through another crate.
const PURE: &[(&str, &[&str])] = &[
    (
        "cordboard-core",
        &["tokio", "mio", "rand", "chrono", "jiff", "socket2", "sea-orm", "reqwest", "tracing-subscriber"],
    ),
    ("cordboard-media", &["tokio", "mio", "socket2", "str0m", "webrtc", "cpal"]),
    ("cordboard-wire", &["tokio", "mio", "socket2", "reqwest"]),
    ("cordboard-gateway", &["tauri", "webrtc", "cpal"]),
    ("cordboard-relay", &["tokio"]),
];

/// Normal and build dependencies of each package, by name.
fn tree() -> (BTreeSet<String>, BTreeMap<String, BTreeSet<String>>) {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--offline", "--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();

    let name_of: BTreeMap<&str, &str> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| (package["id"].as_str().unwrap(), package["name"].as_str().unwrap()))
        .collect();
    let ours =
        metadata["workspace_members"].as_array().unwrap().iter().map(|id| name_of[id.as_str().unwrap()].to_owned());
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for node in metadata["resolve"]["nodes"].as_array().unwrap() {
        let from = name_of[node["id"].as_str().unwrap()].to_owned();
        for dependency in node["deps"].as_array().unwrap() {
            let only_dev = dependency["dep_kinds"].as_array().unwrap().iter().all(|kind| kind["kind"] == "dev");
            if !only_dev {
                edges.entry(from.clone()).or_default().insert(name_of[dependency["pkg"].as_str().unwrap()].to_owned());
            }
        }
    }
    (ours.collect(), edges)
}

fn reached_from(start: &str, edges: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut open = vec![start.to_owned()];
    while let Some(name) = open.pop() {
        for next in edges.get(&name).into_iter().flatten() {
            if reached.insert(next.clone()) {
                open.push(next.clone());
            }
        }
    }
    reached
}

#[test]
fn every_arrow_between_our_crates_is_one_that_was_drawn() {
    let (ours, edges) = tree();
    let allowed: BTreeMap<&str, BTreeSet<&str>> =
        ALLOWED.iter().map(|(name, to)| (*name, to.iter().copied().collect())).collect();
    let mut wrong = Vec::new();
    for name in &ours {
        if TESTS.contains(&name.as_str()) {
            continue;
        }
        let Some(may) = allowed.get(name.as_str()) else {
            wrong.push(format!("{name} is not drawn: add it to ALLOWED and to ARCHITECTURE.md"));
            continue;
        };
        for to in edges.get(name).into_iter().flatten().filter(|to| ours.contains(*to)) {
            if !may.contains(to.as_str()) {
                wrong.push(format!("{name} → {to}"));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that were not drawn:\n{}", wrong.join("\n"));
}

#[test]
fn pure_crates_reach_no_input_or_output() {
    let (_, edges) = tree();
    let mut wrong = Vec::new();
    for (name, never) in PURE {
        let reached = reached_from(name, &edges);
        wrong.extend(never.iter().filter(|bad| reached.contains(**bad)).map(|bad| format!("{name} → … → {bad}")));
    }
    assert!(wrong.is_empty(), "pure crates reach what they must not:\n{}", wrong.join("\n"));
}

#[test]
fn every_drawn_crate_exists() {
    let (ours, _) = tree();
    let gone: Vec<_> = ALLOWED.iter().map(|(name, _)| *name).filter(|name| !ours.contains(*name)).collect();
    assert!(gone.is_empty(), "drawn but not there: {gone:?}");
}

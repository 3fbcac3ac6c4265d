//! PESQ, by a program in Python that the set-up of `cargo xtask test` installs.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/double_talk/score.py");

/// Where the set-up puts the Python that has PESQ: beside the folder that cargo builds into.
pub fn python() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let target = program.ancestors().nth(3)?;
    Some(target.join("tools/judge/bin/python")).filter(|python| python.exists())
}

/// One thing to judge.
pub struct Pair {
    pub rate_hz: u32,
    pub said: Vec<i16>,
    pub heard: Vec<i16>,
}

/// Returns what people would say of each, from 1 (bad) to 4.6.
pub fn judge(python: &Path, pairs: &[Pair]) -> Vec<f64> {
    let folder = tempfile::tempdir().unwrap();
    let mut lines = String::new();
    for (n, pair) in pairs.iter().enumerate() {
        let write = |name: String, samples: &[i16]| {
            let path = folder.path().join(name);
            let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_ne_bytes()).collect();
            std::fs::write(&path, bytes).unwrap();
            path.display().to_string()
        };
        let (said, heard) = (write(format!("{n}-said"), &pair.said), write(format!("{n}-heard"), &pair.heard));
        lines += &format!("{} {said} {heard}\n", pair.rate_hz);
    }
    let mut child = Command::new(python).arg(SCRIPT).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{SCRIPT} failed");
    let scores: Vec<f64> =
        String::from_utf8(output.stdout).unwrap().lines().map(|score| score.parse().unwrap()).collect();
    assert_eq!(scores.len(), pairs.len());
    scores
}

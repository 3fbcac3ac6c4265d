//! Counting instructions with valgrind's callgrind, and reading what it wrote.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// What a function and all that it called cost, and everything together.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Instructions {
    /// All that were counted.
    pub all: u64,
    /// Those inside the functions that were asked for.
    pub inside: u64,
}

/// Instructions that a command takes from its beginning to its end.
pub fn of_command(command: &Path, arguments: &[&str]) -> Result<u64> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("callgrind.out");
    let output = Command::new("valgrind")
        .arg("--tool=callgrind")
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(command)
        .args(arguments)
        .output()
        .context("starting valgrind")?;
    ensure!(
        output.status.success(),
        "{} failed under valgrind: {}",
        command.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(read(&std::fs::read_to_string(&file)?, |_| false).all)
}

/// Reads callgrind's file: costs of all lines, and of calls into the functions asked for from outside them.
pub fn read(text: &str, is_inside: impl Fn(&str) -> bool) -> Instructions {
    let mut names = Names { known: HashMap::new(), is_inside };
    let (mut here, mut callee, mut called) = (false, false, false);
    let mut sum = Instructions::default();
    for line in text.lines() {
        if let Some(named) = line.strip_prefix("fn=") {
            here = names.inside(named);
        } else if let Some(named) = line.strip_prefix("cfn=") {
            callee = names.inside(named);
        } else if line.starts_with("calls=") {
            called = true;
        } else if line.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '*')) {
            let cost: u64 = line.split(' ').nth(1).and_then(|cost| cost.parse().ok()).unwrap_or(0);
            if !std::mem::take(&mut called) {
                sum.all += cost;
            } else if callee && !here {
                sum.inside += cost;
            }
        }
    }
    sum
}

/// Functions by their number: `(7) name` the first time, `(7)` from then on.
struct Names<'a, F> {
    known: HashMap<&'a str, bool>,
    is_inside: F,
}

impl<'a, F: Fn(&str) -> bool> Names<'a, F> {
    fn inside(&mut self, named: &'a str) -> bool {
        let (number, name) = named.split_once(' ').unwrap_or((named, ""));
        *self.known.entry(number).or_insert_with(|| (self.is_inside)(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_into_the_codec_are_counted_once() {
        let file = "version: 1\nevents: Ir\n\nfn=(1) worker\n10 100\ncfn=(2) opus_encode\ncalls=3 20\n11 700\n\
                    fn=(2)\n20 200\ncfn=(3) opus_encode_native\ncalls=3 30\n+1 500\nfn=(3)\n* 500\n";
        let counted = read(file, |name| name.starts_with("opus_"));
        assert_eq!(counted, Instructions { all: 800, inside: 700 });
    }
}

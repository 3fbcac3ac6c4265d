//! Counting what passed, failed and was skipped, read from the words of the test programs.

use std::fmt;

/// What a stage, or all of them, came to.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Checks that passed.
    pub passed: u32,
    /// Checks that failed.
    pub failed: u32,
    /// Checks that were not made.
    pub skipped: u32,
    /// What was not made, and why.
    pub skipped_names: Vec<String>,
    /// What failed.
    pub failed_names: Vec<String>,
}

impl Tally {
    /// One check, made.
    pub fn one(name: &str, passed: bool) -> Tally {
        if passed {
            Tally { passed: 1, ..Tally::default() }
        } else {
            Tally { failed: 1, failed_names: vec![name.to_owned()], ..Tally::default() }
        }
    }

    /// One check, not made.
    pub fn skip(why: impl Into<String>) -> Tally {
        Tally { skipped: 1, skipped_names: vec![why.into()], ..Tally::default() }
    }

    /// Adds another tally to this one.
    pub fn add(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.skipped_names.extend(other.skipped_names);
        self.failed_names.extend(other.failed_names);
    }

    /// Takes note of one line of `cargo test`.
    pub fn read_cargo_line(&mut self, line: &str) {
        if let Some(result) = line.strip_prefix("test result: ") {
            self.passed += count_before(result, " passed");
            self.failed += count_before(result, " failed");
            self.skipped += count_before(result, " ignored");
        } else if let Some((name, ended)) = line.strip_prefix("test ").and_then(|test| test.rsplit_once(" ... ")) {
            if ended == "FAILED" {
                self.failed_names.push(name.to_owned());
            } else if ended.starts_with("ignored") {
                self.skipped_names.push(format!("{name} ({ended})"));
            }
        }
    }

    /// Moves tests that passed by doing nothing, because this machine lacks their rig, to where they belong.
    pub fn read_skip_notes(&mut self, notes: &str) {
        for note in notes.lines().filter(|line| !line.trim().is_empty()) {
            if self.passed > 0 {
                self.passed -= 1;
            }
            self.skipped += 1;
            self.skipped_names.push(note.to_owned());
        }
    }

    /// Takes note of vitest's JSON report.
    pub fn read_vitest(&mut self, report: &serde_json::Value) {
        let count = |name: &str| {
            report.get(name).and_then(serde_json::Value::as_u64).and_then(|n| u32::try_from(n).ok()).unwrap_or(0)
        };
        self.passed += count("numPassedTests");
        self.failed += count("numFailedTests");
        let skipped = count("numPendingTests") + count("numTodoTests");
        self.skipped += skipped;
        if skipped > 0 {
            self.skipped_names.push(format!("{skipped} vitest tests marked as skipped"));
        }
        if count("numFailedTests") > 0 {
            self.failed_names.push("vitest".to_owned());
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

fn count_before(text: &str, word: &str) -> u32 {
    text.find(word).and_then(|end| text[..end].rsplit([' ', ';']).next()?.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_lines_are_counted_and_named() {
        let mut tally = Tally::default();
        for line in [
            "running 3 tests",
            "test parses::a_header ... ok",
            "test parses::garbage ... FAILED",
            "test slow ... ignored, needs a nightly compiler",
            "test result: FAILED. 12 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
        ] {
            tally.read_cargo_line(line);
        }
        assert_eq!((tally.passed, tally.failed, tally.skipped), (16, 1, 1));
        assert_eq!(tally.failed_names, ["parses::garbage"]);
        assert_eq!(tally.to_string(), "16 passed, 1 failed, 1 skipped");
    }

    #[test]
    fn a_test_without_its_rig_is_skipped_and_named() {
        let mut tally = Tally { passed: 3, ..Tally::default() };
        tally.read_skip_notes("caller_on_baresip: baresip is not installed\n\n");
        assert_eq!((tally.passed, tally.skipped), (2, 1));
        assert_eq!(tally.skipped_names, ["caller_on_baresip: baresip is not installed"]);
    }

    #[test]
    fn vitest_reports_are_counted() {
        let mut tally = Tally::default();
        tally.read_vitest(&serde_json::json!({
            "numPassedTests": 40, "numFailedTests": 2, "numPendingTests": 1, "numTodoTests": 0
        }));
        assert_eq!((tally.passed, tally.failed, tally.skipped), (40, 2, 1));
    }
}

//! Where a process spends its time, by sampling it with `perf`.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::options::Options;
use crate::process::Process;

/// Functions that are named.
const NAMED: usize = 12;
/// Groups below this percentage are left out.
const LEAST_PERCENT: f64 = 0.5;

/// Samples a process for one window and prints the heaviest crates and functions, where that was asked for.
pub fn print(word: &str, process: Process, options: &Options) -> Result<()> {
    if !options.profile {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("perf.data");
    // The clock, because virtual machines often have no counters.
    let recorded = Command::new("perf")
        .args(["record", "--quiet", "--event", "cpu-clock", "--freq", "1999", "--output"])
        .arg(&file)
        .args(["--pid", &process.0.to_string(), "--", "sleep", &options.seconds.to_string()])
        .stdout(Stdio::null())
        .status()
        .context("starting perf (Debian: linux-perf)")?;
    ensure!(recorded.success(), "perf cannot sample here: {recorded}");
    let report = Command::new("perf")
        .args(["report", "--stdio", "--sort", "dso,symbol", "--field-separator", "|", "--percent-limit", "0.05"])
        .arg("--input")
        .arg(&file)
        .output()?;
    let functions = functions(&String::from_utf8_lossy(&report.stdout));
    let mut groups: BTreeMap<String, f64> = BTreeMap::new();
    for (percent, group, _) in &functions {
        *groups.entry(group.clone()).or_default() += percent;
    }
    let mut groups: Vec<_> = groups.into_iter().filter(|(_, percent)| *percent >= LEAST_PERCENT).collect();
    groups.sort_by(|one, other| other.1.total_cmp(&one.1));
    let groups: Vec<_> = groups.iter().map(|(group, percent)| format!("{group} {percent:.1} %")).collect();
    println!("\nprofile of {word}: {}", groups.join(", "));
    for (percent, group, name) in functions.iter().take(NAMED) {
        println!("    {percent:5.1} %  {group}: {name}");
    }
    println!();
    Ok(())
}

/// Percent, group and name of each function in a report.
fn functions(report: &str) -> Vec<(f64, String, String)> {
    let function = |line: &str| {
        let mut fields = line.split('|').map(str::trim);
        let percent: f64 = fields.next()?.trim_end_matches('%').parse().ok()?;
        let (object, symbol) = (fields.next()?, fields.next()?);
        let name = symbol.trim_start_matches("[.]").trim_start_matches("[k]").trim();
        Some((percent, group(object, symbol, name), name.to_owned()))
    };
    report.lines().filter_map(function).collect()
}

/// The crate, library or kernel that a function belongs to.
fn group(object: &str, symbol: &str, name: &str) -> String {
    const LIBRARIES: &[(&str, &[&str])] = &[
        ("libopus", &["opus_", "celt_", "silk_", "ec_", "clt_", "quant_", "xcorr_", "op_pvq", "exp_rotation", "alg_"]),
        ("ring", &["ring_", "aes_", "aesni_", "gcm_", "sha1_", "sha256_", "vpaes"]),
        ("SQLite", &["sqlite3", "sqlite", "vdbe", "btree", "pager", "wal"]),
    ];
    if symbol.starts_with("[k]") || object.starts_with("[kernel") {
        return "kernel".to_owned();
    }
    if object.starts_with("lib") {
        return object.split('.').next().unwrap_or(object).to_owned();
    }
    let lower = name.to_lowercase();
    if let Some((library, _)) = LIBRARIES.iter().find(|(_, starts)| starts.iter().any(|start| lower.starts_with(start)))
    {
        return (*library).to_owned();
    }
    let path = name.trim_start_matches(['<', '&', '(', '[']).trim_start_matches("dyn ").trim_start_matches("mut ");
    match path.split_once("::") {
        Some((first, _)) if first.chars().all(|c| c.is_alphanumeric() || c == '_') => first.to_owned(),
        _ => "other".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_belong_to_crates() {
        let report = "# comment\n 40.10%|[kernel.kallsyms]|[k] udp_sendmsg\n 2.00%|bench|[.] <str0m::Rtc>::poll\n\
                       1.00%|bench|[.] silk_NSQ_c\n 0.50%|libc.so.6|[.] malloc\n";
        let groups: Vec<_> = functions(report).into_iter().map(|(_, group, _)| group).collect();
        assert_eq!(groups, ["kernel", "str0m", "libopus", "libc"]);
    }
}

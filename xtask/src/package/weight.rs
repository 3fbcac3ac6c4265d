//! What the packages weigh, and whether that is too much.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// What the desk may weigh without the gateway.
const MOST_BYTES: u64 = 15 * 1024 * 1024;

/// Prints each package with its weight. False: one without the gateway is over the limit.
pub fn tell(alone: &[PathBuf], both: &[PathBuf]) -> Result<bool> {
    println!();
    let mut light = true;
    println!("without the gateway, at most {}:", mebibytes(MOST_BYTES));
    for package in alone {
        let bytes = bytes(package)?;
        light &= bytes <= MOST_BYTES;
        let verdict = if bytes <= MOST_BYTES { "" } else { ", too much" };
        println!("  {}  {}{verdict}", mebibytes(bytes), package.display());
    }
    println!("with the gateway, its prompts and its pages:");
    for package in both {
        println!("  {}  {}", mebibytes(bytes(package)?), package.display());
    }
    Ok(light)
}

fn bytes(package: &Path) -> Result<u64> {
    Ok(std::fs::metadata(package).with_context(|| format!("{}", package.display()))?.len())
}

fn mebibytes(bytes: u64) -> String {
    format!("{:5.1} MiB", bytes as f64 / f64::from(1 << 20))
}

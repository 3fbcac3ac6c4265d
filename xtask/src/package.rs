//! `cargo xtask package`: installers of the desk for the system this runs on, without and with the gateway, and what
//! they weigh. What is in them is said by `src-tauri/tauri.conf.json`; what the gateway adds, by `package/gateway.rs`.

mod gateway;
mod weight;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::tool::target;
use crate::{front_end, setup};

/// The profile of `Cargo.toml` that is made for installers.
const PROFILE: &str = "shipped";
/// The desk alone, for people whose centre is elsewhere, and the desk that can be a centre.
const ALONE: &str = "desk";
const WITH_GATEWAY: &str = "desk-and-gateway";

/// Makes what this system can make: deb and rpm on Linux, dmg on macOS, msi and NSIS on Windows. False: the desk alone
/// weighs more than it may.
pub fn package() -> Result<bool> {
    println!("building for shipment takes about 25 minutes on two cores the first time");
    println!("1. system packages");
    setup::setup(setup::Scope::WindowToRun)?;
    front_end::install()?;
    println!("2. the desk");
    bundle(None)?;
    let alone = keep(ALONE)?;
    println!("3. the gateway");
    let addition = gateway::addition(PROFILE)?;
    println!("4. both in one");
    bundle(Some(&addition))?;
    let both = keep(WITH_GATEWAY)?;
    weight::tell(&alone, &both)
}

/// Has Tauri build the desk and put it into packages. What is built already is not built again.
fn bundle(addition: Option<&str>) -> Result<()> {
    let kinds = if cfg!(target_os = "linux") {
        "deb,rpm"
    } else if cfg!(target_os = "macos") {
        "dmg"
    } else {
        "msi,nsis"
    };
    // Packages of an earlier version would be taken for this one's.
    match std::fs::remove_dir_all(made()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).context("clearing old packages");
        }
        Ok(()) | Err(_) => {}
    }
    let mut tool =
        front_end::tauri("src-tauri").env("CARGO_TARGET_DIR", target()).args(["build", "--ci", "--bundles", kinds]);
    if let Some(addition) = addition {
        tool = tool.args(["--config", addition]);
    }
    tool.args(["--", "--profile", PROFILE]).limit(Duration::from_secs(90 * 60)).run()
}

/// Where Tauri puts packages.
fn made() -> PathBuf {
    target().join(PROFILE).join("bundle")
}

/// Moves the packages out of Tauri's folder, each kind of which would overwrite the other's.
fn keep(name: &str) -> Result<Vec<PathBuf>> {
    let folder = target().join("packages").join(name);
    std::fs::remove_dir_all(&folder).ok();
    std::fs::create_dir_all(&folder)?;
    let mut kept = Vec::new();
    for package in packages_in(&made())? {
        let place = folder.join(package.file_name().context("a package has no name")?);
        std::fs::rename(&package, &place).with_context(|| format!("moving {}", package.display()))?;
        kept.push(place);
    }
    ensure!(!kept.is_empty(), "no package was made; the bundler's own words are above");
    kept.sort();
    Ok(kept)
}

fn packages_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut packages = Vec::new();
    for kind in std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let Ok(files) = std::fs::read_dir(kind?.path()) else { continue };
        for file in files {
            let path = file?.path();
            let ending = path.extension().and_then(|ending| ending.to_str());
            if matches!(ending, Some("deb" | "rpm" | "dmg" | "msi" | "exe")) {
                packages.push(path);
            }
        }
    }
    Ok(packages)
}

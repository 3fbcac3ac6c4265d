//! What an installer with the gateway has in addition: the program beside the desk's own, its prompts and its pages.
//!
//! Stands here and not in `tauri.conf.json`, because whoever builds the desk without an installer has none of it.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::json;

use crate::tool::{Tool, root, target};

const PROGRAM: &str = "cordboard-gateway";
/// Prompts, folder by folder: what made them stays here.
const PROMPTS: &[&str] = &["agent/", "customer/", "en/", "zh-CN/", "LICENSE", "music.wav"];

/// Builds the gateway and returns what is to be merged into Tauri's configuration.
pub fn addition(profile: &str) -> Result<String> {
    Tool::cargo().args(["build", "--profile", profile, "--package", PROGRAM, "--bins"]).run()?;
    let program = beside_its_system(profile)?;
    let prompts = root().join("gateway").join("prompts");
    // Where `gateway/src/shipped.rs` looks for them.
    let mut resources = serde_json::Map::new();
    resources.insert(words(&root().join("ui").join("dist")) + "/", json!("ui/"));
    for name in PROMPTS {
        resources.insert(words(&prompts.join(name)), json!(format!("prompts/{name}")));
    }
    Ok(json!({ "bundle": { "externalBin": [program], "resources": resources } }).to_string())
}

/// Tauri wants the name of the system behind that of the program, and is told the name without it.
fn beside_its_system(profile: &str) -> Result<String> {
    let system = host().context("rustc does not say for which system it compiles")?;
    let folder = target().join("packages").join("gateway");
    std::fs::create_dir_all(&folder)?;
    let ending = std::env::consts::EXE_SUFFIX;
    let built = target().join(profile).join(format!("{PROGRAM}{ending}"));
    std::fs::copy(&built, folder.join(format!("{PROGRAM}-{system}{ending}")))
        .with_context(|| format!("copying {}", built.display()))?;
    Ok(words(&folder.join(PROGRAM)))
}

fn host() -> Option<String> {
    let said = Tool::new("rustc").args(["-vV"]).output()?;
    said.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned)
}

/// A path as Tauri's patterns want it on every system.
fn words(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

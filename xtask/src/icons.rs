//! `cargo xtask icons`: every picture in `icons/` drawn anew from `icons/cordboard.svg`, after that has changed.

use anyhow::{Context, Result};

use crate::front_end;
use crate::tool::{root, target};

/// Those that `src-tauri/tauri.conf.json` names. Tauri's command draws telephones' and shops', too.
const USED: &[&str] = &["32x32.png", "64x64.png", "128x128.png", "128x128@2x.png", "icon.icns", "icon.ico", "icon.png"];

/// Draws them.
pub fn icons() -> Result<()> {
    front_end::install()?;
    let drawn = target().join("icons");
    front_end::tauri(".").args(["icon", "icons/cordboard.svg", "--output"]).args([&drawn]).run()?;
    for name in USED {
        std::fs::copy(drawn.join(name), root().join("icons").join(name)).with_context(|| format!("copying {name}"))?;
    }
    println!("icons/ is current; icon.icns differs in the order of its pictures each time");
    Ok(())
}

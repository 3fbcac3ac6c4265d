//! What the other systems' code is checked for here: that it compiles. Nothing of it runs.

use anyhow::Result;

use crate::front_end;
use crate::tally::Tally;
use crate::tool::Tool;

/// Windows, by the compiler that Debian has for it.
const WINDOWS: &str = "x86_64-pc-windows-gnu";
const WINDOWS_COMPILER: &str = "x86_64-w64-mingw32-gcc";

/// Checks desk, gateway and agent for Windows, where this machine has what that takes.
pub fn check() -> Result<Tally> {
    if cfg!(windows) {
        return Ok(Tally::skip("windows: this is it"));
    }
    let targets = Tool::new("rustup").args(["target", "list", "--installed"]).output().unwrap_or_default();
    if !targets.lines().any(|target| target == WINDOWS)
        || Tool::new(WINDOWS_COMPILER).args(["--version"]).output().is_none()
    {
        return Ok(Tally::skip(format!(
            "windows: wants `rustup target add {WINDOWS}` and {WINDOWS_COMPILER} (Debian: g++-mingw-w64-x86-64)"
        )));
    }
    front_end::there()?;
    let programs = ["cordboard-desktop", "cordboard-gateway", "cordboard-agent"];
    let packages = programs.iter().flat_map(|name| ["--package", name]);
    let checks = Tool::cargo().args(["check", "--quiet", "--bins", "--target", WINDOWS]).args(packages);
    Ok(Tally::one("windows: it compiles", checks.succeeds()?))
}

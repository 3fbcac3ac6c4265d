//! The desktop window: whether it can be built, its build, and its stories on a virtual screen.

use std::path::PathBuf;

use anyhow::Result;

use crate::tally::Tally;
use crate::tool::{Tool, target};
use crate::{front_end, rust, setup};

/// What has hands in the window, in front of the web view's own driver.
pub const DRIVEN_BY: &str = "tests/window";

/// Builds the window with the page it shows, in the debug profile.
pub fn build() -> Result<()> {
    front_end::build()?;
    rust::build_binaries(&["cordboard-desktop"])
}

/// The program that `build` made.
pub fn program() -> PathBuf {
    target().join("debug").join(if cfg!(windows) { "cordboard-desktop.exe" } else { "cordboard-desktop" })
}

/// Whether this system has what the window is built with. Only Linux may lack it.
pub fn can_be_built() -> bool {
    !cfg!(target_os = "linux") || Tool::new("pkg-config").args(["--exists", "webkit2gtk-4.1"]).output().is_some()
}

/// The stories in the real window, with everything they need.
pub fn stories() -> Result<Tally> {
    if !cfg!(target_os = "linux") {
        return Ok(Tally::skip("window: its stories drive the web view of Linux"));
    }
    let mut tally = setup::setup(setup::Scope::Window)?;
    if !can_be_built() {
        tally.add(Tally::skip("window: WebKitGTK 4.1 (libwebkit2gtk-4.1-dev) is missing"));
        return Ok(tally);
    }
    front_end::build()?;
    rust::build_binaries(&["cordboard-desktop", "cordboard-gateway"])?;
    front_end::install_in(DRIVEN_BY)?;
    // What the window has exported is opened in a browser.
    front_end::install_in("tests/browser")?;
    // One at a time: each has a screen, a sound server and a web view that paints in software.
    tally.add(rust::cargo_test(&["--test".to_owned(), rust::WINDOW.to_owned()], &["--test-threads=1"], 25)?);
    Ok(tally)
}

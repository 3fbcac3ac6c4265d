//! PESQ, which judges speech, in a virtual environment of Python's beside the build.

use std::path::PathBuf;

use anyhow::Result;

use crate::tally::Tally;
use crate::tool::{Tool, in_ci, target};

/// What PESQ's own build needs comes first: left alone, it would fetch whatever is newest.
const TO_BUILD_IT: &[&str] = &["numpy==2.4.6", "Cython==3.3.1", "setuptools==84.2.1", "wheel==0.48.0"];
/// ITU-T P.862, P.862.1 and P.862.2 in C, with a face in Python. It is compiled here.
const PESQ: &str = "pesq==0.0.4";

/// Makes the environment, once. Without it the tests that want it are skipped, but not in CI.
pub fn set_up() -> Result<Tally> {
    if is_there() {
        return Ok(Tally::default());
    }
    let folder = folder();
    println!("installing PESQ once takes a minute; it is kept in {}", folder.display());
    match install() {
        Ok(()) => Ok(Tally::default()),
        Err(error) if in_ci() => Err(error),
        Err(error) => {
            println!("{error:#}");
            Ok(Tally::skip("setup: PESQ could not be installed (Python 3.11 with venv and headers, PyPI)"))
        }
    }
}

fn install() -> Result<()> {
    Tool::new("python3").args(["-m", "venv", "--clear"]).args([&folder()]).run()?;
    pip(TO_BUILD_IT)?;
    pip(&["--no-build-isolation", PESQ])
}

fn pip(what: &[&str]) -> Result<()> {
    let quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"];
    Tool::new(&python().to_string_lossy()).args(quiet).args(what).run()
}

fn is_there() -> bool {
    python().exists() && Tool::new(&python().to_string_lossy()).args(["-c", "import pesq"]).output().is_some()
}

fn folder() -> PathBuf {
    target().join("tools").join("judge")
}

fn python() -> PathBuf {
    folder().join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" })
}

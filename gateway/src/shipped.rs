//! Files that come with the gateway: prompts, and the built front end. An installer puts them where its system expects
//! them; without one they are in the source tree that this was built from.

use std::path::{Path, PathBuf};

/// The folder in which installers of Linux keep them.
const LIBRARY: &str = "../lib/Cordboard";
/// The same inside an application of macOS.
const RESOURCES: &str = "../Resources";

/// The prompts.
pub fn prompts() -> PathBuf {
    installed("prompts").unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts"))
}

/// The built front end; a folder without it where it has not been built.
pub fn ui() -> PathBuf {
    installed("ui").unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/dist"))
}

fn installed(name: &str) -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    installed_with(&program, name)
}

/// Beside the program, as on Windows and in an unpacked archive, or in one of the folders above.
fn installed_with(program: &Path, name: &str) -> Option<PathBuf> {
    let here = program.parent()?;
    [here.join(name), here.join(LIBRARY).join(name), here.join(RESOURCES).join(name)]
        .into_iter()
        .find(|folder| folder.is_dir())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_system_s_layout_is_found() {
        for (program, files) in [
            ("usr/bin/cordboard-gateway", "usr/lib/Cordboard/prompts"),
            ("Cordboard.app/Contents/MacOS/cordboard-gateway", "Cordboard.app/Contents/Resources/prompts"),
            ("Cordboard/cordboard-gateway.exe", "Cordboard/prompts"),
        ] {
            let root = tempfile::tempdir().unwrap();
            let (program, files) = (root.path().join(program), root.path().join(files));
            std::fs::create_dir_all(program.parent().unwrap()).unwrap();
            assert_eq!(installed_with(&program, "prompts"), None, "nothing is installed yet");
            std::fs::create_dir_all(&files).unwrap();
            let found = installed_with(&program, "prompts").unwrap();
            assert_eq!(found.canonicalize().unwrap(), files.canonicalize().unwrap());
        }
    }
}

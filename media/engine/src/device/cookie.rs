//! The key by which PulseAudio's programs of one person know each other. The server hangs up on whoever shows none of the
//! right length, and a home without one is usual where PipeWire stands in; PulseAudio's own library makes one then, and
//! so does this.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{ErrorKind, Result, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// `PA_NATIVE_COOKIE_LENGTH`.
const LENGTH_BYTES: usize = 256;

/// Makes sure that there is one. Without a home there is none, and the server decides.
pub(super) fn ensure() {
    if pulseaudio::cookie_path_from_env().is_some() {
        return;
    }
    let Some(home) = std::env::home_dir() else { return };
    if let Err(error) = make(&home.join(".config/pulse/cookie")) {
        tracing::debug!(%error, "no key for PulseAudio can be made");
    }
}

fn make(path: &Path) -> Result<()> {
    let mut key = [0; LENGTH_BYTES];
    rand::fill(&mut key);
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(mut file) => file.write_all(&key),
        // Another program was faster.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_key_is_made_once_and_nobody_else_reads_it() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join(".config/pulse/cookie");
        make(&path).unwrap();
        let key = std::fs::read(&path).unwrap();
        assert!(key.len() == LENGTH_BYTES && key.iter().any(|byte| *byte != key[0]));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        make(&path).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), key);
    }
}

//! The master key and sealing with it: AES-256-GCM, a fresh nonce each time, bound to the row's name.

use std::{fs, io::Write, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    rand::{SecureRandom, SystemRandom},
};

use crate::MasterKeyError;

const KEY_BYTES: usize = 32;

/// The key under which recoverable secrets are kept. It is never in the database.
#[derive(Clone)]
pub struct MasterKey([u8; KEY_BYTES]);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

impl MasterKey {
    /// Makes a new key.
    pub fn generate() -> Self {
        Self(random())
    }

    /// Reads a key from 32 bytes in base64, as an environment variable carries it; `origin` names it in the error.
    ///
    /// # Errors
    /// [`MasterKeyError::NotAKey`].
    pub fn from_base64(text: &str, origin: &str) -> Result<Self, MasterKeyError> {
        let bytes = STANDARD.decode(text.trim()).ok().and_then(|b| <[u8; KEY_BYTES]>::try_from(b).ok());
        bytes.map(Self).ok_or_else(|| MasterKeyError::NotAKey { origin: origin.to_owned() })
    }

    /// Reads the key file, or makes one that only its owner can read.
    ///
    /// # Errors
    /// [`MasterKeyError`]: the file cannot be used, is open to others, or holds something else.
    pub fn load_or_create(path: &Path) -> Result<Self, MasterKeyError> {
        let failed = |source| MasterKeyError::File { path: path.to_owned(), source };
        match fs::read_to_string(path) {
            Ok(text) => {
                check_private(path)?;
                Self::from_base64(&text, &path.display().to_string())
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
                    fs::create_dir_all(folder).map_err(failed)?;
                }
                let key = Self::generate();
                match key.write_new(path) {
                    Ok(()) => Ok(key),
                    // Another process was faster; its key is the key.
                    Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Self::load_or_create(path),
                    Err(e) => Err(failed(e)),
                }
            }
            Err(e) => Err(failed(e)),
        }
    }

    /// Written whole beside its place and then linked there, so that nobody ever reads half a key.
    fn write_new(&self, path: &Path) -> std::io::Result<()> {
        let beside = path.with_extension(format!("{}.new", std::process::id()));
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&beside)?;
        file.write_all(STANDARD.encode(self.0).as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        let linked = fs::hard_link(&beside, path);
        fs::remove_file(&beside)?;
        linked
    }

    pub(crate) fn sealer(&self) -> Sealer {
        // The only error is a wrong key length, and the type rules that out.
        Sealer(UnboundKey::new(&AES_256_GCM, &self.0).map(LessSafeKey::new).expect("32 bytes are an AES-256 key"))
    }
}

#[cfg(unix)]
fn check_private(path: &Path) -> Result<(), MasterKeyError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path)
        .map_err(|source| MasterKeyError::File { path: path.to_owned(), source })?
        .permissions()
        .mode();
    if mode & 0o077 == 0 { Ok(()) } else { Err(MasterKeyError::OpenToOthers { path: path.to_owned() }) }
}

#[cfg(not(unix))]
fn check_private(_path: &Path) -> Result<(), MasterKeyError> {
    Ok(())
}

/// Random bytes from the system.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).expect("the system's random source works once the process runs");
    bytes
}

/// Seals and opens.
pub(crate) struct Sealer(LessSafeKey);

impl Sealer {
    /// Seals; the name must be given again to open, so a sealed text moved to another row does not open there.
    pub(crate) fn seal(&self, name: &str, plain: &[u8]) -> String {
        let nonce: [u8; NONCE_LEN] = random();
        let mut bytes = plain.to_vec();
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(name.as_bytes()), &mut bytes)
            .expect("secrets are far below AES-GCM's limit of 64 GiB");
        let mut sealed = nonce.to_vec();
        sealed.append(&mut bytes);
        STANDARD.encode(sealed)
    }

    /// Opens what was sealed under the same name and key.
    pub(crate) fn open(&self, name: &str, sealed: &str) -> Option<Vec<u8>> {
        let bytes = STANDARD.decode(sealed).ok()?;
        let (nonce, rest) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut rest = rest.to_vec();
        let plain = self.0.open_in_place(nonce, Aad::from(name.as_bytes()), &mut rest).ok()?;
        Some(plain.to_vec())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn opens_what_it_sealed_and_nothing_else() {
        let sealer = MasterKey::generate().sealer();
        let sealed = sealer.seal("a", b"secret");
        assert_eq!(sealer.open("a", &sealed).unwrap(), b"secret");
        assert_ne!(sealed, sealer.seal("a", b"secret"), "a fresh nonce each time");
        assert!(sealer.open("b", &sealed).is_none(), "another name");
        assert!(MasterKey::generate().sealer().open("a", &sealed).is_none(), "another key");
        for garbage in ["", "AAAA", "not base64 at all", &sealed[4..]] {
            assert!(sealer.open("a", garbage).is_none());
        }
    }

    #[test]
    fn a_key_file_is_made_once_and_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/master.key");
        let made = MasterKey::load_or_create(&path).unwrap();
        let read = MasterKey::load_or_create(&path).unwrap();
        assert_eq!(made.0, read.0);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            assert!(matches!(MasterKey::load_or_create(&path), Err(MasterKeyError::OpenToOthers { .. })));
        }
    }

    #[test]
    fn a_bad_key_is_named() {
        let error = MasterKey::from_base64("c2hvcnQ=", "CORDBOARD_MASTER_KEY").unwrap_err();
        assert!(error.to_string().starts_with("CORDBOARD_MASTER_KEY does not hold a master key"));
    }
}

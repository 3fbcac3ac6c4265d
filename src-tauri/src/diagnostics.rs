//! The window's part of an export of diagnostics: the newest lines of this program's log, its versions, and a file.
//! What is in the file, and what is taken out of it, the page decides.

use std::collections::{BTreeMap, VecDeque};
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use tauri::{AppHandle, Manager};

use crate::trouble::Trouble;

/// Lines kept; the oldest are forgotten.
const MOST_LINES: usize = 1_000;
/// A line longer than this is cut.
const LONGEST_LINE_BYTES: usize = 2_000;

static LINES: Mutex<VecDeque<String>> = Mutex::new(VecDeque::new());

/// Takes what the log writes, one line at a time.
pub struct Kept;

/// Makes one, for the log.
pub fn kept() -> Kept {
    Kept
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let line = String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST_LINE_BYTES)]).trim_end().to_owned();
        let mut lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() >= MOST_LINES {
            lines.pop_front();
        }
        lines.push_back(line);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The newest lines of the log.
#[tauri::command]
pub fn diagnostics_log() -> Vec<String> {
    LINES.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
}

/// Products and versions.
#[tauri::command]
pub fn diagnostics_versions() -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("cordboard", env!("CARGO_PKG_VERSION").to_owned()),
        ("system", std::env::consts::OS.to_owned()),
        ("processor", std::env::consts::ARCH.to_owned()),
        ("web view", tauri::webview_version().unwrap_or_else(|error| error.to_string())),
    ])
}

/// Saves a file among the person's downloads and says where.
///
/// # Errors
/// When the name is none of an export's, or the file cannot be written.
#[tauri::command]
pub fn diagnostics_save(app: AppHandle, name: String, text: String) -> Result<String, Trouble> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.');
    if !name.chars().all(plain) || name.starts_with('.') || Path::new(&name).extension().is_none_or(|end| end != "html")
    {
        return Err(Trouble::here("Diagnostics", "The file's name is none of an export's."));
    }
    let failed = |reason: String| {
        Trouble::here("Diagnostics", format!("The file could not be saved: {reason}. Free some room, then try again."))
    };
    let folder =
        app.path().download_dir().or_else(|_| app.path().home_dir()).map_err(|error| failed(error.to_string()))?;
    let path = folder.join(name);
    std::fs::write(&path, text).map_err(|error| failed(error.to_string()))?;
    Ok(path.display().to_string())
}

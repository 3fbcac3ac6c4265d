//! Whether the desk starts with the person's session. The system keeps the answer, so nothing is kept here.

use tauri::AppHandle;
use tauri_plugin_autostart::ManagerExt;

use crate::trouble::Trouble;

/// Says whether it does.
///
/// # Errors
/// When the system does not say.
#[tauri::command]
pub fn autostart_read(app: AppHandle) -> Result<bool, Trouble> {
    app.autolaunch().is_enabled().map_err(|error| trouble(&error))
}

/// Switches it.
///
/// # Errors
/// When the system does not let it be switched.
#[tauri::command]
pub fn autostart_write(app: AppHandle, on: bool) -> Result<bool, Trouble> {
    let launch = app.autolaunch();
    let done = if on { launch.enable() } else { launch.disable() };
    done.map_err(|error| trouble(&error))?;
    Ok(on)
}

fn trouble(error: &tauri_plugin_autostart::Error) -> Trouble {
    Trouble::here(
        "Autostart",
        format!("The system does not let this desk start by itself: {error}. Add it to the start-up programs by hand."),
    )
}

//! The window put together: plugins, state, what the page may ask, and the window itself.

use tauri::{App, Manager, Window, WindowEvent};
use tauri_plugin_window_state::StateFlags;

use crate::centre::{self, Centre};
use crate::customer::browser::{self, Browser};
use crate::customer::{self, Customer, place};
use crate::desk::{self, Desk};
use crate::frame::{self, Frame};
use crate::links::{self, Links};
use crate::notices::Notices;
use crate::secrets::Secrets;
use crate::settings::{self, Settings};
use crate::sound::{self, Trial};
use crate::tray::Tray;
use crate::{autostart, check, diagnostics, door, hotkeys, recordings, revival};

/// What is remembered of each window. Not whether it was seen: what the plugin shows, it gives the keyboard too.
const REMEMBERED: StateFlags =
    StateFlags::POSITION.union(StateFlags::SIZE).union(StateFlags::MAXIMIZED).union(StateFlags::FULLSCREEN);

/// Runs until the last window is closed.
///
/// # Errors
/// When there is no display, or no web view.
pub fn run() -> tauri::Result<()> {
    let builder = tauri::Builder::default();
    #[cfg(target_os = "macos")]
    let builder = builder.on_web_content_process_terminate(revival::on_death);
    builder
        // First, so that a second start does nothing but bring the first one forward.
        .plugin(tauri_plugin_single_instance::init(|app, _arguments, _folder| frame::come_forward(app)))
        .plugin(tauri_plugin_store::Builder::new().build())
        .plugin(tauri_plugin_window_state::Builder::new().with_state_flags(REMEMBERED).build())
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_global_shortcut::Builder::new().build())
        .plugin(tauri_plugin_autostart::Builder::new().build())
        .plugin(tauri_plugin_opener::init())
        .register_asynchronous_uri_scheme_protocol(recordings::SCHEME, recordings::serve)
        .manage(Desk::default())
        .manage(Secrets::default())
        .manage(Centre::default())
        .manage(Customer::default())
        .manage(Browser::default())
        .manage(Frame::default())
        .manage(Links::default())
        .manage(Trial::default())
        .invoke_handler(tauri::generate_handler![
            settings::settings_read,
            settings::settings_write,
            settings::gateway_choose,
            door::session_current,
            door::session_sign_in,
            door::session_sign_out,
            door::operation,
            desk::commands::desk_hello,
            desk::commands::desk_command,
            desk::commands::desk_resend,
            centre::centre_can_start,
            centre::centre_start,
            customer::customer_show,
            place::customer_place_read,
            place::customer_place_choose,
            browser::browser_refused_take,
            frame::frame_compact,
            frame::quit_answered,
            links::link_take,
            hotkeys::hotkeys_read,
            hotkeys::hotkey_choose,
            autostart::autostart_read,
            autostart::autostart_write,
            check::check_run,
            diagnostics::diagnostics_log,
            diagnostics::diagnostics_versions,
            diagnostics::diagnostics_save,
            sound::sound_choose,
            sound::sound_prepare,
            sound::sound_try,
            sound::sound_test_tone,
            sound::sound_test_ring,
        ])
        .on_window_event(on_window_event)
        .setup(set_up)
        .run(tauri::generate_context!())
}

#[allow(clippy::unnecessary_wraps, reason = "the signature is Tauri's")]
fn set_up(app: &mut App) -> Result<(), Box<dyn std::error::Error>> {
    let here = app.handle().clone();
    app.manage(Settings::open(&here)?);
    app.manage(Notices::start(&here)?);
    match Tray::start(&here) {
        Ok(tray) => {
            app.manage(tray);
        }
        Err(error) => tracing::info!(%error, "no tray here; the window shows the state"),
    }
    if let Some(window) = here.get_webview_window(frame::MAIN) {
        revival::watch(&window);
    }
    links::start(&here);
    hotkeys::start(&here);
    Ok(())
}

/// The main window's cross asks like every other way out. The customer's is hidden: made anew it would come too late.
fn on_window_event(window: &Window, event: &WindowEvent) {
    let WindowEvent::CloseRequested { api, .. } = event else { return };
    match window.label() {
        frame::MAIN => {
            api.prevent_close();
            frame::quit(window.app_handle());
        }
        customer::LABEL => {
            api.prevent_close();
            if let Err(error) = window.hide() {
                tracing::debug!(%error, "the customer's window does not hide");
            }
        }
        _ => {}
    }
}

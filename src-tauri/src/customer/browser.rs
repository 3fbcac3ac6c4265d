//! Hands a customer's page to the system's browser. Best effort: whether and where it appears is the browser's affair,
//! and only a system that refuses at once is noticed. Then the page is shown in the own window, and that is said.

use std::sync::atomic::{AtomicBool, Ordering};

use tauri::{AppHandle, Emitter, Manager, Url};
use tauri_plugin_opener::OpenerExt;

use super::Customer;

/// Tells the page that something is there to be said.
const REFUSED: &str = "desk-browser-refused";

/// Whether the browser refused a page, until the desk's page has taken that.
#[derive(Default)]
pub struct Browser {
    refused: AtomicBool,
}

/// Hands the page over, without waiting: a system may try one program after another, a quarter of a second each.
pub fn open(app: &AppHandle, page: Url) {
    let app = app.clone();
    tauri::async_runtime::spawn_blocking(move || {
        let Err(error) = app.opener().open_url(page.as_str(), None::<&str>) else {
            return app.state::<Customer>().hold().release();
        };
        tracing::warn!(reason = kind_of(&error), "no program of this system took the customer's page");
        super::show_in_window(&app, page);
        app.state::<Browser>().refused.store(true, Ordering::Release);
        if let Err(error) = app.emit_to(crate::frame::MAIN, REFUSED, ()) {
            tracing::debug!(%error, "the page could not be told; it asks when it is back");
        }
    });
}

/// Says once that a page was refused.
#[tauri::command]
pub fn browser_refused_take(app: AppHandle) -> bool {
    app.state::<Browser>().refused.swap(false, Ordering::AcqRel)
}

/// What kind of error it was. The whole of it names the address, which names the caller.
fn kind_of(error: &tauri_plugin_opener::Error) -> String {
    match error {
        tauri_plugin_opener::Error::Io(error) => error.kind().to_string(),
        _ => "the opener refused".to_owned(),
    }
}

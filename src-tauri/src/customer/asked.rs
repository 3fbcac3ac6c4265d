//! Notices when WebKitGTK has asked for a page. What Tauri tells of as the beginning of a load is its answer.

use cordboard_engine::RingHold;
use tauri::WebviewWindow;
use webkit2gtk::{LoadEvent, WebViewExt};

/// Lets the ring be heard whenever this window's page has been asked for.
pub fn watch(window: &WebviewWindow, hold: RingHold) {
    let watched = window.with_webview(move |page| {
        page.inner().connect_load_changed(move |_, event| {
            if event == LoadEvent::Started {
                hold.release();
            }
        });
    });
    if let Err(error) = watched {
        tracing::debug!(%error, "the ring waits for the page's answer");
    }
}

//! A page whose process has died is loaded anew. Calls, sound and session live in this process and do not notice; the page
//! asks for the newest view when it is back.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// A page that dies more often than this within the span dies of itself, and would do so for ever.
const MOST_DEATHS: usize = 5;
const SPAN: Duration = Duration::from_secs(60);

/// When a page died of late.
#[derive(Debug, Default)]
pub struct Deaths {
    recent: VecDeque<Instant>,
}

impl Deaths {
    /// Counts a death; says whether the page is to be loaded again.
    pub fn may_return(&mut self, now: Instant) -> bool {
        while self.recent.front().is_some_and(|death| now.saturating_duration_since(*death) > SPAN) {
            self.recent.pop_front();
        }
        if self.recent.len() == MOST_DEATHS {
            return false;
        }
        self.recent.push_back(now);
        true
    }
}

/// Loads this window's page again whenever its process dies.
#[cfg(target_os = "linux")]
pub fn watch(window: &tauri::WebviewWindow) {
    use std::cell::RefCell;

    use webkit2gtk::WebViewExt;

    let label = window.label().to_owned();
    let watched = window.with_webview(move |page| {
        let deaths = RefCell::new(Deaths::default());
        page.inner().connect_web_process_terminated(move |page, reason| {
            if deaths.borrow_mut().may_return(Instant::now()) {
                tracing::warn!(label, ?reason, "the page's process has died; the page is loaded anew");
                page.reload();
            } else {
                tracing::error!(label, ?reason, "the page's process dies again and again; it is left alone");
            }
        });
    });
    if let Err(error) = watched {
        tracing::warn!(%error, "a page that dies will not come back by itself");
    }
}

/// Loads this window's page again whenever its process dies.
#[cfg(windows)]
pub fn watch(window: &tauri::WebviewWindow) {
    use std::sync::Mutex;

    use webview2_com::Microsoft::Web::WebView2::Win32::COREWEBVIEW2_PROCESS_FAILED_KIND_RENDER_PROCESS_EXITED as DIED;
    use webview2_com::ProcessFailedEventHandler;

    let label = window.label().to_owned();
    let watched = window.with_webview(move |page| {
        let deaths = Mutex::new(Deaths::default());
        let on_failure = ProcessFailedEventHandler::create(Box::new(move |page, failure| {
            let mut kind = Default::default();
            if let Some(failure) = failure {
                // SAFETY: the place for the answer is ours, and the web view calls on its own thread.
                unsafe { failure.ProcessFailedKind(&raw mut kind)? };
            }
            let Some(page) = page.filter(|_| kind == DIED) else { return Ok(()) };
            let may_return =
                deaths.lock().unwrap_or_else(std::sync::PoisonError::into_inner).may_return(Instant::now());
            if !may_return {
                tracing::error!(label, "the page's process dies again and again; it is left alone");
                return Ok(());
            }
            tracing::warn!(label, "the page's process has died; the page is loaded anew");
            // SAFETY: as above.
            unsafe { page.Reload() }
        }));
        let mut token = 0;
        // SAFETY: Tauri calls this on the web view's own thread, while it lives.
        let told = unsafe {
            page.controller().CoreWebView2().and_then(|core| core.add_ProcessFailed(&on_failure, &raw mut token))
        };
        if let Err(error) = told {
            tracing::warn!(%error, "a page that dies will not come back by itself");
        }
    });
    if let Err(error) = watched {
        tracing::warn!(%error, "a page that dies will not come back by itself");
    }
}

/// On macOS the builder of all windows is told instead, by [`on_death`].
#[cfg(not(any(target_os = "linux", windows)))]
pub fn watch(_window: &tauri::WebviewWindow) {}

/// Loads a page again whose process has died.
#[cfg(target_os = "macos")]
pub fn on_death(page: &tauri::Webview) {
    use std::sync::{Mutex, PoisonError};

    // One budget for all pages: there are two.
    static DEATHS: Mutex<Deaths> = Mutex::new(Deaths { recent: VecDeque::new() });
    if !DEATHS.lock().unwrap_or_else(PoisonError::into_inner).may_return(Instant::now()) {
        tracing::error!(label = page.label(), "the page's process dies again and again; it is left alone");
        return;
    }
    tracing::warn!(label = page.label(), "the page's process has died; the page is loaded anew");
    if let Err(error) = page.reload() {
        tracing::warn!(%error, "the page could not be loaded anew");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_dies_of_itself_is_left_alone_for_a_while() {
        let mut deaths = Deaths::default();
        let began = Instant::now();
        assert!((0..5).all(|second| deaths.may_return(began + Duration::from_secs(second))));
        assert!(!deaths.may_return(began + Duration::from_secs(5)));
        assert!(deaths.may_return(began + Duration::from_secs(61)));
    }
}

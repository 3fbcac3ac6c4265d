//! The main window as a thing on the screen: forward, small and always on top, or full; and what closing it means.

use std::sync::{Mutex, PoisonError};

use tauri::{AppHandle, Emitter, LogicalSize, Manager, PhysicalSize, WebviewWindow};

use crate::centre::Centre;
use crate::desk::{Desk, leave};
use crate::trouble::Trouble;

/// The main window's label.
pub const MAIN: &str = "main";
/// The compact bar, as wide as the design has it and as high as its two rows.
const COMPACT: LogicalSize<f64> = LogicalSize::new(360.0, 112.0);
/// Asks the page whether to end the calls and quit.
const LEAVING: &str = "desk-leaving";

/// The full window's size, while the compact bar is shown.
#[derive(Default)]
pub struct Frame {
    full: Mutex<Option<PhysicalSize<u32>>>,
    asked: Mutex<bool>,
}

/// Brings the main window forward.
pub fn come_forward(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN) {
        bring(&window);
    }
}

/// Brings a window forward with the keyboard: only when the person asked for it.
pub fn bring(window: &WebviewWindow) {
    for step in [window.unminimize(), window.show(), window.set_focus()] {
        if let Err(error) = step {
            tracing::debug!(%error, "the window does not come forward");
        }
    }
}

/// Makes the window the compact bar, or full again. Returns which it is.
///
/// # Errors
/// When the system does not let the window change.
#[tauri::command]
pub fn frame_compact(app: AppHandle, compact: bool) -> Result<bool, Trouble> {
    set_compact(&app, compact)
        .map_err(|error| Trouble::here("Frame", format!("The window could not be changed: {error}. Try again.")))?;
    Ok(compact)
}

fn set_compact(app: &AppHandle, compact: bool) -> tauri::Result<()> {
    let Some(window) = app.get_webview_window(MAIN) else { return Ok(()) };
    let frame = app.state::<Frame>();
    let mut full = frame.full.lock().unwrap_or_else(PoisonError::into_inner);
    if compact {
        if full.is_none() {
            *full = Some(window.inner_size()?);
        }
        window.set_size(COMPACT)?;
    } else if let Some(size) = full.take() {
        window.set_size(size)?;
    }
    window.set_always_on_top(compact)
}

/// Quits, unless a call is on: then the page asks. Asked again while the page asks, the person means it.
pub fn quit(app: &AppHandle) {
    let in_call = app
        .state::<Desk>()
        .agent()
        .is_some_and(|agent| agent.view().borrow().as_ref().is_some_and(|now| !now.view.calls.is_empty()));
    let asked =
        std::mem::replace(&mut *app.state::<Frame>().asked.lock().unwrap_or_else(PoisonError::into_inner), in_call);
    if !in_call || asked {
        leave_and_exit(app);
        return;
    }
    come_forward(app);
    if let Err(error) = app.emit_to(MAIN, LEAVING, ()) {
        tracing::debug!(%error, "the page could not be asked");
    }
}

/// The person's answer to the question.
#[tauri::command]
pub fn quit_answered(app: AppHandle, quit: bool) {
    *app.state::<Frame>().asked.lock().unwrap_or_else(PoisonError::into_inner) = false;
    if quit {
        leave_and_exit(&app);
    }
}

/// Leaves the centre tidy first: calls ended, the agent signed out of the groups, the session kept for next time.
fn leave_and_exit(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if let Some(agent) = app.state::<Desk>().agent() {
            leave(agent).await;
        }
        app.state::<Centre>().stop().await;
        app.exit(0);
    });
}

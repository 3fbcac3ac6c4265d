//! Keeps the keyboard where it is while the customer's window appears: window managers give it to whatever appears, and to
//! whatever comes back from the task bar. So the window says that it takes none, until its manager has shown it.

use std::cell::Cell;
use std::time::Duration;

use gtk::glib::{Propagation, timeout_add_local_once};
use gtk::prelude::{GtkWindowExt, WidgetExt, WidgetExtManual};
use tauri::WebviewWindow;

/// Managers that keep a minimised window mapped do not say that they show it; all have done so by now.
const SHOWN_BY: Duration = Duration::from_secs(3);

/// Where the window is on its way to the screen. Being drawn alone says nothing: a page that changes is drawn in a
/// minimised window, too. Being mapped is said before the manager has given the keyboard away; being drawn after that
/// comes later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shy {
    No,
    Asked { turn: u32 },
    Mapped,
}

thread_local! {
    // There is one such window, and only the main thread touches it.
    static SHY: Cell<Shy> = const { Cell::new(Shy::No) };
    static TURNS: Cell<u32> = const { Cell::new(0) };
}

/// Begins to watch the window; once, when it has been made.
pub fn watch(window: &WebviewWindow) {
    on_main_thread(window, |window| {
        window.set_focus_on_map(false);
        window.connect_map_event(|_, _| {
            if matches!(SHY.get(), Shy::Asked { .. }) {
                SHY.set(Shy::Mapped);
            }
            Propagation::Proceed
        });
        window.connect_draw(|window, _| {
            if SHY.get() == Shy::Mapped {
                takes_it_again(window);
            }
            Propagation::Proceed
        });
    });
}

/// Has the window take no keyboard until it is on the screen.
pub fn leave(window: &WebviewWindow) {
    on_main_thread(window, |window| {
        let turn = TURNS.get().wrapping_add(1);
        TURNS.set(turn);
        SHY.set(Shy::Asked { turn });
        window.set_accept_focus(false);
        let window = window.clone();
        timeout_add_local_once(SHOWN_BY, move || {
            if SHY.get() == (Shy::Asked { turn }) {
                takes_it_again(&window);
            }
        });
    });
}

fn takes_it_again(window: &gtk::ApplicationWindow) {
    SHY.set(Shy::No);
    window.set_accept_focus(true);
}

fn on_main_thread(window: &WebviewWindow, act: impl FnOnce(&gtk::ApplicationWindow) + Send + 'static) {
    let here = window.clone();
    let told = window.run_on_main_thread(move || {
        if let Ok(window) = here.gtk_window() {
            act(&window);
        }
    });
    if let Err(error) = told {
        tracing::debug!(%error, "the window manager was not told");
    }
}

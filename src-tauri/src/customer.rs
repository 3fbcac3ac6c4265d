//! The customer's page in one window that is used again for every call: it is asked for before the ring is heard, which
//! waits a moment for that, and never takes the keyboard away. What is shown there is somebody else's page, so it gets no
//! permission at all. Who prefers the system's browser gets it there.
//!
//! A window with its web view takes a third of a second to make, so it is made, unseen, when the agent signs in.

#[cfg(target_os = "linux")]
mod asked;
mod beside;
pub mod browser;
#[cfg(target_os = "linux")]
mod keyboard;
mod page;
pub mod place;

use std::sync::{Mutex, PoisonError};

use cordboard_engine::RingHold;
use cordboard_wire::{CallPhase, DeskView};
use tauri::webview::PageLoadEvent;
use tauri::{AppHandle, Manager, PhysicalPosition, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

use crate::desk::Desk;
use beside::Stretch;
use place::Place;

/// The window's label.
pub const LABEL: &str = "customer";
const NOTHING: &str = "about:blank";
const SIZE: (f64, f64) = (880.0, 800.0);

/// The call whose page was shown last, whoever makes the window, and what the ring waits for.
#[derive(Default)]
pub struct Customer {
    shown: Mutex<Option<String>>,
    making: Mutex<()>,
    hold: RingHold,
}

impl Customer {
    /// Shows the page of a call that is new here. A call that was shown already stays as the agent left it.
    pub fn follow(&self, app: &AppHandle, view: &DeskView) {
        if let Some(address) = self.new_page(view) {
            show(app, address);
        } else if view.calls.iter().any(|call| call.phase == CallPhase::Ringing) {
            self.hold.release();
        }
    }

    /// Holds rings back until the page they come with has been asked for.
    pub fn hold(&self) -> RingHold {
        self.hold.clone()
    }

    fn new_page<'a>(&self, view: &'a DeskView) -> Option<&'a str> {
        let mut pages = view.calls.iter().filter_map(|call| Some((&call.call_id, call.pop_url.as_deref()?)));
        let (call_id, address) = pages.next()?;
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        page::is_new(&mut shown, call_id).then_some(address)
    }
}

/// Shows the customer window: as it is, or with the page the centre has for moments without a call. In the browser it is
/// that page or the call's, once more.
#[tauri::command]
pub async fn customer_show(app: AppHandle) {
    if place::chosen(&app) == Place::Window
        && let Some(window) = app.get_webview_window(LABEL)
        && window.url().is_ok_and(|page| page.as_str() != NOTHING)
    {
        crate::frame::bring(&window);
        return;
    }
    let view = app.state::<Desk>().agent().and_then(|agent| agent.view().borrow().clone());
    let page = view.and_then(|now| {
        let popped = now.view.calls.iter().find_map(|call| call.pop_url.clone());
        popped.or_else(|| now.view.centre.pop_home_url.clone())
    });
    if let Some(page) = page {
        show(&app, &page);
    }
}

/// Makes the window before it is needed, where it is. Waits for the main thread.
pub fn prepare(app: &AppHandle) {
    if place::chosen(app) == Place::Window {
        make(app);
    }
}

fn make(app: &AppHandle) {
    let customer = app.state::<Customer>();
    let _turn = customer.making.lock().unwrap_or_else(PoisonError::into_inner);
    if app.get_webview_window(LABEL).is_some() {
        return;
    }
    let done = Url::parse(NOTHING).map_err(tauri::Error::InvalidUrl).and_then(|nothing| open(app, nothing));
    if let Err(error) = done {
        tracing::warn!(%error, "the customer's window could not be made; it is tried again with the next call");
    }
}

fn show(app: &AppHandle, address: &str) {
    let Some(page) = whole(app, address) else {
        tracing::warn!("a customer page's address is none that may be opened: only http and https are");
        app.state::<Customer>().hold.release();
        return;
    };
    match place::chosen(app) {
        Place::Window => show_in_window(app, page),
        Place::Browser => browser::open(app, page),
    }
}

fn show_in_window(app: &AppHandle, page: Url) {
    make(app);
    let Some(window) = app.get_webview_window(LABEL) else { return app.state::<Customer>().hold.release() };
    if let Err(error) = window.navigate(page).and_then(|()| reveal(app, &window)) {
        tracing::warn!(%error, "the customer's page could not be shown");
        app.state::<Customer>().hold.release();
    }
}

fn open(app: &AppHandle, page: Url) -> tauri::Result<()> {
    let hold = app.state::<Customer>().hold();
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::External(page))
        .title("Cordboard CRM")
        .inner_size(SIZE.0, SIZE.1)
        .visible(false)
        .focused(false)
        // Pages of the web, and nothing of this machine's.
        .on_navigation(|to| matches!(to.scheme(), "http" | "https" | "about" | "blob" | "data"))
        .on_page_load(move |_, load| {
            if load.event() == PageLoadEvent::Started {
                hold.release();
            }
        })
        .build()?;
    crate::revival::watch(&window);
    #[cfg(target_os = "linux")]
    {
        keyboard::watch(&window);
        asked::watch(&window, app.state::<Customer>().hold());
    }
    Ok(())
}

/// Lets the window be seen where it is not: beside the desk, without the keyboard.
fn reveal(app: &AppHandle, window: &WebviewWindow) -> tauri::Result<()> {
    let hidden = !window.is_visible()?;
    if !hidden && !window.is_minimized()? {
        return Ok(());
    }
    // The other systems give the keyboard to no window that did not ask for it.
    #[cfg(target_os = "linux")]
    keyboard::leave(window);
    window.unminimize()?;
    window.show()?;
    if hidden && let Some(desk) = app.get_webview_window(crate::frame::MAIN) {
        let (at, size, own) = (desk.outer_position()?, desk.outer_size()?, window.outer_size()?);
        let desk_is = Stretch { left: at.x, width: size.width };
        // Where no screen is known, there is room.
        let screen = desk.current_monitor()?.map_or(Stretch { left: 0, width: u32::MAX }, |screen| Stretch {
            left: screen.position().x,
            width: screen.size().width,
        });
        window.set_position(PhysicalPosition::new(beside::left_of(own.width, desk_is, screen), at.y))?;
    }
    Ok(())
}

/// Makes an address of the gateway's own whole, and refuses all but the web's.
fn whole(app: &AppHandle, address: &str) -> Option<Url> {
    let (gateway, _) = app.state::<Desk>().signed_in()?;
    page::at(gateway.name(), address)
}

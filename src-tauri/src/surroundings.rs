//! Everything around the page that follows the view: customer page, notification, tray. In this order, so that the
//! customer's page is on its way before anything rings.

use cordboard_wire::{DeskView, Locale};
use tauri::{AppHandle, Manager};

use crate::customer::Customer;
use crate::notices::Notices;
use crate::tray::Tray;

/// Lets them follow a view; none: nobody is signed in.
pub fn follow(app: &AppHandle, view: Option<&DeskView>, locale: Locale) {
    if let Some(view) = view {
        app.state::<Customer>().follow(app, view);
        if let Some(notices) = app.try_state::<Notices>() {
            notices.follow(view, locale);
        }
    }
    if let Some(tray) = app.try_state::<Tray>() {
        tray.follow(view, locale);
    }
}

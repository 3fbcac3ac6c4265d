//! Where the customer's page is shown, as the person chose: in a window of this program's own, which is there before the
//! ring, or in the system's browser, which comes when it comes.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tauri::{AppHandle, Manager};

use crate::settings::Settings;

const SETTING: &str = "customer_place";

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The one window that is used again for every call.
    #[default]
    Window,
    /// Whatever the system opens addresses with.
    Browser,
}

/// Returns where.
pub fn chosen(app: &AppHandle) -> Place {
    of(app.state::<Settings>().value(SETTING))
}

/// Tells the page where.
#[tauri::command]
pub fn customer_place_read(app: AppHandle) -> Place {
    chosen(&app)
}

/// Keeps where; the next page goes there.
#[tauri::command]
pub fn customer_place_choose(app: AppHandle, place: Place) -> Place {
    app.state::<Settings>().keep(SETTING, serde_json::json!(place));
    place
}

fn of(kept: Option<Value>) -> Place {
    kept.and_then(|kept| serde_json::from_value(kept).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_window_is_usual() {
        assert_eq!(of(None), Place::Window);
        assert_eq!(of(Some("a place of a later version".into())), Place::Window);
    }

    #[test]
    fn what_was_chosen_is_found_again() {
        for place in [Place::Window, Place::Browser] {
            assert_eq!(of(Some(serde_json::json!(place))), place);
        }
    }
}

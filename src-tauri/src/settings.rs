//! What this computer remembers between two starts: the gateway's address and the person's choices. Plain JSON, so
//! nothing secret.

use std::sync::Arc;

use serde_json::{Map, Value};
use tauri::{AppHandle, Manager, Wry};
use tauri_plugin_store::{Store, StoreExt};

use crate::sound;
use crate::trouble::Trouble;

const FILE: &str = "settings.json";
/// The gateway to propose to somebody who has typed none yet.
const PROPOSED_GATEWAY: &str = "CORDBOARD_GATEWAY";
/// The gateway as it was typed last.
const GATEWAY: &str = "gateway";
/// The page's own choices, an object that only the page reads.
const PREFERENCES: &str = "preferences";

/// The settings of this computer.
#[derive(Clone)]
pub struct Settings {
    store: Arc<Store<Wry>>,
}

impl Settings {
    /// Opens the file, or begins a new one where it is missing or broken.
    pub fn open(app: &AppHandle) -> Result<Settings, tauri_plugin_store::Error> {
        Ok(Settings { store: app.store(FILE)? })
    }

    /// Returns the gateway's address as it was typed last; before the first time, what whoever started us proposes.
    pub fn gateway(&self) -> String {
        let typed = self.text(GATEWAY);
        if typed.is_empty() { std::env::var(PROPOSED_GATEWAY).unwrap_or_default() } else { typed }
    }

    /// Returns a value.
    pub fn value(&self, name: &str) -> Option<Value> {
        self.store.get(name)
    }

    /// Returns a text; empty where none was kept.
    fn text(&self, name: &str) -> String {
        self.store.get(name).and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Keeps a value at once: a machine that loses power keeps it too.
    pub fn keep(&self, name: &str, value: impl Into<Value>) {
        self.store.set(name, value);
        if let Err(error) = self.store.save() {
            tracing::warn!(%error, "the settings could not be written; they last until this program ends");
        }
    }
}

/// Everything the page needs to begin: its choices, the gateway, and what was chosen of the sound.
#[tauri::command]
pub fn settings_read(app: AppHandle) -> Value {
    let settings = app.state::<Settings>();
    serde_json::json!({
        "gateway": settings.gateway(),
        "preferences": settings.store.get(PREFERENCES).unwrap_or_else(|| Value::Object(Map::new())),
        "sound": sound::choice(&app),
    })
}

/// Keeps the page's choices.
///
/// # Errors
/// When they are no object or too large to be choices.
#[tauri::command]
pub fn settings_write(app: AppHandle, preferences: Map<String, Value>) -> Result<(), Trouble> {
    const MOST: usize = 64;
    if preferences.len() > MOST {
        return Err(Trouble::here("Settings", format!("More than {MOST} settings are none of this desk's.")));
    }
    app.state::<Settings>().keep(PREFERENCES, preferences);
    Ok(())
}

/// Keeps the gateway's address as it was typed.
#[tauri::command]
pub fn gateway_choose(app: AppHandle, address: String) {
    app.state::<Settings>().keep(GATEWAY, address.trim());
}

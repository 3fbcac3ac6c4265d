//! Keys that work while another program has the keyboard. None until the person chooses some: every key that is taken
//! is missing somewhere else.

use std::collections::BTreeMap;
use std::str::FromStr;

use cordboard_wire::{CallPhase, Command, DeskView};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Manager};
use tauri_plugin_global_shortcut::{GlobalShortcutExt, Shortcut, ShortcutState};

use crate::desk::Desk;
use crate::frame;
use crate::settings::Settings;
use crate::trouble::Trouble;

const SETTING: &str = "hotkeys";

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Answers the ringing call.
    Answer,
    /// Ends the call, or declines it while it rings.
    HangUp,
    /// Mutes and unmutes.
    Mute,
    /// Brings the window forward.
    Show,
}

/// The chosen keys, as `Ctrl+Alt+A`.
pub type Hotkeys = BTreeMap<Deed, String>;

/// Takes the keys that were chosen before; one that is taken elsewhere by now is left out.
pub fn start(app: &AppHandle) {
    for (deed, keys) in hotkeys_read(app.clone()) {
        if let Err(error) = take(app, deed, &keys) {
            tracing::info!(%error, keys, "a hotkey is taken by another program");
        }
    }
}

/// Returns the chosen keys.
#[tauri::command]
pub fn hotkeys_read(app: AppHandle) -> Hotkeys {
    app.state::<Settings>().value(SETTING).and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default()
}

/// Chooses the key of a deed; without one the deed has none.
///
/// # Errors
/// When that is no key, or another program or deed has it; the former key then stays.
#[tauri::command]
pub fn hotkey_choose(app: AppHandle, deed: Deed, keys: Option<String>) -> Result<Hotkeys, Trouble> {
    let mut hotkeys = hotkeys_read(app.clone());
    let former = hotkeys.remove(&deed);
    if let Some(keys) = keys.map(|keys| keys.trim().to_owned()).filter(|keys| !keys.is_empty()) {
        if former.as_ref() == Some(&keys) {
            return Ok(hotkeys_read(app));
        }
        take(&app, deed, &keys).map_err(|error| {
            Trouble::here(
                "HotkeyTaken",
                format!("{keys:?} cannot be used: {error}. Choose another, such as Ctrl+Alt+A."),
            )
        })?;
        hotkeys.insert(deed, keys);
    }
    if let Some(former) = former.and_then(|keys| Shortcut::from_str(&keys).ok())
        && let Err(error) = app.global_shortcut().unregister(former)
    {
        tracing::debug!(%error, "a former hotkey is still taken");
    }
    app.state::<Settings>().keep(SETTING, serde_json::json!(hotkeys));
    Ok(hotkeys)
}

fn take(app: &AppHandle, deed: Deed, keys: &str) -> Result<(), tauri_plugin_global_shortcut::Error> {
    app.global_shortcut().on_shortcut(keys, move |app, _keys, event| {
        if event.state == ShortcutState::Pressed {
            act(app, deed);
        }
    })
}

fn act(app: &AppHandle, deed: Deed) {
    if deed == Deed::Show {
        frame::come_forward(app);
        return;
    }
    let Some(agent) = app.state::<Desk>().agent() else { return };
    let command = agent.view().borrow().as_ref().and_then(|now| command_of(deed, &now.view));
    let Some(command) = command else { return };
    tauri::async_runtime::spawn(async move {
        if let Err(error) = agent.command(command).await {
            tracing::info!(%error, "a hotkey came too late");
        }
    });
}

/// What a deed means for the calls at the desk; nothing where it does not fit.
fn command_of(deed: Deed, view: &DeskView) -> Option<Command> {
    let ringing = view.calls.iter().find(|call| call.phase == CallPhase::Ringing);
    let other = view.calls.iter().find(|call| call.phase != CallPhase::Ringing);
    match deed {
        Deed::Answer => ringing.map(|call| Command::Answer { call_id: call.call_id.clone() }),
        Deed::HangUp => match (other, ringing) {
            (Some(call), _) => Some(Command::HangUp { call_id: call.call_id.clone() }),
            (None, Some(call)) => Some(Command::Decline { call_id: call.call_id.clone() }),
            (None, None) => None,
        },
        Deed::Mute => other
            .filter(|call| call.phase == CallPhase::Talking)
            .map(|call| Command::Mute { call_id: call.call_id.clone(), muted: !call.muted }),
        Deed::Show => None,
    }
}

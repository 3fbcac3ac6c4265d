//! What the page may ask of the desk: hello, a command, the newest view.

use cordboard_agent::{CommandError, ConnectError};
use cordboard_wire::{ByeCode, Command, GatewayMessage, Locale, Refusal, RefusalCode};
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager};

use super::screen::{Screen, Told};
use super::{Desk, follow};

/// A page has opened, or was reloaded: it is greeted and shown the newest view. Connects the agent where that is not
/// done yet. While the line is down the page is sent away, and woken when it is up again.
#[tauri::command]
pub async fn desk_hello(app: AppHandle, locale: Locale, take_over: bool, channel: Channel<Told>) {
    let desk = app.state::<Desk>();
    if let Err(error) = desk.connect(&app, locale, take_over).await {
        let message = error.to_string();
        let screen = Screen::new(channel);
        match error {
            ConnectError::InUseElsewhere { message } => screen.goodbye(ByeCode::InUseElsewhere, &message),
            ConnectError::WrongPassword { message, .. } => screen.goodbye(ByeCode::SessionEnded, &message),
            ConnectError::ProtocolMismatch { .. } => screen.goodbye(ByeCode::ProtocolUnsupported, &message),
            ConnectError::BadAddress(_)
            | ConnectError::Unreachable { .. }
            | ConnectError::NotAGateway { .. }
            | ConnectError::Refused { .. }
            | ConnectError::Sound(_)
            | ConnectError::Devices(_) => {
                tracing::info!(message, "the desk could not be connected");
                screen.close();
            }
        }
        return;
    }
    let newest = desk.agent().and_then(|agent| agent.view().borrow().clone());
    let sounding = {
        let mut inner = desk.lock();
        let screen = Screen::new(channel);
        if !inner.line_up {
            screen.close();
            return;
        }
        if let Some(now) = newest {
            screen.show(&now);
        }
        inner.screen = Some(screen);
        inner.sounding
    };
    follow::tell_sounding(&app, sounding);
}

/// Passes a command on; the answer comes the way the gateway's would.
#[tauri::command]
pub async fn desk_command(app: AppHandle, id: u32, command: Command) {
    let desk = app.state::<Desk>();
    let outcome = match desk.agent() {
        Some(agent) => agent.command(command).await,
        None => Err(CommandError::Ended),
    };
    let message = match outcome {
        Ok(call_id) => GatewayMessage::Accepted { id, call_id },
        Err(CommandError::Refused(refusal)) => GatewayMessage::Refused { id, refusal },
        Err(error) => {
            let refusal =
                Refusal { code: RefusalCode::Unavailable, message: error.to_string(), reference: String::new() };
            GatewayMessage::Refused { id, refusal }
        }
    };
    if let Some(screen) = &desk.lock().screen {
        screen.say(message);
    }
}

/// Shows the newest view again.
#[tauri::command]
pub fn desk_resend(app: AppHandle) {
    let desk = app.state::<Desk>();
    let newest = desk.agent().and_then(|agent| agent.view().borrow().clone());
    if let (Some(now), Some(screen)) = (newest, &desk.lock().screen) {
        screen.show(&now);
    }
}

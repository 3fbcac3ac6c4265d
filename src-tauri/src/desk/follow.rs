//! Follows one connected agent to its end, and lets everything around it know: the page, the tray, the ring.

use std::sync::Arc;

use cordboard_agent::{Agent, AgentEvent, DeskNow, Ended};
use cordboard_wire::ByeCode;
use tauri::{AppHandle, Emitter, Manager};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::Desk;
use super::screen::{MediaState, Sounding};
use crate::{customer, sound, surroundings};

/// Tells the page that the line is up again.
const AWAKE: &str = "desk-awake";
/// Tells the page how the sound is.
const SOUNDING: &str = "desk-sound";

/// Runs as long as the agent does.
pub async fn follow(app: AppHandle, agent: Agent, mut events: Receiver<AgentEvent>) {
    let view = agent.view();
    // The handle would keep the agent signed in; the desk's own is the one that counts.
    drop(agent);
    let here = app.clone();
    tauri::async_runtime::spawn_blocking(move || customer::prepare(&here));
    loop {
        match events.recv().await {
            Ok(AgentEvent::Ended(ended)) => return on_end(&app, &ended),
            Ok(event) => on_event(&app, event),
            Err(RecvError::Lagged(missed)) => {
                tracing::info!(missed, "events were missed; the newest view makes up for them");
                let newest = view.borrow().clone();
                if let Some(now) = newest {
                    on_view(&app, &now);
                }
            }
            Err(RecvError::Closed) => return on_end(&app, &Ended::Broken),
        }
    }
}

fn on_event(app: &AppHandle, event: AgentEvent) {
    match event {
        AgentEvent::View(now) => on_view(app, &now),
        AgentEvent::Connected { .. } => {
            app.state::<Desk>().lock().line_up = true;
            tell(app, AWAKE, ());
        }
        AgentEvent::Disconnected { .. } => {
            let screen = {
                let desk = app.state::<Desk>();
                let mut inner = desk.lock();
                inner.line_up = false;
                inner.screen.take()
            };
            if let Some(screen) = screen {
                screen.close();
            }
        }
        AgentEvent::MediaConnected { .. } => media(app, MediaState::Connected),
        AgentEvent::MediaDisconnected => media(app, MediaState::Disconnected),
        AgentEvent::MediaFailed { .. } => media(app, MediaState::Failed),
        AgentEvent::SoundDevices(now) => sound::tell(app, &now),
        // Answers to commands reach the page that gave them; the end is where the loop ends.
        AgentEvent::SoundOpened
        | AgentEvent::SoundClosed
        | AgentEvent::Headset(_)
        | AgentEvent::SpeakingBegan { .. }
        | AgentEvent::Accepted { .. }
        | AgentEvent::Refused { .. }
        | AgentEvent::Ended(_) => {}
    }
}

fn on_view(app: &AppHandle, now: &Arc<DeskNow>) {
    let locale = app.state::<Desk>().locale();
    surroundings::follow(app, Some(&now.view), locale);
    if let Some(screen) = &app.state::<Desk>().lock().screen {
        screen.show(now);
    }
}

fn on_end(app: &AppHandle, ended: &Ended) {
    let code = match ended {
        Ended::SignedOut | Ended::Broken => None,
        Ended::TakenOver { .. } => Some(ByeCode::TakenOver),
        Ended::InUseElsewhere { .. } => Some(ByeCode::InUseElsewhere),
        Ended::SessionEnded { .. } => Some(ByeCode::SessionEnded),
        Ended::ProtocolMismatch { .. } => Some(ByeCode::ProtocolUnsupported),
    };
    let desk = app.state::<Desk>();
    desk.ended(code, ended.message());
    surroundings::follow(app, None, desk.locale());
}

fn media(app: &AppHandle, state: MediaState) {
    let sounding = {
        let desk = app.state::<Desk>();
        let mut inner = desk.lock();
        inner.sounding.media = state;
        inner.sounding
    };
    tell_sounding(app, sounding);
}

/// Tells the page how the sound is.
pub fn tell_sounding(app: &AppHandle, sounding: Sounding) {
    tell(app, SOUNDING, sounding);
}

fn tell(app: &AppHandle, name: &str, what: impl serde::Serialize + Clone) {
    if let Err(error) = app.emit(name, what) {
        tracing::debug!(%error, name, "the page could not be told");
    }
}

//! The shift check from the window: devices, network, gateway and trunk at once, judged in `cordboard_agent`.

use cordboard_agent::{CommandError, Finding, LastShift, Measured, PathCheck, check_devices, judge};
use cordboard_wire::Locale;
use serde::Serialize;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager};

use crate::desk::Desk;
use crate::settings::Settings;
use crate::sound;
use crate::trouble::Trouble;

/// Where the devices of the last shift are kept.
const LAST_SHIFT: &str = "last_shift";

/// What a page is told at the end.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// What is wrong, the worst first.
    findings: Vec<Finding>,
    /// From loudspeaker to microphone, milliseconds, where it was heard.
    echo_delay_ms: Option<f32>,
    /// How loud the voice was, dBFS.
    voice_dbfs: Option<f32>,
    /// How loud the room was, dBFS.
    noise_dbfs: Option<f32>,
    /// The network there and back.
    path: Option<PathFigures>,
}

/// The network, for people.
#[derive(Debug, Clone, Serialize)]
pub struct PathFigures {
    round_trip_ms: Option<f32>,
    jitter_ms: f32,
    lost_up_percent: f32,
    lost_down_percent: f32,
}

impl From<PathCheck> for PathFigures {
    fn from(path: PathCheck) -> Self {
        PathFigures {
            round_trip_ms: path.round_trip_ms,
            jitter_ms: path.jitter_back_ms.max(path.jitter_up_ms.unwrap_or(0.0)),
            lost_up_percent: path.lost_up_percent(),
            lost_down_percent: path.lost_down_percent(),
        }
    }
}

/// Checks; `steps` hears of each step as it begins. Before sign-in only the devices are there to be checked.
///
/// # Errors
/// In a call, which has the devices and the connection.
#[tauri::command]
pub async fn check_run(app: AppHandle, locale: Locale, steps: Channel<&'static str>) -> Result<Report, Trouble> {
    let agent = app.state::<Desk>().agent();
    let view = agent.as_ref().and_then(|agent| agent.view().borrow().clone());
    if view.as_ref().is_some_and(|now| !now.view.calls.is_empty()) {
        return Err(Trouble::here("InCall", "A call is on. Check again when it is over."));
    }
    let devices = (!sound::files_stand_in()).then(|| {
        let choice = sound::choice(&app);
        tokio::task::spawn_blocking(move || {
            check_devices(&choice, |step| {
                if let Err(error) = steps.send(step.word()) {
                    tracing::debug!(%error, "the page is not told of a step");
                }
            })
        })
    });
    let checked = match &agent {
        Some(agent) => Some(agent.check_path().await),
        None => None,
    };
    let devices = match devices {
        Some(checking) => checking.await.ok(),
        None => None,
    };
    let settings = app.state::<Settings>();
    let last = settings.value(LAST_SHIFT).and_then(|kept| serde_json::from_value::<LastShift>(kept).ok());
    if let Some(devices) = &devices {
        let used = LastShift { microphone: devices.microphone.id.clone(), speaker: devices.speaker.id.clone() };
        match serde_json::to_value(used) {
            Ok(used) => settings.keep(LAST_SHIFT, used),
            Err(error) => tracing::debug!(%error, "the devices of this shift are not kept"),
        }
    }
    let lost = matches!(checked, Some(Err(CommandError::NotConnected | CommandError::AnswerLost)));
    let measured = Measured {
        devices,
        last,
        gateway: agent.is_some().then_some(!lost),
        media: view.as_ref().map(|now| now.view.agent.media_connected),
        path: checked.and_then(Result::ok),
        trunk_up: view.map(|now| now.view.centre.trunk_up),
    };
    let heard = measured.devices.as_ref();
    Ok(Report {
        findings: judge(&measured, locale),
        echo_delay_ms: heard.and_then(|devices| devices.echo.flatten()).map(|echo| echo.delay_ms),
        voice_dbfs: heard.and_then(|devices| devices.voice).map(|voice| voice.rms_dbfs),
        noise_dbfs: heard.and_then(|devices| devices.quiet).map(|quiet| quiet.rms_dbfs),
        path: measured.path.map(PathFigures::from),
    })
}

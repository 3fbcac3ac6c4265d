//! The shift check on the command line: steps, figures and findings as JSON lines.

use std::process::ExitCode;
use std::time::Duration;

use cordboard_agent::{
    Agent, AgentEvent, CommandError, DeviceCheck, Measured, Severity, SoundChoice, check_devices, judge,
};
use cordboard_engine::{EchoFound, Loudness};
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::arguments::Arguments;
use super::exit::Exit;
use super::lines::print;

/// How long the media connection may take to come about.
const MEDIA_LIMIT: Duration = Duration::from_secs(7);

/// Checks, prints, and says by the code whether a call can be held.
pub async fn run(arguments: &Arguments, agent: &Agent, events: &mut Receiver<AgentEvent>) -> ExitCode {
    let choice = choice(arguments);
    let devices = arguments.devices.then(|| {
        tokio::task::spawn_blocking(move || {
            check_devices(&choice, |step| print("check_step", json!({ "step": step.word() })))
        })
    });
    let media = tokio::time::timeout(MEDIA_LIMIT, connected(agent, events)).await.unwrap_or(false);
    let path = if media { Some(agent.check_path().await) } else { None };
    let view = agent.view().borrow().clone();
    let measured = Measured {
        devices: match devices {
            Some(checking) => checking.await.ok(),
            None => None,
        },
        last: None,
        gateway: Some(!matches!(path, Some(Err(CommandError::NotConnected | CommandError::AnswerLost)))),
        media: Some(media),
        path: path.and_then(Result::ok),
        trunk_up: view.map(|now| now.view.centre.trunk_up),
    };
    print("check_measured", figures(&measured));
    let findings = judge(&measured, arguments.language.into());
    for finding in &findings {
        print("check_finding", json!(finding));
    }
    let blocked = findings.iter().any(|finding| finding.severity == Severity::Blocking);
    let exit = if blocked { Exit::Unfit } else { Exit::AsAsked };
    print("checked", json!({ "findings": findings.len(), "fit": !blocked, "exit_code": exit as u8 }));
    exit.into()
}

/// Waits until both ends say that the media connection stands: either alone loses the first packets.
async fn connected(agent: &Agent, events: &mut Receiver<AgentEvent>) -> bool {
    loop {
        match events.recv().await {
            Ok(AgentEvent::MediaConnected { .. }) => break,
            Ok(AgentEvent::Ended(_)) | Err(RecvError::Closed) => return false,
            Ok(_) | Err(RecvError::Lagged(_)) => {}
        }
    }
    let mut view = agent.view();
    view.wait_for(|now| now.as_ref().is_some_and(|now| now.view.agent.media_connected)).await.is_ok()
}

fn choice(arguments: &Arguments) -> SoundChoice {
    let name = |name: &Option<String>| name.clone().unwrap_or_default();
    let cleaned = !arguments.raw;
    SoundChoice {
        microphone: name(&arguments.microphone),
        speaker: name(&arguments.speaker),
        ringer: name(&arguments.ringer),
        echo: cleaned,
        noise: cleaned,
        gain: cleaned,
    }
}

fn figures(measured: &Measured) -> Value {
    json!({
        "devices": measured.devices.as_ref().map(heard),
        "gateway": measured.gateway,
        "media": measured.media,
        "path": measured.path.map(|path| json!({
            "round_trip_ms": path.round_trip_ms,
            "jitter_up_ms": path.jitter_up_ms,
            "jitter_back_ms": path.jitter_back_ms,
            "lost_up_percent": path.lost_up_percent(),
            "lost_down_percent": path.lost_down_percent(),
            "packets": path,
        })),
        "trunk_up": measured.trunk_up,
    })
}

fn heard(check: &DeviceCheck) -> Value {
    let level = |loud: Option<Loudness>| {
        loud.map(|loud| {
            json!({
                "rms_dbfs": loud.rms_dbfs,
                "floor_dbfs": loud.floor_dbfs,
                "peak_dbfs": loud.peak_dbfs,
                "clipped_percent": loud.clipped_percent,
            })
        })
    };
    let echo = |echo: EchoFound| json!({ "delay_ms": echo.delay_ms, "heard_dbfs": echo.heard_dbfs, "left_dbfs": echo.left_dbfs });
    json!({
        "microphone": check.microphone.name,
        "speaker": check.speaker.name,
        "ringer": check.ringer.name,
        "quiet": level(check.quiet),
        "voice": level(check.voice),
        "echo": check.echo.flatten().map(echo),
        "longest_gap_ms": check.longest_gap_ms,
    })
}

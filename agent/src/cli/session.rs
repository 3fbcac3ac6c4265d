//! One run of the agent, from connecting to the exit code.

use std::future::Future;
use std::process::ExitCode;
use std::time::Duration;

use cordboard_agent::{Agent, AgentConfig, AgentEvent, HeadsetSource, SoundConfig};
use cordboard_engine::{Deaf, HeardFile, SoundError, SoundSink, source_named};
use cordboard_wire::Command;
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;

use super::arguments::Arguments;
use super::autopilot::Autopilot;
use super::check;
use super::devices;
use super::exit::Exit;
use super::lines::{print, print_event};
use super::stdin::Commands;

/// Signing out is bounded by itself; this is for a bug in that.
const LEAVE_LIMIT: Duration = Duration::from_secs(8);

/// Runs until the time is over, a signal comes, or the desk is closed.
pub async fn run(arguments: Arguments) -> ExitCode {
    let sound = match sound(&arguments) {
        Ok(sound) => sound,
        Err(error @ SoundError::NotASound(_)) => return Exit::Usage.because(&error.to_string()),
        Err(error) => return Exit::SoundFile.because(&error.to_string()),
    };
    let (user, password) = (arguments.user.as_deref(), arguments.password.as_deref());
    let (user, password) = (user.unwrap_or_default(), password.unwrap_or_default());
    let mut config = AgentConfig::new(&arguments.gateway, &arguments.instance, user, password);
    config.locale = arguments.language.into();
    config.take_over = arguments.take_over;
    config.media_bind = arguments.media_bind;
    config.headset = arguments.headset.then(HeadsetSource::machine);

    let mut leave = time_to_leave(arguments.seconds);
    let connected = tokio::select! {
        connected = Agent::connect(config, sound) => connected,
        () = &mut leave => return Exit::AsAsked.into(),
    };
    let (agent, mut events) = match connected {
        Ok(connected) => connected,
        Err(error) => {
            let exit = Exit::from(&error);
            print("failed", json!({ "message": error.to_string(), "exit_code": exit as u8 }));
            return exit.because(&error.to_string());
        }
    };

    if arguments.check {
        let code = check::run(&arguments, &agent, &mut events).await;
        agent.sign_out().await;
        let over = async { while !matches!(events.recv().await, Ok(AgentEvent::Ended(_)) | Err(RecvError::Closed)) {} };
        // The agent bounds its own leaving; this is for a fault in that.
        if tokio::time::timeout(LEAVE_LIMIT, over).await.is_err() {
            tracing::warn!("the agent did not leave in time");
        }
        return code;
    }
    let mut autopilot = Autopilot::new(&arguments);
    let mut commands = Commands::new();
    let view = agent.view();
    let mut leaving = false;
    loop {
        tokio::select! {
            event = events.recv() => match event {
                Ok(event) => {
                    print_event(&event);
                    if let AgentEvent::Ended(ended) = &event {
                        return Exit::from(ended).into();
                    }
                    let newest = view.borrow().clone();
                    for command in autopilot.follow(&event, newest.as_deref()) {
                        send(&agent, command);
                    }
                }
                Err(RecvError::Lagged(missed)) => print("missed", json!({ "events": missed })),
                Err(RecvError::Closed) => return Exit::Other.because("The desk ended without a word."),
            },
            command = commands.next() => match command {
                Ok(command) => send(&agent, command),
                Err(message) => print("bad_command", json!({ "message": message })),
            },
            () = &mut leave => {
                if leaving {
                    return Exit::Other.because("The gateway did not let the agent sign out in time.");
                }
                leaving = true;
                agent.sign_out().await;
                leave = Box::pin(tokio::time::sleep(LEAVE_LIMIT));
            }
        }
    }
}

fn sound(arguments: &Arguments) -> Result<SoundConfig, SoundError> {
    if arguments.devices {
        return Ok(SoundConfig::Devices(devices::settings(arguments)));
    }
    let sink: Box<dyn SoundSink> = match &arguments.hear {
        Some(path) => Box::new(HeardFile::create(path)?),
        None => Box::new(Deaf),
    };
    Ok(SoundConfig::Files { source: source_named(&arguments.say)?, sink })
}

/// Sends a command aside; what becomes of it is told as an event, except when it never got away.
fn send(agent: &Agent, command: Command) {
    let agent = agent.clone();
    tokio::spawn(async move {
        let name = serde_json::to_value(&command).ok().and_then(|value| value.get("type").cloned());
        if let Err(error) = agent.command(command).await
            && !matches!(error, cordboard_agent::CommandError::Refused(_))
        {
            print("command_failed", json!({ "command": name, "message": error.to_string() }));
        }
    });
}

type Leave = std::pin::Pin<Box<dyn Future<Output = ()>>>;

fn time_to_leave(seconds: Option<f64>) -> Leave {
    let limit = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    Box::pin(async move {
        let over = async {
            match limit {
                Some(limit) => tokio::time::sleep(limit).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = over => {}
            () = signalled() => {}
        }
    })
}

#[cfg(unix)]
async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn signalled() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

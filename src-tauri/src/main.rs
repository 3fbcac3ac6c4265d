//! The desktop window. Starts things and nothing else; what there is stands in `app`.
#![allow(clippy::needless_pass_by_value, reason = "Tauri hands commands what they take by value")]
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod address;
mod app;
mod autostart;
mod centre;
mod check;
mod customer;
mod desk;
mod diagnostics;
mod door;
mod frame;
mod hotkeys;
mod links;
mod notices;
mod recordings;
mod revival;
mod secrets;
mod settings;
mod sound;
mod surroundings;
mod tray;
mod trouble;

use std::process::ExitCode;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::writer::MakeWriterExt;

fn main() -> ExitCode {
    let wanted =
        EnvFilter::try_from_env("CORDBOARD_LOG").unwrap_or_else(|_| EnvFilter::new("info,webrtc=warn,rtc=warn"));
    tracing_subscriber::fmt()
        .with_env_filter(wanted)
        .with_ansi(false)
        .with_writer(std::io::stderr.and(diagnostics::kept))
        .init();
    match app::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the window cannot be opened: it needs a display and the system's web view");
            ExitCode::FAILURE
        }
    }
}

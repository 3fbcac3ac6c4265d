//! The command line: arguments in, JSON lines out, commands as JSON lines in, an exit code at the end.

mod arguments;
mod autopilot;
mod check;
mod devices;
mod exit;
mod lines;
mod session;
mod stdin;

use std::io::IsTerminal;
use std::process::ExitCode;

pub use arguments::Arguments;
use exit::Exit;
use tracing_subscriber::EnvFilter;

/// WebRTC warns of much that is usual, a DTLS client without a server name for one.
const LOGGED: &str = "warn,rtc=error,rtc_dtls=error,rtc_ice=error,webrtc=error";

/// Runs the agent until it ends; the code says how.
pub fn run(arguments: Arguments) -> ExitCode {
    let code = act(arguments);
    lines::finish();
    code
}

fn act(arguments: Arguments) -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_env("CORDBOARD_LOG").unwrap_or_else(|_| EnvFilter::new(LOGGED)))
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    if arguments.list_devices {
        return devices::list();
    }
    // One thread carries a desk with ease; sound has its own.
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Exit::Other.because(&format!("The runtime could not be started: {error}")),
    };
    let code = runtime.block_on(session::run(arguments));
    // Standard input is read on a thread that cannot be interrupted.
    runtime.shutdown_background();
    code
}

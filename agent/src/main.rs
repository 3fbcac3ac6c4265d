//! `cordboard-agent`: an agent without a window, for scripts, load and tests.

mod cli;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    // rustls asks which provider to use as soon as anything wants TLS.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let arguments = cli::Arguments::parse();
    // The one thread of the runtime carries the packets.
    cordboard_engine::come_first();
    cli::run(arguments)
}

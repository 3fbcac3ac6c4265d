//! `cordboard-agent`: an agent without a window, for scripts, load and tests.

mod cli;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    // rustls asks which provider to use as soon as anything wants TLS.
    let _ = rustls::crypto::ring::default_provider().install_default();
    cli::run(cli::Arguments::parse())
}

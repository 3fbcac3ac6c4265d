//! What may be said on the command line.

use std::net::SocketAddr;
use std::time::Duration;

use clap::{Parser, Subcommand};

/// Prints the table; see `docs/benchmarks.md`.
#[derive(Debug, Clone, Parser)]
#[command(name = "bench")]
pub struct Options {
    /// Measure only the rows whose name contains this.
    #[arg(long, value_name = "WORDS", global = true)]
    pub only: Option<String>,
    /// Calls that stand at once where sound is measured.
    #[arg(long, default_value_t = 50)]
    pub calls: u64,
    /// Length of a window, seconds.
    #[arg(long, default_value_t = 4)]
    pub seconds: u64,
    /// Windows; their median counts.
    #[arg(long, default_value_t = 5)]
    pub rounds: usize,
    /// Calls that are set up one after the other where latency is measured.
    #[arg(long, default_value_t = 200)]
    pub latencies: usize,
    /// Also sample each measured process with `perf` and print where its time went.
    #[arg(long)]
    pub profile: bool,
    /// What this process is, if not the bench itself.
    #[command(subcommand)]
    pub role: Option<Role>,
}

impl Options {
    /// Length of a window.
    pub fn window(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    /// Whether a row of this name was asked for.
    pub fn wants(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|words| name.to_lowercase().contains(&words.to_lowercase()))
    }
}

/// The processes that are measured, where they are not the gateway.
#[derive(Debug, Clone, Subcommand)]
pub enum Role {
    /// The media workers alone, told by lines of JSON what to do.
    #[command(hide = true)]
    RelayProcess,
    /// Two legs of the SIP user agent, bridged, without flow, queue or sound.
    #[command(hide = true)]
    SwitchProcess {
        /// Where the second leg goes.
        #[arg(long)]
        callee: SocketAddr,
    },
}

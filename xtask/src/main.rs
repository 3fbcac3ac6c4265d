//! Everything a person types: `cargo xtask run`, `test`, `bench`, `package`, `icons`, `setup`.
//!
//! Depends on almost nothing, so that it is there seconds after a clone. What the commands promise stands in
//! `README.md` and `docs/testing.md`.
#![allow(clippy::print_stdout, reason = "these commands speak to a person on standard output")]

mod bench;
mod deny;
mod elsewhere;
mod front_end;
mod icons;
mod judge;
mod lint;
mod package;
mod ports;
mod run;
mod rust;
mod setup;
mod stage;
mod tally;
mod test;
mod tool;
mod window;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Everything a person types in this repository")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds the gateway and the desk, starts the demo centre and opens the desk.
    Run {
        /// Open the desk in the browser only, not in the desktop window.
        #[arg(long)]
        browser: bool,
        /// Keep the demo's data in this folder instead of a temporary one.
        #[arg(long)]
        data: Option<std::path::PathBuf>,
    },
    /// Runs every check and test there is, and prints each stage's minutes.
    Test {
        /// Run only this stage; may be given several times. `--only list` prints their names.
        #[arg(long, value_name = "STAGE")]
        only: Vec<String>,
    },
    /// Prints the figures that the product promises to hold, measured on this machine.
    Bench {
        /// Measure only the rows whose name contains this.
        #[arg(long, value_name = "WORDS")]
        only: Option<String>,
        /// Also print where the measured processes spend their time, by `perf`.
        #[arg(long)]
        profile: bool,
    },
    /// Makes installers of the desk for this system, without and with the gateway, in `target/packages`.
    Package,
    /// Draws the icons of every size from `icons/cordboard.svg`.
    Icons,
    /// Installs the system packages that the other commands need.
    Setup,
}

fn main() -> ExitCode {
    if lint::is_wanted() {
        return lint::stand_in(std::env::args_os().skip(1)).unwrap_or_else(|error| {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        });
    }
    let outcome = match Arguments::parse().command {
        Command::Run { browser, data } => run::run(browser, data.as_deref()),
        Command::Test { only } => test::test(&only),
        Command::Bench { only, profile } => bench::bench(only.as_deref(), profile),
        Command::Package => package::package(),
        Command::Icons => icons::icons().map(|()| true),
        Command::Setup => setup::setup(setup::Scope::Tests).map(|tally| tally.failed == 0),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

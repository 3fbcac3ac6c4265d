//! The figures that the product promises to hold, measured from outside: `cargo xtask bench`.
//!
//! Each row starts what it measures as a process of its own, puts a steady load on it from this one, and reads the
//! kernel's account of that process. `docs/benchmarks.md` has the results and says how to read them.
#![allow(clippy::print_stdout, reason = "the table goes to standard output")]

mod caller;
mod callgrind;
#[cfg(target_os = "linux")]
mod carrier;
mod centre;
#[cfg(target_os = "linux")]
mod delays;
mod desk_socket;
mod load;
#[cfg(target_os = "linux")]
mod monitor;
mod options;
mod process;
mod profile;
mod relay;
mod row;
mod rows;
mod sipp;
mod spread;
mod steady;
mod switch;
#[cfg(target_os = "linux")]
mod two_desks;
mod wakeups;

use std::process::ExitCode;

use clap::Parser;

use options::{Options, Role};

fn main() -> ExitCode {
    let options = Options::parse();
    let outcome = match &options.role {
        Some(Role::RelayProcess) => relay::process::run(),
        Some(Role::SwitchProcess { callee }) => switch::run(*callee),
        None => rows::measure(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

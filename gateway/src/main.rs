//! The binary `cordboard-gateway`.

use std::process::ExitCode;

fn main() -> ExitCode {
    cordboard_gateway::commands::main()
}

//! `cargo xtask test`: the list of stages.

use anyhow::{Result, bail};

use crate::stage::{Stage, run_all};
use crate::{deny, elsewhere, front_end, rust, setup, window};

const STAGES: &[Stage] = &[
    Stage {
        name: "setup",
        does: "system packages for building, SIP peers, a browser, speech, a database",
        about: "3 min",
        act: || setup::setup(setup::Scope::Tests),
    },
    Stage { name: "rustfmt", does: "layout of the Rust code", about: "seconds", act: rust::format },
    Stage {
        name: "ui",
        does: "types, lint, tests and build of the front end",
        about: "1 to 3 min",
        act: front_end::check,
    },
    Stage { name: "build", does: "binaries and tests, once", about: "7 to 15 min", act: rust::build },
    Stage { name: "clippy", does: "lints of the Rust code", about: "1 min", act: rust::clippy },
    Stage {
        name: "windows",
        does: "desk, gateway and agent compile for Windows, where the target is installed",
        about: "2 to 6 min",
        act: elsewhere::check,
    },
    Stage { name: "deny", does: "licences, bans and sources of dependencies", about: "1 to 2 min", act: deny::check },
    Stage {
        name: "units",
        does: "units, simulation, arrows between crates, generated types",
        about: "2 min",
        act: rust::units,
    },
    Stage {
        name: "stories",
        does: "the whole system with SIP peers, a browser and bad days",
        about: "8 min",
        act: rust::stories,
    },
    Stage {
        name: "window",
        does: "the desktop window on a virtual screen, with virtual sound devices and callers",
        about: "8 min",
        act: window::stories,
    },
    Stage {
        name: "devices",
        does: "microphone, loudspeaker and ringer on a sound server of the tests' own",
        about: "3 min",
        act: rust::devices,
    },
];

/// Runs all stages, or those that are named. False: something failed.
pub fn test(only: &[String]) -> Result<bool> {
    if only.iter().any(|name| name == "list") {
        for stage in STAGES {
            println!("{:<8} {}", stage.name, stage.does);
        }
        return Ok(true);
    }
    if let Some(unknown) = only.iter().find(|name| STAGES.iter().all(|stage| stage.name != name.as_str())) {
        let names: Vec<&str> = STAGES.iter().map(|stage| stage.name).collect();
        bail!("there is no stage `{unknown}`; there are: {}", names.join(", "));
    }
    let chosen: Vec<&Stage> =
        STAGES.iter().filter(|stage| only.is_empty() || only.iter().any(|name| name == stage.name)).collect();
    if only.is_empty() {
        println!("everything takes 35 to 50 minutes on two cores when nothing was built before, 25 afterwards");
    }
    Ok(run_all(&chosen))
}

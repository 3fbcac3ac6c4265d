//! `cargo xtask test`: the list of stages.

use anyhow::{Result, bail};

use crate::stage::{Stage, run_all};
use crate::tally::Tally;
use crate::{deny, front_end, rust, setup, window};

const STAGES: &[Stage] = &[
    Stage {
        name: "setup",
        does: "system packages for building, SIP peers, a browser, speech, a database",
        about: "3 min",
        act: || setup::setup(setup::Scope::Tests),
    },
    Stage { name: "rustfmt", does: "layout of the Rust code", about: "seconds", act: rust::format },
    Stage { name: "ui", does: "types, lint, tests and build of the front end", about: "2 min", act: front_end::check },
    Stage { name: "build", does: "binaries and tests, once", about: "8 min", act: rust::build },
    Stage { name: "clippy", does: "lints of the Rust code", about: "4 min", act: rust::clippy },
    Stage { name: "deny", does: "licences, bans and sources of dependencies", about: "2 min", act: deny::check },
    Stage {
        name: "units",
        does: "units, simulation, arrows between crates, generated types",
        about: "2 min",
        act: rust::units,
    },
    Stage {
        name: "stories",
        does: "the whole system with SIP peers, a browser and bad days",
        about: "6 min",
        act: rust::stories,
    },
    Stage {
        name: "window",
        does: "the desktop window on a virtual screen, with virtual sound devices and callers",
        about: "6 min",
        act: window::stories,
    },
];

/// These run when they are asked for, until they have been seen to pass from a fresh clone, each time.
const ASKED_FOR: &[Stage] = &[Stage {
    name: "devices",
    does: "microphone, loudspeaker and ringer on a sound server of the tests' own",
    about: "5 min",
    act: rust::devices,
}];

/// Stands in their place when all stages run, so that nobody takes them for proved.
const LEFT_OUT: &[Stage] = &[Stage {
    name: "left out",
    does: "stages that run when they are asked for",
    about: "nothing",
    act: || {
        let mut tally = Tally::default();
        for stage in ASKED_FOR {
            tally.add(Tally::skip(format!("{}: runs by `cargo xtask test --only {}`", stage.name, stage.name)));
        }
        Ok(tally)
    },
}];

/// Runs all stages, or those that are named. False: something failed.
pub fn test(only: &[String]) -> Result<bool> {
    if only.iter().any(|name| name == "list") {
        for stage in STAGES.iter().chain(ASKED_FOR) {
            println!("{:<8} {}", stage.name, stage.does);
        }
        return Ok(true);
    }
    let stages: Vec<&Stage> = STAGES.iter().chain(if only.is_empty() { LEFT_OUT } else { ASKED_FOR }).collect();
    if let Some(unknown) = only.iter().find(|name| stages.iter().all(|stage| stage.name != name.as_str())) {
        let names: Vec<&str> = stages.iter().map(|stage| stage.name).collect();
        bail!("there is no stage `{unknown}`; there are: {}", names.join(", "));
    }
    let chosen: Vec<&Stage> =
        stages.into_iter().filter(|stage| only.is_empty() || only.iter().any(|name| name == stage.name)).collect();
    if only.is_empty() {
        println!("everything takes about 35 minutes on two cores when nothing was built before, 15 afterwards");
    }
    Ok(run_all(&chosen))
}

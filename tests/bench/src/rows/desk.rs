//! The desk on the agent's own machine: how soon its window can be used, what its engine holds in a call, and what it
//! costs while nobody calls. The window is the one that installers contain, on a virtual screen and a sound server of
//! its own.

mod engine;
mod idle;
mod start;
mod talking;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use cordboard_tests::window::WindowSound;
use cordboard_tests::{Gateway, SoundServer, Story, Window, places};

use super::{Lacking, needs};
use crate::caller::Caller;
use crate::centre;
use crate::options::Options;
use crate::process::Process;
use crate::row::Row;

pub const NAME: &str = "desk window: start, memory of the engine in a call, idle";

/// Straight to alice's group.
const NUMBER: &str = "02165001001";
/// How long anything that should happen at once may take on a busy machine.
const SOON: Duration = Duration::from_secs(20);
/// Buffers fill, and what was needed once is given back.
const SETTLING: Duration = Duration::from_secs(10);

pub fn measure(options: &Options) -> Result<Vec<Row>> {
    for program in ["Xvfb", "WebKitWebDriver", "dbus-run-session", "node", "pulseaudio", "pactl"] {
        needs(program)?;
    }
    let window = shipped_window()?;
    if !places::in_repository("tests/window/node_modules/selenium-webdriver").exists() {
        return Err(Lacking("the window's driver: start this by `cargo xtask bench`").into());
    }
    let rounds = options.clone();
    centre::with_gateway("bench-desk", |gateway, story| async move {
        let sound = SoundServer::start(&story).await?;
        let desk = Desk { gateway, story, sound, window };
        let mut rows = vec![start::measure(&desk, rounds.rounds).await?, engine::measure(&desk).await?];
        let mut window = desk.open().await?;
        sign_in(&mut window, &desk.gateway.url()).await?;
        rows.push(idle::measure(&mut window, &rounds).await?);
        rows.push(talking::measure(&desk, &mut window).await?);
        window.close().await?;
        desk.gateway.stop().await?;
        Ok(rows)
    })
}

/// What the rows share.
struct Desk {
    gateway: Gateway,
    story: Story,
    sound: SoundServer,
    window: PathBuf,
}

impl Desk {
    async fn open(&self) -> Result<Window> {
        Window::open_program(&self.story, WindowSound::Devices(&self.sound), self.window.clone(), &[]).await
    }

    /// Somebody calls the one agent who is ready.
    fn call(&self) -> Result<Caller> {
        let mut caller = Caller::open(self.gateway.sip)?;
        caller.call(NUMBER)?;
        Ok(caller)
    }
}

/// Signs in as a person does the first time, and takes calls.
async fn sign_in(window: &mut Window, gateway: &str) -> Result<()> {
    for (label, words) in [("Gateway", gateway), ("User name", "alice"), ("Password", "cordboard")] {
        window.fill(label, words).await?;
    }
    window.click("button", "Sign in").await?;
    window.sees_button("/^Menu/", SOON).await?;
    window.click("button", "Take calls").await?;
    window.sees("Waiting for a call", SOON).await
}

/// The window as installers contain it. A build folder of the same target folder has it, whoever this was built for.
fn shipped_window() -> Result<PathBuf> {
    let program = places::build_folder()?.join("../shipped/cordboard-desktop");
    if program.exists() { Ok(program) } else { Err(Lacking("the shipped window: `cargo xtask package`").into()) }
}

/// The process of the window's own program.
async fn own_process(window: &mut Window) -> Result<Process> {
    let processes = window.processes().await?;
    let own = processes.iter().find(|(name, _)| name.starts_with("cordboard")).context("the window has no process")?;
    Ok(Process(own.1))
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

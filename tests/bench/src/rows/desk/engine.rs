//! The engine's memory in a call, as the whole of `cordboard-agent` on sound devices: the window's program without the
//! window.

use std::process::Stdio;

use anyhow::{Context, Result};
use cordboard_tests::lines::read_lines;
use cordboard_tests::places;
use cordboard_wire::{CallPhase, Command as Act, DeskView, Presence};
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::{Desk, SETTLING, SOON, mebibytes};
use crate::process::Process;
use crate::row::Row;

const MOST_MIB: f64 = 20.0;

pub async fn measure(desk: &Desk) -> Result<Row> {
    let mut agent = Command::new(places::binary("cordboard-agent")?)
        .args(["--gateway", &desk.gateway.url(), "--user", "bob", "--devices", "--ready", "--answer", "auto"])
        .env("CORDBOARD_PASSWORD", "cordboard")
        .env("PULSE_SERVER", desk.sound.address())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(desk.story.path("agent.log"))?)
        .kill_on_drop(true)
        .spawn()
        .context("starting cordboard-agent")?;
    let mut hands = agent.stdin.take().context("its input is not piped")?;
    let lines = read_lines(agent.stdout.take().context("its output is not piped")?, view_of);
    let process = Process(agent.id().context("the agent has ended")?);
    let is_ready = |view: &DeskView| view.agent.media_connected && view.agent.presence == Presence::Ready;
    lines.wait("the agent ready", 0, SOON, |view| is_ready(view).then_some(())).await?;
    tokio::time::sleep(SETTLING).await;
    let before = mebibytes(process.memory_bytes()?);
    let caller = desk.call()?;
    let talks = |view: &DeskView| {
        view.calls.iter().find(|call| call.phase == CallPhase::Talking).map(|call| call.call_id.clone())
    };
    let (line, call_id) = lines.wait("the agent in a call", 0, SOON, talks).await?;
    tokio::time::sleep(SETTLING).await;
    let within = mebibytes(process.memory_bytes()?);
    // The call ends here, or it would come to the next desk.
    hands.write_all(format!("{}\n", serde_json::to_string(&Act::HangUp { call_id })?).as_bytes()).await?;
    lines.wait("the end of the call", line, SOON, |view| view.calls.is_empty().then_some(())).await?;
    drop(caller);
    agent.kill().await?;
    let measured = format!("{within:.1} MiB, the whole of cordboard-agent on devices; {before:.1} before the call");
    Ok(Row::compared("desk engine: memory in a call", within, MOST_MIB, "MiB", measured))
}

fn view_of(line: &str) -> Option<DeskView> {
    let line: Value = serde_json::from_str(line).ok()?;
    (line["event"] == "view").then(|| serde_json::from_value(line["view"].clone()).ok()).flatten()
}

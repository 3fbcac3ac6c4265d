//! The shift check's look at the network: real packets of the desk's go through a network that is good, bad, slow or
//! cut, and come back; what is wrong with it is named, and a good one is not blamed.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use cordboard_tests::{DeskProxy, Gateway, Misfortune, Story, Weight, places, story};
use serde_json::Value;
use tokio::process::Command;

#[test]
fn the_path_is_checked() -> Result<()> {
    story("the_path_is_checked", Weight::Light, Duration::from_secs(120), &[], async |story| {
        let gateway = Gateway::demo(&story).await?;
        let network = DeskProxy::before(gateway.http, Misfortune::NONE, 20_261_123).await?;

        let (findings, path) = check(&story, &network.url(), 0).await?;
        ensure!(findings.is_empty(), "a good network is blamed: {findings:?}, {path}");
        ensure!(path["packets"]["sent"].as_u64() == Some(150), "{path}");
        ensure!(path["round_trip_ms"].as_f64().is_some_and(|round_trip| round_trip < 100.0), "{path}");

        network.set(Misfortune { loss: 0.1, ..Misfortune::NONE });
        let (findings, path) = check(&story, &network.url(), 0).await?;
        ensure!(findings == named(&["loss_up", "loss_down"]), "lossy: {findings:?}, {path}");

        network.set(Misfortune { delay: Duration::from_millis(220), ..Misfortune::NONE });
        let (findings, path) = check(&story, &network.url(), 0).await?;
        ensure!(findings == named(&["long_round_trip"]), "slow: {findings:?}, {path}");
        ensure!(path["round_trip_ms"].as_f64().is_some_and(|round_trip| round_trip > 430.0), "{path}");

        network.set(Misfortune::CUT);
        let (findings, path) = check(&story, &network.url(), 8).await?;
        ensure!(findings == named(&["no_media_path"]), "cut: {findings:?}, {path}");
        gateway.stop().await
    })
}

fn named(faults: &[&str]) -> BTreeSet<String> {
    faults.iter().map(|fault| (*fault).to_owned()).collect()
}

/// Runs the check, which is to end with this code, and returns what it names and what it measured.
async fn check(story: &Story, url: &str, code: i32) -> Result<(BTreeSet<String>, Value)> {
    let log = std::fs::OpenOptions::new().create(true).append(true).open(story.path("check.log"))?;
    let run = Command::new(places::binary("cordboard-agent")?)
        .args(["--gateway", url, "--user", "alice", "--check"])
        .env("CORDBOARD_PASSWORD", "cordboard")
        .stderr(log)
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(Duration::from_secs(25), run).await.context("the check does not end")??;
    let lines: Vec<Value> =
        String::from_utf8(output.stdout)?.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    ensure!(output.status.code() == Some(code), "it ended with {}: {lines:?}", output.status);
    let of = |event: &str| lines.iter().filter(|line| line["event"] == event).cloned().collect::<Vec<_>>();
    let findings = of("check_finding");
    ensure!(findings.iter().all(|finding| finding["message"].as_str().is_some_and(|said| said.len() > 40)));
    let measured = of("check_measured").pop().context("it measured nothing")?;
    Ok((
        findings.iter().filter_map(|finding| finding["fault"].as_str().map(str::to_owned)).collect(),
        measured["path"].clone(),
    ))
}

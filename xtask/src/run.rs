//! `cargo xtask run`: the demo centre with its desk open, from a fresh clone.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::tool::{Tool, lines_of, target};
use crate::{front_end, ports, rust, setup, window};

/// Builds, starts, opens, and waits until the gateway ends.
pub fn run(browser_only: bool, data: Option<&Path>) -> Result<bool> {
    println!("The first time takes about 7 minutes on two cores and 3 GB; afterwards seconds.");
    println!("1. system packages");
    setup::setup(setup::Scope::Run)?;
    println!("2. the desk (1 minute the first time)");
    front_end::build()?;
    println!("3. the gateway (6 minutes the first time)");
    rust::build_binaries(&["cordboard-gateway"])?;
    println!("4. the demo centre");
    serve(browser_only, data)
}

fn serve(browser_only: bool, data: Option<&Path>) -> Result<bool> {
    let program =
        target().join("debug").join(if cfg!(windows) { "cordboard-gateway.exe" } else { "cordboard-gateway" });
    let http = format!("127.0.0.1:{}", ports::free_from(8080, false));
    let sip = format!("127.0.0.1:{}", ports::free_from(5060, true));
    let log = target().join("demo.log");
    let mut tool = Tool::new(&program.to_string_lossy()).args(["demo", "--http", &http, "--sip", &sip]).log_to(&log)?;
    if let Some(folder) = data {
        tool = tool.args([Path::new("--data"), &std::path::absolute(folder)?]);
    }
    let mut gateway = tool.spawn(Stdio::piped())?;
    let lines = lines_of(&mut gateway)?;
    let ready = loop {
        let Ok(line) = lines.recv_timeout(Duration::from_secs(60)) else {
            gateway.kill().ok();
            bail!("the gateway did not come up within a minute; its last words were:\n{}", last_lines(&log));
        };
        match serde_json::from_str::<Value>(&line) {
            Ok(value) if value["ready"] == true => break value,
            _ => println!("{line}"),
        }
    };
    let desk = tell(&ready, &log)?;
    if !open(&desk) {
        println!("  No display here, so nothing was opened: open the desk's address yourself.");
    } else if !browser_only && let Err(error) = show_window(&desk) {
        println!(
            "  The desktop window could not be opened: {error:#}. The browser's desk is the whole desk meanwhile."
        );
    }
    for line in lines {
        println!("{line}");
    }
    let ended_well = gateway.wait()?.success();
    if !ended_well {
        println!("the gateway ended; its last words were:\n{}", last_lines(&log));
    }
    Ok(ended_well)
}

fn last_lines(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}

/// Builds the desktop window while the browser's desk is there already, and opens it.
fn show_window(desk: &str) -> Result<()> {
    println!("5. the desktop window (15 minutes the first time; the browser's desk works meanwhile)");
    setup::setup(setup::Scope::WindowToRun)?;
    window::build()?;
    let program = window::program();
    Tool::new(&program.to_string_lossy()).env("CORDBOARD_GATEWAY", desk).spawn(Stdio::null())?;
    println!("  The desktop window is open too.");
    Ok(())
}

/// Says where everything is, and returns the desk's address.
fn tell(ready: &Value, log: &Path) -> Result<String> {
    let http = ready["http"].as_str().context("the ready line names no http address")?;
    let sip = ready["sip"].as_str().unwrap_or("?");
    let base = if http.starts_with("http") { http.to_owned() } else { format!("http://{http}") };
    let desk = format!("{base}/workbench/demo/agentdesk");
    println!();
    println!("  The demo centre is up. Ctrl-C stops it.");
    println!();
    println!("  desk          {desk}");
    println!("  sign in as    alice, bob or dave (agents), carol (manager), admin; password: cordboard");
    println!("  CRM page      {base}/crm");
    println!("  SIP           {sip}, UDP and TCP: call 02165001000 (menu) or 02165001001 (straight to sales)");
    if let (Some(id), Some(secret)) = (ready["access_key_id"].as_str(), ready["access_key_secret"].as_str()) {
        println!("  access key    {id}  {secret}");
    }
    println!("  log           {}", log.display());
    println!();
    println!("  Sign in, choose Ready, then press \"Have a customer call me\".");
    println!();
    Ok(desk)
}

/// Opens an address in the person's browser. False: there is nowhere to open it.
fn open(address: &str) -> bool {
    let shown = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let mut opener = if cfg!(target_os = "macos") {
        Tool::new("open").args([address])
    } else if cfg!(windows) {
        Tool::new("cmd").args(["/C", "start", "", address])
    } else if shown("DISPLAY") || shown("WAYLAND_DISPLAY") {
        Tool::new("xdg-open").args([address])
    } else {
        return false;
    };
    opener.spawn(Stdio::null()).is_ok()
}

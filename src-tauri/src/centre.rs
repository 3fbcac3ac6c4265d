//! A centre on this computer: the gateway's demo as a child of this program, with its data kept between two starts.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tauri::{AppHandle, Manager};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::trouble::Trouble;

/// A first start makes keys and tables; later ones take a second.
const READY_LIMIT: Duration = Duration::from_secs(60);
/// The gateway says goodbye to its callers and writes its records meanwhile.
const STOP_LIMIT: Duration = Duration::from_secs(5);
/// Where looking for free ports begins, and after how many tries it ends.
const FIRST_HTTP: u16 = 8080;
const FIRST_SIP: u16 = 5060;
const TRIES: u16 = 200;

/// The running child and where it listens.
#[derive(Default)]
pub struct Centre {
    running: Mutex<Option<(Child, String)>>,
}

impl Centre {
    /// Stops the child, politely first.
    pub async fn stop(&self) {
        let taken = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((mut child, _)) = taken else { return };
        ask_to_end(&child);
        if tokio::time::timeout(STOP_LIMIT, child.wait()).await.is_err()
            && let Err(error) = child.kill().await
        {
            tracing::warn!(%error, "the centre on this computer could not be stopped");
        }
    }

    fn address(&self) -> Option<String> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let (child, address) = running.as_mut()?;
        // One that ended by itself is started anew.
        matches!(child.try_wait(), Ok(None)).then(|| address.clone())
    }
}

/// Whether the gateway's program is here, so that the page offers to start it.
#[tauri::command]
pub fn centre_can_start() -> bool {
    program().is_some()
}

/// Starts the centre, unless it runs, and returns where it listens.
///
/// # Errors
/// When the program is missing, no port is free, or it does not come up.
#[tauri::command]
pub async fn centre_start(app: AppHandle) -> Result<String, Trouble> {
    let centre = app.state::<Centre>();
    if let Some(address) = centre.address() {
        return Ok(address);
    }
    let failed = |reason: String| {
        Trouble::here("CentreStart", format!("The centre on this computer did not start: {reason}. Try again."))
    };
    let program =
        program().ok_or_else(|| failed("its program, cordboard-gateway, is not beside this one".to_owned()))?;
    let data = app.path().app_data_dir().map_err(|error| failed(error.to_string()))?.join("centre");
    std::fs::create_dir_all(&data).map_err(|error| failed(error.to_string()))?;
    let no_port = || failed("no port is free".to_owned());
    let mut child = Command::new(program)
        .arg("demo")
        .args(["--http", &format!("127.0.0.1:{}", free_port(FIRST_HTTP).ok_or_else(no_port)?)])
        .args(["--sip", &format!("127.0.0.1:{}", free_port(FIRST_SIP).ok_or_else(no_port)?)])
        .arg("--data")
        .arg(data)
        // Held as long as the child is: the gateway ends with this program, also when this one is killed.
        .arg("--until-input-ends")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let address = match tokio::time::timeout(READY_LIMIT, ready(&mut child)).await {
        Ok(Some(address)) => address,
        Ok(None) => return Err(failed("it ended at once; its own words are in this program's log".to_owned())),
        Err(_) => return Err(failed("it was not ready within a minute".to_owned())),
    };
    tracing::info!(address, "a centre runs on this computer");
    *centre.running.lock().unwrap_or_else(PoisonError::into_inner) = Some((child, address.clone()));
    Ok(address)
}

/// Waits for the line that says where the gateway listens; none: it ended before.
async fn ready(child: &mut Child) -> Option<String> {
    let mut lines = BufReader::new(child.stdout.take()?).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let Ok(said) = serde_json::from_str::<Value>(&line) else { continue };
        if said["ready"] == true {
            let address = said["http"].as_str()?.to_owned();
            // Whoever is not read from stops in the end.
            tauri::async_runtime::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Some(address);
        }
    }
    None
}

/// The gateway beside this program, as installers put it and as cargo builds it.
fn program() -> Option<PathBuf> {
    let name = if cfg!(windows) { "cordboard-gateway.exe" } else { "cordboard-gateway" };
    let beside = std::env::current_exe().ok()?.with_file_name(name);
    beside.exists().then_some(beside)
}

fn free_port(first: u16) -> Option<u16> {
    (first..first.saturating_add(TRIES)).find(|port| {
        let here = (Ipv4Addr::LOCALHOST, *port);
        TcpListener::bind(here).is_ok() && UdpSocket::bind(here).is_ok()
    })
}

#[cfg(unix)]
fn ask_to_end(child: &Child) {
    let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
    if let Some(id) = id
        && let Err(error) = rustix::process::kill_process(id, rustix::process::Signal::TERM)
    {
        tracing::debug!(%error, "the centre on this computer has ended by itself");
    }
}

#[cfg(not(unix))]
fn ask_to_end(_child: &Child) {}

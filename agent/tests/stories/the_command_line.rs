//! `cordboard-agent` as a process: lines out, lines in, exit codes.

use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cordboard_wire::{CallPhase, Command, Presence, RefusalCode};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout};

use crate::fake_gateway::{FakeDesk, FakeGateway, PASSWORD, within};
use crate::rig::{a_view, a_view_with};

static HOMES: AtomicU32 = AtomicU32::new(0);

/// The agent's process and what it prints.
pub struct Process {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

pub fn command(url: &str, more: &[&str]) -> tokio::process::Command {
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_cordboard-agent"));
    command.args(["--gateway", url, "--user", "alice"]).args(more).env("CORDBOARD_PASSWORD", PASSWORD);
    // A home in which no other program of this person's has ever run.
    let number = HOMES.fetch_add(1, Ordering::Relaxed);
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("home-{number}"));
    std::fs::remove_dir_all(&home).ok();
    command.env("HOME", home);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

pub async fn start(gateway: &mut FakeGateway, more: &[&str]) -> (Process, FakeDesk) {
    let mut child = command(&gateway.url(), more).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    (Process { child, lines }, gateway.desk().await)
}

async fn fails(url: &str, more: &[&str], code: i32) -> String {
    let output: Output = within(command(url, more).output()).await.unwrap();
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

impl Process {
    pub async fn line(&mut self, event: &str) -> Value {
        within(async {
            loop {
                let line = self.lines.next_line().await.unwrap().expect("the agent ended");
                let line: Value = serde_json::from_str(&line).unwrap();
                if line["event"] == event {
                    assert!(line["at_ms"].as_u64().unwrap() > 1_600_000_000_000);
                    return line;
                }
            }
        })
        .await
    }

    pub async fn type_line(&mut self, line: &str) {
        self.child.stdin.as_mut().unwrap().write_all(format!("{line}\n").as_bytes()).await.unwrap();
    }

    async fn signal(&self, name: &str) {
        let id = self.child.id().unwrap().to_string();
        assert!(tokio::process::Command::new("kill").args([name, &id]).status().await.unwrap().success());
    }
}

#[tokio::test]
async fn views_are_printed_and_commands_are_read() {
    let mut gateway = FakeGateway::start().await;
    let (mut process, mut desk) = start(&mut gateway, &[]).await;
    assert_eq!(process.line("connected").await["user_id"], "alice@demo");
    desk.show(&a_view_with("job-1", CallPhase::Ringing));
    assert_eq!(process.line("view").await["view"]["calls"][0]["phase"], "ringing");
    process.line("sound_opened").await;

    process.type_line(r#"{"type":"hang_up","call_id":"job-1"}"#).await;
    let (id, heard) = desk.hear_command().await;
    assert_eq!(heard, Command::HangUp { call_id: "job-1".to_owned() });
    desk.refuse(id, RefusalCode::HangUpNotAllowed);
    let refused = process.line("refused").await;
    assert_eq!((refused["id"].as_u64(), refused["code"].as_str()), (Some(u64::from(id)), Some("hang_up_not_allowed")));

    process.type_line("hang up!").await;
    assert!(process.line("bad_command").await["message"].is_string());
    process.type_line(&"x".repeat(20_000)).await;
    process.line("bad_command").await;
    process.type_line("").await;
    process.type_line(r#"{"type":"ready"}"#).await;
    let (id, heard) = desk.hear_command().await;
    assert_eq!(heard, Command::Ready);
    desk.accept(id, None);
    process.line("accepted").await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_signs_out() {
    for signal in ["-INT", "-TERM"] {
        let mut gateway = FakeGateway::start().await;
        let (mut process, mut desk) = start(&mut gateway, &[]).await;
        process.line("connected").await;
        process.signal(signal).await;
        let (id, heard) = desk.hear_command().await;
        assert_eq!(heard, Command::SignOut);
        desk.accept(id, None);
        assert_eq!(process.line("ended").await["reason"], "signed_out");
        assert_eq!(within(process.child.wait()).await.unwrap().code(), Some(0));
        assert_eq!(gateway.signed_out(), 1);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_killed_agent_just_vanishes_and_its_recording_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let heard = folder.path().join("heard.wav");
    let mut gateway = FakeGateway::start().await;
    let (mut process, mut desk) = start(&mut gateway, &["--hear", heard.to_str().unwrap()]).await;
    desk.show(&a_view_with("job-1", CallPhase::Talking));
    process.line("sound_opened").await;
    within(async {
        while std::fs::metadata(&heard).unwrap().len() < 44 + 16_000 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    process.signal("-KILL").await;
    desk.gone().await;
    assert_eq!(gateway.signed_out(), 0);
    let wav = cordboard_media::wav::read(std::fs::File::open(&heard).unwrap()).unwrap();
    assert_eq!((wav.rate_hz, wav.channels), (16_000, 1));
    assert!(wav.samples.len() >= 8_000);
}

#[tokio::test]
async fn time_over_is_a_sign_out() {
    let mut gateway = FakeGateway::start().await;
    let (mut process, mut desk) = start(&mut gateway, &["--seconds", "0.2"]).await;
    let (id, heard) = desk.hear_command().await;
    assert_eq!(heard, Command::SignOut);
    desk.accept(id, None);
    assert_eq!(within(process.child.wait()).await.unwrap().code(), Some(0));
}

#[tokio::test]
async fn each_failure_has_its_code_and_its_sentence() {
    let gateway = FakeGateway::start().await;
    let url = gateway.url();
    assert!(fails(&url, &["--password", "wrong"], 3).await.contains("password is wrong"));
    assert!(fails(&url, &["--devices", "--say", "silence"], 2).await.contains("cannot be used with"));
    assert!(fails(&url, &["--speaker", "headset"], 2).await.contains("--devices"));
    assert!(fails(&url, &["--headset"], 2).await.contains("--devices"));
    assert!(fails(&url, &["--say", "tone:loud"], 2).await.contains("is no sound"));
    assert!(fails(&url, &["--say", "/nowhere.wav"], 7).await.contains("/nowhere.wav"));
    assert!(fails(&url, &["--hear", "/nowhere/at/all.wav"], 7).await.contains("/nowhere"));
    assert!(fails("printer", &[], 2).await.contains("printer"));
    gateway.bar(cordboard_wire::ByeCode::InUseElsewhere);
    fails(&url, &[], 6).await;
    gateway.bar(cordboard_wire::ByeCode::ProtocolUnsupported);
    assert!(fails(&url, &[], 5).await.contains("version 1"));
    let address = gateway.stop().await;
    assert!(fails(&format!("http://{address}"), &[], 4).await.contains("cannot be reached"));
}

#[tokio::test]
async fn without_sound_the_autopilot_waits() {
    let mut gateway = FakeGateway::start().await;
    let (mut process, mut desk) =
        start(&mut gateway, &["--ready", "--answer", "auto", "--dial", "13800000000", "--seconds", "1"]).await;
    let mut view = a_view_with("job-1", CallPhase::Ringing);
    view.agent.presence = Presence::Offline;
    view.agent.media_connected = false;
    desk.show(&view);
    process.line("view").await;
    let (_, heard) = desk.hear_command().await;
    assert_eq!(heard, Command::Decline { call_id: "job-1".to_owned() }, "nothing before it leaves");
    desk.show(&a_view());
    assert_eq!(desk.hear_command().await.1, Command::SignOut);
}

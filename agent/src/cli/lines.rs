//! What is printed: one JSON object a line, with `event` first and the wall clock in `at_ms`. A thread of its own prints,
//! so that a reader who is slow, or does not read at all, holds up no call.

use std::io::Write;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cordboard_agent::AgentEvent;
use serde::Serialize;
use serde_json::{Value, json};

#[derive(Serialize)]
struct Line<'a> {
    event: &'a str,
    at_ms: u64,
    #[serde(flatten)]
    fields: Value,
}

/// Lines that may wait for the reader. Beyond it they are left out, and a `missed` line says how many.
const WAITING_LINES: usize = 2_048;
/// How long the last lines may take to be read when the program ends.
const LAST_WORDS: Duration = Duration::from_secs(1);

enum Said {
    Line(String),
    /// Answered once everything before it is printed.
    Over(SyncSender<()>),
}

static PRINTER: OnceLock<SyncSender<Said>> = OnceLock::new();
static LEFT_OUT: AtomicU64 = AtomicU64::new(0);

fn printer() -> &'static SyncSender<Said> {
    PRINTER.get_or_init(|| {
        let (lines, said) = sync_channel(WAITING_LINES);
        std::thread::spawn(move || {
            for said in said {
                match said {
                    // The reader being gone is no reason to end a call.
                    Said::Line(line) => drop(std::io::stdout().write_all(line.as_bytes())),
                    Said::Over(over) => drop(over.send(())),
                }
            }
        });
        lines
    })
}

/// Prints a line as soon as the reader takes it.
pub fn print(event: &str, fields: Value) {
    let left_out = LEFT_OUT.swap(0, Ordering::Relaxed);
    if left_out > 0 && !queue("missed", json!({ "lines": left_out })) {
        LEFT_OUT.fetch_add(left_out, Ordering::Relaxed);
    }
    if !queue(event, fields) {
        LEFT_OUT.fetch_add(1, Ordering::Relaxed);
    }
}

/// Waits, with a bound, until everything is printed.
pub fn finish() {
    let (over, printed) = sync_channel(1);
    if printer().try_send(Said::Over(over)).is_ok() {
        let _ = printed.recv_timeout(LAST_WORDS);
    }
}

/// False: too many lines wait.
fn queue(event: &str, fields: Value) -> bool {
    let at_ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64);
    let Ok(line) = serde_json::to_string(&Line { event, at_ms, fields }) else { return true };
    printer().try_send(Said::Line(line + "\n")).is_ok()
}

/// Prints an agent's event.
pub fn print_event(event: &AgentEvent) {
    match event {
        AgentEvent::Connected { gateway, user_id, role, again } => {
            print("connected", json!({ "gateway": gateway, "user_id": user_id, "role": role, "again": again }));
        }
        AgentEvent::Disconnected { reason, retry_in } => {
            print("disconnected", json!({ "reason": reason, "retry_in_ms": retry_in.as_millis() as u64 }));
        }
        AgentEvent::View(now) => print("view", json!({ "seq": now.seq, "now_ms": now.now_ms, "view": now.view })),
        AgentEvent::MediaConnected { took } => {
            print("media_connected", json!({ "took_ms": took.as_millis() as u64 }));
        }
        AgentEvent::MediaDisconnected => print("media_disconnected", json!({})),
        AgentEvent::MediaFailed { reason } => print("media_failed", json!({ "reason": reason })),
        AgentEvent::SoundOpened => print("sound_opened", json!({})),
        AgentEvent::SoundClosed => print("sound_closed", json!({})),
        AgentEvent::SoundDevices(now) => print("sound_devices", super::devices::line(now)),
        AgentEvent::Headset(now) => print("headset", super::devices::headset(now)),
        AgentEvent::SpeakingBegan { call_id } => print("speaking_began", json!({ "call_id": call_id })),
        AgentEvent::Accepted { id, call_id } => print("accepted", json!({ "id": id, "call_id": call_id })),
        AgentEvent::Refused { id, refusal } => print(
            "refused",
            json!({ "id": id, "code": refusal.code, "message": refusal.message, "reference": refusal.reference }),
        ),
        AgentEvent::Ended(ended) => print("ended", json!({ "reason": ended.word(), "message": ended.message() })),
    }
}

//! What is printed: one JSON object a line, with `event` first and the wall clock in `at_ms`.

use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

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

/// Prints a line; the reader being gone is no reason to end a call.
pub fn print(event: &str, fields: Value) {
    let at_ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64);
    let Ok(line) = serde_json::to_string(&Line { event, at_ms, fields }) else { return };
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
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
        AgentEvent::SpeakingBegan { call_id } => print("speaking_began", json!({ "call_id": call_id })),
        AgentEvent::Accepted { id, call_id } => print("accepted", json!({ "id": id, "call_id": call_id })),
        AgentEvent::Refused { id, refusal } => print(
            "refused",
            json!({ "id": id, "code": refusal.code, "message": refusal.message, "reference": refusal.reference }),
        ),
        AgentEvent::Ended(ended) => print("ended", json!({ "reason": ended.word(), "message": ended.message() })),
    }
}

//! Real devices of a sound server of the tests' own: what is heard at loudspeakers and sent from microphones, while
//! devices come, go and change. Every sound is judged where it comes out, never by what a stream says of itself.
//!
//! The allocator of this binary notes what is asked for inside the engine's callbacks.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

#[allow(dead_code)]
#[path = "heard/gateway_peer.rs"]
mod gateway_peer;
#[allow(dead_code)]
#[path = "heard/listen.rs"]
mod listen;

#[path = "devices/allocator.rs"]
mod allocator;
#[path = "devices/desk.rs"]
mod desk;
#[path = "devices/listener.rs"]
mod listener;
#[path = "devices/server.rs"]
mod server;
#[path = "devices/talker.rs"]
mod talker;

#[path = "devices/a_call_on_devices.rs"]
mod a_call_on_devices;
#[path = "devices/a_rehearsal_is_heard.rs"]
mod a_rehearsal_is_heard;
#[path = "devices/between_calls_no_microphone_is_open.rs"]
mod between_calls_no_microphone_is_open;
#[path = "devices/devices_come_and_go.rs"]
mod devices_come_and_go;
#[path = "devices/from_mouth_to_ear.rs"]
mod from_mouth_to_ear;
#[path = "devices/the_ringer_has_its_own.rs"]
mod the_ringer_has_its_own;

//! Stories of a desk and its gateway, told against a gateway made of a few lines of axum. One binary, so that the
//! WebRTC stack is linked once.
#![allow(clippy::unwrap_used, clippy::panic)]

// The engine's tests have a gateway's media end; here it stands behind a socket.
#[allow(dead_code)]
#[path = "../../media/engine/tests/heard/gateway_peer.rs"]
mod gateway_peer;

// And a sound server with loudspeakers, microphones and ears.
#[allow(dead_code)]
#[path = "../../media/engine/tests/devices/listener.rs"]
mod listener;
#[allow(dead_code)]
#[path = "../../media/engine/tests/devices/server.rs"]
mod server;
#[allow(dead_code)]
#[path = "../../media/engine/tests/devices/talker.rs"]
mod talker;

#[path = "stories/fake_gateway.rs"]
mod fake_gateway;
#[path = "stories/pretended_headset.rs"]
mod pretended_headset;
#[path = "stories/rig.rs"]
mod rig;

#[path = "stories/a_call_on_devices.rs"]
mod a_call_on_devices;
#[path = "stories/a_headset_s_buttons.rs"]
mod a_headset_s_buttons;
#[path = "stories/an_autopilot_flies.rs"]
mod an_autopilot_flies;
#[path = "stories/commands_are_answered.rs"]
mod commands_are_answered;
#[path = "stories/the_command_line.rs"]
mod the_command_line;
#[path = "stories/the_gateway_says_goodbye.rs"]
mod the_gateway_says_goodbye;
#[path = "stories/the_newest_view_is_shown.rs"]
mod the_newest_view_is_shown;
#[path = "stories/the_person_signs_out.rs"]
mod the_person_signs_out;
#[path = "stories/the_shift_check_names_faults.rs"]
mod the_shift_check_names_faults;
#[path = "stories/the_socket_is_lost.rs"]
mod the_socket_is_lost;
#[path = "stories/the_sound_cannot_be_connected.rs"]
mod the_sound_cannot_be_connected;
#[path = "stories/the_sound_outlives_the_socket.rs"]
mod the_sound_outlives_the_socket;
#[path = "stories/the_way_in_is_barred.rs"]
mod the_way_in_is_barred;

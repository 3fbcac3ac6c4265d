//! The whole-system stories, one file each, told through front doors only. `docs/testing.md` says how to run one.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod checks;

mod agent_declines;
mod agent_lets_it_ring;
mod agent_vanishes;
mod bad_network;
mod baresip_caller_talks_to_agent;
mod broken_http_and_sockets;
mod broken_sip_and_rtp;
mod caller_hangs_up_at_each_stage;
mod chromium_agent_takes_a_call;
mod chromium_desk_says_what_is_wrong;
mod copies_make_up_for_losses;
mod erroneous_configuration;
mod faults_of_sound_are_named;
mod kill_minus_nine;
mod one_way_sound_is_named;
mod outbound_call_is_answered;
mod outbound_call_is_not_answered;
mod queue_times_out;
mod refused_callers;
mod rigs_hear_each_other;
mod sipp_caller_talks_to_agent;
#[cfg(target_os = "linux")]
mod the_network_comes_back;
mod the_path_is_checked;
mod twenty_calls_at_once;

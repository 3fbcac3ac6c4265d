//! Stories of the real desktop window, one file each. `docs/testing.md` says how to run one.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![cfg(target_os = "linux")]

#[allow(dead_code, reason = "these stories check less than the others")]
#[path = "../stories/checks.rs"]
mod checks;
mod shift;

mod a_centre_starts_on_this_computer;
mod an_agent_dials_from_the_window;
mod an_agent_takes_a_call_in_the_window;
mod customer_pages_leave_the_keyboard;
mod diagnostics_open_offline;
mod keys_answer_from_another_program;
mod notices_leave_a_call_s_buttons_alone;
mod pictures_of_every_state;
mod rings_do_not_wait_for_the_page;
mod rings_end_without_an_answer;
mod sound_is_chosen_in_the_window;
mod the_customer_s_page_opens_in_the_browser;
mod the_desktop_follows_the_call;
mod the_line_comes_back;
mod the_page_may_freeze_and_die;
mod the_shift_is_checked_in_the_window;
mod the_window_dies_in_a_call;

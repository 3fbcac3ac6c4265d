//! Every story of the store, told to SQLite and to PostgreSQL.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod database;

mod agent_states_and_recordings;
mod flows_have_one_editor;
mod folded_at_once;
mod groups_and_levels;
mod journal_is_fenced_and_continuous;
mod journal_survives_reopening;
mod numbers_and_bindings;
mod opening;
mod passwords_and_sessions;
mod records_are_listed;
mod secrets_are_sealed;
mod users;
mod whole_directory;

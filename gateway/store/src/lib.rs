//! What a centre remembers: one store over SQLite (a file, nothing to install) and PostgreSQL.
//!
//! [`Store::open`] takes a path or `sqlite:` address, or a `postgres://` address, brings the schema up to date and
//! checks the [`MasterKey`]. A [`Store`] is a cheap handle: clone it. Every row belongs to an instance and every
//! method takes its id first; times are UTC milliseconds and always come from the caller; numbers arrive already in
//! the centre's one form. The store decides nothing: rows are plain data, and words in them (roles, usages,
//! dispositions) are the caller's.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use cordboard_store::{MasterKey, Store};
//! let key = MasterKey::load_or_create(std::path::Path::new("data/master.key"))?;
//! let store = Store::open("data/cordboard.db", &key).await?;
//! let epoch = store.claim_epoch("demo").await?;
//! # Ok(()) }
//! ```
//!
//! | file | what |
//! | --- | --- |
//! | [`instances`] | the instances served by this database |
//! | [`users`], [`levels`], [`groups`], [`numbers`], [`flows`], [`config_items`] | what is configured; [`directory`] reads it all at once, [`names`] the names of some |
//! | [`passwords`], [`sessions`], [`secrets`], [`audit`] | who may come in and what they did |
//! | [`journal`] | what happened, in order, fenced by epoch |
//! | [`records`], [`agent_states`], [`recordings`] | what is folded from the journal; [`folded`] keeps much of it at once |
//!
//! SQLite runs in WAL mode with full sync and one writing connection, so a write never fails because another is
//! under way in this process; readers never wait. On PostgreSQL `synchronous_commit` is forced on.

pub mod agent_states;
pub mod audit;
pub mod config_items;
pub mod directory;
pub mod error;
pub mod flows;
pub mod folded;
pub mod groups;
pub mod instances;
pub mod journal;
pub mod levels;
mod master_key;
mod migrate;
pub mod names;
pub mod numbers;
mod open;
pub mod page;
pub mod passwords;
pub mod recordings;
pub mod records;
pub mod secrets;
pub mod sessions;
mod sql;
pub mod users;

use std::sync::Arc;

use sea_orm::DatabaseConnection;
use tokio::sync::Semaphore;

pub use agent_states::AgentStateRow;
pub use audit::AuditEntry;
pub use config_items::ConfigItem;
pub use directory::DirectoryRows;
pub use error::{MasterKeyError, OpenError, StoreError, What};
pub use flows::{Flow, FlowOrder, NewFlow};
pub use folded::Folded;
pub use groups::{GroupChange, GroupCount, NewGroup, SkillGroup};
pub use instances::Instance;
pub use journal::{CALL_ENDED, JournalPosition, JournalRow, StoredRow};
pub use levels::{LevelOfGroup, LevelOfUser, LevelRow};
pub use master_key::MasterKey;
pub use numbers::{NewNumber, NumberChange, NumberFilter, NumberRow};
pub use page::{Page, Paged};
pub use passwords::PasswordCheck;
pub use recordings::{Recording, RecordingGap};
pub use records::{CallRecordRow, EndFilter, RecordFilter, RecordOrder};
pub use secrets::{AccessKey, SecretKind, SecretName};
pub use sessions::{Session, SessionKind};
pub use users::{NewUser, User, UserChange, UserFilter};

/// The result of asking the store.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// The store: a cheap, cloneable handle.
#[derive(Clone)]
pub struct Store {
    /// SQLite: the one writing connection. PostgreSQL: the pool.
    writer: DatabaseConnection,
    /// SQLite: connections that only read. PostgreSQL: the same pool.
    reader: DatabaseConnection,
    sealer: Arc<master_key::Sealer>,
    /// Argon2 takes 19 MiB a time: no more at once than there are cores.
    hashing: Arc<Semaphore>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("backend", &self.writer.get_database_backend()).finish_non_exhaustive()
    }
}

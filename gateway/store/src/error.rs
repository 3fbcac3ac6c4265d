//! What can go wrong in the store, each with what to do next.

use std::path::PathBuf;

use sea_orm::{DbErr, SqlErr};

/// The kinds of things that are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// An instance.
    Instance,
    /// A user.
    User,
    /// A skill group.
    SkillGroup,
    /// A number.
    Number,
    /// A flow.
    Flow,
    /// A draft of a flow.
    Draft,
    /// An access key.
    AccessKey,
    /// A call record.
    CallRecord,
}

impl std::fmt::Display for What {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Instance => "instance",
            Self::User => "user",
            Self::SkillGroup => "skill group",
            Self::Number => "number",
            Self::Flow => "flow",
            Self::Draft => "draft",
            Self::AccessKey => "access key",
            Self::CallRecord => "call record",
        })
    }
}

/// Why the store did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The database did not answer, or broke off. Whether a write under way was kept is not known.
    #[error("the database did not answer ({reason}); try again, and look at its log and its disk if it goes on")]
    Unavailable {
        /// The driver's words.
        reason: String,
    },
    /// Another node owns the instance now.
    #[error("another node owns instance {instance} now (epoch {epoch} is over); stop serving it here")]
    Fenced {
        /// The instance.
        instance: String,
        /// The epoch that was offered.
        epoch: u64,
    },
    /// There is one already.
    #[error("{what} {id} exists already; choose another name or change that one")]
    AlreadyExists {
        /// What.
        what: What,
        /// Which.
        id: String,
    },
    /// There is none.
    #[error("{what} {id} does not exist; look up the list and try again")]
    NotFound {
        /// What.
        what: What,
        /// Which.
        id: String,
    },
    /// It cannot go while something else needs it.
    #[error("{what} {id} is still used by {by}; unbind that first, or force it")]
    InUse {
        /// What.
        what: What,
        /// Which.
        id: String,
        /// By what.
        by: String,
    },
    /// Somebody else is editing the flow.
    #[error("flow {flow_id} is being edited by {editor}; wait until they publish or discard")]
    BeingEdited {
        /// The flow.
        flow_id: String,
        /// Who edits it.
        editor: String,
    },
    /// All 80xxxxxx extensions have been given out.
    #[error("instance {instance} has no free extension left; extensions are not given out twice")]
    NoExtensionLeft {
        /// The instance.
        instance: String,
    },
    /// A secret does not open although the master key fits.
    #[error("the secret {name} was changed in the database and cannot be read; set it again")]
    SecretDamaged {
        /// Its name.
        name: String,
    },
    /// A row holds what this program never wrote.
    #[error("the database holds something unexpected ({reason}); restore it from a backup or report this")]
    BadRow {
        /// Which column, and what is wrong.
        reason: String,
    },
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match error {
            DbErr::Type(_) | DbErr::Json(_) | DbErr::TryIntoErr { .. } => Self::BadRow { reason: error.to_string() },
            other => Self::Unavailable { reason: other.to_string() },
        }
    }
}

impl StoreError {
    pub(crate) fn not_found(what: What, id: &str) -> Self {
        Self::NotFound { what, id: id.to_owned() }
    }

    pub(crate) fn exists(what: What, id: &str) -> Self {
        Self::AlreadyExists { what, id: id.to_owned() }
    }

    /// A broken foreign key means that what was named is not there; a broken unique key, that it is.
    pub(crate) fn naming(error: DbErr, exists: (What, &str), missing: (What, &str)) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Self::exists(exists.0, exists.1),
            Some(SqlErr::ForeignKeyConstraintViolation(_)) => Self::not_found(missing.0, missing.1),
            _ => error.into(),
        }
    }
}

/// Why the store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is neither a path nor one of the two kinds of database.
    #[error("{address:?} is not a store address; give a file path, sqlite:PATH or postgres://USER@HOST/DATABASE")]
    BadAddress {
        /// What was given, without a password.
        address: String,
    },
    /// The database could not be reached or created.
    #[error("the database could not be opened ({reason}); check the address, the rights and whether it runs")]
    Unavailable {
        /// The driver's words.
        reason: String,
    },
    /// A newer program wrote this database.
    #[error(
        "the database has schema version {found}, this program knows up to {known}; \
         start the newer program again, or restore a backup made before it ran"
    )]
    DatabaseNewer {
        /// The database's version.
        found: i64,
        /// The newest version this program has.
        known: i64,
    },
    /// A migration that ran differs from the one in this program.
    #[error(
        "schema version {version} of the database was made by another build of this program; \
         start the build that made it, or restore a backup"
    )]
    MigrationChanged {
        /// Which.
        version: i64,
    },
    /// A migration failed; nothing of it was kept.
    #[error("schema version {version} could not be applied ({reason}); nothing was changed")]
    MigrationFailed {
        /// Which.
        version: i64,
        /// The driver's words.
        reason: String,
    },
    /// The secrets were sealed with another key.
    #[error(
        "the master key does not fit this database; give the key that was used when it was made \
         (the file beside it, or the environment variable), as its secrets cannot be read without"
    )]
    WrongMasterKey,
}

/// Why there is no master key.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// The file could not be read or made.
    #[error("the master key file {} could not be used ({source}); check its folder and rights", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Others can read the file.
    #[error("the master key file {} can be read by others; run: chmod 600 {}", path.display(), path.display())]
    OpenToOthers {
        /// Which file.
        path: PathBuf,
    },
    /// It is not a key.
    #[error("{origin} does not hold a master key; 32 bytes in base64 are expected")]
    NotAKey {
        /// The file or variable.
        origin: String,
    },
}

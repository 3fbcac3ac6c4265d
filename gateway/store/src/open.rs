//! Opening a store: the address, the connections and their pragmas, migrations, the check of the master key.

use std::{path::Path, sync::Arc, time::Duration};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode,
    SqlxPostgresConnector, SqlxSqliteConnector, TransactionOptions, TransactionTrait,
};
use sqlx::{
    postgres::{PgConnectOptions, PgPoolOptions, PgSslMode},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::Semaphore;

use crate::{MasterKey, OpenError, Result, Store, master_key::Sealer, migrate, sql};

/// How long a statement waits for a connection, for SQLite's lock, or for PostgreSQL to come up.
const PATIENCE: Duration = Duration::from_secs(5);
/// SQLite's readers and PostgreSQL's connections.
const CONNECTIONS: u32 = 8;
const KEY_CHECK: &str = "master_key_check";

impl Store {
    /// Opens the store at a file path, `sqlite:PATH` or `postgres://…`, makes the file if there is none, applies
    /// missing migrations and checks that the master key is the one its secrets are sealed with.
    ///
    /// # Errors
    /// [`OpenError`]; nothing is changed when the database is newer than this program.
    pub async fn open(address: &str, master_key: &MasterKey) -> Result<Self, OpenError> {
        let (writer, reader) = connect(address).await?;
        migrate::run(&writer).await?;
        let sealer = Arc::new(master_key.sealer());
        check_master_key(&writer, &sealer).await?;
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Ok(Self { writer, reader, sealer, hashing: Arc::new(Semaphore::new(cores)) })
    }

    /// Ends all connections; a SQLite file is whole and alone afterwards. Later calls find it unavailable.
    pub async fn close(&self) -> Result<()> {
        self.reader.clone().close().await?;
        Ok(self.writer.clone().close().await?)
    }

    /// Asks the database for a sign of life, on the connection that writes.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.writer.ping().await?)
    }

    /// A transaction that writes. On SQLite it takes the write lock at once, so it cannot fail half-way for want of it.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        begin_writing(&self.writer).await
    }
}

/// A transaction that writes.
pub(crate) async fn begin_writing(on: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let sqlite_transaction_mode =
        (on.get_database_backend() == DbBackend::Sqlite).then_some(SqliteTransactionMode::Immediate);
    on.begin_with_options(TransactionOptions { sqlite_transaction_mode, ..Default::default() }).await
}

async fn connect(address: &str) -> Result<(DatabaseConnection, DatabaseConnection), OpenError> {
    if address.starts_with("postgres://") || address.starts_with("postgresql://") {
        let pool = postgres(address).await?;
        return Ok((pool.clone(), pool));
    }
    let path = address.strip_prefix("sqlite:").map_or(address, |rest| rest.strip_prefix("//").unwrap_or(rest));
    if path.is_empty() || path == ":memory:" || path.contains("://") {
        return Err(OpenError::BadAddress { address: path.split('@').next_back().unwrap_or_default().to_owned() });
    }
    sqlite(Path::new(path)).await
}

async fn sqlite(path: &Path) -> Result<(DatabaseConnection, DatabaseConnection), OpenError> {
    make_private(path).map_err(|e| OpenError::Unavailable { reason: format!("{}: {e}", path.display()) })?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE);
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        // A file does not go away as a server does; asking it first would be another change of threads each time.
        .test_before_acquire(false)
        .acquire_timeout(PATIENCE)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options.clone())
        .await
        .map_err(unavailable)?;
    let reader = SqlitePoolOptions::new()
        .max_connections(CONNECTIONS)
        .test_before_acquire(false)
        .acquire_timeout(PATIENCE)
        .connect_lazy_with(options.pragma("query_only", "ON"));
    Ok((SqlxSqliteConnector::from_sqlx_sqlite_pool(writer), SqlxSqliteConnector::from_sqlx_sqlite_pool(reader)))
}

/// Makes the file, and its folder, for the owner alone: SQLite would use the process's mask.
fn make_private(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

async fn postgres(address: &str) -> Result<DatabaseConnection, OpenError> {
    let options = encrypted_unless_local(address)?.application_name("cordboard").options([
        ("synchronous_commit", "on"),
        ("statement_timeout", "30000"),
        ("lock_timeout", "10000"),
    ]);
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .connect_with(options)
        .await
        .map_err(unavailable)?;
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
}

/// Off this machine only over TLS, unless the address says otherwise with `sslmode=`.
fn encrypted_unless_local(address: &str) -> Result<PgConnectOptions, OpenError> {
    let options: PgConnectOptions = address.parse().map_err(unavailable)?;
    let host = options.get_host().trim_matches(['[', ']']);
    let local = options.get_socket().is_some()
        || host == "localhost"
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    let chosen = address.contains("sslmode=") || address.contains("ssl-mode=");
    Ok(if local || chosen { options } else { options.ssl_mode(PgSslMode::Require) })
}

fn unavailable(error: impl std::fmt::Display) -> OpenError {
    OpenError::Unavailable { reason: error.to_string() }
}

/// The first opening seals a known word; every later one must be able to open it.
async fn check_master_key<C: ConnectionTrait>(on: &C, sealer: &Sealer) -> Result<(), OpenError> {
    let sealed = sealer.seal(KEY_CHECK, KEY_CHECK.as_bytes());
    sql::run(
        on,
        "INSERT INTO store_facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        sql::values![KEY_CHECK, sealed],
    )
    .await
    .map_err(unavailable)?;
    let row = sql::one(on, "SELECT value FROM store_facts WHERE name = $1", sql::values![KEY_CHECK])
        .await
        .map_err(unavailable)?;
    let kept: String = match row {
        Some(row) => row.get("value").map_err(unavailable)?,
        None => return Err(unavailable("a row just written is not there")),
    };
    match sealer.open(KEY_CHECK, &kept) {
        Some(word) if word == KEY_CHECK.as_bytes() => Ok(()),
        _ => Err(OpenError::WrongMasterKey),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_a_local_database_is_spoken_to_in_the_clear() {
        for (address, required) in [
            ("postgres://u:p@db.example.com/cordboard", true),
            ("postgres://u:p@10.0.0.7:5433/cordboard", true),
            ("postgres://u@localhost/cordboard", false),
            ("postgres://u@127.0.0.1/cordboard", false),
            ("postgres://u@[::1]/cordboard", false),
            ("postgres://u@localhost/cordboard?host=/run/postgresql", false),
            ("postgres://u@db.example.com/cordboard?sslmode=disable", false),
        ] {
            let mode = encrypted_unless_local(address).unwrap().get_ssl_mode();
            assert_eq!(matches!(mode, PgSslMode::Require), required, "{address}: {mode:?}");
        }
    }
}

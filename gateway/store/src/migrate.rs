//! Brings the schema up to date: numbered files, each applied once, in order, in one transaction with its record.

use ring::digest;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend};

use crate::{OpenError, open::begin_writing, sql};

/// A step of the schema. Once released it never changes: its checksum is kept in the database.
struct Migration {
    version: i64,
    name: &'static str,
    sql: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "directory", sql: include_str!("migrations/0001_directory.sql") },
    Migration { version: 2, name: "access", sql: include_str!("migrations/0002_access.sql") },
    Migration { version: 3, name: "calls", sql: include_str!("migrations/0003_calls.sql") },
];

/// Any number will do as long as nobody else on the server uses it.
const ADVISORY_LOCK: &str = "SELECT pg_advisory_xact_lock(4851027361)";

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_versions (
    version BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL
)";

/// Applies what is missing. Two nodes may do it at once: one waits for the other.
pub(crate) async fn run(on: &DatabaseConnection) -> Result<(), OpenError> {
    let tx = begin_writing(on).await.map_err(unavailable)?;
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(ADVISORY_LOCK).await.map_err(unavailable)?;
    }
    tx.execute_unprepared(TABLE).await.map_err(unavailable)?;
    let applied = sql::all(&tx, "SELECT version, checksum FROM schema_versions ORDER BY version", vec![])
        .await
        .map_err(unavailable)?;
    let mut newest = 0;
    for row in &applied {
        let version: i64 = row.get("version").map_err(unavailable)?;
        let kept: String = row.get("checksum").map_err(unavailable)?;
        newest = newest.max(version);
        if MIGRATIONS.iter().any(|m| m.version == version && checksum(m.sql) != kept) {
            return Err(OpenError::MigrationChanged { version });
        }
    }
    let known = MIGRATIONS.iter().map(|m| m.version).max().unwrap_or(0);
    if newest > known {
        return Err(OpenError::DatabaseNewer { found: newest, known });
    }
    for migration in MIGRATIONS.iter().filter(|m| m.version > newest) {
        let failed =
            |e: sea_orm::DbErr| OpenError::MigrationFailed { version: migration.version, reason: e.to_string() };
        tx.execute_unprepared(migration.sql).await.map_err(failed)?;
        sql::run(
            &tx,
            "INSERT INTO schema_versions (version, name, checksum) VALUES ($1, $2, $3)",
            sql::values![migration.version, migration.name, checksum(migration.sql)],
        )
        .await
        .map_err(failed)?;
        tracing::info!(version = migration.version, name = migration.name, "schema migrated");
    }
    tx.commit().await.map_err(unavailable)
}

fn unavailable(error: impl std::fmt::Display) -> OpenError {
    OpenError::Unavailable { reason: error.to_string() }
}

/// SHA-256 in hexadecimal, of the text with line ends as in the repository.
fn checksum(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    digest::digest(&digest::SHA256, text.as_bytes()).as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_numbered_without_gaps() {
        for (at, migration) in MIGRATIONS.iter().enumerate() {
            assert_eq!(usize::try_from(migration.version), Ok(at + 1));
        }
    }
}

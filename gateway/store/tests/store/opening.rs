//! Opening: migrations, their record, versions that do not fit, keys that do not fit, addresses that are none.

use cordboard_store::{MasterKey, OpenError, Store};
use sea_orm::{ConnectionTrait, Database as Raw};

use crate::database::{DEMO, Database, on_both};

on_both!(
    a_database_is_made_once_and_opened_again,
    two_nodes_may_open_an_empty_database_at_once,
    a_newer_database_is_refused,
    a_changed_migration_is_refused,
    another_master_key_is_refused,
    a_closed_store_says_that_it_is_unavailable,
);

async fn a_database_is_made_once_and_opened_again(database: &Database) {
    let store = database.open_demo().await;
    store.ping().await.unwrap();
    store.close().await.unwrap();
    for _ in 0..2 {
        let store = database.open().await;
        assert_eq!(store.instances().await.unwrap().len(), 1);
        assert_eq!(store.instance(DEMO).await.unwrap().unwrap().zone, "Asia/Shanghai");
    }
}

async fn two_nodes_may_open_an_empty_database_at_once(database: &Database) {
    let (one, other) = tokio::join!(database.try_open(), database.try_open());
    assert!(one.unwrap().instances().await.unwrap().is_empty());
    assert!(other.unwrap().instances().await.unwrap().is_empty());
}

async fn a_newer_database_is_refused(database: &Database) {
    database.open_demo().await.close().await.unwrap();
    sql(database, "INSERT INTO schema_versions (version, name, checksum) VALUES (9000, 'tomorrow', 'x')").await;
    let error = database.try_open().await.unwrap_err();
    assert!(matches!(error, OpenError::DatabaseNewer { found: 9000, known } if known >= 3), "{error}");
    assert!(error.to_string().contains("schema version 9000"), "{error}");
}

async fn a_changed_migration_is_refused(database: &Database) {
    database.open_demo().await.close().await.unwrap();
    sql(database, "UPDATE schema_versions SET checksum = 'other' WHERE version = 2").await;
    let error = database.try_open().await.unwrap_err();
    assert!(matches!(error, OpenError::MigrationChanged { version: 2 }), "{error}");
}

async fn another_master_key_is_refused(database: &Database) {
    database.open_demo().await.close().await.unwrap();
    let error = Store::open(&database.address, &MasterKey::generate()).await.unwrap_err();
    assert!(matches!(error, OpenError::WrongMasterKey), "{error}");
    assert!(error.to_string().contains("master key does not fit"), "{error}");
    database.open().await;
}

async fn a_closed_store_says_that_it_is_unavailable(database: &Database) {
    let store = database.open_demo().await;
    store.close().await.unwrap();
    let error = store.claim_epoch(DEMO).await.unwrap_err();
    assert!(matches!(error, cordboard_store::StoreError::Unavailable { .. }), "{error}");
}

#[tokio::test]
async fn what_is_no_address_is_refused() {
    for address in ["", "sqlite:", "sqlite::memory:", "mysql://root:secret@host/db"] {
        let error = Store::open(address, &MasterKey::generate()).await.unwrap_err();
        assert!(matches!(error, OpenError::BadAddress { .. }), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
    let error = Store::open("/proc/nowhere/store.db", &MasterKey::generate()).await.unwrap_err();
    assert!(matches!(error, OpenError::Unavailable { .. }), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_sqlite_file_is_for_its_owner_alone_and_written_through() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a folder/with ? and %20.db");
    let store = Store::open(&format!("sqlite://{}", path.display()), &MasterKey::generate()).await.unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let wal = path.with_extension("db-wal");
    assert!(wal.exists(), "write-ahead log");
    store.close().await.unwrap();
    assert!(!wal.exists(), "one whole file once closed");
}

async fn sql(database: &Database, text: &str) {
    let address = &database.address;
    let address = if address.starts_with("postgres") { address.clone() } else { format!("sqlite:{address}") };
    let raw = Raw::connect(address).await.unwrap();
    raw.execute_unprepared(text).await.unwrap();
    raw.close().await.unwrap();
}

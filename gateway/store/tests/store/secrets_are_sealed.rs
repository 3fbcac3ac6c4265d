//! Secrets: kept sealed, found by name, damaged ones named.

use cordboard_store::{AccessKey, AuditEntry, Instance, Page, SecretKind, StoreError, What};
use sea_orm::{ConnectionTrait, Database as Raw};

use crate::{
    database::{DEMO, Database, NOW, on_both},
    users::named,
};

on_both!(access_keys_are_found_by_id, other_secrets_belong_to_the_instance, acts_are_written_down);

async fn access_keys_are_found_by_id(database: &Database) {
    let store = database.open_demo().await;
    store.create_user(DEMO, &named("alice")).await.unwrap();
    let made = store.create_access_key(DEMO, "alice@demo", NOW).await.unwrap();
    assert_eq!((made.id.len(), made.secret.len()), (24, 32));
    assert!(!format!("{made:?}").contains(&made.secret));
    assert_eq!(store.access_key(&made.id).await.unwrap().unwrap(), made);
    assert_eq!(store.access_key("nobody").await.unwrap(), None);
    let names = store.secret_names(DEMO, SecretKind::AccessKey).await.unwrap();
    assert_eq!((names[0].name.as_str(), names[0].user_id.as_deref()), (made.id.as_str(), Some("alice@demo")));

    let given = AccessKey { id: "given".to_owned(), secret: "first".to_owned(), ..made.clone() };
    store.put_access_key(&given, NOW).await.unwrap();
    store.put_access_key(&AccessKey { secret: "second".to_owned(), ..given.clone() }, NOW).await.unwrap();
    assert_eq!(store.access_key("given").await.unwrap().unwrap().secret, "second");

    let other = Instance {
        instance_id: "other".to_owned(),
        display_name: String::new(),
        description: String::new(),
        zone: "UTC".to_owned(),
        created_ms: NOW,
    };
    store.create_instance(&other).await.unwrap();
    let eve = store.create_user("other", &named("eve")).await.unwrap();
    let stolen = AccessKey { instance_id: "other".to_owned(), user_id: eve.user_id, ..given.clone() };
    let error = store.put_access_key(&stolen, NOW).await.unwrap_err();
    assert_eq!(error, StoreError::AlreadyExists { what: What::AccessKey, id: "given".to_owned() });
    let error = store.create_access_key(DEMO, "ghost@demo", NOW).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound { what: What::User, id: "ghost@demo".to_owned() });

    store.remove_users(DEMO, &["alice@demo".to_owned()]).await.unwrap();
    assert_eq!(store.access_key(&made.id).await.unwrap(), None, "gone with the user");
}

async fn other_secrets_belong_to_the_instance(database: &Database) {
    let store = database.open_demo().await;
    store.put_secret(DEMO, SecretKind::Trunk, "carrier", "pässword", NOW).await.unwrap();
    store.put_secret(DEMO, SecretKind::Webhook, "carrier", "other", NOW).await.unwrap();
    let trunk = store.secret(DEMO, SecretKind::Trunk, "carrier").await.unwrap();
    assert_eq!(trunk.as_deref(), Some("pässword"));
    assert_eq!(store.secret("other", SecretKind::Trunk, "carrier").await.unwrap(), None);
    assert!(store.put_secret("nowhere", SecretKind::Trunk, "carrier", "x", NOW).await.is_err());

    let address = &database.address;
    let address = if address.starts_with("postgres") { address.clone() } else { format!("sqlite:{address}") };
    let raw = Raw::connect(address).await.unwrap();
    let row = raw.query_one_raw(sea_orm::Statement::from_string(
        raw.get_database_backend(),
        "SELECT sealed FROM secrets WHERE kind = 'trunk'",
    ));
    let sealed: String = row.await.unwrap().unwrap().try_get("", "sealed").unwrap();
    assert!(!sealed.contains("ssword"));
    // A sealed secret moved to another row does not open there.
    raw.execute_unprepared("UPDATE secrets SET sealed = (SELECT s.sealed FROM secrets s WHERE s.kind = 'trunk')")
        .await
        .unwrap();
    raw.close().await.unwrap();
    let error = store.secret(DEMO, SecretKind::Webhook, "carrier").await.unwrap_err();
    assert_eq!(error, StoreError::SecretDamaged { name: "carrier".to_owned() });

    assert!(store.remove_secret(DEMO, SecretKind::Trunk, "carrier").await.unwrap());
    assert!(!store.remove_secret(DEMO, SecretKind::Trunk, "carrier").await.unwrap());
    assert!(store.secret_names(DEMO, SecretKind::Trunk).await.unwrap().is_empty());
}

async fn acts_are_written_down(database: &Database) {
    let store = database.open_demo().await;
    for n in 0..3 {
        let entry = AuditEntry {
            at_ms: NOW + n,
            actor: if n == 1 { "carol@demo" } else { "admin@demo" }.to_owned(),
            door: "session".to_owned(),
            operation: "CreateUser".to_owned(),
            subject: "alice@demo".to_owned(),
            outcome: "OK".to_owned(),
            request_id: format!("request {n}"),
        };
        store.put_audit(DEMO, &entry).await.unwrap();
    }
    let log = store.audit_log(DEMO, None, Page::new(1, 2)).await.unwrap();
    assert_eq!((log.total, log.rows[0].request_id.as_str(), log.rows.len()), (3, "request 2", 2));
    let log = store.audit_log(DEMO, Some("carol@demo"), Page::new(1, 10)).await.unwrap();
    assert_eq!((log.total, log.rows[0].at_ms), (1, NOW + 1));
}

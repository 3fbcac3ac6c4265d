//! People: made with extensions of their own, found, changed, removed.

use std::collections::BTreeSet;

use cordboard_store::{NewUser, Page, SessionKind, Store, StoreError, UserChange, UserFilter, What};

use crate::database::{DEMO, Database, NOW, on_both};

on_both!(
    a_user_is_made_found_changed_and_removed,
    the_same_login_name_is_refused,
    extensions_never_clash,
    users_are_listed_by_page_and_search,
    removing_is_all_or_nothing,
);

/// A user who is only a name.
pub fn named(login: &str) -> NewUser {
    NewUser {
        login_name: login.to_owned(),
        display_name: format!("{login} display"),
        email: format!("{login}@example.com"),
        role: "Agent".to_owned(),
        work_mode: "ON_SITE".to_owned(),
        at_ms: NOW,
        ..NewUser::default()
    }
}

async fn a_user_is_made_found_changed_and_removed(database: &Database) {
    let store = database.open_demo().await;
    let made = store.create_user(DEMO, &named("alice")).await.unwrap();
    assert_eq!(made.user_id, "alice@demo");
    assert_eq!(made.extension, "80000001");
    assert!(!made.has_password);
    assert_eq!(store.user(DEMO, "alice@demo").await.unwrap().unwrap(), made);
    assert_eq!(store.user_by_login(DEMO, "alice").await.unwrap().unwrap(), made);
    assert_eq!(store.user_by_extension(DEMO, "80000001").await.unwrap().unwrap(), made);
    assert_eq!(store.user("other", "alice@demo").await.unwrap(), None);

    let change = UserChange {
        display_name: Some("爱丽丝".to_owned()),
        mobile: Some("+8613800138000".to_owned()),
        ..UserChange::default()
    };
    store.update_user(DEMO, "alice@demo", &change, NOW + 1).await.unwrap();
    let changed = store.user(DEMO, "alice@demo").await.unwrap().unwrap();
    assert_eq!((changed.display_name.as_str(), changed.email.as_str()), ("爱丽丝", "alice@example.com"));
    assert_eq!((changed.created_ms, changed.updated_ms), (NOW, NOW + 1));

    store.create_session(DEMO, "alice@demo", SessionKind::Browser, NOW, NOW + 1000).await.unwrap();
    store.create_access_key(DEMO, "alice@demo", NOW).await.unwrap();
    store.remove_users(DEMO, &["alice@demo".to_owned()]).await.unwrap();
    assert_eq!(store.user(DEMO, "alice@demo").await.unwrap(), None);
    let error = store.update_user(DEMO, "alice@demo", &change, NOW).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound { what: What::User, id: "alice@demo".to_owned() });
}

async fn the_same_login_name_is_refused(database: &Database) {
    let store = database.open_demo().await;
    store.create_user(DEMO, &named("alice")).await.unwrap();
    let error = store.create_user(DEMO, &named("alice")).await.unwrap_err();
    assert_eq!(error, StoreError::AlreadyExists { what: What::User, id: "alice@demo".to_owned() });
    let error = store.create_user("nowhere", &named("alice")).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound { what: What::Instance, id: "nowhere".to_owned() });
    let next = store.create_user(DEMO, &named("bob")).await.unwrap();
    assert_eq!(next.extension, "80000002", "a refused user takes no extension");
}

async fn extensions_never_clash(database: &Database) {
    let store = database.open_demo().await;
    let make = |n: u32| {
        let store: Store = store.clone();
        async move { store.create_user(DEMO, &named(&format!("user{n}"))).await.unwrap().extension }
    };
    let made = futures_join((0..40).map(make)).await;
    let different: BTreeSet<_> = made.iter().collect();
    assert_eq!(different.len(), 40);
    assert!(made.iter().all(|e| e.len() == 8 && e.starts_with("80")));
    store.remove_users(DEMO, &["user39@demo".to_owned()]).await.unwrap();
    let next = store.create_user(DEMO, &named("late")).await.unwrap();
    assert_eq!(next.extension, "80000041", "not given out again");
}

async fn users_are_listed_by_page_and_search(database: &Database) {
    let store = database.open_demo().await;
    for n in 0..25 {
        store.create_user(DEMO, &named(&format!("agent{n:02}"))).await.unwrap();
    }
    let all = UserFilter::default();
    let page = store.users(DEMO, &all, Page::new(3, 10)).await.unwrap();
    assert_eq!(page.total, 25);
    let logins: Vec<_> = page.rows.iter().map(|u| u.login_name.as_str()).collect();
    assert_eq!(logins, ["agent20", "agent21", "agent22", "agent23", "agent24"]);
    assert!(store.users(DEMO, &all, Page::new(100, 100)).await.unwrap().rows.is_empty());
    for (search, found) in [("AGENT1", 10), ("agent07 disp", 1), ("80000001", 1), ("%", 0), ("_", 0), ("'", 0)] {
        let filter = UserFilter { search: Some(search.to_owned()), ..UserFilter::default() };
        assert_eq!(store.users(DEMO, &filter, Page::new(1, 100)).await.unwrap().total, found, "{search}");
    }
    let filter = UserFilter { role: Some("Admin".to_owned()), ..UserFilter::default() };
    assert_eq!(store.users(DEMO, &filter, Page::new(1, 100)).await.unwrap().total, 0);
}

async fn removing_is_all_or_nothing(database: &Database) {
    let store = database.open_demo().await;
    store.create_user(DEMO, &named("alice")).await.unwrap();
    let error = store.remove_users(DEMO, &["alice@demo".to_owned(), "ghost@demo".to_owned()]).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound { what: What::User, id: "ghost@demo".to_owned() });
    assert!(store.user(DEMO, "alice@demo").await.unwrap().is_some());
}

/// Runs them all at once on the runtime.
pub async fn futures_join<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    all: impl Iterator<Item = F>,
) -> Vec<T> {
    let tasks: Vec<_> = all.map(tokio::spawn).collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}

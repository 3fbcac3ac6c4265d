//! Skill groups, who is in them and how well.

use cordboard_store::{GroupChange, LevelRow, NewGroup, NewUser, Page, StoreError, UserFilter, What};

use crate::{
    database::{DEMO, Database, NOW, on_both},
    users::named,
};

on_both!(a_group_is_made_changed_and_removed, people_have_levels_in_groups, a_group_in_use_goes_only_by_force);

/// A group that is only a name.
pub fn group(name: &str) -> NewGroup {
    NewGroup {
        name: name.to_owned(),
        display_name: format!("{name} 组"),
        media_type: "AUDIO".to_owned(),
        at_ms: NOW,
        ..NewGroup::default()
    }
}

/// A membership.
pub fn level(user: &str, group: &str, level: u8) -> LevelRow {
    LevelRow { user_id: format!("{user}@demo"), group_id: format!("{group}@demo"), level }
}

async fn a_group_is_made_changed_and_removed(database: &Database) {
    let store = database.open_demo().await;
    let made = store.create_group(DEMO, &group("sales")).await.unwrap();
    assert_eq!(made.group_id, "sales@demo");
    let error = store.create_group(DEMO, &group("sales")).await.unwrap_err();
    assert_eq!(error, StoreError::AlreadyExists { what: What::SkillGroup, id: "sales@demo".to_owned() });
    let error = store.create_group("nowhere", &group("sales")).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound { what: What::Instance, id: "nowhere".to_owned() });
    let change = GroupChange { display_name: Some("Sales".to_owned()), description: None };
    store.update_group(DEMO, "sales@demo", &change, NOW + 5).await.unwrap();
    assert_eq!(store.group(DEMO, "sales@demo").await.unwrap().unwrap().display_name, "Sales");
    store.remove_group(DEMO, "sales@demo", false).await.unwrap();
    assert_eq!(store.group(DEMO, "sales@demo").await.unwrap(), None);
    let error = store.remove_group(DEMO, "sales@demo", true).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound { what: What::SkillGroup, id: "sales@demo".to_owned() });
}

async fn people_have_levels_in_groups(database: &Database) {
    let store = database.open_demo().await;
    store.create_group(DEMO, &group("sales")).await.unwrap();
    store.create_group(DEMO, &group("support")).await.unwrap();
    let alice = NewUser { levels: vec![("sales@demo".to_owned(), 3)], ..named("alice") };
    store.create_user(DEMO, &alice).await.unwrap();
    store.create_user(DEMO, &named("bob")).await.unwrap();
    let lost = NewUser { levels: vec![("ghost@demo".to_owned(), 3)], ..named("carl") };
    let error = store.create_user(DEMO, &lost).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound { what: What::SkillGroup, id: "ghost@demo".to_owned() });
    assert_eq!(store.user(DEMO, "carl@demo").await.unwrap(), None);

    let rows = [level("bob", "sales", 1), level("bob", "support", 10), level("alice", "sales", 7)];
    store.put_levels(DEMO, &rows).await.unwrap();
    let error = store.put_levels(DEMO, &[level("ghost", "sales", 1)]).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound { what: What::User, id: "ghost@demo".to_owned() });

    let page = Page::new(1, 10);
    let of_bob = store.levels_of_user(DEMO, "bob@demo", true, None, page).await.unwrap();
    let of_bob: Vec<_> = of_bob.rows.iter().map(|l| (l.group_id.as_str(), l.level)).collect();
    assert_eq!(of_bob, [("sales@demo", Some(1)), ("support@demo", Some(10))]);
    let without = store.levels_of_user(DEMO, "alice@demo", false, None, page).await.unwrap();
    assert_eq!((without.total, without.rows[0].group_id.as_str()), (1, "support@demo"));
    let searched = store.levels_of_user(DEMO, "bob@demo", true, Some("SUPP"), page).await.unwrap();
    assert_eq!(searched.total, 1);

    let of_sales = store.levels_of_group(DEMO, "sales@demo", true, None, page).await.unwrap();
    let of_sales: Vec<_> = of_sales.rows.iter().map(|l| (l.login_name.as_str(), l.level)).collect();
    assert_eq!(of_sales, [("alice", Some(7)), ("bob", Some(1))]);
    let outside = store.levels_of_group(DEMO, "support@demo", false, None, page).await.unwrap();
    assert_eq!((outside.total, outside.rows[0].login_name.as_str()), (1, "alice"));
    let of_both = store.levels_of_users(DEMO, &["alice@demo".to_owned(), "bob@demo".to_owned()]).await.unwrap();
    assert_eq!(of_both.len(), 3);
    assert!(store.levels_of_users(DEMO, &[]).await.unwrap().is_empty());

    let filter = UserFilter { group_id: Some("support@demo".to_owned()), ..UserFilter::default() };
    assert_eq!(store.users(DEMO, &filter, page).await.unwrap().rows[0].login_name, "bob");

    store.remove_levels(DEMO, &[("bob@demo".to_owned(), "sales@demo".to_owned())]).await.unwrap();
    assert_eq!(store.levels_of_user(DEMO, "bob@demo", true, None, page).await.unwrap().total, 1);
}

async fn a_group_in_use_goes_only_by_force(database: &Database) {
    let store = database.open_demo().await;
    store.create_group(DEMO, &group("sales")).await.unwrap();
    store.create_user(DEMO, &named("alice")).await.unwrap();
    store.put_levels(DEMO, &[level("alice", "sales", 5)]).await.unwrap();
    let list = store.groups(DEMO, Some("组"), Some("AUDIO"), Page::new(1, 10)).await.unwrap();
    assert_eq!((list.total, list.rows[0].users, list.rows[0].numbers), (1, 1, 0));
    let error = store.remove_group(DEMO, "sales@demo", false).await.unwrap_err();
    assert_eq!(
        error,
        StoreError::InUse { what: What::SkillGroup, id: "sales@demo".to_owned(), by: "1 agents".to_owned() }
    );
    store.remove_group(DEMO, "sales@demo", true).await.unwrap();
    assert_eq!(store.levels_of_user(DEMO, "alice@demo", true, None, Page::new(1, 10)).await.unwrap().total, 0);
}

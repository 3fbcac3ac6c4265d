//! The directory: everything configured, at once.

use cordboard_store::{ConfigItem, Instance, NewFlow, NewNumber, StoreError, What};

use crate::{
    database::{DEMO, Database, NOW, on_both},
    groups_and_levels::{group, level},
    users::named,
};

on_both!(a_directory_is_read_whole, settings_are_strings_by_name, an_instance_is_changed);

async fn a_directory_is_read_whole(database: &Database) {
    let store = database.open_demo().await;
    store.create_user(DEMO, &named("alice")).await.unwrap();
    store.create_group(DEMO, &group("sales")).await.unwrap();
    store.put_levels(DEMO, &[level("alice", "sales", 2)]).await.unwrap();
    store.create_flow(DEMO, &NewFlow { name: "welcome".to_owned(), ..NewFlow::default() }).await.unwrap();
    // More than a page, whose bindings are read another way.
    let numbers: Vec<_> = (0..150)
        .map(|n| NewNumber { number: format!("+8621{n:08}"), usage: "Outbound".to_owned(), ..NewNumber::default() })
        .collect();
    store.add_numbers(DEMO, &numbers, NOW).await.unwrap();
    store.bind_numbers(DEMO, "sales@demo", &["+862100000149".to_owned()]).await.unwrap();
    let rows = store.load_directory(DEMO).await.unwrap();
    assert_eq!(rows.instance.display_name, "Demo");
    assert_eq!((rows.users.len(), rows.groups.len(), rows.flows.len(), rows.numbers.len()), (1, 1, 1, 150));
    assert_eq!(rows.levels, [level("alice", "sales", 2)]);
    assert_eq!(rows.numbers[149].groups, ["sales@demo"]);
    assert_eq!(rows.numbers_of_groups["sales@demo"], ["+862100000149"]);
    let ids = ["alice@demo".to_owned(), "ghost@demo".to_owned(), "sales@demo".to_owned()];
    let names = store.user_names(DEMO, &ids).await.unwrap();
    assert_eq!(names.into_iter().collect::<Vec<_>>(), [("alice@demo".to_owned(), "alice display".to_owned())]);
    assert_eq!(store.group_names(DEMO, &ids).await.unwrap()["sales@demo"], "sales 组");
    assert!(store.flow_names(DEMO, &ids).await.unwrap().is_empty());
    let error = store.load_directory("nowhere").await.unwrap_err();
    assert_eq!(error, StoreError::NotFound { what: What::Instance, id: "nowhere".to_owned() });
}

async fn settings_are_strings_by_name(database: &Database) {
    let store = database.open_demo().await;
    let item = |name: &str, value: &str| ConfigItem {
        object_type: "INSTANCE".to_owned(),
        object_id: DEMO.to_owned(),
        name: name.to_owned(),
        value: value.to_owned(),
    };
    store.put_config_items(DEMO, &[item("AllowHangup", "0"), item("AutoAnswerCall", "-1")]).await.unwrap();
    store.put_config_items(DEMO, &[item("AllowHangup", "1")]).await.unwrap();
    let kept = store.config_items(DEMO, "INSTANCE", DEMO).await.unwrap();
    assert_eq!(kept, [item("AllowHangup", "1"), item("AutoAnswerCall", "-1")]);
    assert_eq!(store.config_item(DEMO, "INSTANCE", DEMO, "AllowHangup").await.unwrap().as_deref(), Some("1"));
    assert_eq!(store.config_item(DEMO, "USER", DEMO, "AllowHangup").await.unwrap(), None);
    assert_eq!(store.load_directory(DEMO).await.unwrap().config, kept);
    let error = store.put_config_items("nowhere", &[item("a", "b")]).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound { what: What::Instance, id: "nowhere".to_owned() });
}

async fn an_instance_is_changed(database: &Database) {
    let store = database.open_demo().await;
    let changed = Instance {
        display_name: "示范".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        ..store.instance(DEMO).await.unwrap().unwrap()
    };
    let error = store.create_instance(&changed).await.unwrap_err();
    assert_eq!(error, StoreError::AlreadyExists { what: What::Instance, id: DEMO.to_owned() });
    store.update_instance(&changed).await.unwrap();
    assert_eq!(store.instance(DEMO).await.unwrap().unwrap(), changed);
    let lost = Instance { instance_id: "nowhere".to_owned(), ..changed };
    assert!(store.update_instance(&lost).await.is_err());
    assert_eq!(store.instance("nowhere").await.unwrap(), None);
}

//! Numbers: where callers go, who may call out.

use cordboard_store::{NewFlow, NewNumber, NumberChange, NumberFilter, Page, StoreError, What};

use crate::{
    database::{DEMO, Database, NOW, on_both},
    groups_and_levels::group,
};

on_both!(a_number_is_added_changed_and_removed, groups_call_out_with_numbers_in_order, numbers_are_listed_by_filter);

fn number(typed: &str, e164: &str, usage: &str) -> NewNumber {
    NewNumber {
        number: e164.to_owned(),
        typed: typed.to_owned(),
        usage: usage.to_owned(),
        trunk: "loopback".to_owned(),
        ..NewNumber::default()
    }
}

async fn a_number_is_added_changed_and_removed(database: &Database) {
    let store = database.open_demo().await;
    store.create_group(DEMO, &group("sales")).await.unwrap();
    let flow = NewFlow { name: "welcome".to_owned(), flow_type: "MAIN_FLOW".to_owned(), ..NewFlow::default() };
    let flow = store.create_flow(DEMO, &flow).await.unwrap();
    let both = number("02165001000", "+862165001000", "Bidirection");
    let out = number("01065002000", "+861065002000", "Outbound");
    store.add_numbers(DEMO, &[both.clone(), out], NOW).await.unwrap();

    let third = number("4008001000", "4008001000", "Inbound");
    let error = store.add_numbers(DEMO, &[third, both], NOW).await.unwrap_err();
    assert_eq!(error, StoreError::AlreadyExists { what: What::Number, id: "02165001000".to_owned() });
    assert_eq!(store.number(DEMO, "4008001000").await.unwrap(), None, "all or none");

    let change = NumberChange {
        flow_id: Some(Some(flow.flow_id.clone())),
        cap: Some(Some(20)),
        city: Some("上海".to_owned()),
        ..NumberChange::default()
    };
    store.update_number(DEMO, "+862165001000", &change).await.unwrap();
    let row = store.number(DEMO, "+862165001000").await.unwrap().unwrap();
    assert_eq!((row.flow_id.as_ref(), row.cap, row.city.as_str()), (Some(&flow.flow_id), Some(20), "上海"));
    assert_eq!(
        (row.usage.as_str(), row.trunk.as_str(), row.typed.as_str()),
        ("Bidirection", "loopback", "02165001000")
    );
    assert_eq!(store.numbers_of_flow(DEMO, &flow.flow_id).await.unwrap(), ["02165001000"]);

    let lost = NumberChange { flow_id: Some(Some("ghost".to_owned())), ..NumberChange::default() };
    let error = store.update_number(DEMO, "+862165001000", &lost).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound { what: What::Flow, id: "ghost".to_owned() });
    let error = store.update_number(DEMO, "+1", &lost).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound { what: What::Number, id: "+1".to_owned() });

    let route = NumberChange {
        flow_id: Some(None),
        route_group_id: Some(Some("sales@demo".to_owned())),
        cap: Some(None),
        ..NumberChange::default()
    };
    store.update_number(DEMO, "+862165001000", &route).await.unwrap();
    let error = store.remove_group(DEMO, "sales@demo", false).await.unwrap_err();
    assert!(matches!(error, StoreError::InUse { .. }), "{error}");
    store.remove_group(DEMO, "sales@demo", true).await.unwrap();
    let row = store.number(DEMO, "+862165001000").await.unwrap().unwrap();
    assert_eq!((row.flow_id, row.route_group_id, row.cap), (None, None, None));

    store.remove_numbers(DEMO, &["+862165001000".to_owned()]).await.unwrap();
    assert_eq!(store.number(DEMO, "+862165001000").await.unwrap(), None);
    let gone = ["+861065002000".to_owned(), "+862165001000".to_owned()];
    assert!(store.remove_numbers(DEMO, &gone).await.is_err());
    assert!(store.number(DEMO, "+861065002000").await.unwrap().is_some(), "all or none");
}

async fn groups_call_out_with_numbers_in_order(database: &Database) {
    let store = database.open_demo().await;
    store.create_group(DEMO, &group("sales")).await.unwrap();
    let numbers = ["+863", "+861", "+862"];
    let rows: Vec<_> = numbers.iter().map(|n| number(n, n, "Outbound")).collect();
    store.add_numbers(DEMO, &rows, NOW).await.unwrap();
    let numbers = numbers.map(str::to_owned);
    store.bind_numbers(DEMO, "sales@demo", &numbers).await.unwrap();
    store.bind_numbers(DEMO, "sales@demo", &numbers[1..2]).await.unwrap();
    let directory = store.load_directory(DEMO).await.unwrap();
    assert_eq!(directory.numbers_of_groups["sales@demo"], numbers, "order of binding");
    let error = store.bind_numbers(DEMO, "sales@demo", &["+9".to_owned()]).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound { what: What::Number, id: "+9".to_owned() });
    let error = store.bind_numbers(DEMO, "ghost@demo", &numbers).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound { what: What::SkillGroup, id: "ghost@demo".to_owned() });
    assert_eq!(store.groups(DEMO, None, None, Page::new(1, 10)).await.unwrap().rows[0].numbers, 3);
    store.unbind_numbers(DEMO, "sales@demo", &numbers[..2]).await.unwrap();
    store.unbind_numbers(DEMO, "sales@demo", &[]).await.unwrap();
    assert_eq!(store.number(DEMO, "+862").await.unwrap().unwrap().groups, ["sales@demo"]);
    assert!(store.number(DEMO, "+861").await.unwrap().unwrap().groups.is_empty());
    store.remove_group(DEMO, "sales@demo", true).await.unwrap();
    assert!(store.number(DEMO, "+862").await.unwrap().unwrap().groups.is_empty());
}

async fn numbers_are_listed_by_filter(database: &Database) {
    let store = database.open_demo().await;
    store.create_group(DEMO, &group("sales")).await.unwrap();
    let rows = [
        number("02165001000", "+862165001000", "Bidirection"),
        number("01065002000", "+861065002000", "Outbound"),
        number("4008001000", "4008001000", "Inbound"),
    ];
    store.add_numbers(DEMO, &rows, NOW).await.unwrap();
    store.bind_numbers(DEMO, "sales@demo", &["+861065002000".to_owned()]).await.unwrap();
    let list = async |filter: NumberFilter| {
        let page = store.numbers(DEMO, &filter, Page::new(1, 10)).await.unwrap();
        assert_eq!(page.total, page.rows.len() as u64);
        page.rows.into_iter().map(|r| r.typed).collect::<Vec<_>>()
    };
    assert_eq!(list(NumberFilter::default()).await, ["01065002000", "02165001000", "4008001000"]);
    let filter = NumberFilter { search: Some("0650".to_owned()), ..NumberFilter::default() };
    assert_eq!(list(filter).await, ["01065002000"]);
    let usages = vec!["Outbound".to_owned(), "Bidirection".to_owned()];
    assert_eq!(list(NumberFilter { usages, ..NumberFilter::default() }).await.len(), 2);
    let group_ids = Some(vec!["sales@demo".to_owned()]);
    assert_eq!(list(NumberFilter { group_ids, ..NumberFilter::default() }).await, ["01065002000"]);
    assert!(list(NumberFilter { group_ids: Some(vec![]), ..NumberFilter::default() }).await.is_empty());
    let not_in_group = Some("sales@demo".to_owned());
    assert_eq!(list(NumberFilter { not_in_group, ..NumberFilter::default() }).await.len(), 2);
}

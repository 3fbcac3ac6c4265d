//! Flows: edited by one at a time, saved under a draft, published.

use cordboard_store::{FlowOrder, NewFlow, NewNumber, Page, Store, StoreError, What};

use crate::database::{DEMO, Database, NOW, on_both};

on_both!(
    a_flow_is_edited_saved_and_published,
    a_second_editor_waits,
    of_many_editors_one_gets_the_lock,
    a_bound_flow_goes_only_by_force,
);

async fn welcome(store: &Store) -> String {
    let flow = NewFlow {
        name: "welcome".to_owned(),
        flow_type: "MAIN_FLOW".to_owned(),
        description: "1.0".to_owned(),
        definition: "{\"v\":1}".to_owned(),
        at_ms: NOW,
        ..NewFlow::default()
    };
    store.create_flow(DEMO, &flow).await.unwrap().flow_id
}

async fn a_flow_is_edited_saved_and_published(database: &Database) {
    let store = database.open_demo().await;
    let id = welcome(&store).await;
    let flow = store.flow(DEMO, &id).await.unwrap().unwrap();
    assert_eq!((flow.published_definition, flow.editor), (None, None));
    let draft = store.start_edit(DEMO, &id, "admin@demo").await.unwrap();
    let saved = ("{\"v\":2}", "2.0");
    store.commit_flow(DEMO, &id, &draft, "admin@demo", saved, NOW + 1).await.unwrap();
    let flow = store.flow(DEMO, &id).await.unwrap().unwrap();
    assert_eq!((flow.definition.as_str(), flow.published_definition.as_deref()), ("{\"v\":2}", None));
    assert_eq!(flow.editor.as_deref(), Some("admin@demo"));
    store.publish_flow(DEMO, &id, &draft, "admin@demo", NOW + 2).await.unwrap();
    let flow = store.flow(DEMO, &id).await.unwrap().unwrap();
    assert_eq!((flow.published_definition.as_deref(), flow.published_ms), (Some("{\"v\":2}"), Some(NOW + 2)));
    assert_eq!((flow.editor, flow.updated_ms), (None, NOW + 2));

    let newer = store.start_edit(DEMO, &id, "admin@demo").await.unwrap();
    store.discard_edit(DEMO, &id, &newer, "admin@demo", false).await.unwrap();
    let error = store.commit_flow(DEMO, &id, &draft, "admin@demo", saved, NOW).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound { what: What::Draft, id: draft });

    let list = store.flows(DEMO, Some("MAIN_FLOW"), Some("WELC"), FlowOrder::default(), Page::new(1, 10)).await;
    assert_eq!(list.unwrap().total, 1);
    for order in [FlowOrder::NameAscending, FlowOrder::NameDescending, FlowOrder::UpdatedAscending] {
        assert_eq!(store.flows(DEMO, Some("SUB_FLOW"), None, order, Page::new(1, 10)).await.unwrap().total, 0);
    }
    let named = NewFlow { flow_id: Some(id.clone()), ..NewFlow::default() };
    let error = store.create_flow(DEMO, &named).await.unwrap_err();
    assert_eq!(error, StoreError::AlreadyExists { what: What::Flow, id });
}

async fn a_second_editor_waits(database: &Database) {
    let store = database.open_demo().await;
    let id = welcome(&store).await;
    let draft = store.start_edit(DEMO, &id, "admin@demo").await.unwrap();
    let busy = StoreError::BeingEdited { flow_id: id.clone(), editor: "admin@demo".to_owned() };
    assert_eq!(store.start_edit(DEMO, &id, "carol@demo").await.unwrap_err(), busy);
    assert_eq!(store.publish_flow(DEMO, &id, &draft, "carol@demo", NOW).await.unwrap_err(), busy);
    assert_eq!(store.commit_flow(DEMO, &id, &draft, "carol@demo", ("", ""), NOW).await.unwrap_err(), busy);
    assert_eq!(store.discard_edit(DEMO, &id, &draft, "carol@demo", false).await.unwrap_err(), busy);
    assert_eq!(store.remove_flow(DEMO, &id, "carol@demo", false).await.unwrap_err(), busy);
    store.discard_edit(DEMO, &id, &draft, "carol@demo", true).await.unwrap();
    store.start_edit(DEMO, &id, "carol@demo").await.unwrap();
    let missing = StoreError::NotFound { what: What::Flow, id: "ghost".to_owned() };
    assert_eq!(store.start_edit(DEMO, "ghost", "carol@demo").await.unwrap_err(), missing);
    assert_eq!(store.remove_flow(DEMO, "ghost", "carol@demo", true).await.unwrap_err(), missing);
}

async fn of_many_editors_one_gets_the_lock(database: &Database) {
    let store = database.open_demo().await;
    let id = welcome(&store).await;
    let tried = crate::users::futures_join((0..16).map(|n| {
        let (store, id) = (store.clone(), id.clone());
        async move { store.start_edit(DEMO, &id, &format!("editor{n}")).await.is_ok() }
    }));
    assert_eq!(tried.await.into_iter().filter(|got| *got).count(), 1);
}

async fn a_bound_flow_goes_only_by_force(database: &Database) {
    let store = database.open_demo().await;
    let id = welcome(&store).await;
    let number = NewNumber {
        number: "+862165001000".to_owned(),
        typed: "02165001000".to_owned(),
        usage: "Inbound".to_owned(),
        flow_id: Some(id.clone()),
        ..NewNumber::default()
    };
    store.add_numbers(DEMO, &[number], NOW).await.unwrap();
    let error = store.remove_flow(DEMO, &id, "admin@demo", false).await.unwrap_err();
    let by = "02165001000".to_owned();
    assert_eq!(error, StoreError::InUse { what: What::Flow, id: id.clone(), by });
    store.remove_flow(DEMO, &id, "admin@demo", true).await.unwrap();
    assert_eq!(store.number(DEMO, "+862165001000").await.unwrap().unwrap().flow_id, None);
}

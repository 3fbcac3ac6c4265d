//! Call records: kept once, listed by page and filter, fast enough with ten thousand.

use std::time::Instant;

use cordboard_store::{CallRecordRow, EndFilter, Page, RecordFilter, RecordOrder, Store};
use serde_json::json;

use crate::database::{DEMO, Database, NOW, on_both};

on_both!(
    a_record_is_kept_once,
    records_are_found_by_every_filter,
    contacts_are_counted,
    ten_thousand_records_are_paged_quickly,
);

const HOUR: i64 = 3_600_000;

fn record(n: i64) -> CallRecordRow {
    let inbound = n % 2 == 0;
    let customer = format!("+86138{:08}", n % 100);
    let ours = "+862165001000".to_owned();
    CallRecordRow {
        call_id: format!("job-{n:06}"),
        direction: if inbound { "inbound" } else { "outbound" }.to_owned(),
        caller: if inbound { customer.clone() } else { ours.clone() },
        called: if inbound { ours } else { customer },
        started_ms: NOW + n * 1000,
        ended_ms: NOW + n * 1000 + 900,
        established_ms: (n % 3 == 0).then_some(NOW + n * 1000 + 100),
        talk_ms: 800,
        agents: if n % 3 == 0 { vec![format!("agent{}@demo", n % 7), "last@demo".to_owned()] } else { vec![] },
        groups: vec![if n % 5 == 0 { "support@demo" } else { "sales@demo" }.to_owned()],
        disposition: if n % 3 == 0 { "completed" } else { "abandoned_in_queue" }.to_owned(),
        ended_by: "customer".to_owned(),
        sip_status: (n % 4 == 0).then_some(200),
        timeline: json!([{"at": NOW, "fact": {"kind": "call_arrived"}}]),
        ..CallRecordRow::default()
    }
}

async fn put(store: &Store, count: i64) {
    for n in 0..count {
        assert!(store.put_record(DEMO, &record(n)).await.unwrap());
    }
}

async fn a_record_is_kept_once(database: &Database) {
    let store = database.open_demo().await;
    let full = CallRecordRow {
        caller_city: "上海".to_owned(),
        called_city: "北京".to_owned(),
        trunk: "loopback".to_owned(),
        answered_ms: Some(NOW),
        ivr_ms: 1,
        queue_ms: 2,
        ring_ms: 3,
        dial_ms: 4,
        held_ms: 5,
        release_text: "Busy Here".to_owned(),
        keys: "1#".to_owned(),
        transfers: 6,
        recorded: true,
        ..record(0)
    };
    assert!(store.put_record(DEMO, &full).await.unwrap());
    let second = CallRecordRow { disposition: "gateway_lost".to_owned(), ..full.clone() };
    assert!(!store.put_record(DEMO, &second).await.unwrap());
    assert_eq!(store.record(DEMO, "job-000000").await.unwrap().unwrap(), full);
    assert_eq!(store.record("other", "job-000000").await.unwrap(), None);
    let filter = RecordFilter { agent: Some("last@demo".to_owned()), ..RecordFilter::default() };
    assert_eq!(store.records(DEMO, &filter, Page::new(1, 10)).await.unwrap().total, 1);
}

async fn records_are_found_by_every_filter(database: &Database) {
    let store = database.open_demo().await;
    put(&store, 60).await;
    let any = RecordFilter::default;
    let text = |s: &str| Some(s.to_owned());
    let list = |s: &[&str]| s.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    let end = |disposition: &str, direction: Option<&str>, established| EndFilter {
        disposition: disposition.to_owned(),
        direction: direction.map(str::to_owned),
        established,
    };
    for (what, filter, expected) in [
        ("all", any(), 60),
        ("time", RecordFilter { from_ms: Some(NOW + 10_000), to_ms: Some(NOW + 19_000), ..any() }, 10),
        ("caller", RecordFilter { caller: text("+8613800000004"), ..any() }, 1),
        ("called", RecordFilter { called: text("+862165001000"), ..any() }, 30),
        ("number", RecordFilter { number: text("+862165001000"), ..any() }, 60),
        ("search", RecordFilter { search: text("JOB-00001"), ..any() }, 10),
        ("agent", RecordFilter { agent: text("last@demo"), ..any() }, 20),
        ("first agent", RecordFilter { first_agent: text("last@demo"), ..any() }, 0),
        ("first agent", RecordFilter { first_agent: text("agent0@demo"), ..any() }, 3),
        ("group", RecordFilter { groups: list(&["support@demo"]), ..any() }, 12),
        ("groups", RecordFilter { groups: list(&["support@demo", "sales@demo"]), ..any() }, 60),
        ("ids", RecordFilter { call_ids: list(&["job-000001", "job-000002", "job-x"]), ..any() }, 2),
        ("direction", RecordFilter { directions: list(&["outbound"]), ..any() }, 30),
        ("end", RecordFilter { ends: vec![end("completed", None, None)], ..any() }, 20),
        ("end", RecordFilter { ends: vec![end("completed", Some("inbound"), Some(true))], ..any() }, 10),
        ("end", RecordFilter { ends: vec![end("completed", None, Some(false)), end("x", None, None)], ..any() }, 0),
        (
            "ends",
            RecordFilter {
                ends: vec![end("completed", None, None), end("abandoned_in_queue", Some("inbound"), None)],
                ..any()
            },
            40,
        ),
        ("status", RecordFilter { sip_statuses: vec![200, 404], ..any() }, 15),
        ("ended by", RecordFilter { ended_by: list(&["agent"]), ..any() }, 0),
        ("and", RecordFilter { agent: text("last@demo"), directions: list(&["inbound"]), ..any() }, 10),
    ] {
        let found = store.records(DEMO, &filter, Page::new(1, 100)).await.unwrap();
        assert_eq!((found.total, found.rows.len()), (expected, usize::try_from(expected).unwrap()), "{what}");
    }
    let down = store.records(DEMO, &any(), Page::new(2, 25)).await.unwrap();
    assert_eq!((down.rows[0].call_id.as_str(), down.total), ("job-000034", 60));
    let up = RecordFilter { order: RecordOrder::StartAscending, ..any() };
    let up = store.records(DEMO, &up, Page::new(2, 25)).await.unwrap();
    assert_eq!((up.rows[0].call_id.as_str(), up.total), ("job-000025", 60));
}

async fn contacts_are_counted(database: &Database) {
    let store = database.open_demo().await;
    put(&store, 10).await;
    assert_eq!(store.last_contact(DEMO, "+8613800000003").await.unwrap(), Some(NOW + 3000));
    assert_eq!(store.last_contact(DEMO, "+862165001000").await.unwrap(), Some(NOW + 9000));
    assert_eq!(store.last_contact(DEMO, "+1").await.unwrap(), None);
    let count = async |direction: &str, number: &str, from| {
        store.count_calls(DEMO, direction, number, from, NOW + HOUR).await.unwrap()
    };
    assert_eq!(count("outbound", "+8613800000003", NOW).await, 1);
    assert_eq!(count("outbound", "+8613800000003", NOW + 3001).await, 0);
    assert_eq!(count("inbound", "+8613800000003", NOW).await, 0);
    assert_eq!(count("inbound", "+8613800000004", NOW).await, 1);
}

/// Not a benchmark: it fails when a page reads the whole table row by row, not when the machine is busy.
async fn ten_thousand_records_are_paged_quickly(database: &Database) {
    let store = database.open_demo().await;
    let begun = Instant::now();
    let writers = crate::users::futures_join((0..8).map(|writer| {
        let store = store.clone();
        async move {
            for n in (writer..10_000).step_by(8) {
                store.put_record(DEMO, &record(n)).await.unwrap();
            }
        }
    }));
    writers.await;
    println!("10,000 records kept in {:?}", begun.elapsed());
    for filter in [
        RecordFilter::default(),
        RecordFilter { agent: Some("agent3@demo".to_owned()), ..RecordFilter::default() },
        RecordFilter { number: Some("+8613800000042".to_owned()), ..RecordFilter::default() },
    ] {
        let begun = Instant::now();
        let first = store.records(DEMO, &filter, Page::new(1, 100)).await.unwrap();
        let took = begun.elapsed();
        println!("a page of {} took {took:?}", first.total);
        assert!(first.total > 90 && took.as_secs() < 2, "{took:?}");
        assert!(first.rows.is_sorted_by(|a, b| a.started_ms > b.started_ms));
    }
    let last = store.records(DEMO, &RecordFilter::default(), Page::new(100, 100)).await.unwrap();
    assert_eq!(last.rows.last().unwrap().call_id, "job-000000");
}

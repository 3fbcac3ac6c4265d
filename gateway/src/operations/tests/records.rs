//! Call records, recordings and agent states: who sees which, found how, in the vendor's words.

use cordboard_core::{Disposition, Fact, JournalEntry, LegId, UtcMs, WhoseDoing, fold_record};
use cordboard_store::{AgentStateRow, Recording};
use serde_json::{Value, json};

use super::{Centre, NOW, error};

/// An inbound call that alice answered after ten seconds in the queue and talked on for a minute.
fn answered(call: &str, at: i64) -> Vec<JournalEntry> {
    let entry = |after: i64, fact: Fact| JournalEntry { at: UtcMs(at + after), call: Some(call.into()), fact };
    vec![
        entry(
            0,
            Fact::CallArrived {
                leg: LegId(1),
                trunk: "loopback".into(),
                caller: "+8613800138000".into(),
                called: "+862165001000".into(),
            },
        ),
        entry(100, Fact::CustomerAnswered),
        entry(100, Fact::FlowEntered { flow: "welcome".into() }),
        entry(5_000, Fact::KeyPressed { digit: '1' }),
        entry(5_100, Fact::Enqueued { group: "sales@demo".into(), priority: 50 }),
        entry(10_000, Fact::Offered { agent: "alice@demo".into(), group: "sales@demo".into() }),
        entry(15_000, Fact::Bridged { agent: "alice@demo".into() }),
        entry(
            75_000,
            Fact::CallEnded {
                disposition: Disposition::Completed,
                by: WhoseDoing::Customer,
                sip_status: Some(200),
                text: "OK".to_owned(),
            },
        ),
    ]
}

/// An outbound call of bob that was busy.
fn busy(call: &str, at: i64) -> Vec<JournalEntry> {
    let entry = |after: i64, fact: Fact| JournalEntry { at: UtcMs(at + after), call: Some(call.into()), fact };
    let dialled = Fact::CallDialled {
        leg: LegId(1),
        trunk: "loopback".into(),
        caller: "+862165001000".into(),
        callee: "+861055556666".into(),
        agent: "bob@demo".into(),
        group: Some("sales@demo".into()),
    };
    let ended = Fact::CallEnded {
        disposition: Disposition::Busy,
        by: WhoseDoing::Customer,
        sip_status: Some(486),
        text: "Busy Here".to_owned(),
    };
    vec![entry(0, dialled), entry(2_000, ended)]
}

async fn with_calls() -> Centre {
    let centre = Centre::staffed().await;
    let calls = [answered("job-in", NOW - 300_000), busy("job-1", NOW - 200_000), answered("job-later", NOW - 100_000)];
    for entries in calls {
        let record = fold_record(&entries).unwrap();
        centre.store.put_record("demo", &crate::records::row(&record)).await.unwrap();
    }
    let recording = Recording {
        call_id: "job-in".to_owned(),
        file: "job-in.wav".to_owned(),
        duration_ms: 60_100,
        ready: true,
        ..Recording::default()
    };
    centre.store.put_recording("demo", &recording).await.unwrap();
    centre
}

#[tokio::test]
async fn recent_calls_are_ones_own_or_everybodys() {
    let centre = with_calls().await;
    let recent =
        async |user: &str, more: Value| centre.listed(user, "ListRecentCallDetailRecords", more, "ContactId").await;
    assert_eq!(recent("carol", json!({})).await, ["job-later", "job-1", "job-in"]);
    assert_eq!(recent("alice", json!({})).await, ["job-later", "job-in"]);
    assert_eq!(recent("bob", json!({})).await, ["job-1"]);
    assert!(recent("dave", json!({})).await.is_empty());
    assert_eq!(
        recent("carol", json!({"StartTime": NOW - 250_000, "EndTime": (NOW - 150_000).to_string()})).await,
        ["job-1"]
    );
    for (criteria, found) in [
        (json!({"phoneNumber": "010-5555 6666"}), vec!["job-1"]),
        (json!({"phoneNumber": "01055556666"}), vec!["job-1"]),
        (json!({"phoneNumber": "1380013"}), vec!["job-later", "job-in"]),
        (json!({"callingNumber": "02165001000"}), vec!["job-1"]),
        (json!({"CalledNumber": "02165001000"}), vec!["job-later", "job-in"]),
        (json!({"phoneNumber": ""}), vec!["job-later", "job-1", "job-in"]),
    ] {
        assert_eq!(recent("carol", json!({"Criteria": criteria.to_string()})).await, found, "{criteria}");
    }
    let data = centre.ok("bob", "ListRecentCallDetailRecords", json!({"PageNumber": 1, "PageSize": 10})).await;
    let expected = json!({
        "InstanceId": "demo", "ContactId": "job-1", "ContactType": "Outbound", "CallingNumber": "02165001000",
        "CalledNumber": "01055556666", "ContactDisposition": "NoAnswer", "StartTime": NOW - 200_000, "Duration": 0,
        "CallDuration": "0", "AgentIds": "bob@demo", "SkillGroupIds": "sales@demo",
    });
    assert_eq!(data["List"][0], expected);
    let told = centre
        .error("bob", "ListRecentCallDetailRecords", json!({"PageNumber": 1, "PageSize": 10, "Criteria": "x"}))
        .await;
    assert_eq!(told.1, "Parameter.Format");
}

#[tokio::test]
async fn records_are_found_by_the_vendors_filters() {
    let centre = with_calls().await;
    for (filter, found) in [
        (json!({}), vec!["job-later", "job-1", "job-in"]),
        (json!({"SortOrder": "asc", "OrderByField": "startTime"}), vec!["job-in", "job-1", "job-later"]),
        (json!({"AgentId": "alice@demo"}), vec!["job-later", "job-in"]),
        (json!({"FirstAgentId": "bob@demo"}), vec!["job-1"]),
        (json!({"ContactTypeList": "[\"OUTBOUND\"]"}), vec!["job-1"]),
        (json!({"ContactTypeList": "[\"INTERNAL\"]"}), vec![]),
        (json!({"ContactDispositionList": "[\"Success\"]"}), vec!["job-later", "job-in"]),
        (json!({"ContactDispositionList": "[\"Success\",\"NoAnswer\"]"}), vec!["job-later", "job-1", "job-in"]),
        (json!({"ContactDispositionList": "[\"Voicemail\"]"}), vec![]),
        (json!({"EarlyMediaStateList": "[\"Busy\"]"}), vec!["job-1"]),
        (json!({"EarlyMediaStateList": "[\"PowerOff\"]"}), vec![]),
        (json!({"EarlyMediaStateList": "[\"Busy\"]", "ContactDispositionList": "[\"Success\"]"}), vec![]),
        (json!({"ContactIdList": "[\"job-1\",\"job-x\"]"}), vec!["job-1"]),
        (json!({"SkillGroupIdList": "[\"support@demo\"]"}), vec![]),
        (json!({"Number": "13800138000"}), vec!["job-later", "job-in"]),
        (json!({"ReleaseInitiatorList": "[\"agent\"]"}), vec![]),
        (json!({"ReleaseReasonList": "[\"486 - Busy Here\"]"}), vec!["job-1"]),
        (json!({"SatisfactionRateList": "[\"1\"]"}), vec![]),
        (json!({"MediaType": "CHAT"}), vec![]),
        (json!({"MediaType": "audio", "AnalyticsReportReady": false}), vec!["job-later", "job-1", "job-in"]),
    ] {
        let listed = centre.listed("carol", "ListCallDetailRecordsV2", filter.clone(), "ContactId").await;
        assert_eq!(listed, found, "{filter}");
    }
    let own = centre.listed("alice", "ListCallDetailRecordsV2", json!({}), "ContactId").await;
    assert_eq!(own, ["job-later", "job-in"]);
    let others = json!({"PageNumber": 1, "PageSize": 10, "AgentId": "bob@demo"});
    let told = centre.error("alice", "ListCallDetailRecordsV2", others).await;
    assert_eq!(told, error(403, "Permission.User", "You have no permission to access user(s) bob@demo."));
    let data = centre
        .ok(
            "carol",
            "ListCallDetailRecordsV2",
            json!({"PageNumber": 1, "PageSize": 1, "AgentId": "alice@demo", "SortOrder": "ASC"}),
        )
        .await;
    let row = &data["List"][0];
    assert_eq!(
        (&data["TotalCount"], &row["ContactType"], &row["CallDuration"]),
        (&json!(2), &json!("INBOUND"), &json!("60"))
    );
    assert_eq!((&row["TalkTime"], &row["QueueTime"], &row["RingTime"]), (&json!(60), &json!(5), &json!(5)));
    assert_eq!((&row["AgentNames"], &row["SkillGroupNames"]), (&json!("alice 名"), &json!("销售")));
    assert_eq!((&row["RecordingReady"], &row["RecordingDuration"]), (&json!(true), &json!(60)));
}

#[tokio::test]
async fn a_record_has_a_timeline_for_each_party() {
    let centre = with_calls().await;
    let detail = centre.ok("alice", "GetCallDetailRecord", json!({"ContactId": "job-in"})).await;
    assert_eq!((&detail["ContactDisposition"], &detail["ReleaseReason"]), (&json!("Success"), &json!("200 - OK")));
    assert_eq!((&detail["CallDuration"], &detail["EstablishedTime"]), (&json!(60), &json!(NOW - 285_000)));
    assert_eq!((&detail["Satisfaction"], &detail["RecordingReady"]), (&json!(-2), &json!(true)));
    let events = |list: &Value| {
        let events = list[0]["EventSequence"].as_array().unwrap();
        events.iter().map(|event| event["Event"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(detail["AgentEvents"][0]["AgentName"], "alice 名");
    assert_eq!(events(&detail["AgentEvents"]), ["Ringing", "Established", "Released"]);
    assert_eq!(events(&detail["QueueEvents"])[0], "Enqueue");
    assert_eq!(events(&detail["IvrEvents"])[0], "Route2IVR");
    assert_eq!(detail["CustomerEvents"][0]["CustomerId"], "13800138000");
    assert_eq!(events(&detail["CustomerEvents"]).last().map(String::as_str), Some("Released"));

    let told = centre.error("bob", "GetCallDetailRecord", json!({"ContactId": "job-in"})).await;
    assert_eq!(told.0, 403);
    let told = centre.error("bob", "GetCallDetailRecord", json!({"ContactId": "job-x"})).await;
    assert_eq!(told, error(404, "NotExists.JobId", "The call job-x does not exist."));
    let told = centre.error("bob", "GetCallDetailRecord", json!({})).await;
    assert_eq!(told, error(400, "Parameter.Blank", "The parameter contactId may not be null or blank."));
}

#[tokio::test]
async fn a_recording_is_found_where_it_is_heard() {
    let centre = with_calls().await;
    let recording = centre.ok("alice", "GetMultiChannelRecording", json!({"ContactId": "job-in"})).await;
    assert_eq!(recording, json!({"FileName": "job-in.wav", "FileUrl": "/api/recordings/job-in.wav", "Duration": 60}));
    assert_eq!(centre.error("bob", "GetMultiChannelRecording", json!({"ContactId": "job-in"})).await.0, 403);
    assert_eq!(
        centre.error("alice", "GetMultiChannelRecording", json!({"ContactId": "job-later"})).await.1,
        "NotExists.Recording"
    );
}

#[tokio::test]
async fn states_are_those_of_today_unless_asked() {
    let centre = Centre::staffed().await;
    let state = |seq, started_ms, state: &str, code: &str| AgentStateRow {
        user_id: "alice@demo".to_owned(),
        seq,
        started_ms,
        state: state.to_owned(),
        break_code: code.to_owned(),
        work_mode: "ON_SITE".to_owned(),
        ..AgentStateRow::default()
    };
    let midnight = NOW - 4 * 3_600_000;
    let rows = [
        state(1, midnight - 9_000, "ready", ""),
        state(2, midnight - 5_000, "offline", ""),
        state(3, midnight + 1_000, "break", "Warm-up"),
        state(4, midnight + 4_000, "wrap_up", ""),
    ];
    centre.store.put_agent_states("demo", &rows).await.unwrap();
    let log = centre.ok("alice", "ListAgentStateLogs", json!({"AgentId": "alice@demo"})).await;
    let states: Vec<_> = log.as_array().unwrap().iter().map(|row| row["State"].as_str().unwrap()).collect();
    assert_eq!(states, ["Offline", "Break", "ACW"], "what touches today");
    let warm_up = json!({
        "State": "Break", "StateCode": "CHECK_IN_BREAK", "BreakCode": "Warm-up", "StartTime": midnight + 1_000,
        "Duration": 3, "OutboundScenario": false, "WorkMode": "ON_SITE",
    });
    assert_eq!(log[1], warm_up);
    assert_eq!(log[2]["Duration"], json!(4 * 3600 - 4), "it lasts");
    let earlier = json!({"AgentId": "alice@demo", "StartTime": midnight - 8_000, "EndTime": midnight - 6_000});
    assert_eq!(centre.ok("carol", "ListAgentStateLogs", earlier).await[0]["State"], "Ready");
}

//! Call records and state logs, folded from what the centre wrote.

use super::*;
use crate::record::Moment;

fn rows(effects: &[Effect]) -> Vec<JournalEntry> {
    let rows = effects.iter().filter_map(|effect| match effect {
        Effect::Journal(entry) => Some(entry.clone()),
        _ => None,
    });
    rows.collect()
}

/// A call that is asked, waits, is missed by alice, answered by bob, held, and hung up by the customer.
fn long_story() -> Vec<JournalEntry> {
    let mut bench = Bench::new();
    let mut effects = Vec::new();
    let (leg, arrived) = bench.calls_in("job-a", WELCOME);
    effects.extend(arrived);
    bench.pass(4);
    effects.extend(bench.on(Event::PromptEnded { leg, play: PlayId(1), played: true }));
    bench.pass(2);
    effects.extend(bench.on(Event::DigitPressed { leg, digit: '1' }));
    bench.pass(10);
    effects.extend(bench.on(Event::DeskConnected { agent: "alice".into() }));
    effects.extend(bench.does("alice", AgentCommand::SignIn));
    effects.extend(bench.does("alice", AgentCommand::Ready));
    effects.extend(bench.wait(30));
    bench.pass(5);
    bench.is_ready("bob");
    // The bench keeps what readiness leads to for itself; its rows are made again here.
    effects.push(bench.row("job-a", Fact::Offered { agent: "bob".into(), group: "sales".into() }));
    effects.push(bench.row("job-a", changed("bob", AgentState::Ringing)));
    bench.pass(3);
    effects.extend(bench.does("bob", AgentCommand::Answer { call: "job-a".into() }));
    bench.pass(20);
    effects.extend(bench.does("bob", AgentCommand::Hold { call: "job-a".into() }));
    bench.pass(7);
    effects.extend(bench.does("bob", AgentCommand::Retrieve { call: "job-a".into() }));
    bench.pass(13);
    effects.extend(bench.ended(leg, LegEnd::FarSideHungUp, Some(200)));
    effects.extend(bench.wait(15));
    rows(&effects)
}

#[test]
fn an_inbound_record_has_every_figure() {
    let rows = long_story();
    let record = fold_record(&rows).unwrap();
    assert_eq!(record.call, "job-a".into());
    assert_eq!((record.direction, record.disposition), (Direction::Inbound, Disposition::Completed));
    assert_eq!((record.by, record.sip_status), (WhoseDoing::Customer, Some(200)));
    assert_eq!((record.caller.as_str(), record.called.as_str()), ("+8613900000000", WELCOME));
    let seconds = |ms: i64| ms / 1000;
    assert_eq!(
        [record.ivr_ms, record.queue_ms, record.ring_ms, record.talk_ms, record.held_ms].map(seconds),
        [6, 15, 33, 40, 7]
    );
    assert_eq!((seconds(record.duration_ms), seconds(record.recorded_ms)), (94, 40));
    assert_eq!(record.duration_ms, record.ivr_ms + record.queue_ms + record.ring_ms + record.talk_ms);
    assert_eq!(record.agents, ["alice".into(), "bob".into()]);
    assert_eq!(record.talked_with, Some("bob".into()));
    assert_eq!((record.groups, record.keys), (vec!["sales".into()], "1".to_owned()));
    assert_eq!((record.missed_offers, record.declined_offers), (1, 0));
    let moments = |events: &[record::RecordEvent]| -> Vec<_> {
        events.iter().map(|event| (event.moment, event.duration_ms / 1000)).collect()
    };
    assert_eq!(
        moments(&record.agent_events[0].events),
        [(Moment::Ringing, 30), (Moment::RingingTimedOut, 0), (Moment::Released, 48)]
    );
    assert_eq!(
        moments(&record.agent_events[1].events),
        [
            (Moment::Ringing, 3),
            (Moment::Established, 20),
            (Moment::Held, 7),
            (Moment::Retrieved, 13),
            (Moment::Released, 0)
        ]
    );
    assert_eq!(
        moments(&record.queue_events[0].events),
        [(Moment::Enqueued, 10), (Moment::Assigned, 30), (Moment::Returned, 5), (Moment::Assigned, 43)]
    );
}

#[test]
fn a_record_is_the_same_after_a_way_through_json() {
    let rows = long_story();
    let text = serde_json::to_string(&rows).unwrap();
    let back: Vec<JournalEntry> = serde_json::from_str(&text).unwrap();
    let record = fold_record(&back).unwrap();
    assert_eq!(Some(&record), fold_record(&rows).as_ref());
    let text = serde_json::to_string(&record).unwrap();
    assert_eq!(serde_json::from_str::<CallRecord>(&text).unwrap(), record);
}

#[test]
fn a_call_that_the_gateway_lost_ends_with_its_last_evidence() {
    let mut rows = long_story();
    let ended = rows.iter().position(|row| matches!(row.fact, Fact::CallEnded { .. })).unwrap();
    rows.truncate(ended - 2);
    assert_eq!(fold_record(&rows), None);
    let last = rows.last().unwrap().at;
    assert_eq!(end_lost(&rows, UtcMs(0)).at, last);
    rows.push(end_lost(&rows, UtcMs(last.0 + 500)));
    let record = fold_record(&rows).unwrap();
    assert_eq!((record.disposition, record.by), (Disposition::GatewayLost, WhoseDoing::Gateway));
    assert_eq!(record.released, UtcMs(last.0 + 500));
    assert!(record.recorded_ms > 0, "a recording that nobody stopped ends with the call");
}

#[test]
fn an_outbound_record_has_its_dial() {
    let mut bench = Bench::new();
    bench.is_ready("alice");
    let mut effects = bench.does(
        "alice",
        AgentCommand::Dial {
            call: "job-1".into(),
            callee: "+8613900000001".into(),
            caller: Some(SALES.into()),
            chance: 0,
            city: None,
            last_contact: None,
        },
    );
    bench.pass(2);
    effects.extend(bench.on(Event::LegRinging { leg: LegId(1), early_media: true }));
    bench.pass(8);
    effects.extend(bench.ended(LegId(1), LegEnd::Refused, Some(486)));
    let record = fold_record(&rows(&effects)).unwrap();
    assert_eq!((record.direction, record.disposition), (Direction::Outbound, Disposition::Busy));
    assert_eq!((record.dial_ms, record.talk_ms, record.recorded), (10_000, 0, false));
    assert!(record.early_media);
    assert_eq!((record.agents, record.groups), (vec!["alice".into()], vec!["sales".into()]));
    assert_eq!(record.agent_events[0].events.last().unwrap().moment, Moment::Released);
}

#[test]
fn the_state_log_has_no_gaps() {
    let spans = fold_agent_states(&long_story());
    let alices: Vec<_> = spans.iter().filter(|span| span.agent == "alice".into()).collect();
    let states: Vec<_> = alices.iter().map(|span| span.state).collect();
    assert_eq!(states, [AgentState::Break, AgentState::Ready, AgentState::Ringing, AgentState::Break]);
    for pair in alices.windows(2) {
        assert_eq!(pair[0].since.0 + pair[0].duration_ms.unwrap(), pair[1].since.0);
    }
    assert_eq!(alices.last().unwrap().duration_ms, None);
}

#[test]
fn agents_whom_the_gateway_lost_are_signed_out_once() {
    let mut rows = long_story();
    let last = rows.last().unwrap().at;
    let lost = end_lost_agents(&rows, UtcMs(last.0 + 500));
    let who: Vec<_> = lost
        .iter()
        .map(|row| match &row.fact {
            Fact::AgentChanged { agent, state: AgentState::Offline, .. } => agent.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(who, ["alice", "bob"]);
    rows.extend(lost);
    assert_eq!(end_lost_agents(&rows, UtcMs(last.0 + 900)), []);
}

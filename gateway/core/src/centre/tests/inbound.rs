//! A call comes in, waits for nobody, is answered, ends.

use super::*;

#[test]
fn a_call_to_a_free_agent_from_ring_to_wrap_up() {
    let mut bench = Bench::new();
    bench.is_ready("alice");
    let (leg, effects) = bench.calls_in("job-a", SALES);
    let number: Number = SALES.into();
    assert_eq!(
        effects,
        [
            bench.row(
                "job-a",
                Fact::CallArrived { leg, trunk: "carrier".into(), caller: "+8613900000000".into(), called: number }
            ),
            Effect::AnswerLeg { leg },
            bench.row("job-a", Fact::CustomerAnswered),
            bench.row("job-a", Fact::Enqueued { group: "sales".into(), priority: 50 }),
            Effect::Hear { leg, sound: Sound::Music },
            bench.row("job-a", Fact::Offered { agent: "alice".into(), group: "sales".into() }),
            bench.row("job-a", changed("alice", AgentState::Ringing)),
            view("alice"),
        ]
    );
    let ringing = bench.snapshot("alice").calls.remove(0);
    assert_eq!((ringing.phase, ringing.waited_ms, ringing.group), (CallPhase::Ringing, Some(0), Some("sales".into())));
    assert_eq!(ringing.ring_ends, Some(UtcMs(bench.now.utc.0 + 30_000)));

    bench.pass(5);
    let desk = LegId(leg.0 + 1);
    assert_eq!(
        bench.does("alice", AgentCommand::Answer { call: "job-a".into() }),
        [
            bench.row("job-a", Fact::Bridged { agent: "alice".into() }),
            Effect::AttachDesk { leg: desk, agent: "alice".into(), call: "job-a".into() },
            bench.row("job-a", Fact::RecordingStarted),
            Effect::StartRecording { leg, call: "job-a".into() },
            Effect::Hear { leg, sound: Sound::Legs(vec![desk]) },
            Effect::Hear { leg: desk, sound: Sound::Legs(vec![leg]) },
            bench.row("job-a", changed("alice", AgentState::Talking)),
            view("alice"),
        ]
    );

    bench.pass(60);
    assert_eq!(
        bench.does("alice", AgentCommand::HangUp { call: "job-a".into() }),
        [
            Effect::StopRecording { leg, call: "job-a".into() },
            bench.row("job-a", Fact::RecordingStopped),
            Effect::DetachDesk { leg: desk },
            Effect::HangUpLeg { leg },
            bench.row("job-a", changed("alice", AgentState::WrapUp)),
            bench.row(
                "job-a",
                Fact::CallEnded {
                    disposition: Disposition::Completed,
                    by: WhoseDoing::Agent,
                    sip_status: None,
                    text: String::new()
                }
            ),
            view("alice"),
        ]
    );
    let wrap_up = bench.snapshot("alice").wrap_up.unwrap();
    assert_eq!((wrap_up.talked_ms, wrap_up.ends), (60_000, Some(UtcMs(bench.now.utc.0 + 15_000))));
    assert_eq!(bench.centre.calls(), 0);
    assert_eq!(bench.ended(leg, LegEnd::WeHungUp, None), []);

    assert_eq!(bench.centre.next_deadline().unwrap().1, DeadlineReason::WrapUp);
    let effects = bench.wait(15);
    assert_eq!(effects, [bench.agent_row("alice", AgentState::Ready, None), view("alice")]);
    assert_eq!(bench.centre.next_deadline(), None);
}

#[test]
fn the_next_caller_is_offered_as_soon_as_an_agent_is_free() {
    let mut bench = Bench::new();
    bench.talks("alice", "job-a");
    let (_, effects) = bench.calls_in("job-b", SALES);
    assert_eq!(effects.last(), Some(&Effect::QueueChanged { group: "sales".into(), waiting: 1 }));
    assert_eq!(bench.snapshot("alice").groups, [("sales".into(), 5, 1)]);
    bench.does("alice", AgentCommand::HangUp { call: "job-a".into() });
    assert_eq!(bench.activity("alice"), Activity::WrapUp);

    let effects = bench.does("alice", AgentCommand::Ready);
    assert_eq!(bench.activity("alice"), Activity::Ringing);
    assert!(effects.contains(&Effect::QueueChanged { group: "sales".into(), waiting: 0 }));
}

#[test]
fn numbers_that_take_no_calls_refuse_them() {
    let mut bench = Bench::new();
    let refused = |sip_status| {
        move |(leg, effects): (LegId, Vec<Effect>)| {
            assert!(effects.contains(&Effect::RefuseLeg { leg, sip_status }), "{effects:?}");
            assert_eq!(ending(&effects), Some((Disposition::Refused, WhoseDoing::Gateway)));
        }
    };
    refused(404)(bench.calls_in("job-unknown", "+869"));
    refused(404)(bench.calls_in("job-outward", OUTWARD));
    bench.calls_in("job-1", WELCOME);
    bench.calls_in("job-2", WELCOME);
    refused(486)(bench.calls_in("job-3", WELCOME));
    assert_eq!(bench.centre.calls(), 2);

    let mut directory = directory();
    directory.flows.clear();
    refused(480)(Bench::with(directory).calls_in("job-4", WELCOME));
}

#[test]
fn an_arrival_that_comes_twice_is_one_call() {
    let mut bench = Bench::new();
    let (leg, _) = bench.calls_in("job-a", SALES);
    let again = Arrival {
        call: "job-a".into(),
        leg,
        trunk: "carrier".into(),
        caller: "+8613900000000".into(),
        called: SALES.into(),
        city: None,
        last_contact: None,
    };
    assert_eq!(bench.on(Event::CallArrived(again.clone())), []);
    let other = bench.centre.next_leg();
    assert_eq!(
        bench.on(Event::CallArrived(Arrival { leg: other, ..again })),
        [Effect::RefuseLeg { leg: other, sip_status: 500 }]
    );
}

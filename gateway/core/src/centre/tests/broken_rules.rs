//! A broken rule ends one call and nothing else.

use super::*;
use crate::centre::call::Stage;

#[test]
fn a_call_that_contradicts_itself_ends_and_its_agent_goes_on() {
    let mut bench = Bench::new();
    let leg = bench.talks("alice", "job-a");
    bench.talks("bob", "job-b");
    let key = bench.centre.calls.find(&"job-a".into()).unwrap();
    bench.centre.calls.get_mut(key).unwrap().stage = Stage::Passing;

    let command = AgentCommand::HangUp { call: "job-a".into() };
    let effects = bench.on(Event::Commanded { agent: "alice".into(), ticket: Ticket(99), command });
    assert_eq!(ending(&effects), Some((Disposition::InternalError, WhoseDoing::Gateway)));
    for effect in [
        Effect::HangUpLeg { leg },
        Effect::DetachDesk { leg: LegId(leg.0 + 1) },
        Effect::StopRecording { leg, call: "job-a".into() },
        Effect::Refuse { ticket: Ticket(99), refusal: Refusal::NoSuchCall },
    ] {
        assert!(effects.contains(&effect), "{effect:?} is not in {effects:?}");
    }
    assert_eq!((bench.activity("alice"), bench.presence("alice")), (Activity::Idle, Presence::Ready));
    assert_eq!(bench.activity("bob"), Activity::Talking);
    bench.calls_in("job-c", SALES);
    assert_eq!(bench.activity("alice"), Activity::Ringing);
}

#[test]
fn a_place_in_a_queue_without_its_call_is_passed_over() {
    let mut bench = Bench::new();
    bench.calls_in("job-a", SALES);
    bench.calls_in("job-b", SALES);
    let key = bench.centre.calls.find(&"job-a".into()).unwrap();
    bench.centre.calls.remove(key).unwrap();
    bench.is_ready("alice");
    assert_eq!(bench.activity("alice"), Activity::Ringing);
    assert_eq!(bench.snapshot("alice").calls[0].call, "job-b".into());
}

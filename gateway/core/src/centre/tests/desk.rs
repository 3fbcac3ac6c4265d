//! Desks that go away in the middle of a call, and come back or do not.

use super::*;

fn lost(agent: &str) -> Event {
    Event::DeskLost { agent: agent.into() }
}

fn connected(agent: &str) -> Event {
    Event::DeskConnected { agent: agent.into() }
}

#[test]
fn a_desk_that_comes_back_in_time_goes_on_talking() {
    let mut bench = Bench::new();
    let leg = bench.talks("alice", "job-a");
    let desk = LegId(leg.0 + 1);
    let effects = bench.on(lost("alice"));
    assert_eq!(
        effects,
        [
            bench.row("job-a", Fact::DeskLost { agent: "alice".into() }),
            Effect::Hear { leg, sound: Sound::Silence },
            Effect::Hear { leg: desk, sound: Sound::Silence },
            view("alice"),
        ]
    );
    assert_eq!(bench.on(lost("alice")), []);
    assert_eq!(bench.wait(9), []);
    let effects = bench.on(connected("alice"));
    assert_eq!(
        effects,
        [
            bench.row("job-a", Fact::DeskReturned { agent: "alice".into() }),
            Effect::Hear { leg, sound: Sound::Legs(vec![desk]) },
            Effect::Hear { leg: desk, sound: Sound::Legs(vec![leg]) },
            view("alice"),
        ]
    );
    assert_eq!(bench.on(connected("alice")), []);
    assert_eq!(bench.centre.next_deadline(), None);
}

#[test]
fn a_desk_that_stays_away_ends_the_call() {
    let mut bench = Bench::new();
    let leg = bench.talks("alice", "job-a");
    bench.on(lost("alice"));
    assert_eq!(bench.centre.next_deadline().unwrap().1, DeadlineReason::DeskGrace);
    let effects = bench.wait(10);
    assert_eq!(ending(&effects), Some((Disposition::DeskLost, WhoseDoing::Agent)));
    assert!(effects.contains(&Effect::HangUpLeg { leg }));
    assert_eq!(bench.activity("alice"), Activity::WrapUp);
    bench.wait(15);
    assert_eq!(bench.presence("alice"), Presence::Ready);
    bench.calls_in("job-b", SALES);
    assert_eq!(bench.activity("alice"), Activity::Idle, "nothing is offered to a desk that is not there");
}

#[test]
fn a_held_customer_goes_on_hearing_music_while_the_desk_is_away() {
    let mut bench = Bench::new();
    bench.talks("alice", "job-a");
    bench.does("alice", AgentCommand::Hold { call: "job-a".into() });
    assert_eq!(heard(&bench.on(lost("alice"))), []);
    assert_eq!(heard(&bench.on(connected("alice"))), []);
}

#[test]
fn a_dial_waits_for_its_desk_and_is_bridged_without_it() {
    let mut bench = Bench::new();
    bench.is_ready("alice");
    let effects = bench.does(
        "alice",
        AgentCommand::Dial {
            call: "job-1".into(),
            callee: "+8613900000001".into(),
            caller: None,
            chance: 0,
            city: None,
            last_contact: None,
        },
    );
    let leg = effects
        .iter()
        .find_map(|effect| match effect {
            Effect::DialLeg { leg, .. } => Some(*leg),
            _ => None,
        })
        .unwrap();
    let desk = LegId(leg.0 + 1);
    bench.on(lost("alice"));
    let effects = bench.on(Event::LegAnswered { leg });
    assert!(facts(&effects).contains(&Fact::Bridged { agent: "alice".into() }));
    assert_eq!(heard(&effects), [], "nobody to hear on either side");
    let effects = bench.on(connected("alice"));
    assert_eq!(heard(&effects), [(leg, Sound::Legs(vec![desk])), (desk, Sound::Legs(vec![leg]))]);

    bench.on(lost("alice"));
    assert_eq!(ending(&bench.wait(10)), Some((Disposition::DeskLost, WhoseDoing::Agent)));
}

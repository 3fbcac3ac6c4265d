//! Agents who dial.

use super::*;

fn dial(caller: Option<&str>) -> AgentCommand {
    AgentCommand::Dial {
        call: "job-1".into(),
        callee: "+8613900000001".into(),
        caller: caller.map(Into::into),
        chance: 0,
        city: None,
        last_contact: None,
    }
}

/// Alice dials; the customer's leg and hers.
fn dialled(bench: &mut Bench) -> (LegId, LegId) {
    bench.is_ready("alice");
    let effects = bench.does("alice", dial(Some(SALES)));
    let legs = effects.iter().find_map(|effect| match effect {
        Effect::DialLeg { leg, .. } => Some(*leg),
        _ => None,
    });
    let leg = legs.unwrap();
    (leg, LegId(leg.0 + 1))
}

#[test]
fn a_dial_from_ring_to_talk() {
    let mut bench = Bench::new();
    bench.is_ready("alice");
    let (leg, desk) = (LegId(1), LegId(2));
    assert_eq!(
        bench.does("alice", dial(Some(SALES))),
        [
            bench.row(
                "job-1",
                Fact::CallDialled {
                    leg,
                    trunk: "carrier".into(),
                    caller: SALES.into(),
                    callee: "+8613900000001".into(),
                    agent: "alice".into(),
                    group: Some("sales".into())
                }
            ),
            bench.row("job-1", changed("alice", AgentState::Dialing)),
            Effect::AttachDesk { leg: desk, agent: "alice".into(), call: "job-1".into() },
            Effect::DialLeg {
                leg,
                call: "job-1".into(),
                trunk: "carrier".into(),
                caller: SALES.into(),
                callee: "+8613900000001".into()
            },
            view("alice"),
        ]
    );
    let effects = bench.on(Event::LegRinging { leg, early_media: false });
    assert_eq!(
        effects,
        [
            bench.row("job-1", Fact::CustomerRinging { early_media: false }),
            Effect::Hear { leg: desk, sound: Sound::Ringback },
            view("alice"),
        ]
    );
    assert_eq!(bench.snapshot("alice").calls[0].phase, CallPhase::Alerting);
    let effects = bench.on(Event::LegRinging { leg, early_media: true });
    assert_eq!(heard(&effects), [(desk, Sound::Legs(vec![leg]))], "the network speaks");
    assert_eq!(bench.on(Event::LegRinging { leg, early_media: false }), []);
    let effects = bench.on(Event::LegAnswered { leg });
    assert_eq!(
        effects,
        [
            bench.row("job-1", Fact::CustomerAnswered),
            bench.row("job-1", Fact::Bridged { agent: "alice".into() }),
            bench.row("job-1", Fact::RecordingStarted),
            Effect::StartRecording { leg, call: "job-1".into() },
            Effect::Hear { leg, sound: Sound::Legs(vec![desk]) },
            bench.row("job-1", changed("alice", AgentState::Talking)),
            view("alice"),
        ]
    );
    assert_eq!(bench.on(Event::LegAnswered { leg }), []);
    assert_eq!(bench.centre.next_deadline(), None);
}

#[test]
fn every_way_a_dial_fails_has_its_cause() {
    use Disposition::{Busy, CarrierFailed, NoAnswer, NotExist, Rejected, TrunkDown};
    use LegEnd::{Failed, Lost, Refused};
    let cases = [
        (Refused, Some(486), Busy, WhoseDoing::Customer),
        (Refused, Some(600), Busy, WhoseDoing::Customer),
        (Refused, Some(408), NoAnswer, WhoseDoing::Customer),
        (Refused, Some(480), NoAnswer, WhoseDoing::Customer),
        (LegEnd::NoAnswer, None, NoAnswer, WhoseDoing::Customer),
        (Refused, Some(403), Rejected, WhoseDoing::Customer),
        (Refused, Some(603), Rejected, WhoseDoing::Customer),
        (Refused, Some(404), NotExist, WhoseDoing::Carrier),
        (Refused, Some(484), NotExist, WhoseDoing::Carrier),
        (Refused, Some(401), CarrierFailed, WhoseDoing::Carrier),
        (Refused, Some(488), CarrierFailed, WhoseDoing::Carrier),
        (Refused, Some(503), CarrierFailed, WhoseDoing::Carrier),
        (Failed, None, TrunkDown, WhoseDoing::Carrier),
        (Lost, None, TrunkDown, WhoseDoing::Carrier),
    ];
    for (kind, status, disposition, by) in cases {
        let mut bench = Bench::new();
        let (leg, desk) = dialled(&mut bench);
        let effects = bench.ended(leg, kind, status);
        assert_eq!(ending(&effects), Some((disposition, by)), "{kind:?} {status:?}");
        assert!(effects.contains(&Effect::DetachDesk { leg: desk }));
        let wrap_up = bench.snapshot("alice").wrap_up.unwrap();
        assert_eq!((wrap_up.disposition, wrap_up.sip_status, wrap_up.talked_ms), (disposition, status, 0));
    }
}

#[test]
fn a_trunk_lost_after_it_rang_is_the_carriers_failure() {
    let mut bench = Bench::new();
    let (leg, _) = dialled(&mut bench);
    bench.on(Event::LegRinging { leg, early_media: false });
    assert_eq!(ending(&bench.ended(leg, LegEnd::Lost, None)), Some((Disposition::CarrierFailed, WhoseDoing::Carrier)));
}

#[test]
fn a_dial_that_rings_too_long_is_given_up() {
    let mut bench = Bench::new();
    let (leg, _) = dialled(&mut bench);
    assert_eq!(bench.centre.next_deadline().unwrap().1, DeadlineReason::DialTimeout);
    let effects = bench.wait(60);
    assert_eq!(ending(&effects), Some((Disposition::NoAnswer, WhoseDoing::Customer)));
    assert!(effects.contains(&Effect::HangUpLeg { leg }));
    assert_eq!(bench.on(Event::LegAnswered { leg }), [], "an answer that crossed our giving up");
}

#[test]
fn an_agent_can_give_up_a_dial() {
    let mut bench = Bench::new();
    let (leg, _) = dialled(&mut bench);
    let effects = bench.does("alice", AgentCommand::HangUp { call: "job-1".into() });
    assert_eq!(ending(&effects), Some((Disposition::Cancelled, WhoseDoing::Agent)));
    assert!(effects.contains(&Effect::HangUpLeg { leg }));
}

#[test]
fn dials_that_do_not_fit_are_refused() {
    let mut bench = Bench::new();
    assert_eq!(bench.is_refused("alice", dial(None)), Refusal::SignedOut);
    bench.does("alice", AgentCommand::SignIn);
    assert_eq!(bench.is_refused("alice", dial(None)), Refusal::NoSound);
    bench.on(Event::DeskConnected { agent: "alice".into() });
    assert_eq!(bench.is_refused("alice", dial(Some(WELCOME))), Refusal::CallerNotYours);
    let bad = |callee: &str| AgentCommand::Dial {
        call: "job-1".into(),
        callee: callee.into(),
        caller: None,
        chance: 0,
        city: None,
        last_contact: None,
    };
    for callee in ["", "sip:evil", "12 34", &"1".repeat(33)] {
        assert_eq!(bench.is_refused("alice", bad(callee)), Refusal::BadCommand);
    }
    bench.on(Event::TrunkChanged { trunk: "carrier".into(), up: false });
    assert_eq!(bench.is_refused("alice", dial(None)), Refusal::TrunkDown);
    assert_eq!(bench.is_refused("alice", dial(Some(SALES))), Refusal::TrunkDown);
    bench.on(Event::TrunkChanged { trunk: "carrier".into(), up: true });
    bench.does("alice", dial(None));
    assert_eq!(bench.is_refused("alice", dial(None)), Refusal::InCall);
}

#[test]
fn a_numbers_cap_counts_calls_both_ways() {
    let mut bench = Bench::new();
    bench.is_ready("dave");
    bench.does("dave", dial(None));
    bench.is_ready("bob");
    let second = |caller: Option<&str>| AgentCommand::Dial {
        call: "job-2".into(),
        callee: "+8613900000002".into(),
        caller: caller.map(Into::into),
        chance: 7,
        city: None,
        last_contact: None,
    };
    assert_eq!(bench.is_refused("bob", second(Some(OUTWARD))), Refusal::LinesBusy);
    bench.does("bob", second(None));
    assert_eq!(bench.snapshot("bob").calls[0].caller, SALES.into(), "the number with a free line");
    bench.does("dave", AgentCommand::HangUp { call: "job-1".into() });
    bench.does("dave", dial(Some(OUTWARD)));
}

#[test]
fn a_number_of_the_callees_city_is_shown_first() {
    let mut directory = directory();
    for (number, city) in [(SALES, "Shanghai"), (OUTWARD, "Beijing")] {
        directory.numbers.get_mut(&number.into()).unwrap().city = Some(city.to_owned());
    }
    for (city, caller) in [("Shanghai", SALES), ("Beijing", OUTWARD)] {
        for chance in 0..4 {
            let mut bench = Bench::with(directory.clone());
            bench.is_ready("alice");
            bench.does(
                "alice",
                AgentCommand::Dial {
                    call: "job-1".into(),
                    callee: "1".into(),
                    caller: None,
                    chance,
                    city: Some(city.to_owned()),
                    last_contact: None,
                },
            );
            assert_eq!(bench.snapshot("alice").calls[0].caller, caller.into());
        }
    }
}

#[test]
fn who_has_no_number_cannot_dial() {
    let mut directory = directory();
    directory.groups.get_mut(&"support".into()).unwrap().outbound_numbers.clear();
    let mut bench = Bench::with(directory);
    bench.is_ready("dave");
    assert_eq!(bench.is_refused("dave", dial(None)), Refusal::NoOutboundNumber);
}

#[test]
fn dialling_ends_after_call_work_and_a_break_is_kept() {
    let mut bench = Bench::new();
    bench.talks("alice", "job-a");
    bench.does("alice", AgentCommand::HangUp { call: "job-a".into() });
    bench.does("alice", dial(Some(SALES)));
    assert_eq!(bench.activity("alice"), Activity::Dialing);
    assert_eq!(bench.snapshot("alice").wrap_up, None);

    bench.on(Event::DeskConnected { agent: "bob".into() });
    bench.does("bob", AgentCommand::SignIn);
    let bobs = AgentCommand::Dial {
        call: "job-2".into(),
        callee: "1".into(),
        caller: None,
        chance: 0,
        city: None,
        last_contact: None,
    };
    bench.does("bob", bobs);
    bench.does("bob", AgentCommand::HangUp { call: "job-2".into() });
    bench.wait(15);
    assert_eq!(bench.presence("bob"), Presence::Break("Warm-up".into()));
}

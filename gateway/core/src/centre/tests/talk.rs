//! Hold, mute, keys and hanging up.

use super::*;

fn job() -> CallId {
    "job-a".into()
}

#[test]
fn a_held_customer_hears_music_and_the_agent_nothing() {
    let mut bench = Bench::new();
    let leg = bench.talks("alice", "job-a");
    let desk = LegId(leg.0 + 1);
    assert_eq!(bench.is_refused("alice", AgentCommand::Retrieve { call: job() }), Refusal::NotHeld);
    let effects = bench.does("alice", AgentCommand::Hold { call: job() });
    assert_eq!(
        effects,
        [
            bench.row("job-a", Fact::Held { agent: "alice".into() }),
            Effect::Hear { leg, sound: Sound::Music },
            Effect::Hear { leg: desk, sound: Sound::Silence },
            view("alice"),
        ]
    );
    assert_eq!(bench.snapshot("alice").calls[0].phase, CallPhase::Held);
    assert_eq!(bench.is_refused("alice", AgentCommand::Hold { call: job() }), Refusal::AlreadyHeld);
    let effects = bench.does("alice", AgentCommand::Retrieve { call: job() });
    assert_eq!(heard(&effects), [(leg, Sound::Legs(vec![desk])), (desk, Sound::Legs(vec![leg]))]);
}

#[test]
fn a_muted_agent_hears_and_is_not_heard() {
    let mut bench = Bench::new();
    let leg = bench.talks("alice", "job-a");
    let effects = bench.does("alice", AgentCommand::Mute { call: job(), muted: true });
    let row = bench.row("job-a", Fact::Muted { agent: "alice".into() });
    assert_eq!(effects, [row, Effect::Hear { leg, sound: Sound::Silence }, view("alice")]);
    assert!(bench.snapshot("alice").calls[0].muted);
    assert_eq!(bench.does("alice", AgentCommand::Mute { call: job(), muted: true }), []);
    bench.does("alice", AgentCommand::Hold { call: job() });
    let effects = bench.does("alice", AgentCommand::Retrieve { call: job() });
    assert!(heard(&effects).contains(&(leg, Sound::Silence)), "mute outlives hold");
    let effects = bench.does("alice", AgentCommand::Mute { call: job(), muted: false });
    assert_eq!(effects[0], bench.row("job-a", Fact::Unmuted { agent: "alice".into() }));
}

#[test]
fn a_far_side_that_holds_us_is_shown_and_silent() {
    let mut bench = Bench::new();
    let leg = bench.talks("alice", "job-a");
    let desk = LegId(leg.0 + 1);
    let effects = bench.on(Event::FarSideHeld { leg, held: true });
    assert_eq!(
        effects,
        [bench.row("job-a", Fact::HeldByFarSide), Effect::Hear { leg: desk, sound: Sound::Silence }, view("alice"),]
    );
    assert!(bench.snapshot("alice").calls[0].held_by_far_side);
    assert_eq!(bench.on(Event::FarSideHeld { leg, held: true }), []);
    let effects = bench.on(Event::FarSideHeld { leg, held: false });
    assert_eq!(heard(&effects), [(desk, Sound::Legs(vec![leg]))]);
}

#[test]
fn keys_go_to_the_customers_side() {
    let mut bench = Bench::new();
    let leg = bench.talks("alice", "job-a");
    let digits = |digits: &str| AgentCommand::Digits { call: job(), digits: digits.to_owned() };
    assert_eq!(
        bench.does("alice", digits("1#")),
        [Effect::SendDigit { leg, digit: '1' }, Effect::SendDigit { leg, digit: '#' }]
    );
    for bad in ["", "12x", "1 2", "éé", &"1".repeat(33)] {
        assert_eq!(bench.is_refused("alice", digits(bad)), Refusal::BadCommand);
    }
}

#[test]
fn hanging_up_inbound_calls_can_be_forbidden() {
    let mut directory = directory();
    directory.settings.may_hang_up_inbound = false;
    let mut bench = Bench::with(directory);
    bench.talks("alice", "job-a");
    assert_eq!(bench.is_refused("alice", AgentCommand::HangUp { call: job() }), Refusal::HangUpNotAllowed);
}

#[test]
fn what_needs_a_talk_is_refused_while_it_rings_and_when_it_is_not_there() {
    let mut bench = Bench::new();
    bench.is_ready("alice");
    bench.is_ready("bob");
    bench.calls_in("job-a", SALES);
    let commands = [
        AgentCommand::Hold { call: job() },
        AgentCommand::Retrieve { call: job() },
        AgentCommand::Mute { call: job(), muted: true },
        AgentCommand::Digits { call: job(), digits: "1".into() },
        AgentCommand::HangUp { call: job() },
    ];
    for command in commands {
        assert_eq!(bench.is_refused("alice", command.clone()), Refusal::NotTalking);
        assert_eq!(bench.is_refused("bob", command.clone()), Refusal::NoSuchCall);
        assert_eq!(bench.is_refused("dave", command), Refusal::SignedOut);
    }
}

//! Who is served by whom, and those whom nobody serves.

use super::*;

#[test]
fn the_strongest_level_comes_first_and_then_the_longest_idle() {
    let mut directory = directory();
    directory.agents.get_mut(&"bob".into()).unwrap().levels = BTreeMap::from([("sales".into(), 2)]);
    directory.agents.get_mut(&"dave".into()).unwrap().levels = BTreeMap::from([("sales".into(), 2)]);
    let mut bench = Bench::with(directory);
    for agent in ["alice", "dave", "bob"] {
        bench.is_ready(agent);
        bench.pass(1);
    }
    for (call, agent) in [("job-1", "dave"), ("job-2", "bob"), ("job-3", "alice")] {
        bench.calls_in(call, SALES);
        assert_eq!(bench.snapshot(agent).calls[0].call, call.into());
    }
}

#[test]
fn a_ring_that_was_nobodys_fault_keeps_the_agents_place_among_the_idle() {
    let mut bench = Bench::new();
    bench.is_ready("alice");
    bench.pass(1);
    bench.is_ready("bob");
    let (leg, _) = bench.calls_in("job-a", SALES);
    bench.pass(5);
    bench.ended(leg, LegEnd::FarSideHungUp, None);
    bench.calls_in("job-b", SALES);
    assert_eq!(bench.activity("alice"), Activity::Ringing);
}

#[test]
fn the_first_priority_is_served_before_the_longest_wait() {
    let mut bench = Bench::new();
    bench.calls_in("job-old", SALES);
    bench.pass(10);
    bench.presses("job-urgent", '1');
    assert_eq!(bench.waiting("sales"), ["job-urgent".into(), "job-old".into()]);
    bench.is_ready("alice");
    assert_eq!(bench.snapshot("alice").calls[0].call, "job-urgent".into());
}

#[test]
fn an_agent_of_two_groups_takes_who_waits_longest_in_either() {
    let mut bench = Bench::new();
    bench.presses("job-support", '2');
    bench.pass(1);
    bench.calls_in("job-sales", SALES);
    bench.is_ready("bob");
    assert_eq!(bench.snapshot("bob").calls[0].call, "job-support".into());
    assert_eq!(bench.waiting("sales"), ["job-sales".into()]);
}

#[test]
fn an_agent_without_a_desk_is_offered_nothing() {
    let mut bench = Bench::new();
    bench.does("alice", AgentCommand::SignIn);
    bench.does("alice", AgentCommand::Ready);
    bench.calls_in("job-a", SALES);
    assert_eq!(bench.activity("alice"), Activity::Idle);
    bench.on(Event::DeskConnected { agent: "alice".into() });
    assert_eq!(bench.activity("alice"), Activity::Ringing);
}

#[test]
fn a_wait_that_is_too_long_ends_the_call() {
    let mut bench = Bench::new();
    let (leg, _) = bench.calls_in("job-a", SALES);
    assert_eq!(bench.wait(599), []);
    let effects = bench.wait(1);
    assert_eq!(
        effects,
        [
            bench.row("job-a", Fact::QueueTimedOut { group: "sales".into() }),
            Effect::HangUpLeg { leg },
            bench.row(
                "job-a",
                Fact::CallEnded {
                    disposition: Disposition::QueueTimeout,
                    by: WhoseDoing::Gateway,
                    sip_status: None,
                    text: String::new()
                }
            ),
            Effect::QueueChanged { group: "sales".into(), waiting: 0 },
        ]
    );
}

#[test]
fn the_wait_goes_on_while_it_rings() {
    let mut bench = Bench::new();
    let (leg, _) = bench.presses("job-a", '1');
    bench.wait(590);
    bench.is_ready("alice");
    let effects = bench.wait(10);
    assert_eq!(
        facts(&effects),
        [
            Fact::OfferEnded { agent: "alice".into(), how: OfferEnd::QueueTimedOut },
            changed("alice", AgentState::Ready),
            Fact::QueueTimedOut { group: "sales".into() },
            Fact::NodeEntered { node: "busy".into() },
        ]
    );
    assert_eq!(heard(&effects), [(leg, Sound::Prompts { play: PlayId(3), prompts: vec!["busy".into()] })]);
    assert_eq!(bench.presence("alice"), Presence::Ready);
}

#[test]
fn one_more_than_the_queue_holds_overflows() {
    let mut bench = Bench::new();
    bench.presses("job-1", '2');
    assert_eq!(bench.waiting("support"), ["job-1".into()]);
    let (_, effects) = bench.presses("job-2", '2');
    assert!(facts(&effects).contains(&Fact::QueueOverflowed { group: "support".into() }));
    assert!(facts(&effects).contains(&Fact::NodeEntered { node: "busy".into() }));
}

#[test]
fn a_full_queue_ends_a_call_that_has_no_flow() {
    let mut directory = directory();
    directory.settings.queue_limit = 0;
    let mut bench = Bench::with(directory);
    let (_, effects) = bench.calls_in("job-a", SALES);
    assert_eq!(ending(&effects), Some((Disposition::QueueOverflow, WhoseDoing::Gateway)));
    bench.is_ready("alice");
    bench.calls_in("job-b", SALES);
    assert_eq!(bench.activity("alice"), Activity::Ringing, "a call that need not wait is never one too many");
}

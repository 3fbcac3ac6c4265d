//! Offers that nobody takes: the call keeps its place, the agent bears the consequence.

use super::*;

fn answer(call: &str) -> AgentCommand {
    AgentCommand::Answer { call: call.into() }
}

fn decline(call: &str) -> AgentCommand {
    AgentCommand::Decline { call: call.into() }
}

#[test]
fn an_offer_that_rings_too_long_goes_back_and_its_agent_on_break() {
    let mut bench = Bench::new();
    bench.is_ready("alice");
    bench.calls_in("job-a", SALES);
    assert_eq!(
        bench.centre.next_deadline(),
        Some((bench.now.mono + Duration::from_secs(30), DeadlineReason::RingTimeout))
    );
    let effects = bench.wait(30);
    assert_eq!(
        effects,
        [
            bench.row("job-a", Fact::OfferEnded { agent: "alice".into(), how: OfferEnd::TimedOut }),
            bench.agent_row("alice", AgentState::Break, Some("RingingTimeout")),
            Effect::QueueChanged { group: "sales".into(), waiting: 1 },
            view("alice"),
        ]
    );
    assert_eq!(bench.presence("alice"), Presence::Break("RingingTimeout".into()));
    assert_eq!(bench.is_refused("alice", answer("job-a")), Refusal::NoSuchCall);
}

#[test]
fn a_returned_call_is_served_before_those_who_came_later() {
    let mut bench = Bench::new();
    bench.is_ready("alice");
    bench.calls_in("job-first", SALES);
    bench.pass(1);
    bench.calls_in("job-second", SALES);
    bench.pass(1);
    bench.does("alice", decline("job-first"));
    assert_eq!(bench.presence("alice"), Presence::Break("RejectCall".into()));
    assert_eq!(bench.waiting("sales"), ["job-first".into(), "job-second".into()]);
    bench.is_ready("bob");
    assert_eq!(bench.snapshot("bob").calls[0].call, "job-first".into());
}

#[test]
fn a_declined_call_rings_at_the_next_agent_at_once() {
    let mut bench = Bench::new();
    bench.is_ready("alice");
    bench.pass(1);
    bench.is_ready("bob");
    let (leg, _) = bench.calls_in("job-a", SALES);
    assert_eq!(bench.activity("alice"), Activity::Ringing);
    let effects = bench.does("alice", decline("job-a"));
    assert_eq!(heard(&effects), [], "the music goes on");
    assert_eq!(bench.activity("bob"), Activity::Ringing);
    let effects = bench.ended(leg, LegEnd::FarSideHungUp, None);
    assert_eq!(ending(&effects), Some((Disposition::AbandonedInRing, WhoseDoing::Customer)));
    assert_eq!(bench.activity("bob"), Activity::Idle);
    assert_eq!(bench.presence("bob"), Presence::Ready);
}

#[test]
fn a_desk_lost_while_it_rings_costs_the_agent_nothing_but_the_call() {
    let mut bench = Bench::new();
    bench.is_ready("alice");
    bench.calls_in("job-a", SALES);
    let effects = bench.on(Event::DeskLost { agent: "alice".into() });
    assert_eq!(
        facts(&effects),
        [Fact::OfferEnded { agent: "alice".into(), how: OfferEnd::DeskLost }, changed("alice", AgentState::Ready),]
    );
    assert_eq!((bench.presence("alice"), bench.activity("alice")), (Presence::Ready, Activity::Idle));
    assert_eq!(bench.waiting("sales"), ["job-a".into()]);
    bench.on(Event::DeskConnected { agent: "alice".into() });
    assert_eq!(bench.activity("alice"), Activity::Ringing);
}

#[test]
fn the_caller_wins_the_race_against_the_answer() {
    let mut bench = Bench::new();
    bench.is_ready("alice");
    let (leg, _) = bench.calls_in("job-a", SALES);
    bench.ended(leg, LegEnd::FarSideHungUp, None);
    assert_eq!(bench.is_refused("alice", answer("job-a")), Refusal::NoSuchCall);
    assert_eq!(bench.presence("alice"), Presence::Ready);
}

#[test]
fn the_deadline_wins_the_race_against_an_answer_that_comes_after_it() {
    let mut bench = Bench::new();
    bench.is_ready("alice");
    bench.calls_in("job-a", SALES);
    bench.pass(31);
    let effects = bench.on(Event::Commanded { agent: "alice".into(), ticket: Ticket(99), command: answer("job-a") });
    assert!(effects.contains(&Effect::Refuse { ticket: Ticket(99), refusal: Refusal::NoSuchCall }));
    assert_eq!(bench.presence("alice"), Presence::Break("RingingTimeout".into()));
}

#[test]
fn answering_twice_is_refused_the_second_time() {
    let mut bench = Bench::new();
    bench.talks("alice", "job-a");
    assert_eq!(bench.is_refused("alice", answer("job-a")), Refusal::NotRinging);
    assert_eq!(bench.is_refused("alice", decline("job-a")), Refusal::NotRinging);
}

#[test]
fn a_break_wished_for_while_it_rings_is_the_break_that_follows() {
    let mut bench = Bench::new();
    bench.is_ready("alice");
    bench.calls_in("job-a", SALES);
    bench.does("alice", AgentCommand::Break { code: "Lunch".into() });
    bench.does("alice", decline("job-a"));
    assert_eq!(bench.presence("alice"), Presence::Break("Lunch".into()));
}

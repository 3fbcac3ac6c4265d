//! The far side ends it, at every stage.

use super::*;

#[test]
fn in_the_flow() {
    let mut bench = Bench::new();
    let (leg, _) = bench.calls_in("job-a", WELCOME);
    let effects = bench.ended(leg, LegEnd::FarSideHungUp, None);
    assert_eq!(ending(&effects), Some((Disposition::AbandonedInIvr, WhoseDoing::Customer)));
    assert!(!effects.contains(&Effect::HangUpLeg { leg }));
    assert_eq!(bench.on(Event::DigitPressed { leg, digit: '1' }), []);
    assert_eq!(bench.on(Event::PromptEnded { leg, play: PlayId(1), played: true }), []);
    assert_eq!(bench.ended(leg, LegEnd::FarSideHungUp, None), []);
    assert_eq!(bench.centre.next_deadline(), None);
}

#[test]
fn in_the_queue() {
    let mut bench = Bench::new();
    let (leg, _) = bench.calls_in("job-a", SALES);
    let effects = bench.ended(leg, LegEnd::FarSideHungUp, None);
    assert_eq!(ending(&effects), Some((Disposition::AbandonedInQueue, WhoseDoing::Customer)));
    assert_eq!(bench.waiting("sales"), []);
    assert_eq!(bench.centre.next_deadline(), None);
}

#[test]
fn while_it_rings() {
    let mut bench = Bench::new();
    bench.is_ready("alice");
    let (leg, _) = bench.calls_in("job-a", SALES);
    let effects = bench.ended(leg, LegEnd::FarSideHungUp, None);
    assert_eq!(
        facts(&effects)[..2],
        [Fact::OfferEnded { agent: "alice".into(), how: OfferEnd::Abandoned }, changed("alice", AgentState::Ready),]
    );
    assert_eq!(ending(&effects), Some((Disposition::AbandonedInRing, WhoseDoing::Customer)));
}

#[test]
fn in_the_talk() {
    let mut bench = Bench::new();
    let leg = bench.talks("alice", "job-a");
    let effects = bench.ended(leg, LegEnd::FarSideHungUp, None);
    assert_eq!(ending(&effects), Some((Disposition::Completed, WhoseDoing::Customer)));
    assert_eq!(bench.activity("alice"), Activity::WrapUp);
    assert_eq!(bench.is_refused("alice", AgentCommand::HangUp { call: "job-a".into() }), Refusal::NoSuchCall);
}

#[test]
fn a_leg_that_is_lost_is_not_the_customers_doing() {
    let mut bench = Bench::new();
    let leg = bench.talks("alice", "job-a");
    let effects = bench.ended(leg, LegEnd::Lost, None);
    assert_eq!(ending(&effects), Some((Disposition::MediaLost, WhoseDoing::Carrier)));
}

#[test]
fn an_agents_leg_that_breaks_ends_the_call() {
    let mut bench = Bench::new();
    let leg = bench.talks("alice", "job-a");
    let effects = bench.ended(LegId(leg.0 + 1), LegEnd::Failed, None);
    assert_eq!(ending(&effects), Some((Disposition::DeskLost, WhoseDoing::Gateway)));
    assert!(effects.contains(&Effect::HangUpLeg { leg }));
}

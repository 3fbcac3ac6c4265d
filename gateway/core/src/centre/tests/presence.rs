//! Presence chosen, wished for, and after-call work.

use super::*;

fn take_break(code: &str) -> AgentCommand {
    AgentCommand::Break { code: code.to_owned() }
}

#[test]
fn signing_in_is_a_break_and_signing_in_again_changes_nothing() {
    let mut bench = Bench::new();
    assert_eq!(bench.is_refused("alice", AgentCommand::Ready), Refusal::SignedOut);
    assert_eq!(
        bench.does("alice", AgentCommand::SignIn),
        [bench.agent_row("alice", AgentState::Break, Some("Warm-up")), view("alice")]
    );
    bench.does("alice", AgentCommand::Ready);
    assert_eq!(bench.does("alice", AgentCommand::SignIn), []);
    assert_eq!(bench.presence("alice"), Presence::Ready);
    assert_eq!(
        bench.does("alice", AgentCommand::SignOut),
        [bench.agent_row("alice", AgentState::Offline, None), view("alice")]
    );
}

#[test]
fn who_has_no_group_cannot_sign_in() {
    let mut directory = directory();
    directory.agents.insert("eve".into(), AgentEntry::default());
    let mut bench = Bench::with(directory);
    assert_eq!(bench.is_refused("eve", AgentCommand::SignIn), Refusal::NoSkillGroup);
    let unknown = Event::Commanded { agent: "mallory".into(), ticket: Ticket(1), command: AgentCommand::SignIn };
    assert_eq!(bench.on(unknown), [Effect::Refuse { ticket: Ticket(1), refusal: Refusal::NoSkillGroup }]);
}

#[test]
fn a_break_needs_a_reason() {
    let mut bench = Bench::new();
    bench.is_ready("alice");
    for code in ["", "line\nbreak", &"x".repeat(65)] {
        assert_eq!(bench.is_refused("alice", take_break(code)), Refusal::BadCommand);
    }
    bench.does("alice", take_break("午餐"));
    assert_eq!(bench.presence("alice"), Presence::Break("午餐".into()));
}

#[test]
fn a_break_wished_for_in_a_call_begins_after_its_wrap_up() {
    let mut bench = Bench::new();
    let leg = bench.talks("alice", "job-a");
    assert_eq!(bench.does("alice", take_break("Lunch")), [view("alice")]);
    assert_eq!(bench.snapshot("alice").next_presence, Some(Presence::Break("Lunch".into())));
    assert_eq!(bench.is_refused("alice", AgentCommand::SignOut), Refusal::InCall);
    bench.ended(leg, LegEnd::FarSideHungUp, None);
    assert_eq!(bench.presence("alice"), Presence::Ready);
    let effects = bench.wait(15);
    assert_eq!(effects, [bench.agent_row("alice", AgentState::Break, Some("Lunch")), view("alice")]);
    assert_eq!(bench.snapshot("alice").next_presence, None);
}

#[test]
fn after_call_work_lasts_as_long_as_it_is_kept() {
    let mut bench = Bench::new();
    let leg = bench.talks("alice", "job-a");
    assert_eq!(bench.is_refused("alice", AgentCommand::KeepWrapUp), Refusal::NotInWrapUp);
    bench.ended(leg, LegEnd::FarSideHungUp, None);
    assert_eq!(bench.does("alice", AgentCommand::KeepWrapUp), [view("alice")]);
    assert_eq!(bench.centre.next_deadline(), None);
    assert_eq!(bench.wait(3600), []);
    assert_eq!(bench.snapshot("alice").wrap_up.unwrap().ends, None);
    bench.does("alice", take_break("Lunch"));
    assert_eq!((bench.presence("alice"), bench.activity("alice")), (Presence::Break("Lunch".into()), Activity::Idle));
}

#[test]
fn after_call_work_without_a_timer_waits_for_the_agent() {
    let mut directory = directory();
    directory.settings.wrap_up = None;
    let mut bench = Bench::with(directory);
    let leg = bench.talks("alice", "job-a");
    bench.ended(leg, LegEnd::FarSideHungUp, None);
    assert_eq!(bench.centre.next_deadline(), None);
    bench.does("alice", AgentCommand::SignOut);
    assert_eq!((bench.presence("alice"), bench.activity("alice")), (Presence::Offline, Activity::Idle));
}

#[test]
fn ready_and_offered_in_one_step_are_two_states() {
    let mut bench = Bench::new();
    let leg = bench.talks("alice", "job-a");
    bench.calls_in("job-b", SALES);
    bench.ended(leg, LegEnd::FarSideHungUp, None);
    let effects = bench.wait(15);
    let states: Vec<_> = facts(&effects)
        .into_iter()
        .filter_map(|fact| match fact {
            Fact::AgentChanged { state, .. } => Some(state),
            _ => None,
        })
        .collect();
    assert_eq!(states, [AgentState::Ready, AgentState::Ringing]);
}

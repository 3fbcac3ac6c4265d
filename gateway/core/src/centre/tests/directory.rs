//! The configuration changes while the centre works.

use super::*;

fn changed_to(directory: Directory) -> Event {
    Event::DirectoryChanged(Box::new(directory))
}

#[test]
fn a_group_gained_brings_its_waiting_calls() {
    let mut bench = Bench::new();
    bench.is_ready("dave");
    bench.calls_in("job-a", SALES);
    assert_eq!(bench.activity("dave"), Activity::Idle);
    let mut directory = directory();
    directory.agents.get_mut(&"dave".into()).unwrap().levels.insert("sales".into(), 9);
    bench.on(changed_to(directory));
    assert_eq!(bench.activity("dave"), Activity::Ringing);
}

#[test]
fn a_group_lost_brings_no_more_calls() {
    let mut bench = Bench::new();
    bench.is_ready("bob");
    let mut directory = directory();
    directory.agents.get_mut(&"bob".into()).unwrap().levels.remove(&"sales".into());
    bench.on(changed_to(directory));
    bench.calls_in("job-a", SALES);
    assert_eq!(bench.activity("bob"), Activity::Idle);
}

#[test]
fn who_leaves_the_directory_is_signed_out() {
    let mut bench = Bench::new();
    bench.is_ready("alice");
    let mut without = directory();
    without.agents.remove(&"alice".into());
    let effects = bench.on(changed_to(without));
    assert!(effects.contains(&bench.agent_row("alice", AgentState::Offline, None)));
    assert_eq!(bench.is_refused("alice", AgentCommand::SignIn), Refusal::NoSkillGroup);
    bench.on(changed_to(directory()));
    bench.does("alice", AgentCommand::SignIn);
}

#[test]
fn who_leaves_the_directory_in_a_call_is_signed_out_after_it() {
    let mut bench = Bench::new();
    let leg = bench.talks("alice", "job-a");
    let mut without = directory();
    without.agents.remove(&"alice".into());
    bench.on(changed_to(without));
    assert_eq!(bench.activity("alice"), Activity::Talking);
    bench.ended(leg, LegEnd::FarSideHungUp, None);
    assert_eq!((bench.presence("alice"), bench.activity("alice")), (Presence::Offline, Activity::Idle));
}

#[test]
fn a_queue_outlives_its_group() {
    let mut bench = Bench::new();
    bench.calls_in("job-a", SALES);
    let mut without = directory();
    without.groups.remove(&"sales".into());
    bench.on(changed_to(without));
    bench.is_ready("bob");
    assert_eq!(bench.activity("bob"), Activity::Idle);
    assert_eq!(ending(&bench.wait(600)), Some((Disposition::QueueTimeout, WhoseDoing::Gateway)));
}

#[test]
fn a_desk_may_come_before_its_agent_is_known() {
    let mut bench = Bench::new();
    bench.on(Event::DeskConnected { agent: "eve".into() });
    let mut with = directory();
    with.agents
        .insert("eve".into(), AgentEntry { levels: BTreeMap::from([("sales".into(), 1)]), ..Default::default() });
    bench.on(changed_to(with));
    bench.does("eve", AgentCommand::SignIn);
    bench.does("eve", AgentCommand::Ready);
    bench.calls_in("job-a", SALES);
    assert_eq!(bench.activity("eve"), Activity::Ringing);
}

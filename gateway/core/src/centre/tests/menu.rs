//! Flows: prompts, menus, and what goes wrong in them.

use super::*;

fn prompts(play: u64, names: &[&str]) -> Sound {
    Sound::Prompts { play: PlayId(play), prompts: names.iter().map(|name| (*name).to_owned()).collect() }
}

/// A call that hears the menu's prompts as play 2.
fn at_menu(bench: &mut Bench) -> LegId {
    let (leg, _) = bench.calls_in("job-a", WELCOME);
    bench.on(Event::PromptEnded { leg, play: PlayId(1), played: true });
    leg
}

#[test]
fn a_call_is_greeted_asked_and_queued() {
    let mut bench = Bench::new();
    let (leg, effects) = bench.calls_in("job-a", WELCOME);
    assert_eq!(
        effects[1..],
        [
            Effect::AnswerLeg { leg },
            bench.row("job-a", Fact::CustomerAnswered),
            bench.row("job-a", Fact::FlowEntered { flow: "welcome".into() }),
            bench.row("job-a", Fact::NodeEntered { node: "greet".into() }),
            Effect::Hear { leg, sound: prompts(1, &["hello"]) },
        ]
    );
    let effects = bench.on(Event::PromptEnded { leg, play: PlayId(1), played: true });
    assert_eq!(
        effects,
        [
            bench.row("job-a", Fact::NodeEntered { node: "ask".into() }),
            Effect::Hear { leg, sound: prompts(2, &["which"]) },
        ]
    );
    let effects = bench.on(Event::DigitPressed { leg, digit: '1' });
    assert_eq!(
        effects,
        [
            bench.row("job-a", Fact::KeyPressed { digit: '1' }),
            bench.row("job-a", Fact::NodeEntered { node: "sales".into() }),
            bench.row("job-a", Fact::Enqueued { group: "sales".into(), priority: 10 }),
            Effect::Hear { leg, sound: Sound::Music },
            Effect::QueueChanged { group: "sales".into(), waiting: 1 },
        ]
    );
}

#[test]
fn a_key_that_leads_nowhere_is_answered_and_the_menu_asked_again() {
    let mut bench = Bench::new();
    let leg = at_menu(&mut bench);
    let effects = bench.on(Event::DigitPressed { leg, digit: '7' });
    assert_eq!(heard(&effects), [(leg, prompts(3, &["sorry", "which"]))]);
    assert_eq!(bench.on(Event::PromptEnded { leg, play: PlayId(2), played: true }), [], "cut short");
    let effects = bench.on(Event::DigitPressed { leg, digit: '8' });
    assert_eq!(ending(&effects), Some((Disposition::FlowEnded, WhoseDoing::Gateway)), "two tries are all");
}

#[test]
fn a_menu_waits_for_a_key_after_its_prompts() {
    let mut bench = Bench::new();
    let leg = at_menu(&mut bench);
    assert_eq!(bench.on(Event::PromptEnded { leg, play: PlayId(2), played: true }), []);
    assert_eq!(
        bench.centre.next_deadline(),
        Some((bench.now.mono + Duration::from_secs(5), DeadlineReason::MenuTimeout))
    );
    assert_eq!(heard(&bench.wait(5)), [(leg, prompts(3, &["which"]))]);
    bench.on(Event::PromptEnded { leg, play: PlayId(3), played: true });
    assert_eq!(ending(&bench.wait(5)), Some((Disposition::FlowEnded, WhoseDoing::Gateway)));
}

#[test]
fn a_prompt_that_cannot_be_played_is_noted_and_passed_over() {
    let mut bench = Bench::new();
    let (leg, _) = bench.calls_in("job-a", WELCOME);
    let effects = bench.on(Event::PromptEnded { leg, play: PlayId(1), played: false });
    assert_eq!(
        facts(&effects),
        [Fact::PromptMissing { node: "greet".into() }, Fact::NodeEntered { node: "ask".into() }]
    );
}

#[test]
fn an_exit_to_a_node_that_is_not_there_ends_the_call_as_failed() {
    let mut bench = Bench::new();
    let leg = at_menu(&mut bench);
    let effects = bench.on(Event::DigitPressed { leg, digit: '9' });
    let ended = facts(&effects).pop();
    let Some(Fact::CallEnded { disposition: Disposition::FlowFailed, text, .. }) = ended else { panic!("{ended:?}") };
    assert_eq!(text, "the flow has no node gone");
    assert!(effects.contains(&Effect::HangUpLeg { leg }));
}

#[test]
fn a_flow_that_goes_round_without_waiting_is_stopped() {
    let round = |prompts: &str| {
        let json = format!(
            r#"{{"id":"welcome","name":"","start":"a","nodes":{{
                "a":{{"type":"play","prompts":{prompts},"next":"b"}},
                "b":{{"type":"play","prompts":[],"next":"a"}}}}}}"#
        );
        let mut directory = directory();
        directory.flows.insert("welcome".into(), serde_json::from_str(&json).unwrap());
        Bench::with(directory)
    };
    let (_, effects) = round("[]").calls_in("job-a", WELCOME);
    assert_eq!(ending(&effects), Some((Disposition::FlowFailed, WhoseDoing::Gateway)));
    assert_eq!(facts(&effects).len(), 4 + 1000);

    // Prompts that cannot be played end at once: that is no waiting either.
    let mut bench = round(r#"["missing"]"#);
    let (leg, _) = bench.calls_in("job-a", WELCOME);
    let ended =
        (1..=1000).find_map(|play| ending(&bench.on(Event::PromptEnded { leg, play: PlayId(play), played: false })));
    assert_eq!(ended, Some((Disposition::FlowFailed, WhoseDoing::Gateway)));

    // Prompts that are heard are waiting, however often they come round.
    let mut bench = round(r#"["hello"]"#);
    let (leg, _) = bench.calls_in("job-a", WELCOME);
    for play in 1..=3000 {
        bench.pass(2);
        bench.on(Event::PromptEnded { leg, play: PlayId(play), played: true });
    }
    assert_eq!(bench.centre.calls(), 1);
}

#[test]
fn keys_before_the_menu_are_noted_and_lead_nowhere() {
    let mut bench = Bench::new();
    let (leg, _) = bench.calls_in("job-a", WELCOME);
    assert_eq!(facts(&bench.on(Event::DigitPressed { leg, digit: '1' })), [Fact::KeyPressed { digit: '1' }]);
    assert_eq!(bench.on(Event::DigitPressed { leg, digit: 'x' }), []);
}

#[test]
fn a_call_keeps_the_flow_it_began_with() {
    let mut bench = Bench::new();
    let leg = at_menu(&mut bench);
    let mut changed = directory();
    changed.flows.clear();
    bench.on(Event::DirectoryChanged(Box::new(changed)));
    let effects = bench.on(Event::DigitPressed { leg, digit: '1' });
    assert!(facts(&effects).contains(&Fact::Enqueued { group: "sales".into(), priority: 10 }));
}

#[test]
fn a_key_pressed_during_the_greeting_answers_the_menu_that_follows() {
    let mut bench = Bench::new();
    let (leg, _) = bench.calls_in("job-a", WELCOME);
    for digit in ['7', '1'] {
        let effects = bench.on(Event::DigitPressed { leg, digit });
        assert_eq!(effects, [bench.row("job-a", Fact::KeyPressed { digit })], "the greeting is heard to its end");
    }
    let effects = bench.on(Event::PromptEnded { leg, play: PlayId(1), played: true });
    assert_eq!(heard(&effects), [(leg, Sound::Music)]);
}

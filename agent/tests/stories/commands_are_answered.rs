//! Every command is accepted or refused by its id, whatever the order, or known to be lost.

use cordboard_agent::{AgentEvent, CommandError};
use cordboard_wire::{Command, RefusalCode};

use crate::rig::Rig;

#[tokio::test]
async fn answers_find_their_commands() {
    let mut rig = Rig::connected().await;
    let dial = Command::Dial { callee: "13800000000".to_owned(), caller: None };
    let hang_up = Command::HangUp { call_id: "job-9".to_owned() };
    let first = tokio::spawn({
        let agent = rig.agent.clone();
        let dial = dial.clone();
        async move { agent.command(dial).await }
    });
    let (first_id, heard) = rig.desk.hear_command().await;
    assert_eq!(heard, dial);
    let second = tokio::spawn({
        let agent = rig.agent.clone();
        async move { agent.command(hang_up).await }
    });
    let (second_id, _) = rig.desk.hear_command().await;
    assert!(second_id > first_id);
    rig.desk.refuse(second_id, RefusalCode::NoSuchCall);
    rig.desk.accept(first_id, Some("job-1"));
    assert_eq!(first.await.unwrap(), Ok(Some("job-1".to_owned())));
    match second.await.unwrap() {
        Err(CommandError::Refused(refusal)) => assert_eq!(refusal.code, RefusalCode::NoSuchCall),
        other => panic!("{other:?}"),
    }
    let refused = rig
        .event(|event| match event {
            AgentEvent::Refused { id, refusal } => Some((*id, refusal.code)),
            _ => None,
        })
        .await;
    assert_eq!(refused, (second_id, RefusalCode::NoSuchCall));
}

#[tokio::test]
async fn a_command_whose_socket_dies_is_known_to_be_lost() {
    let mut rig = Rig::connected().await;
    let agent = rig.agent.clone();
    let command = tokio::spawn(async move { agent.command(Command::Ready).await });
    rig.desk.hear_command().await;
    rig.desk.cut();
    assert_eq!(command.await.unwrap(), Err(CommandError::AnswerLost));
}

#[tokio::test]
async fn without_a_socket_nothing_is_sent() {
    let rig = Rig::connected().await;
    let _address = rig.gateway.stop().await;
    rig.desk.cut();
    let mut events = rig.events;
    loop {
        if let AgentEvent::Disconnected { .. } = events.recv().await.unwrap() {
            break;
        }
    }
    assert_eq!(rig.agent.command(Command::Ready).await, Err(CommandError::NotConnected));
}

#[tokio::test]
async fn answers_nobody_waits_for_and_nonsense_do_no_harm() {
    let mut rig = Rig::connected().await;
    rig.desk.accept(4_000_000_000, None);
    rig.desk.refuse(4_000_000_001, RefusalCode::InCall);
    for nonsense in ["", "{", "null", "[]", r#"{"type":"news"}"#, r#"{"type":"view","seq":-1}"#, "\u{0}"] {
        rig.desk.say_raw(nonsense);
    }
    let agent = rig.agent.clone();
    let command = tokio::spawn(async move { agent.command(Command::Ready).await });
    let (id, _) = rig.desk.hear_command().await;
    rig.desk.accept(id, None);
    assert_eq!(command.await.unwrap(), Ok(None));
}

//! One INVITE, several answers (§13.2.2.4), and CANCEL crossing them (§9.1).

use super::{Rig, THEIR_SDP, dial, respond, respond_with};
use crate::engine::Command;
use crate::event::{EndKind, SipEvent};

#[test]
fn the_first_2xx_wins_and_the_others_are_ended() {
    let mut rig = Rig::new();
    let (_, invite) = rig.dial(dial());
    rig.receive(&respond(&invite, 180, "one", ""));
    rig.receive(&respond(&invite, 183, "two", THEIR_SDP));
    let forks: Vec<_> = rig
        .events()
        .into_iter()
        .map(|event| match event {
            SipEvent::Progress { status, fork, .. } => (status, fork),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(forks, [(180, 0), (183, 1)]);
    rig.receive(&respond(&invite, 200, "one", THEIR_SDP));
    let ack = rig.request("ACK");
    assert!(ack.headers.get("To").unwrap().ends_with(";tag=one"));
    assert!(matches!(rig.event(), SipEvent::Answered { .. }));

    let other = respond_with(&invite, 200, "two", "Contact: <sip:two@192.0.2.2:5070>\r\n", THEIR_SDP);
    rig.receive(&other);
    let sent = rig.outputs();
    assert_eq!(sent.len(), 2);
    for (output, method) in sent.iter().zip(["ACK", "BYE"]) {
        let text = String::from_utf8_lossy(&output.bytes).into_owned();
        assert!(text.starts_with(&format!("{method} sip:two@192.0.2.2:5070 SIP/2.0")), "{text}");
        assert!(text.contains(";tag=two\r\n"));
        assert_eq!(output.destination.target, crate::wire::Target::Addr("192.0.2.2:5070".parse().unwrap()));
    }
    // Repetitions of either get their ACK again, and no second BYE.
    rig.receive(&other);
    rig.receive(&respond(&invite, 200, "one", THEIR_SDP));
    assert_eq!(rig.said(), ["ACK", "ACK"]);
    assert_eq!(rig.events(), []);
}

#[test]
fn cancel_waits_for_the_first_response() {
    let mut rig = Rig::new();
    let (dialog, invite) = rig.dial(dial());
    rig.command(Command::HangUp(dialog));
    assert_eq!(rig.said(), Vec::<String>::new());
    assert_eq!(rig.ended().kind, EndKind::WeHungUp);
    rig.receive(&respond(&invite, 100, "", ""));
    rig.request("CANCEL");
    rig.receive(&respond(&invite, 180, "r", ""));
    assert_eq!(rig.said(), Vec::<String>::new());
    rig.receive(&respond(&invite, 487, "r", ""));
    assert_eq!(rig.said(), ["ACK"]);
    assert_eq!(rig.events(), []);
}

#[test]
fn a_2xx_that_crosses_cancel_is_acknowledged_and_ended() {
    let mut rig = Rig::new();
    let (dialog, invite) = rig.dial(dial());
    rig.receive(&respond(&invite, 180, "r", ""));
    rig.events();
    rig.command(Command::HangUp(dialog));
    let cancel = rig.request("CANCEL");
    rig.receive(&respond(&invite, 200, "r", THEIR_SDP));
    assert_eq!(rig.said(), ["ACK", "BYE"]);
    rig.receive(&respond(&cancel, 200, "r", ""));
    rig.receive(&respond(&invite, 200, "r", THEIR_SDP));
    assert_eq!(rig.said(), ["ACK"]);
    assert_eq!(rig.ended().kind, EndKind::WeHungUp);
    assert_eq!(rig.stats.read_trunks()[0].calls, 0);
}

#[test]
fn a_call_that_answers_nothing_to_cancel_is_forgotten() {
    let mut rig = Rig::new();
    let (dialog, invite) = rig.dial(dial());
    rig.receive(&respond(&invite, 180, "r", ""));
    rig.command(Command::HangUp(dialog));
    rig.pass(std::time::Duration::from_secs(31));
    assert_eq!(rig.stats.read_trunks()[0].calls, 1);
    rig.pass(std::time::Duration::from_secs(2));
    assert_eq!(rig.stats.read_trunks()[0].calls, 0);
    assert!(rig.engine.is_idle());
    assert_eq!(rig.events().len(), 2);
}

#[test]
fn no_more_branches_than_can_be_remembered() {
    let mut rig = Rig::new();
    let (_, invite) = rig.dial(dial());
    for number in 0..100 {
        rig.receive(&respond(&invite, 180, &format!("early{number}"), ""));
    }
    assert_eq!(rig.events().len(), 16);
    for number in 0..100 {
        rig.receive(&respond(&invite, 200, &format!("up{number}"), THEIR_SDP));
    }
    let said = rig.said();
    assert_eq!(said.iter().filter(|word| *word == "ACK").count(), 16);
    assert_eq!(said.iter().filter(|word| *word == "BYE").count(), 15);
}

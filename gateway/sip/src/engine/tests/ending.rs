//! How calls end, by either side, and what a restarted process can do (§15).

use std::time::Duration;

use tokio::sync::oneshot;

use super::{Far, Rig, THEIR_SDP, dial, ours, respond};
use crate::engine::{Command, LostError};
use crate::event::{EndKind, SipEvent};
use crate::snapshot::DialogSnapshot;

#[test]
fn the_far_side_hangs_up_and_says_why() {
    let (mut rig, mut far) = (Rig::new(), Far::new());
    rig.call_up(&mut far);
    far.extra = "Reason: Q.850;cause=16;text=\"Normal, call\\\" clearing\"\r\n".into();
    rig.receive(&far.request("BYE", 2, ""));
    assert_eq!(rig.response().status, 200);
    let cause = rig.ended();
    assert_eq!((cause.kind, cause.text.as_str()), (EndKind::FarSideHungUp, "Normal, call\" clearing"));
    // Its repetition is answered by the transaction, a new one by nobody's dialog.
    rig.receive(&far.request("BYE", 2, ""));
    rig.receive(&far.request("BYE", 3, ""));
    assert_eq!(rig.said(), ["200", "481"]);
}

#[test]
fn the_caller_gives_up_by_cancel() {
    let (mut rig, far) = (Rig::new(), Far::new());
    rig.call_in(&far);
    rig.receive(&far.request("CANCEL", 1, ""));
    assert_eq!(rig.said(), ["200", "487"]);
    let cause = rig.ended();
    assert_eq!((cause.kind, cause.sip_status), (EndKind::FarSideHungUp, Some(487)));
    rig.receive(&far.request("CANCEL", 1, ""));
    assert_eq!(rig.said(), ["200"]);
    assert_eq!(rig.events(), []);
}

#[test]
fn a_cancel_that_crosses_our_2xx_changes_nothing() {
    let (mut rig, mut far) = (Rig::new(), Far::new());
    let dialog = rig.call_in(&far);
    rig.command(Command::Answer(dialog, ours(20_000)));
    let answer = rig.response();
    rig.receive(&far.request("CANCEL", 1, ""));
    assert_eq!(rig.said(), ["200"]);
    assert_eq!(rig.events(), []);
    far.to_tag = answer.to_tag().unwrap();
    rig.receive(&far.request("ACK", 1, ""));
    assert!(matches!(rig.event(), SipEvent::Answered { .. }));
    rig.receive(&far.request("BYE", 2, ""));
    assert_eq!(rig.ended().kind, EndKind::FarSideHungUp);
}

#[test]
fn a_cancel_for_nothing_is_told_so() {
    let mut rig = Rig::new();
    rig.receive(&Far::new().request("CANCEL", 1, ""));
    assert_eq!(rig.response().status, 481);
}

#[test]
fn the_caller_gives_up_by_bye_in_the_early_dialog() {
    let (mut rig, mut far) = (Rig::new(), Far::new());
    let dialog = rig.call_in(&far);
    rig.command(Command::Ring(dialog));
    far.to_tag = rig.response().to_tag().unwrap();
    rig.receive(&far.request("BYE", 2, ""));
    assert_eq!(rig.said(), ["200", "487"]);
    assert_eq!(rig.ended().kind, EndKind::FarSideHungUp);
}

#[test]
fn we_hang_up_before_the_ack_and_bye_waits_for_it() {
    let (mut rig, mut far) = (Rig::new(), Far::new());
    let dialog = rig.call_in(&far);
    rig.command(Command::Answer(dialog, ours(20_000)));
    far.to_tag = rig.response().to_tag().unwrap();
    rig.command(Command::HangUp(dialog));
    assert_eq!(rig.said(), Vec::<String>::new());
    assert_eq!(rig.ended().kind, EndKind::WeHungUp);
    rig.receive(&far.request("INFO", 2, ""));
    assert_eq!(rig.said(), ["481"]);
    rig.receive(&far.request("ACK", 1, ""));
    assert_eq!(rig.said(), ["BYE"]);
    assert_eq!(rig.events(), []);
}

#[test]
fn an_unanswered_inbound_call_is_ended_with_487() {
    let (mut rig, far) = (Rig::new(), Far::new());
    let dialog = rig.call_in(&far);
    rig.command(Command::HangUp(dialog));
    assert_eq!(rig.response().status, 487);
    assert_eq!(rig.ended().kind, EndKind::WeHungUp);
    rig.command(Command::HangUp(dialog));
    rig.command(Command::Answer(dialog, ours(1)));
    assert_eq!((rig.said(), rig.events()), (vec![], vec![]));
}

#[test]
fn refusals_keep_their_causes_apart() {
    for (status, kind) in [
        (486, EndKind::Refused),
        (603, EndKind::Refused),
        (404, EndKind::Refused),
        (302, EndKind::Refused),
        (480, EndKind::NoAnswer),
        (408, EndKind::NoAnswer),
        (503, EndKind::Failed),
        (500, EndKind::Failed),
    ] {
        let mut rig = Rig::new();
        let (_, invite) = rig.dial(dial());
        rig.receive(&respond(&invite, status, "r", ""));
        assert_eq!(rig.said(), ["ACK"]);
        let cause = rig.ended();
        assert_eq!((cause.kind, cause.sip_status, cause.text.as_str()), (kind, Some(status), "Whatever"));
    }
}

#[test]
fn an_inbound_dialog_is_known_before_it_is_answered() {
    let (mut rig, mut far) = (Rig::new(), Far::new());
    rig.receive(&far.request("INVITE", 1, THEIR_SDP));
    rig.outputs();
    let events = rig.all_events();
    let [SipEvent::Incoming { dialog, .. }, SipEvent::DialogKnown { snapshot, .. }] = &events[..] else {
        panic!("{events:?}")
    };
    rig.command(Command::Answer(*dialog, ours(20_000)));
    far.to_tag = rig.response().to_tag().unwrap();
    assert_eq!(snapshot.local_tag, far.to_tag);
    rig.receive(&far.request("ACK", 1, ""));
    // Nothing has changed, so nothing is told again.
    assert!(matches!(rig.all_events()[..], [SipEvent::Answered { .. }]));
}

fn snapshot_of(rig: &mut Rig) -> DialogSnapshot {
    let (_, invite) = rig.dial(dial());
    rig.receive(&respond(&invite, 200, "r", THEIR_SDP));
    rig.outputs();
    let known = rig.all_events().into_iter().find_map(|event| match event {
        SipEvent::DialogKnown { snapshot, .. } => Some(snapshot),
        _ => None,
    });
    known.unwrap()
}

#[test]
fn another_process_ends_the_call() {
    let snapshot = snapshot_of(&mut Rig::new());
    let json = serde_json::to_string(&snapshot).unwrap();
    let snapshot: DialogSnapshot = serde_json::from_str(&json).unwrap();
    for (status, expected) in [(200, Ok(())), (481, Ok(())), (500, Err(LostError::Refused(500)))] {
        let mut rig = Rig::new();
        let (done, mut outcome) = oneshot::channel();
        rig.command(Command::HangUpLost { snapshot: Box::new(snapshot.clone()), done });
        let bye = rig.request("BYE");
        assert_eq!(bye.uri, "sip:callee@192.0.2.1:5060");
        assert!(bye.headers.get("To").unwrap().ends_with(";tag=r"));
        assert_eq!(bye.headers.get("CSeq"), Some("12 BYE"));
        assert!(outcome.try_recv().is_err());
        rig.receive(&respond(&bye, status, "", ""));
        assert_eq!(outcome.try_recv().unwrap(), expected);
        assert_eq!(rig.events(), []);
    }
}

#[test]
fn a_lost_call_whose_far_side_is_gone_too() {
    let mut snapshot = snapshot_of(&mut Rig::new());
    let mut rig = Rig::new();
    let (done, mut outcome) = oneshot::channel();
    rig.command(Command::HangUpLost { snapshot: Box::new(snapshot.clone()), done });
    rig.pass(Duration::from_secs(33));
    assert_eq!(outcome.try_recv().unwrap(), Err(LostError::Unanswered));
    let (done, mut outcome) = oneshot::channel();
    snapshot.trunk = "gone".into();
    rig.command(Command::HangUpLost { snapshot: Box::new(snapshot), done });
    assert_eq!(outcome.try_recv().unwrap(), Err(LostError::UnknownTrunk));
}

//! Changes of a standing call: hold, resume, refresh, late offers, glare, UPDATE (§14, RFC 3264, RFC 3311).

use std::time::Duration;

use super::{Far, Rig, THEIR_SDP, ours, respond};
use crate::engine::Command;
use crate::event::{EndKind, SipEvent};
use crate::media::Direction;

fn held(by: &str) -> String {
    match by {
        "0.0.0.0" => THEIR_SDP.replace("c=IN IP4 192.0.2.9", "c=IN IP4 0.0.0.0"),
        direction => format!("{THEIR_SDP}a={direction}\r\n"),
    }
}

fn version(sdp: &[u8]) -> String {
    let text = String::from_utf8_lossy(sdp).into_owned();
    text.lines().nth(1).unwrap().split(' ').nth(2).unwrap().to_owned()
}

#[test]
fn hold_and_resume_in_every_dialect() {
    for (by, direction, is_held) in [
        ("sendonly", Direction::RecvOnly, true),
        ("inactive", Direction::Inactive, true),
        ("0.0.0.0", Direction::RecvOnly, true),
        ("recvonly", Direction::SendOnly, false),
    ] {
        let (mut rig, mut far) = (Rig::new(), Far::new());
        let (_, answer) = rig.call_up(&mut far);
        rig.receive(&far.request("INVITE", 2, &held(by)));
        let hold = rig.response();
        let SipEvent::MediaChanged { media, held_by_far_side, .. } = rig.event() else { panic!("not MediaChanged") };
        assert_eq!((media.direction, held_by_far_side), (direction, is_held), "{by}");
        rig.receive(&far.request("ACK", 2, ""));
        rig.receive(&far.request("INVITE", 3, THEIR_SDP));
        let resumed = rig.response();
        rig.receive(&far.request("ACK", 3, ""));
        let SipEvent::MediaChanged { media, held_by_far_side, .. } = rig.event() else { panic!("not MediaChanged") };
        assert_eq!((media.direction, held_by_far_side), (Direction::SendRecv, false));
        // 0.0.0.0 is answered as before: what we say does not change.
        let expected = if by == "0.0.0.0" { ["1", "1", "1"] } else { ["1", "2", "3"] };
        assert_eq!([version(&answer.body), version(&hold.body), version(&resumed.body)], expected);
    }
}

#[test]
fn a_refresh_gets_the_same_answer_and_no_event() {
    let (mut rig, mut far) = (Rig::new(), Far::new());
    let (_, answer) = rig.call_up(&mut far);
    for cseq in [2, 3] {
        rig.receive(&far.request("INVITE", cseq, THEIR_SDP));
        assert_eq!(rig.response().body, answer.body);
        rig.receive(&far.request("ACK", cseq, ""));
    }
    rig.receive(&far.request("UPDATE", 4, ""));
    assert_eq!(rig.response().status, 200);
    assert_eq!(rig.events(), []);
}

#[test]
fn a_reinvite_without_an_offer_gets_ours_and_its_ack_answers() {
    let (mut rig, mut far) = (Rig::new(), Far::new());
    rig.call_up(&mut far);
    rig.receive(&far.request("INVITE", 2, ""));
    let offer = rig.response();
    assert!(String::from_utf8_lossy(&offer.body).contains("RTP/AVP 8 0 101"));
    // While our offer is open, theirs has to wait.
    rig.receive(&far.request("UPDATE", 3, THEIR_SDP));
    assert_eq!(rig.response().status, 491);
    rig.receive(&far.request("ACK", 2, &held("sendonly")));
    let SipEvent::MediaChanged { held_by_far_side: true, .. } = rig.event() else { panic!("not held") };
    // An ACK without an answer leaves everything as it was.
    rig.receive(&far.request("INVITE", 4, ""));
    rig.response();
    rig.receive(&far.request("ACK", 4, ""));
    assert_eq!(rig.events(), []);
}

#[test]
fn an_offer_that_cannot_be_met_leaves_the_call_as_it_was() {
    let (mut rig, mut far) = (Rig::new(), Far::new());
    rig.call_up(&mut far);
    for method in ["INVITE", "UPDATE"] {
        rig.receive(&far.request(method, 2, &THEIR_SDP.replace("AVP 8 101", "AVP 18")));
        assert_eq!(rig.response().status, 488);
    }
    far.extra = "Content-Type: text/plain\r\n".into();
    rig.receive(&far.request("INVITE", 3, "").replace("Content-Length: 0\r\n\r\n", "Content-Length: 2\r\n\r\nhi"));
    assert_eq!(rig.response().status, 415);
    assert_eq!(rig.events(), []);
}

#[test]
fn update_changes_media_too() {
    let (mut rig, mut far) = (Rig::new(), Far::new());
    rig.call_up(&mut far);
    rig.receive(&far.request("UPDATE", 2, &held("inactive")));
    let answer = rig.response();
    assert!(String::from_utf8_lossy(&answer.body).contains("a=inactive"));
    assert!(answer.headers.get("Contact").is_some());
    assert!(matches!(rig.event(), SipEvent::MediaChanged { held_by_far_side: true, .. }));
}

#[test]
fn changes_in_an_early_dialog_are_put_off() {
    let (mut rig, mut far) = (Rig::new(), Far::new());
    let dialog = rig.call_in(&far);
    rig.command(Command::Ring(dialog));
    far.to_tag = rig.response().to_tag().unwrap();
    for method in ["UPDATE", "INVITE"] {
        rig.receive(&far.request(method, 2, THEIR_SDP));
        let refusal = rig.response();
        assert_eq!(refusal.status, 500);
        assert!(refusal.headers.get("Retry-After").is_some());
    }
}

#[test]
fn an_older_number_is_out_of_order() {
    let (mut rig, mut far) = (Rig::new(), Far::new());
    rig.call_up(&mut far);
    rig.receive(&far.request("INVITE", 5, THEIR_SDP));
    rig.receive(&far.request("ACK", 5, ""));
    rig.outputs();
    rig.receive(&far.request("INVITE", 4, THEIR_SDP));
    assert_eq!(rig.response().status, 500);
    rig.receive(&far.request("BYE", 3, ""));
    assert_eq!(rig.response().status, 500);
    assert_eq!(rig.events(), []);
}

#[test]
fn a_reinvite_after_a_lost_ack_confirms_the_call() {
    let (mut rig, mut far) = (Rig::new(), Far::new());
    let dialog = rig.call_in(&far);
    rig.command(Command::Answer(dialog, ours(20_000)));
    far.to_tag = rig.response().to_tag().unwrap();
    rig.receive(&far.request("INVITE", 2, &held("sendonly")));
    assert_eq!(rig.said(), ["200"]);
    let events = rig.events();
    assert!(matches!(events[..], [SipEvent::Answered { .. }, SipEvent::MediaChanged { .. }]), "{events:?}");
}

#[test]
fn media_of_ours_changes_by_reinvite_only_when_it_must() {
    let mut rig = Rig::new();
    let (dialog, _) = rig.call_out();
    rig.command(Command::SetMedia(dialog, ours(20_000)));
    assert_eq!(rig.said(), Vec::<String>::new());
    rig.command(Command::SetMedia(dialog, ours(30_000)));
    let invite = rig.request("INVITE");
    assert_eq!((invite.uri.as_str(), invite.headers.get("CSeq")), ("sip:callee@192.0.2.1:5060", Some("2 INVITE")));
    assert_eq!(version(&invite.body), "2");
    // Wishes meanwhile: only the newest counts.
    rig.command(Command::SetMedia(dialog, ours(31_000)));
    rig.command(Command::SetMedia(dialog, ours(32_000)));
    assert_eq!(rig.said(), Vec::<String>::new());
    rig.receive(&respond(&invite, 200, "", THEIR_SDP));
    let sent = rig.sent();
    assert_eq!(sent.iter().map(super::short).collect::<Vec<_>>(), ["ACK", "INVITE"]);
    let crate::message::Message::Request(next) = &sent[1] else { panic!("not a request") };
    assert!(String::from_utf8_lossy(&next.body).contains("m=audio 32000"));
    rig.receive(&respond(next, 200, "", &held("sendonly")));
    assert_eq!(rig.said(), ["ACK"]);
    assert!(matches!(rig.event(), SipEvent::MediaChanged { held_by_far_side: true, .. }));
    // A repeated 2xx wants its ACK again.
    rig.receive(&respond(next, 200, "", &held("sendonly")));
    assert_eq!(rig.said(), ["ACK"]);
}

#[test]
fn a_refused_change_leaves_the_call_as_it_was() {
    let mut rig = Rig::new();
    let (dialog, _) = rig.call_out();
    rig.command(Command::SetMedia(dialog, ours(30_000)));
    let invite = rig.request("INVITE");
    rig.receive(&respond(&invite, 488, "", ""));
    assert_eq!(rig.said(), ["ACK"]);
    assert_eq!(rig.events(), []);
    rig.command(Command::HangUp(dialog));
    assert_eq!(rig.said(), ["BYE"]);
}

#[test]
fn glare_is_refused_and_tried_again_later() {
    let (mut rig, mut far) = (Rig::new(), Far::new());
    let (dialog, _) = rig.call_up(&mut far);
    rig.command(Command::SetMedia(dialog, ours(30_000)));
    let invite = rig.request("INVITE");
    rig.receive(&far.request("INVITE", 2, THEIR_SDP));
    assert_eq!(rig.response().status, 491);
    rig.receive(&respond(&invite, 491, "", ""));
    assert_eq!(rig.said(), ["ACK"]);
    // Theirs may come first now: the Call-ID is theirs, so we wait up to 2 s, they 2.1 s at least.
    rig.pass(Duration::from_secs(2));
    let again = rig.last("INVITE");
    assert!(String::from_utf8_lossy(&again.body).contains("m=audio 30000"));
    rig.receive(&respond(&again, 200, "", THEIR_SDP));
    assert_eq!(rig.said(), ["ACK"]);
}

#[test]
fn whoever_made_the_call_id_waits_longer() {
    let mut rig = Rig::new();
    let (dialog, _) = rig.call_out();
    rig.command(Command::SetMedia(dialog, ours(30_000)));
    let invite = rig.request("INVITE");
    rig.receive(&respond(&invite, 491, "", ""));
    rig.outputs();
    rig.pass(Duration::from_millis(2_099));
    assert_eq!(rig.said(), Vec::<String>::new());
    rig.pass(Duration::from_millis(1_901));
    rig.last("INVITE");
}

#[test]
fn a_far_side_that_knows_the_call_no_more_loses_it() {
    for status in [408, 481] {
        let mut rig = Rig::new();
        let (dialog, _) = rig.call_out();
        rig.command(Command::SetMedia(dialog, ours(30_000)));
        let invite = rig.request("INVITE");
        rig.receive(&respond(&invite, status, "", ""));
        assert_eq!(rig.said(), ["ACK", "BYE"]);
        assert_eq!(rig.ended().kind, EndKind::Lost);
    }
    let mut rig = Rig::new();
    let (dialog, _) = rig.call_out();
    rig.command(Command::SetMedia(dialog, ours(30_000)));
    rig.pass(Duration::from_secs(33));
    assert_eq!(rig.ended().kind, EndKind::Lost);
}

#[test]
fn a_change_that_crosses_our_bye_is_acknowledged() {
    let mut rig = Rig::new();
    let (dialog, _) = rig.call_out();
    rig.command(Command::SetMedia(dialog, ours(30_000)));
    let invite = rig.request("INVITE");
    rig.command(Command::HangUp(dialog));
    rig.request("BYE");
    rig.receive(&respond(&invite, 200, "", THEIR_SDP));
    rig.receive(&respond(&invite, 200, "", THEIR_SDP));
    assert_eq!(rig.said(), ["ACK", "ACK"]);
}

#[test]
fn keys_by_info_are_told() {
    let (mut rig, mut far) = (Rig::new(), Far::new());
    rig.call_up(&mut far);
    let info = |cseq: u32, kind: &str, body: &str| {
        let far = Far { extra: format!("Content-Type: {kind}\r\n"), ..far.clone() };
        let head = far.request("INFO", cseq, "");
        head.replace("Content-Length: 0\r\n\r\n", &format!("Content-Length: {}\r\n\r\n{body}", body.len()))
    };
    rig.receive(&info(2, "application/dtmf-relay", "Signal=#\r\nDuration=250\r\n"));
    assert_eq!(rig.response().status, 200);
    assert!(matches!(rig.event(), SipEvent::Digit { digit: '#', duration_ms: Some(250), .. }));
    rig.receive(&info(3, "application/dtmf-relay", "Signal=hello"));
    rig.receive(&info(4, "text/plain", "x"));
    rig.receive(&info(5, "application/dtmf", ""));
    assert_eq!(rig.said(), ["400", "415", "200"]);
    assert_eq!(rig.events(), []);
}

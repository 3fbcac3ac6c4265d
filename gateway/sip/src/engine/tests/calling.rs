//! Calls each way, up to their answer.

use std::time::Duration;

use super::{Far, Rig, THEIR_SDP, dial, ours, respond};
use crate::config::{CalledFrom, CallerFrom};
use crate::engine::Command;
use crate::event::{EndKind, SipEvent};
use crate::media::{Codec, Direction, LocalMedia};
use crate::user_agent::Dial;

#[test]
fn an_invite_of_ours_says_who_calls_whom() {
    let mut rig = Rig::new();
    let (_, invite) = rig.dial(dial());
    assert_eq!(invite.uri, "sip:+8613800000000@192.0.2.1:5060");
    let from = invite.headers.get("From").unwrap();
    assert!(from.starts_with("\"A \\\"B\\\"\" <sip:1001@198.51.100.1:5060>;tag="), "{from}");
    let asserted = invite.headers.get("P-Asserted-Identity").unwrap();
    assert_eq!(asserted, "\"A \\\"B\\\"\" <sip:1001@198.51.100.1:5060>");
    assert_eq!(invite.headers.get("Contact"), Some("<sip:cordboard@198.51.100.1:5060>"));
    assert!(invite.headers.get("Via").unwrap().starts_with("SIP/2.0/UDP 198.51.100.1:5060;rport;branch=z9hG4bK"));
    assert_eq!(invite.headers.get("Max-Forwards"), Some("70"));
    assert_eq!(invite.headers.get("CSeq"), Some("1 INVITE"));
}

#[test]
fn a_caller_cannot_write_headers() {
    let mut rig = Rig::with(|trunk| trunk.caller_domain = Some("carrier.example".into()));
    let (_, invite) = rig.dial(Dial {
        caller: "1;x=\"<sip:evil@evil>".into(),
        caller_display: "\r\nEvil: 1\r\n".into(),
        callee: "2@evil?Subject=x".into(),
        ..dial()
    });
    assert_eq!(invite.uri, "sip:2%40evil%3FSubject=x@192.0.2.1:5060");
    let from = invite.headers.get("From").unwrap();
    assert!(from.starts_with("\"Evil: 1\" <sip:1%3Bx=%22%3Csip%3Aevil%40evil%3E@carrier.example>;tag="), "{from}");
    assert_eq!(invite.headers.get("Evil"), None);
    rig.command(Command::Dial {
        dialog: crate::event::DialogId(0),
        dial: Box::new(Dial { callee: "1\r\nX: y".into(), ..dial() }),
    });
    assert_eq!(rig.ended().kind, EndKind::Failed);
    assert_eq!(rig.said(), Vec::<String>::new());
}

#[test]
fn a_call_without_a_number_is_anonymous() {
    let mut rig = Rig::new();
    let (_, invite) = rig.dial(Dial { caller: String::new(), ..dial() });
    let from = invite.headers.get("From").unwrap();
    assert!(from.starts_with("\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag="), "{from}");
    assert_eq!(invite.headers.get("P-Asserted-Identity"), None);
}

#[test]
fn progress_is_told_once_and_early_media_with_it() {
    let mut rig = Rig::new();
    let (_, invite) = rig.dial(dial());
    for (status, sdp) in [(100, ""), (180, ""), (180, ""), (183, THEIR_SDP), (183, THEIR_SDP)] {
        rig.receive(&respond(&invite, status, "r", sdp));
    }
    let told: Vec<_> = rig
        .events()
        .into_iter()
        .map(|event| match event {
            SipEvent::Progress { status, media, fork, .. } => (status, media.is_some(), fork),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(told, [(180, false, 0), (183, true, 0)]);
    // The answer was in the 183 already; the 2xx need not say it again.
    rig.receive(&respond(&invite, 200, "r", ""));
    let SipEvent::Answered { media, .. } = rig.event() else { panic!("not Answered") };
    assert_eq!(media.addr, "192.0.2.9:4000".parse().unwrap());
}

#[test]
fn a_2xx_without_a_usable_answer_is_acknowledged_and_ended() {
    for sdp in ["", "v=0\r\nm=audio 9 RTP/SAVP 8\r\n", "nonsense"] {
        let mut rig = Rig::new();
        let (_, invite) = rig.dial(dial());
        rig.receive(&respond(&invite, 200, "r", sdp));
        assert_eq!(rig.said(), ["ACK", "BYE"]);
        assert_eq!(rig.ended().kind, EndKind::Failed);
    }
}

#[test]
fn a_late_offer_of_theirs_is_answered_in_the_ack() {
    let mut rig = Rig::new();
    let (_, invite) = rig.dial(Dial { late_offer: true, ..dial() });
    assert!(invite.body.is_empty());
    rig.receive(&respond(&invite, 200, "r", THEIR_SDP));
    let ack = rig.request("ACK");
    assert_eq!(ack.headers.get("CSeq"), Some("1 ACK"));
    let sdp = String::from_utf8(ack.body.to_vec()).unwrap();
    assert!(sdp.contains("m=audio 20000 RTP/AVP 8 101"), "{sdp}");
    let SipEvent::Answered { media, .. } = rig.event() else { panic!("not Answered") };
    assert_eq!(media.codecs, [(Codec::Pcma, 8)]);
}

#[test]
fn a_late_offer_of_ours_is_answered_in_their_ack() {
    let (mut rig, mut far) = (Rig::new(), Far::new());
    rig.receive(&far.request("INVITE", 1, ""));
    assert_eq!(rig.said(), ["100"]);
    let SipEvent::Incoming { dialog, media: None, .. } = rig.event() else { panic!("not a late offer") };
    rig.command(Command::Progress(dialog, ours(20_000)));
    assert!(rig.response().body.is_empty(), "an unreliable 183 cannot carry an offer");
    rig.command(Command::Answer(dialog, ours(20_000)));
    let answer = rig.response();
    assert!(String::from_utf8_lossy(&answer.body).contains("m=audio 20000 RTP/AVP 8 0 101"));
    assert_eq!(rig.events(), []);
    far.to_tag = answer.to_tag().unwrap();
    rig.receive(&far.request("ACK", 1, THEIR_SDP));
    let SipEvent::Answered { media, .. } = rig.event() else { panic!("not Answered") };
    assert_eq!((media.addr, media.direction), ("192.0.2.9:4000".parse().unwrap(), Direction::SendRecv));
}

#[test]
fn a_late_offer_of_ours_without_an_answer_ends_the_call() {
    let (mut rig, mut far) = (Rig::new(), Far::new());
    rig.receive(&far.request("INVITE", 1, ""));
    let SipEvent::Incoming { dialog, .. } = rig.event() else { panic!("not Incoming") };
    rig.command(Command::Answer(dialog, ours(20_000)));
    far.to_tag = match rig.sent().pop() {
        Some(crate::message::Message::Response(answer)) => answer.to_tag().unwrap(),
        other => panic!("{other:?}"),
    };
    rig.receive(&far.request("ACK", 1, ""));
    assert_eq!(rig.said(), ["BYE"]);
    assert_eq!(rig.ended().kind, EndKind::Failed);
}

#[test]
fn an_inbound_call_rings_plays_and_is_answered() {
    let (mut rig, far) = (Rig::new(), Far::with("P-Asserted-Identity: \"Real\" <tel:+8613911111111>\r\n"));
    rig.receive(&far.request("INVITE", 1, THEIR_SDP));
    assert_eq!(rig.said(), ["100"]);
    let SipEvent::Incoming { dialog, called, caller, caller_display, source, media, .. } = rig.event() else {
        panic!("not Incoming")
    };
    assert_eq!((called.as_str(), caller.as_str(), caller_display.as_str()), ("02165001000", "+8613911111111", "Real"));
    assert_eq!((source, media.unwrap().dtmf_pt), ("192.0.2.1:5060".parse().unwrap(), Some(101)));
    rig.command(Command::Ring(dialog));
    let ringing = rig.response();
    assert_eq!(ringing.status, 180);
    assert!(ringing.headers.get("Contact").is_some());
    rig.command(Command::Progress(dialog, ours(20_000)));
    let early = rig.response();
    rig.command(Command::Answer(dialog, ours(20_000)));
    let answer = rig.response();
    assert_eq!((early.status, answer.status), (183, 200));
    assert_eq!(early.to_tag(), answer.to_tag());
    assert_eq!(early.body, answer.body, "the answer must not change between 183 and 200");
}

#[test]
fn numbers_come_from_where_the_trunk_says() {
    let extra = "Diversion: <sip:4008001000@x>;reason=unconditional, <sip:1@x>\r\nP-Asserted-Identity: <sip:7@x>\r\n";
    for (called_from, caller_from, expected) in [
        (CalledFrom::RequestUri, CallerFrom::PAssertedIdentity, ("02165001000", "7", "Anna")),
        (CalledFrom::Diversion, CallerFrom::From, ("4008001000", "13900000000", "Anna")),
        (CalledFrom::To, CallerFrom::From, ("777", "13900000000", "Anna")),
    ] {
        let mut rig = Rig::with(|trunk| {
            trunk.called_from = called_from;
            trunk.caller_from = caller_from;
        });
        let invite = Far::with(extra).request("INVITE", 1, THEIR_SDP).replace("To: <sip:02165001000", "To: <sip:777");
        rig.receive(&invite);
        let SipEvent::Incoming { called, caller, caller_display, .. } = rig.event() else { panic!("not Incoming") };
        assert_eq!((called.as_str(), caller.as_str(), caller_display.as_str()), expected);
    }
}

#[test]
fn nobody_answers_in_time() {
    let mut rig = Rig::new();
    let (_, invite) = rig.dial(Dial { timeout: Duration::from_secs(20), ..dial() });
    rig.receive(&respond(&invite, 180, "r", ""));
    rig.events();
    rig.pass(Duration::from_secs(20));
    let cancel = rig.request("CANCEL");
    assert_eq!(cancel.headers.get("Via"), invite.headers.get("Via"));
    assert_eq!(cancel.uri, invite.uri);
    assert_eq!(cancel.headers.get("CSeq"), Some("1 CANCEL"));
    assert_eq!(rig.ended().kind, EndKind::NoAnswer);
    rig.receive(&respond(&cancel, 200, "r", ""));
    rig.receive(&respond(&invite, 487, "r", ""));
    assert_eq!(rig.said(), ["ACK"]);
    assert_eq!(rig.events(), []);
    assert_eq!(rig.stats.read_trunks()[0].calls, 0);
}

#[test]
fn no_codec_in_common_is_refused_before_anybody_is_asked() {
    let (mut rig, far) = (Rig::new(), Far::new());
    rig.receive(&far.request("INVITE", 1, &THEIR_SDP.replace("RTP/AVP 8 101", "RTP/AVP 18")));
    let refusal = rig.response();
    assert_eq!(refusal.status, 488);
    assert_eq!(refusal.headers.get("Warning"), Some("304 cordboard \"no common codec\""));
    assert_eq!(rig.events(), []);
    assert_eq!(rig.stats.read_trunks()[0].calls, 0);
    // Or by what the call's own media can do.
    let far = Far { call_id: "other".into(), branch: 1, ..far };
    let dialog = rig.call_in(&far);
    rig.command(Command::Answer(dialog, LocalMedia { codecs: vec![Codec::Pcmu], ..ours(1) }));
    assert_eq!(rig.response().status, 488);
    assert_eq!(rig.ended().kind, EndKind::Failed);
}

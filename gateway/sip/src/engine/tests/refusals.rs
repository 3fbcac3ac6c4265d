//! What is not taken, and how that is said (§8.2).

use std::time::Duration;

use super::{Far, Rig, THEIR_SDP};
use crate::config::Transport;
use crate::wire::{Flow, Input};

fn status_of(request: &str) -> u16 {
    let mut rig = Rig::new();
    rig.receive(request);
    let response = rig.response();
    assert_eq!(rig.events(), [], "{request}");
    if response.status != 100 {
        assert!(response.to_tag().is_some(), "{request}");
    }
    response.status
}

#[test]
fn every_refusal_has_its_status() {
    let invite = |extra: &str| Far::with(extra).request("INVITE", 1, THEIR_SDP);
    let plain = invite("");
    assert_eq!(status_of(&invite("Require: 100rel, timer\r\n")), 420);
    assert_eq!(status_of(&plain.replace("Max-Forwards: 70", "Max-Forwards: 0")), 483);
    assert_eq!(status_of(&plain.replace("Max-Forwards: 70", "Max-Forwards: many")), 400);
    assert_eq!(status_of(&plain.replace("INVITE sip:02165001000@", "INVITE mailto:02165001000@")), 416);
    assert_eq!(status_of(&plain.replace("INVITE sip:02165001000@", "INVITE sip:0<2@")), 400);
    assert_eq!(status_of(&plain.replace("02165001000@198.51.100.1 SIP", &format!("{}@x SIP", "1".repeat(2_000)))), 414);
    assert_eq!(status_of(&plain.replace("application/sdp", "application/isup")), 415);
    assert_eq!(status_of(&invite("Content-Encoding: gzip\r\n")), 415);
    assert_eq!(status_of(&plain.replace(";tag=f", "")), 400);
    assert_eq!(status_of(&plain.replace("Contact: <sip:far@192.0.2.1:5060>\r\n", "")), 400);
    assert_eq!(status_of(&plain.replace("v=0", "nonsense")), 488);
    let other = |method: &str| Far::new().request(method, 1, "");
    assert_eq!(status_of(&other("REGISTER")), 405);
    assert_eq!(status_of(&other("PRACK")), 405);
    assert_eq!(status_of(&other("FROBNICATE")), 501);
    assert_eq!(status_of(&other("BYE")), 481);
    assert_eq!(status_of(&other("INFO")), 481);
    assert_eq!(status_of(&Far { to_tag: "unknown".into(), ..Far::new() }.request("INVITE", 1, THEIR_SDP)), 481);
    assert_eq!(status_of(&other("OPTIONS")), 200);
    assert_eq!(status_of(&other("OPTIONS").replace("Max-Forwards: 70", "Max-Forwards: 0")), 200);
}

#[test]
fn the_refusal_of_an_extension_names_it() {
    let mut rig = Rig::new();
    rig.receive(&Far::with("Require: 100rel\r\nRequire: timer\r\n").request("INVITE", 1, THEIR_SDP));
    assert_eq!(rig.response().headers.get("Unsupported"), Some("100rel, timer"));
}

#[test]
fn options_tell_what_we_can_do() {
    let mut rig = Rig::new();
    rig.receive(&Far::new().request("OPTIONS", 1, ""));
    let response = rig.response();
    assert_eq!(response.headers.get("Allow"), Some("INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE"));
    assert!(response.headers.get("Accept").unwrap().contains("application/sdp"));
    assert!(response.headers.get("Supported").is_some());
    let mut far = Far { call_id: "other".into(), ..Far::new() };
    rig.call_up(&mut far);
    rig.receive(&far.request("OPTIONS", 2, ""));
    assert_eq!(rig.response().to_tag().unwrap(), far.to_tag);
}

#[test]
fn the_same_call_by_another_way_is_merged() {
    let (mut rig, far) = (Rig::new(), Far::new());
    rig.call_in(&far);
    rig.receive(&Far { branch: 2, ..far.clone() }.request("INVITE", 1, THEIR_SDP));
    assert_eq!(rig.response().status, 482);
    assert_eq!(rig.events(), []);
    // The real one is untouched by its twin's end.
    rig.receive(&Far { branch: 2, ..far.clone() }.request("ACK", 1, ""));
    rig.receive(&far.request("CANCEL", 1, ""));
    assert_eq!(rig.said(), ["200", "487"]);
}

#[test]
fn an_unknown_source_hears_nothing_and_is_counted() {
    let mut rig = Rig::new();
    let source = "203.0.113.5:5060".parse().unwrap();
    let flow = Flow { transport: Transport::Udp, listener: 0, source, connection: None };
    for method in ["INVITE", "OPTIONS", "REGISTER"] {
        let text = Far::new().request(method, 1, "");
        rig.engine.input(rig.now, Input::Received(flow, crate::message::parse(text.as_bytes()).unwrap()));
    }
    assert_eq!((rig.said(), rig.events()), (vec![], vec![]));
    assert_eq!(rig.stats.read().unknown_source, 3);
}

#[test]
fn caps_are_kept_without_retry_after() {
    let mut rig = Rig::with(|trunk| {
        trunk.max_calls = Some(2);
        trunk.max_calls_per_second = Some(1);
    });
    let call = |number: u32| Far { call_id: number.to_string(), branch: number, ..Far::new() };
    rig.call_in(&call(1));
    rig.receive(&call(2).request("INVITE", 1, THEIR_SDP));
    let refusal = rig.response();
    assert_eq!((refusal.status, refusal.headers.get("Retry-After")), (503, None));
    rig.pass(Duration::from_secs(1));
    rig.outputs();
    rig.call_in(&call(3));
    rig.pass(Duration::from_secs(1));
    rig.outputs();
    rig.receive(&call(4).request("INVITE", 1, THEIR_SDP));
    assert_eq!(rig.response().status, 503);
    // Outbound calls count too.
    let dialog = crate::user_agent::next_dialog_id();
    rig.command(crate::engine::Command::Dial { dialog, dial: Box::new(super::dial()) });
    let cause = rig.ended();
    assert_eq!(cause.text, "too many calls at once on the trunk");
    rig.receive(&call(1).request("CANCEL", 1, ""));
    rig.outputs();
    rig.events();
    rig.call_in(&call(5));
    let stats = &rig.stats.read_trunks()[0];
    assert_eq!((stats.calls, stats.incoming, stats.outgoing, stats.over_cap), (2, 5, 1, 3));
}

#[test]
fn a_bad_request_is_told_so_and_an_ack_never_is() {
    let mut rig = Rig::new();
    rig.receive(&Far::new().request("INVITE", 1, THEIR_SDP).replace("CSeq: 1 INVITE", "CSeq: 1 BYE"));
    let response = rig.response();
    assert_eq!((response.status, response.reason.as_str()), (400, "Bad Request (CSeq)"));
    rig.receive(&Far::new().request("ACK", 1, "").replace("CSeq: 1 ACK", "CSeq: one"));
    rig.receive(&Far { to_tag: "x".into(), ..Far::new() }.request("ACK", 1, ""));
    assert_eq!(rig.said(), Vec::<String>::new());
    assert_eq!(rig.stats.read().malformed, 2);
}

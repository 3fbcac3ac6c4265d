//! Challenges (§22.2, §22.3, RFC 7616).

use super::{Rig, THEIR_SDP, dial, ours, respond, respond_with};
use crate::config::Credentials;
use crate::engine::Command;
use crate::event::{EndKind, SipEvent};
use crate::message::{Message, Request};

fn rig() -> Rig {
    Rig::with(|trunk| {
        trunk.credentials = Some(Credentials { user: "us".into(), password: "secret".into(), realm: None });
    })
}

fn challenge(name: &str, realm: &str, nonce: &str, more: &str) -> String {
    format!("{name}: Digest realm=\"{realm}\", nonce=\"{nonce}\", qop=\"auth\"{more}\r\n")
}

fn field(request: &Request, header: &str, name: &str) -> String {
    let value = request.headers.get(header).unwrap_or_else(|| panic!("no {header}"));
    let at = value.find(&format!("{name}=")).unwrap() + name.len() + 1;
    value[at..].split(',').next().unwrap().trim_matches('"').to_owned()
}

fn last_request(rig: &mut Rig) -> Request {
    match rig.sent().pop() {
        Some(Message::Request(request)) => request,
        other => panic!("not a request: {other:?}"),
    }
}

#[test]
fn a_challenged_invite_is_tried_again_and_the_dialog_remembers() {
    let mut rig = rig();
    let (dialog, invite) = rig.dial(dial());
    rig.receive(&respond_with(&invite, 401, "x", &challenge("WWW-Authenticate", "r", "n1", ", algorithm=SHA-256"), ""));
    let again = last_request(&mut rig);
    assert_eq!(again.headers.get("CSeq"), Some("2 INVITE"));
    assert_eq!(
        (again.headers.get("Call-ID"), again.headers.get("From")),
        (invite.headers.get("Call-ID"), invite.headers.get("From"))
    );
    assert_ne!(again.headers.get("Via"), invite.headers.get("Via"));
    assert_eq!((again.headers.get("To"), again.headers.all("Via").count()), (invite.headers.get("To"), 1));
    assert_eq!(field(&again, "Authorization", "nc"), "00000001");
    assert_eq!(field(&again, "Authorization", "algorithm"), "SHA-256");
    assert_eq!(field(&again, "Authorization", "response").len(), 64);
    assert_eq!(field(&again, "Authorization", "uri"), again.uri);
    rig.receive(&respond(&again, 200, "r", THEIR_SDP));
    let ack = last_request(&mut rig);
    assert_eq!((ack.headers.get("CSeq"), field(&ack, "Authorization", "nc").as_str()), (Some("2 ACK"), "00000002"));
    // The next request brings credentials along; a nonce that grew old is replaced.
    rig.command(Command::SetMedia(dialog, ours(30_000)));
    let change = last_request(&mut rig);
    assert_eq!(
        (change.headers.get("CSeq"), field(&change, "Authorization", "nc").as_str()),
        (Some("3 INVITE"), "00000003")
    );
    let stale = challenge("WWW-Authenticate", "r", "n2", ", stale=true, algorithm=SHA-256");
    rig.receive(&respond_with(&change, 401, "", &stale, ""));
    let change = last_request(&mut rig);
    assert_eq!(
        (field(&change, "Authorization", "nonce").as_str(), field(&change, "Authorization", "nc").as_str()),
        ("n2", "00000001")
    );
    assert_eq!(change.headers.all("Authorization").count(), 1);
    rig.receive(&respond(&change, 200, "", THEIR_SDP));
    rig.outputs();
    rig.command(Command::HangUp(dialog));
    let bye = last_request(&mut rig);
    assert_eq!((bye.headers.get("CSeq"), field(&bye, "Authorization", "nonce").as_str()), (Some("5 BYE"), "n2"));
}

#[test]
fn a_proxy_and_its_server_want_an_answer_each() {
    let mut rig = rig();
    let (_, invite) = rig.dial(dial());
    rig.receive(&respond_with(&invite, 407, "x", &challenge("Proxy-Authenticate", "proxy", "p", ""), ""));
    let second = last_request(&mut rig);
    assert_eq!(field(&second, "Proxy-Authorization", "nc"), "00000001");
    rig.receive(&respond_with(&second, 401, "y", &challenge("WWW-Authenticate", "server", "s", ""), ""));
    let third = last_request(&mut rig);
    assert_eq!(field(&third, "Proxy-Authorization", "nc"), "00000002");
    assert_eq!(field(&third, "Authorization", "nc"), "00000001");
    assert_eq!(field(&third, "Authorization", "response").len(), 32);
    assert_eq!(third.headers.get("CSeq"), Some("3 INVITE"));
    rig.receive(&respond(&third, 200, "r", THEIR_SDP));
    assert!(matches!(rig.event(), SipEvent::Answered { .. }));
}

#[test]
fn refused_credentials_are_not_sent_again() {
    let mut rig = rig();
    let (_, invite) = rig.dial(dial());
    rig.receive(&respond_with(&invite, 401, "x", &challenge("WWW-Authenticate", "r", "n1", ""), ""));
    let again = last_request(&mut rig);
    rig.receive(&respond_with(&again, 401, "x", &challenge("WWW-Authenticate", "r", "n2", ""), ""));
    assert_eq!(rig.said(), ["ACK"]);
    let cause = rig.ended();
    assert_eq!((cause.kind, cause.sip_status), (EndKind::Refused, Some(401)));
}

#[test]
fn a_server_that_always_finds_the_nonce_old_is_given_up() {
    let mut rig = rig();
    let (_, mut invite) = rig.dial(dial());
    for number in 0..10 {
        let stale = challenge("WWW-Authenticate", "r", &format!("n{number}"), ", stale=true");
        rig.receive(&respond_with(&invite, 401, "x", &stale, ""));
        match rig.sent().pop() {
            Some(Message::Request(next)) if next.method.as_str() == "INVITE" => invite = next,
            _ => break,
        }
    }
    assert_eq!(invite.headers.get("CSeq"), Some("4 INVITE"));
    assert_eq!(rig.ended().sip_status, Some(401));
}

#[test]
fn without_credentials_a_challenge_is_a_refusal() {
    for mut rig in [
        Rig::new(),
        Rig::with(|trunk| {
            let realm = Some("other".into());
            trunk.credentials = Some(Credentials { user: "us".into(), password: "secret".into(), realm });
        }),
    ] {
        let (_, invite) = rig.dial(dial());
        rig.receive(&respond_with(&invite, 407, "x", &challenge("Proxy-Authenticate", "r", "n", ""), ""));
        assert_eq!(rig.said(), ["ACK"]);
        assert_eq!(rig.ended().sip_status, Some(407));
    }
}

#[test]
fn a_challenged_bye_is_tried_again_though_the_leg_is_gone() {
    let mut rig = rig();
    let (dialog, _) = rig.call_out();
    rig.command(Command::HangUp(dialog));
    let bye = last_request(&mut rig);
    rig.receive(&respond_with(&bye, 407, "", &challenge("Proxy-Authenticate", "r", "n", ""), ""));
    let again = last_request(&mut rig);
    assert_eq!((again.method.as_str(), again.headers.get("CSeq")), ("BYE", Some("3 BYE")));
    assert_eq!(field(&again, "Proxy-Authorization", "username"), "us");
}

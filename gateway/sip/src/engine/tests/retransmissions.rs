//! What is repeated, how often, and until when (§17.1.1.2, §17.1.2.2, §17.2.1, §13.3.1.4).

use std::time::Duration;

use super::{Far, Rig, THEIR_SDP, dial, ours, respond, short};
use crate::config::Transport;
use crate::engine::Command;
use crate::event::{EndKind, SipEvent};
use crate::message::parse;

/// When what was sent from now on, in milliseconds.
fn schedule(rig: &mut Rig, length: Duration) -> Vec<(u64, String)> {
    let (begin, end) = (rig.now, rig.now + length);
    let mut seen = Vec::new();
    loop {
        for output in rig.outputs() {
            let after = rig.now.duration_since(begin).as_millis() as u64;
            seen.push((after, short(&parse(&output.bytes).unwrap())));
        }
        let Some(deadline) = rig.engine.next_deadline().filter(|deadline| *deadline <= end) else { break };
        rig.now = rig.now.max(deadline);
        rig.engine.tick(rig.now);
    }
    rig.now = end;
    seen
}

fn times(seen: &[(u64, String)], what: &str) -> Vec<u64> {
    seen.iter().filter(|(_, word)| word == what).map(|(after, _)| *after).collect()
}

const LONG: Duration = Duration::from_secs(70);

#[test]
fn an_invite_that_nobody_answers() {
    let mut rig = Rig::new();
    rig.dial(dial());
    let seen = schedule(&mut rig, LONG);
    assert_eq!(times(&seen, "INVITE"), [500, 1_500, 3_500, 7_500, 15_500, 31_500]);
    let cause = rig.ended();
    assert_eq!((cause.kind, cause.text.as_str()), (EndKind::Failed, "no response from the trunk"));
    assert!(rig.engine.is_idle());
}

#[test]
fn a_provisional_response_stops_the_invite() {
    let mut rig = Rig::new();
    let (_, invite) = rig.dial(dial());
    rig.receive(&respond(&invite, 100, "", ""));
    assert_eq!(schedule(&mut rig, Duration::from_secs(59)), []);
}

#[test]
fn a_bye_that_nobody_answers() {
    let mut rig = Rig::new();
    let (dialog, _) = rig.call_out();
    rig.command(Command::HangUp(dialog));
    let seen = schedule(&mut rig, LONG);
    let expected = [0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
    assert_eq!(times(&seen, "BYE"), expected);
    assert_eq!(rig.ended().kind, EndKind::WeHungUp);
}

#[test]
fn a_2xx_without_ack_is_repeated_then_the_call_is_lost() {
    let (mut rig, far) = (Rig::new(), Far::new());
    let dialog = rig.call_in(&far);
    rig.command(Command::Answer(dialog, ours(20_000)));
    let seen = schedule(&mut rig, LONG);
    let expected = [0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
    assert_eq!(times(&seen, "200"), expected);
    assert_eq!(times(&seen, "BYE")[0], 32_000);
    assert_eq!(rig.ended().kind, EndKind::Lost);
    assert_eq!(rig.stats.read_trunks()[0].calls, 0);
}

#[test]
fn an_invite_repeated_after_the_2xx_changes_nothing() {
    let (mut rig, mut far) = (Rig::new(), Far::new());
    let dialog = rig.call_in(&far);
    rig.receive(&far.request("INVITE", 1, THEIR_SDP));
    assert_eq!(rig.said(), ["100"]);
    rig.command(Command::Answer(dialog, ours(20_000)));
    let answer = rig.response();
    rig.receive(&far.request("INVITE", 1, THEIR_SDP));
    assert_eq!(rig.said(), Vec::<String>::new());
    // An ACK stops the repetitions; one more changes nothing.
    far.to_tag = answer.to_tag().unwrap();
    rig.receive(&far.request("ACK", 1, ""));
    rig.receive(&far.request("ACK", 1, ""));
    assert!(matches!(rig.event(), SipEvent::Answered { .. }));
    assert_eq!(schedule(&mut rig, LONG), []);
}

#[test]
fn a_refusal_is_repeated_until_its_ack() {
    let (mut rig, far) = (Rig::new(), Far::new());
    let dialog = rig.call_in(&far);
    rig.command(Command::Refuse { dialog, status: 486, reason: String::new() });
    let seen = schedule(&mut rig, Duration::from_secs(4));
    assert_eq!(times(&seen, "486"), [0, 500, 1_500, 3_500]);
    rig.receive(&far.request("INVITE", 1, THEIR_SDP));
    assert_eq!(rig.said(), ["486"]);
    rig.receive(&far.request("ACK", 1, ""));
    assert_eq!(schedule(&mut rig, LONG), []);
    assert_eq!(rig.ended().sip_status, Some(486));
    // Without an ACK it ends by itself.
    let far = Far { call_id: "another".into(), branch: 9, ..far };
    let dialog = rig.call_in(&far);
    rig.command(Command::Refuse { dialog, status: 404, reason: String::new() });
    let seen = schedule(&mut rig, LONG);
    assert_eq!(times(&seen, "404").last(), Some(&31_500));
}

#[test]
fn nothing_but_2xx_is_repeated_over_tcp() {
    let mut rig = Rig::with(|trunk| trunk.transport = Transport::Tcp);
    let (dialog, invite) = rig.dial(dial());
    assert!(invite.headers.get("Via").unwrap().starts_with("SIP/2.0/TCP"));
    assert_eq!(invite.headers.get("Contact"), Some("<sip:cordboard@198.51.100.1:5060;transport=tcp>"));
    assert_eq!(schedule(&mut rig, Duration::from_secs(30)), []);
    rig.receive_by(Transport::Tcp, Some(1), &respond(&invite, 200, "r", THEIR_SDP));
    rig.command(Command::HangUp(dialog));
    assert_eq!(schedule(&mut rig, LONG).len(), 2);
    let far = Far::new();
    rig.receive_by(Transport::Tcp, Some(1), &far.request("INVITE", 1, THEIR_SDP));
    rig.all_events();
    let dialog = *rig.engine.legs.keys().next().unwrap();
    rig.outputs();
    rig.command(Command::Answer(dialog, ours(1)));
    let seen = schedule(&mut rig, Duration::from_secs(4));
    assert_eq!(times(&seen, "200"), [0, 500, 1_500, 3_500]);
}

#[test]
fn a_call_that_waits_says_so_every_minute() {
    let (mut rig, far) = (Rig::new(), Far::new());
    let dialog = rig.call_in(&far);
    rig.command(Command::Ring(dialog));
    let seen = schedule(&mut rig, Duration::from_secs(130));
    assert_eq!(times(&seen, "180"), [0, 60_000, 120_000]);
    rig.command(Command::Refuse { dialog, status: 480, reason: String::new() });
    rig.receive(&far.request("ACK", 1, ""));
    rig.outputs();
    assert_eq!(schedule(&mut rig, Duration::from_secs(130)), []);
}

#[test]
fn everything_is_forgotten_in_the_end() {
    let (mut rig, mut far) = (Rig::new(), Far::new());
    let (dialog, _) = rig.call_up(&mut far);
    rig.command(Command::HangUp(dialog));
    let bye = rig.request("BYE");
    rig.receive(&respond(&bye, 200, "", ""));
    rig.ended();
    let (dialog, _) = rig.call_out();
    rig.command(Command::HangUp(dialog));
    let bye = rig.request("BYE");
    rig.receive(&respond(&bye, 200, "", ""));
    rig.pass(LONG);
    assert_eq!(rig.engine.next_deadline(), None);
    assert!(rig.engine.is_idle() && rig.engine.by_dialog.is_empty());
    assert!(rig.engine.core.clients.is_empty() && rig.engine.core.servers.is_empty());
}

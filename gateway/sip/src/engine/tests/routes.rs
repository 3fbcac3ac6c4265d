//! Where messages go: symmetric responses, route sets, targets, transports.

use super::{Far, Rig, THEIR_SDP, dial, ours, respond_with};
use crate::config::Transport;
use crate::engine::Command;
use crate::event::SipEvent;
use crate::user_agent::Dial;
use crate::wire::{ConnectionId, Flow, Input, Target};

fn addr(text: &str) -> Target {
    Target::Addr(text.parse().unwrap())
}

#[test]
fn responses_go_back_where_the_request_came_from() {
    let mut rig = Rig::new();
    let source = "192.0.2.77:40123".parse().unwrap();
    let flow = Flow { transport: Transport::Udp, listener: 0, source, connection: None };
    let text = Far::new().request("OPTIONS", 1, "");
    rig.engine.input(rig.now, Input::Received(flow, crate::message::parse(text.as_bytes()).unwrap()));
    let output = rig.outputs().remove(0);
    assert_eq!(output.destination.target, addr("192.0.2.77:40123"));
    let response = String::from_utf8_lossy(&output.bytes).into_owned();
    assert!(response.contains(";rport=40123") && response.contains(";received=192.0.2.77"), "{response}");
    // Without rport: to the address, at the port the Via names.
    let text = text.replace(";rport", "").replace("branch=z9hG4bK", "branch=z9hG4bKx");
    rig.engine.input(rig.now, Input::Received(flow, crate::message::parse(text.as_bytes()).unwrap()));
    assert_eq!(rig.outputs().remove(0).destination.target, addr("192.0.2.77:5060"));
}

#[test]
fn an_inbound_dialog_follows_its_record_route() {
    let mut rig = Rig::new();
    let routes = "Record-Route: <sip:192.0.2.50;lr;x=1>, <sip:192.0.2.51:5080;lr>\r\n";
    let mut far = Far::with(routes);
    let (dialog, answer) = rig.call_up(&mut far);
    assert_eq!(answer.headers.get("Record-Route"), Some("<sip:192.0.2.50;lr;x=1>, <sip:192.0.2.51:5080;lr>"));
    rig.command(Command::HangUp(dialog));
    let output = rig.outputs().remove(0);
    assert_eq!(output.destination.target, addr("192.0.2.50:5060"));
    let bye = String::from_utf8_lossy(&output.bytes).into_owned();
    assert!(bye.starts_with("BYE sip:far@192.0.2.1:5060 SIP/2.0\r\n"), "{bye}");
    assert!(bye.contains("Route: <sip:192.0.2.50;lr;x=1>\r\nRoute: <sip:192.0.2.51:5080;lr>\r\n"), "{bye}");
    assert!(bye.contains("From: <sip:02165001000@198.51.100.1>;tag="), "{bye}");
    assert!(bye.contains("To: \"Anna\" <sip:13900000000@far>;tag=f\r\n"), "{bye}");
}

#[test]
fn an_outbound_dialog_learns_route_and_target_from_the_2xx() {
    let mut rig = Rig::new();
    let (dialog, invite) = rig.dial(dial());
    let early = "Record-Route: <sip:192.0.2.60;lr>\r\nContact: <sip:early@192.0.2.61>\r\n";
    rig.receive(&respond_with(&invite, 180, "r", early, ""));
    let late = "Record-Route: <sip:192.0.2.70;lr>\r\nRecord-Route: <sip:192.0.2.71;lr>\r\nContact: <sip:%2B8@192.0.2.72:5099;q>\r\n";
    rig.receive(&respond_with(&invite, 200, "r", late, THEIR_SDP));
    let ack = rig.outputs().remove(0);
    assert_eq!(ack.destination.target, addr("192.0.2.71:5060"));
    assert!(String::from_utf8_lossy(&ack.bytes).starts_with("ACK sip:%2B8@192.0.2.72:5099;q SIP/2.0\r\n"));
    // A refresh of the target moves the next request.
    rig.command(Command::SetMedia(dialog, ours(30_000)));
    let reinvite = rig.request("INVITE");
    rig.receive(&respond_with(&reinvite, 200, "", "Contact: <sip:moved@192.0.2.73>\r\n", THEIR_SDP));
    rig.outputs();
    let snapshots: Vec<_> = rig
        .all_events()
        .into_iter()
        .filter_map(|event| match event {
            SipEvent::DialogKnown { snapshot, .. } => Some((snapshot.local_cseq, snapshot.target)),
            _ => None,
        })
        .collect();
    let target = "sip:%2B8@192.0.2.72:5099;q".to_owned();
    let early = "sip:early@192.0.2.61".to_owned();
    assert_eq!(snapshots, [(1, early), (1, target.clone()), (2, target), (2, "sip:moved@192.0.2.73".into())]);
    rig.command(Command::HangUp(dialog));
    assert_eq!(rig.request("BYE").uri, "sip:moved@192.0.2.73");
}

#[test]
fn a_peer_behind_tcp_is_reached_over_its_own_connection() {
    let (mut rig, mut far) = (Rig::new(), Far::new());
    rig.receive_by(Transport::Tcp, Some(5), &far.request("INVITE", 1, THEIR_SDP));
    let SipEvent::Incoming { dialog, .. } = rig.event() else { panic!("not Incoming") };
    rig.command(Command::Answer(dialog, ours(1)));
    let outputs = rig.outputs();
    assert!(outputs.iter().all(|output| output.destination.connection == Some(ConnectionId(5))));
    let text = String::from_utf8_lossy(&outputs[1].bytes).into_owned();
    assert!(text.contains("Contact: <sip:cordboard@198.51.100.1:5060;transport=tcp>"), "{text}");
    far.to_tag = text.split("198.51.100.1>;tag=").nth(1).unwrap().split("\r\n").next().unwrap().into();
    rig.receive_by(Transport::Tcp, Some(5), &far.request("ACK", 1, ""));
    rig.command(Command::HangUp(dialog));
    let bye = rig.outputs().remove(0).destination;
    assert_eq!(
        (bye.transport, bye.connection, bye.target),
        (Transport::Tcp, Some(ConnectionId(5)), addr("192.0.2.1:5060"))
    );
}

#[test]
fn names_are_left_to_the_shell_and_the_peers_name_is_known() {
    let mut rig = Rig::with(|trunk| trunk.peer = Some("sbc.example:5066".parse().unwrap()));
    let (_, invite) = rig.dial(dial());
    assert_eq!(invite.uri, "sip:+8613800000000@sbc.example:5066");
    let contact = "Contact: <sip:x@SBC.example:5067>\r\n";
    rig.receive(&respond_with(&invite, 200, "r", contact, THEIR_SDP));
    assert_eq!(rig.outputs().remove(0).destination.target, addr("192.0.2.1:5067"));
    let (_, invite) = rig.dial(dial());
    rig.receive(&respond_with(&invite, 200, "r", "Contact: <sip:x@other.example>\r\n", THEIR_SDP));
    let target = rig.outputs().remove(0).destination.target;
    assert_eq!(target, Target::Name("other.example".into(), 5060));
}

#[test]
fn a_large_request_goes_by_tcp_and_falls_back() {
    let mut rig = Rig::with(|trunk| {
        trunk.large_requests_over_tcp = true;
        trunk.caller_domain = Some("d".repeat(200));
    });
    let dialog = crate::user_agent::next_dialog_id();
    let display = "x".repeat(128);
    rig.command(Command::Dial { dialog, dial: Box::new(Dial { caller_display: display, ..dial() }) });
    let output = rig.outputs().remove(0);
    assert_eq!(output.destination.transport, Transport::Tcp);
    assert!(String::from_utf8_lossy(&output.bytes).contains("Via: SIP/2.0/TCP"));
    rig.engine.input(rig.now, Input::SendFailed(output.client.unwrap()));
    let output = rig.outputs().remove(0);
    assert_eq!((output.destination.transport, output.destination.target), (Transport::Udp, addr("192.0.2.1:5060")));
    let text = String::from_utf8_lossy(&output.bytes).into_owned();
    assert!(text.contains("Via: SIP/2.0/UDP") && !text.contains("Via: SIP/2.0/TCP"), "{text}");
    rig.engine.input(rig.now, Input::SendFailed(output.client.unwrap()));
    assert_eq!(rig.ended().text, "the trunk cannot be reached");
    // A small one does not.
    rig.command(Command::Dial { dialog, dial: Box::new(Dial { caller: "1".into(), ..dial() }) });
    assert_eq!(rig.outputs().remove(0).destination.transport, Transport::Udp);
}

#[test]
fn what_waits_on_a_closed_connection_is_sent_once_more() {
    let mut rig = Rig::with(|trunk| trunk.transport = Transport::Tcp);
    let (_, invite) = rig.dial(dial());
    let peer = "192.0.2.1:5060".parse().unwrap();
    rig.engine.input(rig.now, Input::ConnectionClosed { connection: ConnectionId(1), peer });
    assert_eq!(rig.request("INVITE"), invite);
    rig.engine.input(rig.now, Input::ConnectionClosed { connection: ConnectionId(2), peer });
    assert_eq!(rig.ended().text, "the trunk cannot be reached");
}

#[test]
fn an_address_of_a_family_we_cannot_speak_comes_last() {
    let mut rig = Rig::with(|trunk| trunk.peer = Some("localhost:5060".parse().unwrap()));
    rig.engine.trunk_resolved(0, vec!["[::1]:5060".parse().unwrap(), "127.0.0.1:5060".parse().unwrap()]);
    rig.command(Command::Dial { dialog: crate::user_agent::next_dialog_id(), dial: Box::new(dial()) });
    assert_eq!(rig.outputs().remove(0).destination.target, addr("127.0.0.1:5060"));
    rig.engine.trunk_resolved(0, vec![]);
    assert_eq!(rig.engine.peers().count(), 2);
}

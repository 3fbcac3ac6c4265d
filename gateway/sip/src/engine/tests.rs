//! The engine in virtual time, without sockets: one trunk, one far side, exact messages.
#![allow(clippy::unwrap_used, clippy::panic)]

mod auth;
mod calling;
mod changes;
mod ending;
mod forks;
mod health;
mod refusals;
mod retransmissions;
mod routes;

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Command, Engine, LocalSocket, Locals};
use crate::config::{Transport, TrunkConfig, UserAgentConfig};
use crate::event::{DialogId, SipEvent};
use crate::media::{Codec, Direction, LocalMedia};
use crate::message::{Message, Request, Response, parse};
use crate::stats::Stats;
use crate::user_agent::{Dial, next_dialog_id};
use crate::wire::{ConnectionId, Flow, Input, Output};

/// An engine, its clock and its far side at 192.0.2.1:5060.
struct Rig {
    engine: Engine,
    stats: Arc<Stats>,
    now: Instant,
}

const THEIR_SDP: &str = "v=0\r\no=x 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n\
    m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n";

fn ours(port: u16) -> LocalMedia {
    LocalMedia {
        addr: ([127, 0, 0, 1], port).into(),
        codecs: vec![Codec::Pcma, Codec::Pcmu],
        direction: Direction::SendRecv,
    }
}

fn dial() -> Dial {
    Dial {
        trunk: "t".into(),
        caller: "1001".into(),
        caller_display: "A \"B\"".into(),
        callee: "+8613800000000".into(),
        media: ours(20_000),
        timeout: Duration::from_secs(60),
        late_offer: false,
    }
}

impl Rig {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut TrunkConfig)) -> Self {
        let mut trunk = TrunkConfig::new("t");
        trunk.peer = Some("192.0.2.1:5060".parse().unwrap());
        trunk.allow = vec!["192.0.2.0/24".parse().unwrap()];
        change(&mut trunk);
        let config = UserAgentConfig { trunks: vec![trunk], ..UserAgentConfig::default() };
        let addr = "198.51.100.1:5060".parse().unwrap();
        let socket = LocalSocket { bound: addr, advertised: addr };
        let locals = Locals { udp: vec![socket], tcp: vec![socket] };
        let stats = Arc::new(Stats::new(["t".to_owned()].into_iter()));
        let now = Instant::now();
        let mut engine = Engine::new(&config, locals, [7; 32], Arc::clone(&stats), now);
        engine.trunk_resolved(0, vec!["192.0.2.1:5060".parse().unwrap()]);
        Self { engine, stats, now }
    }

    fn receive(&mut self, text: &str) {
        self.receive_by(Transport::Udp, None, text);
    }

    fn receive_by(&mut self, transport: Transport, connection: Option<u64>, text: &str) {
        let source = "192.0.2.1:5060".parse().unwrap();
        let flow = Flow { transport, listener: 0, source, connection: connection.map(ConnectionId) };
        self.engine.input(self.now, Input::Received(flow, parse(text.as_bytes()).unwrap()));
    }

    fn command(&mut self, command: Command) {
        self.engine.command(self.now, command);
    }

    fn dial(&mut self, dial: Dial) -> (DialogId, Request) {
        let dialog = next_dialog_id();
        self.command(Command::Dial { dialog, dial: Box::new(dial) });
        (dialog, self.request("INVITE"))
    }

    /// Lets time pass, deadline by deadline.
    fn pass(&mut self, length: Duration) {
        let end = self.now + length;
        while let Some(deadline) = self.engine.next_deadline().filter(|deadline| *deadline <= end) {
            self.now = self.now.max(deadline);
            self.engine.tick(self.now);
        }
        self.now = end;
    }

    fn outputs(&mut self) -> Vec<Output> {
        std::iter::from_fn(|| self.engine.next_output()).collect()
    }

    fn sent(&mut self) -> Vec<Message> {
        self.outputs().into_iter().map(|output| parse(&output.bytes).unwrap()).collect()
    }

    /// The one message that was sent, a request of this method.
    fn request(&mut self, method: &str) -> Request {
        let mut sent = self.sent();
        match (sent.pop(), sent.len()) {
            (Some(Message::Request(request)), 0) if request.method.as_str() == method => request,
            (last, _) => panic!("not one {method}: {sent:?} {last:?}"),
        }
    }

    /// The one message that was sent, a response.
    fn response(&mut self) -> Response {
        let mut sent = self.sent();
        match (sent.pop(), sent.len()) {
            (Some(Message::Response(response)), 0) => response,
            (last, _) => panic!("not one response: {sent:?} {last:?}"),
        }
    }

    /// The last request of this method among all that was sent.
    fn last(&mut self, method: &str) -> Request {
        let requests = self.sent().into_iter().filter_map(|message| match message {
            Message::Request(request) if request.method.as_str() == method => Some(request),
            _ => None,
        });
        requests.last().unwrap_or_else(|| panic!("no {method}"))
    }

    /// Start lines of everything sent, in short: `INVITE`, `200`.
    fn said(&mut self) -> Vec<String> {
        self.sent().iter().map(short).collect()
    }

    fn all_events(&mut self) -> Vec<SipEvent> {
        std::iter::from_fn(|| self.engine.next_event()).collect()
    }

    /// Events without `DialogKnown`.
    fn events(&mut self) -> Vec<SipEvent> {
        self.all_events().into_iter().filter(|event| !matches!(event, SipEvent::DialogKnown { .. })).collect()
    }

    fn event(&mut self) -> SipEvent {
        let mut events = self.events();
        match (events.pop(), events.len()) {
            (Some(event), 0) => event,
            (last, _) => panic!("not one event: {events:?} {last:?}"),
        }
    }

    fn ended(&mut self) -> crate::event::EndCause {
        match self.event() {
            SipEvent::Ended { cause, .. } => cause,
            other => panic!("not Ended: {other:?}"),
        }
    }

    /// A call from outside, up to `Incoming`.
    fn call_in(&mut self, far: &Far) -> DialogId {
        self.receive(&far.request("INVITE", 1, THEIR_SDP));
        assert_eq!(self.said(), ["100"]);
        match self.event() {
            SipEvent::Incoming { dialog, .. } => dialog,
            other => panic!("not Incoming: {other:?}"),
        }
    }

    /// A call from outside, answered and acknowledged; the far side knows our tag afterwards.
    fn call_up(&mut self, far: &mut Far) -> (DialogId, Response) {
        let dialog = self.call_in(far);
        self.command(Command::Answer(dialog, ours(20_000)));
        let answer = self.response();
        assert_eq!(answer.status, 200);
        far.to_tag = answer.to_tag().unwrap();
        self.receive(&far.request("ACK", 1, ""));
        assert!(matches!(self.event(), SipEvent::Answered { .. }));
        (dialog, answer)
    }

    /// A call to outside, answered; with the INVITE it began with.
    fn call_out(&mut self) -> (DialogId, Request) {
        let (dialog, invite) = self.dial(dial());
        self.receive(&respond(&invite, 200, "r", THEIR_SDP));
        assert_eq!(self.said(), ["ACK"]);
        assert!(matches!(self.event(), SipEvent::Answered { .. }));
        (dialog, invite)
    }
}

fn short(message: &Message) -> String {
    match message {
        Message::Request(request) => request.method.to_string(),
        Message::Response(response) => response.status.to_string(),
    }
}

/// A caller outside.
#[derive(Clone)]
struct Far {
    call_id: String,
    to_tag: String,
    /// Put in before the body.
    extra: String,
    branch: u32,
}

impl Far {
    fn new() -> Self {
        Self { call_id: "call@far".into(), to_tag: String::new(), extra: String::new(), branch: 0 }
    }

    fn with(extra: &str) -> Self {
        Self { extra: extra.into(), ..Self::new() }
    }

    fn request(&self, method: &str, cseq: u32, sdp: &str) -> String {
        let to_tag = if self.to_tag.is_empty() { String::new() } else { format!(";tag={}", self.to_tag) };
        let kind = if sdp.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        let Self { call_id, extra, branch, .. } = self;
        // A CANCEL, and the ACK of a failure, share the branch of their INVITE; an ACK of a 2xx does not.
        let kind_of_branch = match method {
            "CANCEL" => "INVITE",
            "ACK" if !self.to_tag.is_empty() => "ACK",
            "ACK" => "INVITE",
            other => other,
        };
        format!(
            "{method} sip:02165001000@198.51.100.1 SIP/2.0\r\n\
             Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-{kind_of_branch}-{cseq}-{branch};rport\r\n\
             Max-Forwards: 70\r\nFrom: \"Anna\" <sip:13900000000@far>;tag=f\r\n\
             To: <sip:02165001000@198.51.100.1>{to_tag}\r\nCall-ID: {call_id}\r\nCSeq: {cseq} {method}\r\n\
             Contact: <sip:far@192.0.2.1:5060>\r\n{extra}{kind}Content-Length: {}\r\n\r\n{sdp}",
            sdp.len()
        )
    }
}

/// A response of the far side.
fn respond(request: &Request, status: u16, to_tag: &str, sdp: &str) -> String {
    respond_with(request, status, to_tag, "Contact: <sip:callee@192.0.2.1:5060>\r\n", sdp)
}

fn respond_with(request: &Request, status: u16, to_tag: &str, extra: &str, sdp: &str) -> String {
    let get = |name: &str| request.headers.get(name).unwrap();
    let to = get("To");
    let tag = if to_tag.is_empty() || to.contains(";tag=") { String::new() } else { format!(";tag={to_tag}") };
    let kind = if sdp.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
    format!(
        "SIP/2.0 {status} Whatever\r\nVia: {}\r\nFrom: {}\r\nTo: {to}{tag}\r\nCall-ID: {}\r\nCSeq: {}\r\n\
         {extra}{kind}Content-Length: {}\r\n\r\n{sdp}",
        get("Via"),
        get("From"),
        get("Call-ID"),
        get("CSeq"),
        sdp.len()
    )
}

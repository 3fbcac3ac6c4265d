//! User agents on free ports, events with deadlines, and raw SIP peers.

use std::net::SocketAddr;
use std::time::Duration;

use cordboard_sip::{
    Codec, Dial, DialogId, Direction, EndCause, Listen, LocalMedia, PeerAddr, RemoteMedia, SipEvent, Timing, Transport,
    TrunkConfig, UserAgent, UserAgentConfig,
};
use tokio::sync::mpsc;

/// How long anything may take.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// The timers of RFC 3261, ten times as fast: for tests of what happens when they run out.
pub fn quick() -> Timing {
    let ms = Duration::from_millis;
    Timing { t1: ms(50), t2: ms(400), t4: ms(500), shutdown: ms(500), ..unhurried() }
}

/// The timers as they are, but for the wait after 491: nothing else is waited for when all goes well, and a machine
/// that is busy for a second loses no call.
fn unhurried() -> Timing {
    Timing { glare_unit: Duration::from_micros(500), ..Timing::default() }
}

pub fn media(port: u16) -> LocalMedia {
    LocalMedia {
        addr: SocketAddr::from(([127, 0, 0, 1], port)),
        codecs: vec![Codec::Pcma, Codec::Pcmu],
        direction: Direction::SendRecv,
    }
}

/// A trunk named `t` that takes calls from loopback.
pub fn trunk() -> TrunkConfig {
    let mut trunk = TrunkConfig::new("t");
    trunk.allow = vec!["127.0.0.0/8".parse().unwrap()];
    trunk
}

pub fn trunk_to(peer: SocketAddr, transport: Transport) -> TrunkConfig {
    TrunkConfig { peer: Some(PeerAddr { host: peer.ip().to_string(), port: peer.port() }), transport, ..trunk() }
}

/// A user agent and its events.
pub struct Agent {
    pub ua: UserAgent,
    events: mpsc::Receiver<SipEvent>,
}

impl Agent {
    pub async fn start(trunk: TrunkConfig) -> Self {
        Self::start_with(trunk, |_| {}).await
    }

    pub async fn start_with(trunk: TrunkConfig, change: impl FnOnce(&mut UserAgentConfig)) -> Self {
        let any = Listen::on("127.0.0.1:0".parse().unwrap());
        let mut config = UserAgentConfig {
            udp: vec![any],
            tcp: vec![any],
            trunks: vec![trunk],
            timing: unhurried(),
            ..UserAgentConfig::default()
        };
        change(&mut config);
        let (events_in, events) = mpsc::channel(1_024);
        let ua = UserAgent::start(config, events_in).await.unwrap();
        Self { ua, events }
    }

    pub async fn start_quick(trunk: TrunkConfig) -> Self {
        Self::start_with(trunk, |config| config.timing = quick()).await
    }

    pub fn udp(&self) -> SocketAddr {
        self.ua.local_addrs().udp[0]
    }

    pub fn tcp(&self) -> SocketAddr {
        self.ua.local_addrs().tcp[0]
    }

    /// The next event other than `DialogKnown`.
    pub async fn event(&mut self) -> SipEvent {
        loop {
            match self.any_event().await {
                SipEvent::DialogKnown { .. } => {}
                event => return event,
            }
        }
    }

    pub async fn any_event(&mut self) -> SipEvent {
        tokio::time::timeout(DEADLINE, self.events.recv()).await.expect("no event in time").expect("agent stopped")
    }

    /// Nothing happens for a while.
    pub async fn silence(&mut self, length: Duration) {
        if let Ok(event) = tokio::time::timeout(length, self.events.recv()).await {
            panic!("unexpected {event:?}");
        }
    }

    pub async fn incoming(&mut self) -> (DialogId, Option<RemoteMedia>) {
        match self.event().await {
            SipEvent::Incoming { dialog, media, .. } => (dialog, media),
            other => panic!("not Incoming: {other:?}"),
        }
    }

    pub async fn progress(&mut self) -> (u16, Option<RemoteMedia>, u32) {
        match self.event().await {
            SipEvent::Progress { status, media, fork, .. } => (status, media, fork),
            other => panic!("not Progress: {other:?}"),
        }
    }

    pub async fn answered(&mut self) -> RemoteMedia {
        match self.event().await {
            SipEvent::Answered { media, .. } => media,
            other => panic!("not Answered: {other:?}"),
        }
    }

    pub async fn changed(&mut self) -> (RemoteMedia, bool) {
        match self.event().await {
            SipEvent::MediaChanged { media, held_by_far_side, .. } => (media, held_by_far_side),
            other => panic!("not MediaChanged: {other:?}"),
        }
    }

    pub async fn ended(&mut self) -> EndCause {
        match self.event().await {
            SipEvent::Ended { cause, .. } => cause,
            other => panic!("not Ended: {other:?}"),
        }
    }
}

pub fn dial(callee: &str, port: u16) -> Dial {
    Dial {
        trunk: "t".into(),
        caller: "1001".into(),
        caller_display: String::new(),
        callee: callee.into(),
        media: media(port),
        timeout: DEADLINE,
        late_offer: false,
    }
}

/// A called agent and one that has it as its peer.
pub async fn pair(transport: Transport) -> (Agent, Agent) {
    let callee = Agent::start(trunk()).await;
    let addr = if transport == Transport::Udp { callee.udp() } else { callee.tcp() };
    let caller = Agent::start(trunk_to(addr, transport)).await;
    (caller, callee)
}

/// A SIP peer made of a bare UDP socket: it reads and writes text, and does what it likes.
pub struct RawPeer {
    pub socket: tokio::net::UdpSocket,
    to: SocketAddr,
}

impl RawPeer {
    /// A peer that talks to `to`, from this address.
    pub async fn bind(from: &str, to: SocketAddr) -> Self {
        Self { socket: tokio::net::UdpSocket::bind(from).await.unwrap(), to }
    }

    pub async fn talking_to(to: SocketAddr) -> Self {
        Self::bind("127.0.0.1:0", to).await
    }

    pub fn addr(&self) -> SocketAddr {
        self.socket.local_addr().unwrap()
    }

    pub fn set_target(&mut self, to: SocketAddr) {
        self.to = to;
    }

    pub async fn send(&self, text: impl AsRef<[u8]>) {
        self.socket.send_to(text.as_ref(), self.to).await.unwrap();
    }

    pub async fn read(&self) -> String {
        let mut buffer = vec![0; 65_536];
        let read = tokio::time::timeout(DEADLINE, self.socket.recv_from(&mut buffer)).await;
        let (length, _) = read.expect("nothing was sent in time").unwrap();
        String::from_utf8(buffer[..length].to_vec()).unwrap()
    }

    /// The next message that begins so; others, such as repetitions, are skipped.
    pub async fn expect(&self, start: &str) -> String {
        loop {
            let text = self.read().await;
            if text.starts_with(start) {
                return text;
            }
        }
    }

    /// Nothing is sent for so long.
    pub async fn silence(&self, length: Duration) {
        let mut buffer = [0; 2_048];
        if let Ok(read) = tokio::time::timeout(length, self.socket.recv_from(&mut buffer)).await {
            let (length, _) = read.unwrap();
            panic!("unexpected {}", String::from_utf8_lossy(&buffer[..length]));
        }
    }

    /// A request outside any dialog.
    pub fn request(&self, method: &str, id: &str, cseq: u32, to_tag: &str, sdp: &str) -> String {
        let (addr, to_tag) = (self.addr(), tag(to_tag));
        let kind = if sdp.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        format!(
            "{method} sip:02165001000@{to} SIP/2.0\r\nVia: SIP/2.0/UDP {addr};branch=z9hG4bK-{id}-{cseq}-{branch};rport\r\n\
             Max-Forwards: 70\r\nFrom: <sip:13900000000@{addr}>;tag=f{id}\r\nTo: <sip:02165001000@{to}>{to_tag}\r\n\
             Call-ID: {id}\r\nCSeq: {cseq} {method}\r\nContact: <sip:raw@{addr}>\r\n{kind}Content-Length: {}\r\n\r\n{sdp}",
            sdp.len(),
            to = self.to,
            branch = if method == "CANCEL" { "INVITE" } else { method },
        )
    }
}

fn tag(tag: &str) -> String {
    if tag.is_empty() { String::new() } else { format!(";tag={tag}") }
}

/// The value of a header.
pub fn header<'a>(text: &'a str, name: &str) -> &'a str {
    let head = text.split("\r\n\r\n").next().unwrap();
    let line =
        head.split("\r\n").find(|line| line.split(':').next().is_some_and(|have| have.eq_ignore_ascii_case(name)));
    line.unwrap_or_else(|| panic!("no {name} in {text}"))[name.len() + 1..].trim()
}

/// The tag of the To header.
pub fn to_tag(text: &str) -> String {
    header(text, "To").split(";tag=").nth(1).unwrap_or_else(|| panic!("no To tag in {text}")).to_owned()
}

/// A response to a request.
pub fn respond(request: &str, status: u16, tag_of_to: &str, extra: &str, sdp: &str) -> String {
    let kind = if sdp.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
    let to = header(request, "To");
    let to_tag = if to.contains(";tag=") { String::new() } else { tag(tag_of_to) };
    format!(
        "SIP/2.0 {status} Raw\r\nVia: {}\r\nFrom: {}\r\nTo: {to}{to_tag}\r\nCall-ID: {}\r\nCSeq: {}\r\n{extra}{kind}\
         Content-Length: {}\r\n\r\n{sdp}",
        header(request, "Via"),
        header(request, "From"),
        header(request, "Call-ID"),
        header(request, "CSeq"),
        sdp.len()
    )
}

pub fn sdp(port: u16, extra: &str) -> String {
    format!(
        "v=0\r\no=raw 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 8 101\r\n\
         a=rtpmap:101 telephone-event/8000\r\n{extra}"
    )
}

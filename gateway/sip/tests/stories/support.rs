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

/// The timers of RFC 3261, fifty times as fast.
pub fn quick() -> Timing {
    let ms = Duration::from_millis;
    Timing {
        t1: ms(10),
        t2: ms(80),
        t4: ms(100),
        provisional: ms(300),
        glare_unit: Duration::from_micros(200),
        shutdown: ms(500),
    }
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
            timing: quick(),
            ..UserAgentConfig::default()
        };
        change(&mut config);
        let (events_in, events) = mpsc::channel(1_024);
        let ua = UserAgent::start(config, events_in).await.unwrap();
        Self { ua, events }
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

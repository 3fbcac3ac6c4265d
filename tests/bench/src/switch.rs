//! Two legs of the SIP user agent bridged by nothing but their events: what signalling costs without a centre.
//!
//! Prints where it listens, then answers each line of standard input with the number of calls that have ended.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use cordboard_sip::{
    Codec, Dial, DialogId, Direction, Listen, LocalMedia, PeerAddr, SipEvent, TrunkConfig, UserAgent, UserAgentConfig,
};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::sync::mpsc;

const CALLERS: &str = "callers";
const CALLEES: &str = "callees";

/// Bridges every call to this address until standard input ends.
pub fn run(callee: SocketAddr) -> Result<()> {
    // As many threads as the gateway itself would have.
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve(callee))
}

async fn serve(callee: SocketAddr) -> Result<()> {
    let mut callers = TrunkConfig::new(CALLERS);
    callers.allow = vec!["127.0.0.0/8".parse()?];
    let mut callees = TrunkConfig::new(CALLEES);
    callees.peer = Some(PeerAddr { host: callee.ip().to_string(), port: callee.port() });
    let config = UserAgentConfig {
        udp: vec![Listen::on("127.0.0.1:0".parse()?)],
        trunks: vec![callers, callees],
        ..UserAgentConfig::default()
    };
    let (events_in, mut events) = mpsc::channel(1_024);
    let agent = UserAgent::start(config, events_in).await?;
    let address = agent.local_addrs().udp.first().copied().context("no address was bound")?;
    println!("{address}");
    let media =
        LocalMedia { addr: "127.0.0.1:9994".parse()?, codecs: vec![Codec::Pcma], direction: Direction::SendRecv };
    let mut switch = Switch { agent, media, far: HashMap::new(), ended: 0 };
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    loop {
        tokio::select! {
            event = events.recv() => match event {
                Some(event) => switch.take(event)?,
                None => return Ok(()),
            },
            line = lines.next_line() => match line? {
                Some(_) => println!("{}", switch.ended),
                None => return Ok(()),
            },
        }
    }
}

struct Switch {
    agent: UserAgent,
    media: LocalMedia,
    /// The other leg of each.
    far: HashMap<DialogId, DialogId>,
    ended: u64,
}

impl Switch {
    fn take(&mut self, event: SipEvent) -> Result<()> {
        match event {
            SipEvent::Incoming { dialog, called, caller, .. } => {
                let other = self.agent.dial(Dial {
                    trunk: CALLEES.to_owned(),
                    caller,
                    caller_display: String::new(),
                    callee: called,
                    media: self.media.clone(),
                    timeout: Duration::from_secs(30),
                    late_offer: false,
                })?;
                self.far.insert(dialog, other);
                self.far.insert(other, dialog);
            }
            SipEvent::Progress { dialog, .. } => {
                if let Some(caller) = self.far.get(&dialog) {
                    self.agent.ring(*caller)?;
                }
            }
            SipEvent::Answered { dialog, .. } => {
                // Said of the caller's leg too, where it does nothing.
                if let Some(other) = self.far.get(&dialog).filter(|other| **other < dialog) {
                    self.agent.answer(*other, self.media.clone())?;
                }
            }
            SipEvent::Ended { dialog, .. } => {
                if let Some(other) = self.far.remove(&dialog) {
                    self.far.remove(&other);
                    self.ended += 1;
                    self.agent.hang_up(other)?;
                }
            }
            SipEvent::MediaChanged { .. }
            | SipEvent::Digit { .. }
            | SipEvent::DialogKnown { .. }
            | SipEvent::TrunkChanged { .. } => {}
        }
        Ok(())
    }
}

//! A small telephone of our own on SIP over UDP, for stories whose timing hangs on events that SIPp cannot see. Sound is
//! an [`RtpMouth`]'s.

mod call;

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;

pub use call::PhoneCall;

use crate::RtpMouth;
use crate::lines::Lines;
use crate::sip_text::SipText;

/// A telephone: one socket, any number of calls.
pub struct Phone {
    /// Where it is to be reached.
    pub address: SocketAddr,
    wire: Wire,
    calls: Calls,
    arriving: tokio::sync::Mutex<mpsc::UnboundedReceiver<SipText>>,
    task: tokio::task::JoinHandle<()>,
}

type Calls = Arc<Mutex<HashMap<String, Lines<SipText>>>>;

/// The socket, and what was sent and received, for those who want to look.
#[derive(Clone)]
struct Wire {
    socket: Arc<UdpSocket>,
    /// Everything that arrived.
    log: Lines<SipText>,
}

impl Phone {
    /// A telephone on 127.0.0.1.
    pub async fn new() -> Result<Phone> {
        Phone::at(IpAddr::V4(Ipv4Addr::LOCALHOST)).await
    }

    /// A telephone on another loopback address.
    pub async fn at(ip: IpAddr) -> Result<Phone> {
        let socket = Arc::new(UdpSocket::bind((ip, crate::places::free_port()?)).await?);
        let address = socket.local_addr()?;
        let wire = Wire { socket, log: Lines::default() };
        let calls = Calls::default();
        let (arrived, arriving) = mpsc::unbounded_channel();
        let task = tokio::spawn(listen(wire.clone(), Arc::clone(&calls), arrived));
        Ok(Phone { address, wire, calls, arriving: tokio::sync::Mutex::new(arriving), task })
    }

    /// Calls a number at a gateway.
    pub async fn call(&self, gateway: SocketAddr, number: &str, caller: &str) -> Result<PhoneCall> {
        let mouth = RtpMouth::open()?;
        let id = format!("{:016x}", rand::random::<u64>());
        let lines = self.line(&id);
        PhoneCall::dial(self.wire.clone(), lines, self.address, gateway, number, caller, &id, mouth).await
    }

    /// The next call that arrives here.
    pub async fn next_call(&self, limit: Duration) -> Result<PhoneCall> {
        let mut arriving = self.arriving.lock().await;
        let invite = tokio::time::timeout(limit, arriving.recv())
            .await
            .with_context(|| format!("no call arrived within {} s", limit.as_secs()))?
            .context("the telephone is gone")?;
        let lines = self.line(invite.header("Call-ID"));
        Ok(PhoneCall::arrived(self.wire.clone(), lines, self.address, invite, RtpMouth::open()?))
    }

    /// Sends anything at all.
    pub async fn send(&self, to: SocketAddr, bytes: &[u8]) -> Result<()> {
        self.wire.socket.send_to(bytes, to).await?;
        Ok(())
    }

    /// Everything that arrived.
    pub fn received(&self) -> &Lines<SipText> {
        &self.wire.log
    }

    fn line(&self, id: &str) -> Lines<SipText> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).entry(id.to_owned()).or_default().clone()
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(wire: Wire, calls: Calls, arrived: mpsc::UnboundedSender<SipText>) {
    let mut buffer = vec![0u8; 65_536];
    while let Ok((length, from)) = wire.socket.recv_from(&mut buffer).await {
        let Some(message) = SipText::parse(&buffer[..length]) else { continue };
        wire.log.push(message.clone());
        if message.method() == Some("OPTIONS") {
            let answer = response(&message, 200, "OK", None);
            wire.socket.send_to(&answer.bytes(), from).await.ok();
            continue;
        }
        let id = message.header("Call-ID").to_owned();
        let (known, line) = {
            let mut calls = calls.lock().unwrap_or_else(PoisonError::into_inner);
            let known = calls.contains_key(&id);
            (known, calls.entry(id).or_default().clone())
        };
        if !known && message.method() == Some("INVITE") {
            arrived.send(message.clone()).ok();
        }
        line.push(message);
    }
}

/// A response to a request, with the given tag where `To` has none.
fn response(request: &SipText, status: u16, reason: &str, tag: Option<&str>) -> SipText {
    let mut response = SipText::new(format!("SIP/2.0 {status} {reason}"));
    for name in ["Via", "Record-Route"] {
        for value in request.all(name) {
            response = response.with(name, value);
        }
    }
    let to = match (request.tag("To"), tag) {
        (None, Some(tag)) => format!("{};tag={tag}", request.header("To")),
        _ => request.header("To").to_owned(),
    };
    response
        .with("From", request.header("From"))
        .with("To", to)
        .with("Call-ID", request.header("Call-ID"))
        .with("CSeq", request.header("CSeq"))
}

//! A proxy between one desk and the gateway: HTTP passes, the socket passes message by message, and the media
//! connection is led through a [`BadNetwork`] by rewriting the candidate in the gateway's answer.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::{BadNetwork, Misfortune};

/// The proxy.
pub struct DeskProxy {
    /// Where the desk connects, in place of the gateway.
    pub address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

struct State {
    gateway: SocketAddr,
    seed: u64,
    misfortune: Mutex<Misfortune>,
    networks: Mutex<Vec<BadNetwork>>,
    /// Whether a desk's offer of Opus with copies reaches the gateway.
    copies: AtomicBool,
    passes: watch::Sender<bool>,
}

impl State {
    /// Waits until the network is there.
    async fn passing(&self) {
        // The sender lives as long as the state.
        self.passes.subscribe().wait_for(|passes| *passes).await.ok();
    }
}

impl DeskProxy {
    /// Stands before a gateway.
    pub async fn before(gateway: SocketAddr, misfortune: Misfortune, seed: u64) -> Result<DeskProxy> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State {
            gateway,
            seed,
            misfortune: Mutex::new(misfortune),
            networks: Mutex::default(),
            copies: AtomicBool::new(true),
            passes: watch::channel(true).0,
        });
        let task = tokio::spawn({
            let state = Arc::clone(&state);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(serve(stream, Arc::clone(&state)));
                }
            }
        });
        Ok(DeskProxy { address, state, task })
    }

    /// `http://address`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The weather changes, for connections that stand and those to come.
    pub fn set(&self, misfortune: Misfortune) {
        *self.state.misfortune.lock().unwrap_or_else(PoisonError::into_inner) = misfortune;
        for network in self.state.networks.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            network.set(misfortune);
        }
    }

    /// Says whether offers to come keep their Opus with copies of earlier frames (RFC 2198).
    pub fn lets_copies_be_offered(&self, copies: bool) {
        self.state.copies.store(copies, Ordering::Relaxed);
    }

    /// The network is gone, or back: no packet passes, connections stand and say nothing, new ones find nobody.
    pub fn cut(&self, cut: bool) {
        self.set(if cut { Misfortune::CUT } else { Misfortune::NONE });
        self.state.passes.send_replace(!cut);
    }

    /// Packets taken and lost so far, over all connections.
    pub fn counts(&self) -> (u64, u64) {
        let networks = self.state.networks.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |network: &BadNetwork| {
            let counts = network.counts();
            let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
            (load(&counts.taken), load(&counts.lost))
        };
        networks.iter().map(of).fold((0, 0), |sum, this| (sum.0 + this.0, sum.1 + this.1))
    }
}

impl Drop for DeskProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One connection: the first bytes say whether it is the desk's socket.
async fn serve(stream: TcpStream, state: Arc<State>) {
    state.passing().await;
    let mut first = [0u8; 16];
    let outcome = match stream.peek(&mut first).await {
        Ok(_) if first.starts_with(b"GET /api/desk") => relay_socket(stream, &state).await,
        _ => relay_bytes(stream, &state).await,
    };
    // A connection that ends is the desk's or the gateway's doing, and both notice.
    outcome.ok();
}

async fn relay_bytes(mut desk: TcpStream, state: &State) -> Result<()> {
    let mut gateway = TcpStream::connect(state.gateway).await?;
    tokio::io::copy_bidirectional(&mut desk, &mut gateway).await?;
    Ok(())
}

async fn relay_socket(mut desk: TcpStream, state: &State) -> Result<()> {
    let target = read_target(&mut desk).await?;
    let request = format!("ws://{}{}", state.gateway, target.path).into_client_request()?;
    let (gateway, _) = tokio_tungstenite::connect_async(request).await?;
    let accept = tokio_tungstenite::tungstenite::handshake::derive_accept_key(target.key.as_bytes());
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    desk.write_all(answer.as_bytes()).await?;
    let role = tokio_tungstenite::tungstenite::protocol::Role::Server;
    let desk = tokio_tungstenite::WebSocketStream::from_raw_socket(desk, role, None).await;

    let (mut to_gateway, mut from_gateway) = gateway.split();
    let (mut to_desk, mut from_desk) = desk.split();
    loop {
        tokio::select! {
            message = from_desk.next() => match message {
                Some(Ok(Message::Text(text))) if !state.copies.load(Ordering::Relaxed) => {
                    state.passing().await;
                    to_gateway.send(Message::text(without_copies(&text)?)).await?;
                }
                Some(Ok(message)) => {
                    state.passing().await;
                    to_gateway.send(message).await?;
                }
                _ => break,
            },
            message = from_gateway.next() => {
                state.passing().await;
                match message {
                    Some(Ok(Message::Text(text))) => {
                        to_desk.send(Message::text(led_astray(&text, state).await?)).await?;
                    }
                    Some(Ok(message)) => to_desk.send(message).await?,
                    _ => break,
                }
            }
        }
    }
    to_gateway.close().await.ok();
    to_desk.close().await.ok();
    Ok(())
}

struct Target {
    path: String,
    key: String,
}

async fn read_target(desk: &mut TcpStream) -> Result<Target> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(desk.read_u8().await?);
        anyhow::ensure!(head.len() < 16_384, "a request head without end");
    }
    let head = String::from_utf8(head)?;
    let path = head.split(' ').nth(1).context("a request without a path")?.to_owned();
    let key = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("sec-websocket-key"))
        .context("no socket was asked for")?;
    Ok(Target { path, key: key.1.trim().to_owned() })
}

/// Takes Opus with copies out of a media offer: `red` and its payload type, 63.
fn without_copies(text: &str) -> Result<String> {
    let mut message: Value = serde_json::from_str(text)?;
    if message["type"] != "media_offer" {
        return Ok(text.to_owned());
    }
    let sdp = message["sdp"].as_str().context("a media offer without SDP")?;
    let about_copies = ["a=rtpmap:63 ", "a=fmtp:63 ", "a=rtcp-fb:63 "];
    let lines = sdp.split("\r\n").filter(|line| !about_copies.iter().any(|about| line.starts_with(about)));
    let lines: Vec<String> = lines
        .map(|line| if line.starts_with("m=audio ") { line.replacen(" 63", "", 1) } else { line.to_owned() })
        .collect();
    message["sdp"] = Value::String(lines.join("\r\n"));
    Ok(message.to_string())
}

/// Replaces the gateway's candidate in a media answer by the way through a bad network.
async fn led_astray(text: &str, state: &State) -> Result<String> {
    let mut message: Value = serde_json::from_str(text)?;
    if message["type"] != "media_answer" {
        return Ok(text.to_owned());
    }
    let sdp = message["sdp"].as_str().context("a media answer without SDP")?;
    let mut lines = Vec::new();
    for line in sdp.split("\r\n") {
        let words: Vec<&str> = line.split(' ').collect();
        let is_udp =
            line.starts_with("a=candidate:") && words.get(2).is_some_and(|word| word.eq_ignore_ascii_case("udp"));
        match (is_udp, words.get(4), words.get(5)) {
            (true, Some(ip), Some(port)) => {
                let network = open(state, format!("{ip}:{port}").parse()?).await?;
                let mut words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
                words[4] = network.ip().to_string();
                words[5] = network.port().to_string();
                lines.push(words.join(" "));
            }
            _ => lines.push(line.to_owned()),
        }
    }
    message["sdp"] = Value::String(lines.join("\r\n"));
    Ok(message.to_string())
}

async fn open(state: &State, far: SocketAddr) -> Result<SocketAddr> {
    let misfortune = *state.misfortune.lock().unwrap_or_else(PoisonError::into_inner);
    let network = BadNetwork::towards(far, misfortune, state.seed).await?;
    let address = network.address;
    state.networks.lock().unwrap_or_else(PoisonError::into_inner).push(network);
    Ok(address)
}

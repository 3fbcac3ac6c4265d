//! One WebSocket to the gateway, from its ticket to its welcome.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use cordboard_wire::{ByeCode, ClientMessage, GatewayMessage, IceServer, PROTOCOL};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error as SocketError, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::config::AgentConfig;
use crate::error::ConnectError;
use crate::gateway::{Gateway, Session};

const OPEN_LIMIT: Duration = Duration::from_secs(5);
const WELCOME_LIMIT: Duration = Duration::from_secs(10);
/// A view is a few KiB; anything near this is no view.
const MOST_MESSAGE_BYTES: usize = 1024 * 1024;
/// A gateway that names a heartbeat outside this does not know what it is doing.
const HEARTBEATS_MS: std::ops::RangeInclusive<u32> = 1_000..=60_000;

/// An open socket that has been welcomed.
pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// What the gateway said.
    pub welcome: Welcome,
}

/// What changes between one hello and the next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hello {
    /// The person asked to move here from another desk.
    pub take_over: bool,
    /// The media connection that outlived the last socket.
    pub media_id: Option<u32>,
}

/// What the gateway says to a desk it lets in.
#[derive(Debug, Clone)]
pub(crate) struct Welcome {
    pub gateway: String,
    pub ice_servers: Vec<IceServer>,
    /// The gateway says something at least so often.
    pub heartbeat: Duration,
    /// The local address the gateway is reached from.
    pub local: IpAddr,
    /// The gateway's own.
    pub remote: SocketAddr,
}

/// How a desk was turned away, or what the network did.
#[derive(Debug)]
pub(crate) enum TurnedAway {
    /// The gateway said goodbye before it said welcome.
    Bye(ByeCode, String),
    /// Anything else.
    Failed(ConnectError),
}

impl From<ConnectError> for TurnedAway {
    fn from(error: ConnectError) -> Self {
        TurnedAway::Failed(error)
    }
}

/// What came over the socket.
pub(crate) enum Heard {
    /// A message.
    Message(GatewayMessage),
    /// A ping or something else that only shows that the gateway lives.
    Alive,
    /// The end, and why.
    Gone(String),
}

impl Socket {
    /// Opens a socket with a fresh ticket, says hello and waits for the welcome.
    pub(crate) async fn open(
        gateway: &Gateway,
        session: &Session,
        config: &AgentConfig,
        hello: Hello,
    ) -> Result<Socket, TurnedAway> {
        let address = gateway.socket_address(session).await?;
        let limits = WebSocketConfig::default()
            .max_message_size(Some(MOST_MESSAGE_BYTES))
            .max_frame_size(Some(MOST_MESSAGE_BYTES));
        let connecting = connect_async_with_config(address, Some(limits), true);
        let (stream, _response) = tokio::time::timeout(OPEN_LIMIT, Box::pin(connecting))
            .await
            .map_err(|_| gateway.unreachable("the socket did not open in time"))?
            .map_err(|error| match error {
                SocketError::Io(error) => gateway.unreachable(error),
                other => gateway.strange(other),
            })?;
        let (local, remote) = ends(&stream).map_err(|error| gateway.unreachable(error))?;
        let welcome = Welcome {
            gateway: String::new(),
            ice_servers: vec![],
            heartbeat: WELCOME_LIMIT,
            local: local.ip(),
            remote,
        };
        let mut socket = Socket { stream, welcome };
        let hello = ClientMessage::Hello {
            protocol: PROTOCOL,
            client: config.client.clone(),
            locale: config.locale,
            take_over: hello.take_over,
            media_id: hello.media_id,
        };
        socket.say(&hello).await.map_err(|error| gateway.unreachable(error))?;
        match tokio::time::timeout(WELCOME_LIMIT, socket.welcomed(gateway)).await {
            Ok(result) => result.map(|()| socket),
            Err(_) => Err(gateway.strange("it did not welcome the desk in time").into()),
        }
    }

    async fn welcomed(&mut self, gateway: &Gateway) -> Result<(), TurnedAway> {
        loop {
            match self.hear().await {
                Heard::Message(GatewayMessage::Welcome { gateway, ice_servers, heartbeat_ms, .. }) => {
                    let heartbeat_ms = heartbeat_ms.clamp(*HEARTBEATS_MS.start(), *HEARTBEATS_MS.end());
                    self.welcome.gateway = gateway;
                    self.welcome.ice_servers = ice_servers;
                    self.welcome.heartbeat = Duration::from_millis(u64::from(heartbeat_ms));
                    return Ok(());
                }
                Heard::Message(GatewayMessage::Bye { code, message }) => return Err(TurnedAway::Bye(code, message)),
                Heard::Message(_) | Heard::Alive => {}
                Heard::Gone(reason) => return Err(gateway.unreachable(reason).into()),
            }
        }
    }

    /// Sends a message.
    pub(crate) async fn say(&mut self, message: &ClientMessage) -> Result<(), String> {
        let text = serde_json::to_string(message).map_err(|error| error.to_string())?;
        self.stream.send(Message::text(text)).await.map_err(|error| error.to_string())
    }

    /// Waits for the next thing that comes.
    pub(crate) async fn hear(&mut self) -> Heard {
        match self.stream.next().await {
            Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                Ok(message) => Heard::Message(message),
                Err(error) => {
                    // A newer gateway may say more than this desk knows; the view alone is needed.
                    tracing::warn!(%error, "a message of the gateway could not be understood");
                    Heard::Alive
                }
            },
            Some(Ok(Message::Close(frame))) => {
                Heard::Gone(frame.map_or_else(|| "closed".to_owned(), |frame| format!("closed: {}", frame.reason)))
            }
            Some(Ok(_)) => Heard::Alive,
            Some(Err(error)) => Heard::Gone(error.to_string()),
            None => Heard::Gone("closed".to_owned()),
        }
    }

    /// Closes the socket politely.
    pub(crate) async fn close(mut self) {
        if let Err(error) = self.stream.close(None).await {
            tracing::debug!(%error, "closing the socket");
        }
    }
}

/// This machine's end of a socket, and the gateway's.
fn ends(stream: &WebSocketStream<MaybeTlsStream<TcpStream>>) -> std::io::Result<(SocketAddr, SocketAddr)> {
    let stream = match stream.get_ref() {
        MaybeTlsStream::Plain(stream) => stream,
        MaybeTlsStream::Rustls(stream) => stream.get_ref().0,
        _ => return Err(std::io::Error::other("a socket of an unknown kind")),
    };
    Ok((stream.local_addr()?, stream.peer_addr()?))
}

//! A desk as a bare socket: signs in, tells its commands, is told its views, and offers its sound.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use cordboard_relay::Codec;
use cordboard_tests::{Gateway, Session};
use cordboard_wire::{ClientMessage, Command, DeskView, GatewayMessage, Locale, PROTOCOL};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::load::desk::Desk;

/// How long anything that should happen at once may take on a busy machine.
const SOON: Duration = Duration::from_secs(20);

/// An open socket.
pub struct DeskSocket {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    last_id: u32,
}

impl DeskSocket {
    /// Opens it in the name of a signed-in user.
    pub async fn open(gateway: &Gateway, session: &Session) -> Result<DeskSocket> {
        let address = format!("ws://{}/api/desk?ticket={}", gateway.http, session.ticket().await?);
        let (socket, _) = tokio_tungstenite::connect_async(address).await?;
        let mut desk = DeskSocket { socket, last_id: 0 };
        desk.say(&ClientMessage::Hello {
            protocol: PROTOCOL,
            client: "bench".to_owned(),
            locale: Locale::En,
            take_over: false,
            media_id: None,
        })
        .await?;
        Ok(desk)
    }

    /// Offers sound and takes the answer. Whoever holds the connection has to keep it alive from now on.
    pub async fn offer_sound(&mut self, codec: Codec) -> Result<Desk> {
        let (mut desk, sdp) = Desk::offer(codec)?;
        self.last_id += 1;
        self.say(&ClientMessage::MediaOffer { id: self.last_id, sdp }).await?;
        loop {
            match self.next().await? {
                GatewayMessage::MediaAnswer { sdp, .. } => {
                    desk.answered(&sdp)?;
                    return Ok(desk);
                }
                GatewayMessage::Refused { refusal, .. } => bail!("the offer was refused: {refusal:?}"),
                _ => {}
            }
        }
    }

    /// Does something.
    pub async fn act(&mut self, command: Command) -> Result<()> {
        self.last_id += 1;
        self.say(&ClientMessage::Command { id: self.last_id, command }).await
    }

    async fn say(&mut self, message: &ClientMessage) -> Result<()> {
        Ok(self.socket.send(Message::text(serde_json::to_string(message)?)).await?)
    }

    /// The next message.
    pub async fn next(&mut self) -> Result<GatewayMessage> {
        loop {
            match self.socket.next().await.context("the gateway closed a desk's socket")?? {
                Message::Text(text) => return Ok(serde_json::from_str(&text)?),
                Message::Close(reason) => bail!("the gateway closed a desk's socket: {reason:?}"),
                _ => {}
            }
        }
    }

    /// Waits for a view that is as wanted.
    pub async fn view<R>(&mut self, what: &str, mut wanted: impl FnMut(&DeskView) -> Option<R>) -> Result<R> {
        let found = async {
            loop {
                match self.next().await? {
                    GatewayMessage::View { view, .. } => {
                        if let Some(found) = wanted(&view) {
                            return Ok(found);
                        }
                    }
                    GatewayMessage::Refused { refusal, .. } => bail!("refused: {refusal:?}"),
                    _ => {}
                }
            }
        };
        tokio::time::timeout(SOON, found).await.with_context(|| format!("{what}: not within {} s", SOON.as_secs()))?
    }
}

//! The desk's socket: hello, whole views, commands. One task a desk; the centre decides.

use std::time::Duration;

use axum::{
    extract::{
        Query, State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use cordboard_core::AgentId;
use cordboard_wire::{ByeCode, ClientMessage, GatewayMessage, Locale, OLDEST_PROTOCOL, PROTOCOL, Refusal, RefusalCode};
use serde::Deserialize;
use tokio::time::{Instant, interval, timeout};

use super::{Failure, Shared, answer::request_id, origin, session, session::Person};
use crate::centre::{CentreHandle, DeskId, DeskInput, DeskLink, Input, PathFigures, clock::utc_ms};

const HELLO_WITHIN: Duration = Duration::from_secs(5);
const HEARTBEAT: Duration = Duration::from_secs(5);
const SEND_WITHIN: Duration = Duration::from_secs(10);
const MOST_BYTES: usize = 64 * 1024;
const MOST_SDP_BYTES: usize = 16 * 1024;
/// Messages a desk may send in a second.
const MOST_A_SECOND: u32 = 50;

#[derive(Deserialize)]
pub(super) struct DeskQuery {
    ticket: Option<String>,
}

/// `GET /api/desk?ticket=…`
pub(super) async fn desk(
    State(doors): State<Shared>,
    Query(query): Query<DeskQuery>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !origin::allowed(&doors, &headers) {
        return origin::refusal().into_response();
    }
    let Some(person) = query.ticket.as_deref().and_then(|ticket| doors.tickets.redeem(ticket)) else {
        return Failure::not_signed_in().into_response();
    };
    if !session::stands(&doors, &person).await {
        return Failure::not_signed_in().into_response();
    }
    let Some(centre) = doors.centres.get(&person.instance).cloned() else {
        return Failure::not_signed_in().into_response();
    };
    upgrade.max_message_size(MOST_BYTES).max_frame_size(MOST_BYTES).on_upgrade(move |socket| async move {
        let locale = Locale::default();
        let desk = Desk { socket, doors, centre, person, locale, id: DeskId::new(), sent: Allowance::new() };
        desk.run().await;
    })
}

/// How many messages a desk may still send in this second.
struct Allowance {
    second: Instant,
    left: u32,
}

impl Allowance {
    fn new() -> Self {
        Self { second: Instant::now(), left: MOST_A_SECOND }
    }

    fn take(&mut self) -> bool {
        if self.second.elapsed() >= Duration::from_secs(1) {
            *self = Self::new();
        }
        self.left = self.left.saturating_sub(1);
        self.left > 0
    }
}

struct Desk {
    socket: WebSocket,
    doors: Shared,
    centre: CentreHandle,
    person: Person,
    locale: Locale,
    id: DeskId,
    sent: Allowance,
}

/// The socket is to be closed; with a goodbye if the other side may still read one.
struct Closing(Option<ByeCode>);

impl From<ByeCode> for Closing {
    fn from(code: ByeCode) -> Self {
        Self(Some(code))
    }
}

impl Desk {
    async fn run(mut self) {
        let agent = AgentId(self.person.user_id.clone());
        let Err(Closing(bye)) = self.serve(&agent).await;
        if let Some(code) = bye {
            let message = farewell(code, self.locale).to_owned();
            let _ = self.send(&GatewayMessage::Bye { code, message }).await;
            let _ = timeout(SEND_WITHIN, self.socket.send(Message::Close(None))).await;
        }
        let closed = DeskInput::Closed { agent, desk: self.id };
        let _ = self.centre.send(Input::Desk(closed)).await;
    }

    async fn serve(&mut self, agent: &AgentId) -> Result<std::convert::Infallible, Closing> {
        let mut link = self.hello(agent).await?;
        let mut heartbeat = interval(HEARTBEAT);
        let mut heard = Instant::now();
        link.states.mark_changed();
        loop {
            tokio::select! {
                changed = link.states.changed() => {
                    changed.map_err(|_| ByeCode::GoingAway)?;
                    self.show(&mut link).await?;
                }
                bye = &mut link.farewell => return Err(bye.unwrap_or(ByeCode::GoingAway).into()),
                message = self.socket.recv() => {
                    heard = Instant::now();
                    match message {
                        Some(Ok(Message::Text(text))) => self.take(agent, &mut link, text.as_str()).await?,
                        Some(Ok(Message::Binary(_))) => return Err(ByeCode::BadMessage.into()),
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => {
                            if !self.sent.take() {
                                return Err(ByeCode::TooFast.into());
                            }
                        }
                        Some(Ok(Message::Close(_))) | None => return Err(Closing(None)),
                        // Too long, or not WebSocket at all.
                        Some(Err(_)) => return Err(ByeCode::BadMessage.into()),
                    }
                }
                _ = heartbeat.tick() => {
                    if heard.elapsed() > HEARTBEAT * 3 {
                        return Err(Closing(None));
                    }
                    if !session::stands(&self.doors, &self.person).await {
                        return Err(ByeCode::SessionEnded.into());
                    }
                    self.put(Message::Ping(axum::body::Bytes::new())).await?;
                }
            }
        }
    }

    async fn hello(&mut self, agent: &AgentId) -> Result<DeskLink, Closing> {
        let first = timeout(HELLO_WITHIN, self.socket.recv()).await.map_err(|_| ByeCode::BadMessage)?;
        let Some(Ok(Message::Text(text))) = first else { return Err(ByeCode::BadMessage.into()) };
        let Ok(ClientMessage::Hello { protocol, client, locale, take_over, media_id }) =
            serde_json::from_str(text.as_str())
        else {
            return Err(ByeCode::BadMessage.into());
        };
        self.locale = locale;
        if !(OLDEST_PROTOCOL..=PROTOCOL).contains(&protocol) {
            return Err(ByeCode::ProtocolUnsupported.into());
        }
        tracing::debug!(agent = %agent, client, protocol, "hello");
        let session = self.person.session.clone();
        let link = self.centre.open_desk(agent.clone(), self.id, session, take_over, media_id).await?;
        let welcome = GatewayMessage::Welcome {
            protocol,
            gateway: concat!("cordboard-gateway/", env!("CARGO_PKG_VERSION")).to_owned(),
            ice_servers: self.doors.ice_servers.clone(),
            heartbeat_ms: u32::try_from(HEARTBEAT.as_millis()).unwrap_or(u32::MAX),
        };
        self.send(&welcome).await?;
        Ok(link)
    }

    async fn show(&mut self, link: &mut DeskLink) -> Result<(), Closing> {
        let state = link.states.borrow_and_update().clone();
        let view = Box::new(state.render(self.locale));
        self.send(&GatewayMessage::View { seq: state.seq, now_ms: utc_ms(), view }).await
    }

    async fn take(&mut self, agent: &AgentId, link: &mut DeskLink, text: &str) -> Result<(), Closing> {
        if !self.sent.take() {
            return Err(ByeCode::TooFast.into());
        }
        let message = serde_json::from_str(text).map_err(|error| {
            tracing::info!(agent = %agent, %error, "a desk's message could not be understood");
            ByeCode::BadMessage
        })?;
        match message {
            ClientMessage::Hello { .. } => Err(ByeCode::BadMessage.into()),
            ClientMessage::Command { id, command } => {
                let answer = match self.centre.command(agent.clone(), command).await {
                    Ok(call) => GatewayMessage::Accepted { id, call_id: call.map(|call| call.0) },
                    Err(code) => Self::refused(self.locale, id, code),
                };
                self.send(&answer).await
            }
            ClientMessage::MediaOffer { id, sdp } => {
                let answer = match sdp.len() {
                    0..=MOST_SDP_BYTES => self.centre.media_offer(agent.clone(), self.id, sdp).await,
                    _ => Err(RefusalCode::BadMediaOffer),
                };
                let answer = match answer {
                    Ok((media_id, sdp)) => GatewayMessage::MediaAnswer { id, media_id, sdp },
                    Err(code) => Self::refused(self.locale, id, code),
                };
                self.send(&answer).await
            }
            ClientMessage::Quality { report } => {
                let quality = DeskInput::Quality { agent: agent.clone(), report };
                self.centre.send(Input::Desk(quality)).await.map_err(|_| ByeCode::GoingAway.into())
            }
            ClientMessage::PathCheck { id, on } => {
                let answer = match self.centre.check_path(agent.clone(), self.id, on).await {
                    Ok(None) => GatewayMessage::Accepted { id, call_id: None },
                    Ok(Some(PathFigures { received, returned, jitter_up_ms })) => {
                        GatewayMessage::PathChecked { id, received, returned, jitter_up_ms }
                    }
                    Err(code) => Self::refused(self.locale, id, code),
                };
                self.send(&answer).await
            }
            ClientMessage::Resend => self.show(link).await,
        }
    }

    fn refused(locale: Locale, id: u32, code: RefusalCode) -> GatewayMessage {
        let message = code.sentence(locale).to_owned();
        GatewayMessage::Refused { id, refusal: Refusal { code, message, reference: request_id() } }
    }

    async fn send(&mut self, message: &GatewayMessage) -> Result<(), Closing> {
        match serde_json::to_string(message) {
            Ok(text) => self.put(Message::Text(text.into())).await,
            Err(error) => {
                tracing::error!(%error, "a message could not be written as JSON");
                Err(Closing(None))
            }
        }
    }

    async fn put(&mut self, message: Message) -> Result<(), Closing> {
        match timeout(SEND_WITHIN, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Closing(None)),
        }
    }
}

/// Why the socket is closed, in a sentence.
fn farewell(code: ByeCode, locale: Locale) -> &'static str {
    match (code, locale) {
        (ByeCode::ProtocolUnsupported, Locale::En) => {
            "This desk and the gateway are of versions too far apart. Reload the page, or update the app."
        }
        (ByeCode::ProtocolUnsupported, Locale::ZhCn) => "工作台与网关版本不匹配，请刷新页面或升级客户端。",
        (ByeCode::BadMessage, Locale::En) => {
            "The gateway could not understand this desk. Reload the page, or update the app."
        }
        (ByeCode::BadMessage, Locale::ZhCn) => "网关无法理解工作台发送的消息，请刷新页面或升级客户端。",
        (ByeCode::TooFast, Locale::En) => "This desk sent too much at once. It reconnects by itself.",
        (ByeCode::TooFast, Locale::ZhCn) => "工作台发送消息过快，将自动重新连接。",
        (ByeCode::SessionEnded, Locale::En) => "Your session has ended. Sign in again.",
        (ByeCode::SessionEnded, Locale::ZhCn) => "登录已失效，请重新登录。",
        (ByeCode::InUseElsewhere, Locale::En) => "You are signed in at another desk. Take over here, or go on there.",
        (ByeCode::InUseElsewhere, Locale::ZhCn) => "您已在其他工作台登录，可在此处接管，或继续使用原工作台。",
        (ByeCode::TakenOver, Locale::En) => "Another desk of yours took over.",
        (ByeCode::TakenOver, Locale::ZhCn) => "您的另一个工作台已接管。",
        (ByeCode::GoingAway, Locale::En) => "The gateway is stopping. The desk reconnects by itself when it is back.",
        (ByeCode::GoingAway, Locale::ZhCn) => "网关正在停止，恢复后工作台将自动重新连接。",
    }
}

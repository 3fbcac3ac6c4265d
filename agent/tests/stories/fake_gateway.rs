//! A gateway that does what a story tells it: real HTTP and WebSocket, no centre behind them.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use cordboard_wire::{
    ApiError, ByeCode, ClientMessage, DeskView, GatewayMessage, Refusal, RefusalCode, Role, SignInAnswer,
    SignInRequest, Ticket,
};
use tokio::sync::mpsc;

use crate::gateway_peer::GatewayPeer;

pub const PASSWORD: &str = "cordboard";
/// Long enough for a machine with a lot to do, short enough to notice that something never comes.
const PATIENCE: Duration = Duration::from_secs(20);

/// The whole gateway.
pub struct FakeGateway {
    pub address: SocketAddr,
    state: Arc<GatewayState>,
    desks: mpsc::UnboundedReceiver<FakeDesk>,
    server: tokio::task::JoinHandle<()>,
}

struct GatewayState {
    opened: mpsc::UnboundedSender<FakeDesk>,
    sessions: AtomicU32,
    signed_out: AtomicU32,
    /// Tokens with a number below this are no longer known.
    oldest_session: AtomicU32,
    heartbeat_ms: AtomicU32,
    /// What the next desks are told instead of a welcome.
    bars: Mutex<Vec<ByeCode>>,
}

/// One socket a desk opened.
pub struct FakeDesk {
    pub hello: ClientMessage,
    said: mpsc::UnboundedReceiver<ClientMessage>,
    say: mpsc::UnboundedSender<Act>,
    next_seq: u64,
}

enum Act {
    Say(String),
    FallSilent,
    Cut,
}

impl FakeGateway {
    pub async fn start() -> FakeGateway {
        Self::start_at("127.0.0.1:0".parse().unwrap()).await
    }

    pub async fn start_at(address: SocketAddr) -> FakeGateway {
        let (opened, desks) = mpsc::unbounded_channel();
        let state = Arc::new(GatewayState {
            opened,
            sessions: AtomicU32::new(0),
            signed_out: AtomicU32::new(0),
            oldest_session: AtomicU32::new(0),
            heartbeat_ms: AtomicU32::new(15_000),
            bars: Mutex::default(),
        });
        let router = Router::new()
            .route("/api/session", post(sign_in).delete(sign_out))
            .route("/api/ticket", post(ticket))
            .route("/api/desk", get(desk))
            .with_state(Arc::clone(&state));
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        FakeGateway { address, state, desks, server }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits for a desk to open its socket and say hello.
    pub async fn desk(&mut self) -> FakeDesk {
        within(self.desks.recv()).await.unwrap()
    }

    /// Whether a desk has come that nobody waited for.
    pub fn another_desk_came(&mut self) -> bool {
        self.desks.try_recv().is_ok()
    }

    /// The next desk to come is told this instead of a welcome.
    pub fn bar(&self, code: ByeCode) {
        self.state.bars.lock().unwrap().push(code);
    }

    pub fn forget_sessions(&self) {
        self.state.oldest_session.store(self.state.sessions.load(Ordering::SeqCst), Ordering::SeqCst);
    }

    pub fn set_heartbeat_ms(&self, heartbeat_ms: u32) {
        self.state.heartbeat_ms.store(heartbeat_ms, Ordering::SeqCst);
    }

    pub fn sessions(&self) -> u32 {
        self.state.sessions.load(Ordering::SeqCst)
    }

    pub fn signed_out(&self) -> u32 {
        self.state.signed_out.load(Ordering::SeqCst)
    }

    /// Stops taking connections, as a process that ended.
    pub async fn stop(self) -> SocketAddr {
        self.server.abort();
        let _ = self.server.await;
        self.address
    }
}

impl FakeDesk {
    /// Waits for the desk to say something.
    pub async fn hear(&mut self) -> ClientMessage {
        within(self.said.recv()).await.expect("the desk's socket is gone")
    }

    /// Waits for a command and returns its id with it; answers media offers with a refusal on the way.
    pub async fn hear_command(&mut self) -> (u32, cordboard_wire::Command) {
        loop {
            match self.hear().await {
                ClientMessage::Command { id, command } => return (id, command),
                ClientMessage::MediaOffer { id, .. } => self.refuse(id, RefusalCode::Unavailable),
                _ => {}
            }
        }
    }

    /// Waits for the media offer and answers it with a peer of str0m's.
    pub async fn connect_sound(&mut self, media_id: u32) -> GatewayPeer {
        loop {
            if let ClientMessage::MediaOffer { id, sdp } = self.hear().await {
                let (peer, sdp) = GatewayPeer::answer(&sdp);
                self.say(&GatewayMessage::MediaAnswer { id, media_id, sdp });
                return peer;
            }
        }
    }

    /// Waits until the desk has closed its socket.
    pub async fn gone(&mut self) {
        within(async { while self.said.recv().await.is_some() {} }).await;
    }

    pub fn say(&self, message: &GatewayMessage) {
        self.say_raw(&serde_json::to_string(message).unwrap());
    }

    pub fn say_raw(&self, text: &str) {
        let _ = self.say.send(Act::Say(text.to_owned()));
    }

    pub fn show(&mut self, view: &DeskView) {
        self.next_seq += 1;
        self.show_as(self.next_seq, view);
    }

    pub fn show_as(&self, seq: u64, view: &DeskView) {
        self.say(&GatewayMessage::View { seq, now_ms: 1_000 + seq as i64, view: Box::new(view.clone()) });
    }

    pub fn accept(&self, id: u32, call_id: Option<&str>) {
        self.say(&GatewayMessage::Accepted { id, call_id: call_id.map(str::to_owned) });
    }

    pub fn refuse(&self, id: u32, code: RefusalCode) {
        let refusal = Refusal {
            code,
            message: code.sentence(cordboard_wire::Locale::En).to_owned(),
            reference: "ref-1".to_owned(),
        };
        self.say(&GatewayMessage::Refused { id, refusal });
    }

    pub fn bye(&self, code: ByeCode) {
        self.say(&GatewayMessage::Bye { code, message: format!("{code:?}") });
        self.cut();
    }

    /// Cuts the connection without a word.
    pub fn cut(&self) {
        let _ = self.say.send(Act::Cut);
    }

    /// Keeps the connection but says nothing any more, not even pings.
    pub fn fall_silent(&self) {
        let _ = self.say.send(Act::FallSilent);
    }
}

/// Waits with patience, so that a story that hangs ends.
pub async fn within<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.expect("it did not happen in time")
}

async fn sign_in(State(state): State<Arc<GatewayState>>, Json(request): Json<SignInRequest>) -> Response {
    if request.password != PASSWORD {
        return refusal(StatusCode::UNAUTHORIZED, "User name or password is wrong.");
    }
    let session = state.sessions.fetch_add(1, Ordering::SeqCst);
    Json(SignInAnswer {
        instance: request.instance.clone(),
        user_id: format!("{}@{}", request.login, request.instance),
        display_name: request.login,
        role: Role::Agent,
        token: Some(format!("token-{session}")),
        ice_servers: vec![],
        demo: true,
    })
    .into_response()
}

async fn sign_out(State(state): State<Arc<GatewayState>>) -> StatusCode {
    state.signed_out.fetch_add(1, Ordering::SeqCst);
    StatusCode::NO_CONTENT
}

async fn ticket(State(state): State<Arc<GatewayState>>, headers: HeaderMap) -> Response {
    let token = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let session = token.strip_prefix("Bearer token-").and_then(|number| number.parse::<u32>().ok());
    if session.is_none_or(|session| session < state.oldest_session.load(Ordering::SeqCst)) {
        return refusal(StatusCode::UNAUTHORIZED, "The session has ended.");
    }
    Json(Ticket { ticket: "once".to_owned() }).into_response()
}

fn refusal(status: StatusCode, message: &str) -> Response {
    let error =
        ApiError { code: "Unauthorized".to_owned(), message: message.to_owned(), request_id: "request-1".to_owned() };
    (status, Json(error)).into_response()
}

#[derive(serde::Deserialize)]
struct TicketQuery {
    ticket: String,
}

async fn desk(
    State(state): State<Arc<GatewayState>>,
    Query(query): Query<TicketQuery>,
    upgrade: WebSocketUpgrade,
) -> Response {
    assert_eq!(query.ticket, "once");
    upgrade.on_upgrade(|socket| serve(state, socket))
}

async fn serve(state: Arc<GatewayState>, mut socket: WebSocket) {
    let Some(Ok(Message::Text(hello))) = socket.recv().await else { return };
    let hello: ClientMessage = serde_json::from_str(&hello).unwrap();
    let barred = state.bars.lock().unwrap().pop();
    if let Some(code) = barred {
        let bye = GatewayMessage::Bye { code, message: format!("{code:?}") };
        let _ = socket.send(Message::text(serde_json::to_string(&bye).unwrap())).await;
        return;
    }
    let welcome = GatewayMessage::Welcome {
        protocol: 1,
        gateway: "fake/1".to_owned(),
        ice_servers: vec![],
        heartbeat_ms: state.heartbeat_ms.load(Ordering::SeqCst),
    };
    let _ = socket.send(Message::text(serde_json::to_string(&welcome).unwrap())).await;
    let (heard, said) = mpsc::unbounded_channel();
    let (say, mut acts) = mpsc::unbounded_channel();
    state.opened.send(FakeDesk { hello, said, say, next_seq: 0 }).ok();
    loop {
        tokio::select! {
            act = acts.recv() => match act {
                Some(Act::Say(text)) => {
                    if socket.send(Message::text(text)).await.is_err() {
                        return;
                    }
                }
                Some(Act::FallSilent) => std::future::pending().await,
                Some(Act::Cut) | None => return,
            },
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => {
                    let _ = heard.send(serde_json::from_str(&text).unwrap());
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
            },
        }
    }
}

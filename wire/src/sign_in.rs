//! Signing in over HTTP, and the tickets that open sockets.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Body of `POST /api/session`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SignInRequest {
    /// The instance, the word in the desk's address.
    pub instance: String,
    /// Login name (`alice`) or user id (`alice@demo`).
    pub login: String,
    /// Password.
    pub password: String,
    /// Where the session will live.
    pub kind: SessionKind,
}

/// Where a session lives, and so how its token travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SessionKind {
    /// An HttpOnly SameSite cookie.
    Browser,
    /// A bearer token in the answer.
    Native,
}

/// Answer to `POST /api/session` and `GET /api/session`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SignInAnswer {
    /// The instance.
    pub instance: String,
    /// `login@instance`.
    pub user_id: String,
    /// The name to show.
    pub display_name: String,
    /// The user's one role.
    pub role: Role,
    /// The bearer token; native sessions only, and only when signing in.
    pub token: Option<String>,
    /// For the media connection.
    pub ice_servers: Vec<IceServer>,
    /// Whether this is the demo centre (customer buttons, known passwords).
    pub demo: bool,
}

/// The roles of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum Role {
    /// Runs the centre.
    Admin,
    /// Leads skill groups.
    Manager,
    /// Talks to customers.
    Agent,
}

/// One STUN or TURN server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct IceServer {
    /// `stun:` and `turn:` addresses.
    pub urls: Vec<String>,
    /// TURN user.
    pub username: Option<String>,
    /// TURN password.
    pub credential: Option<String>,
}

/// Answer to `POST /api/ticket`: opens one socket (`GET /api/desk?ticket=…`) within 30 s.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Ticket {
    /// The one-use ticket.
    pub ticket: String,
}

/// Every error answer over HTTP, with the vendor's names.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "PascalCase")]
pub struct ApiError {
    /// Stable code (`NotExists.JobId`).
    pub code: String,
    /// What happened, why, and what to do next.
    pub message: String,
    /// To quote to support.
    pub request_id: String,
}

//! The doors: sign-in, the desk's socket, operations, recordings, the front end, health and metrics.

mod answer;
mod health;
mod operations;
mod origin;
mod pages;
mod recordings;
mod serving;
mod session;
mod socket;
mod throttle;
mod tickets;

use std::{collections::HashMap, path::PathBuf, sync::Arc};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post},
};
use cordboard_store::Store;
use cordboard_wire::IceServer;
use metrics_exporter_prometheus::PrometheusHandle;
use tower_http::set_header::SetResponseHeaderLayer;

pub use answer::Failure;
pub use serving::{Bound, Serving};
pub use throttle::Throttle;
pub use tickets::Tickets;

use crate::{centre::CentreHandle, journal::JournalHealth};

/// What the doors need of the node.
pub struct Doors {
    /// Users, sessions, records.
    pub store: Store,
    /// The instances' centres.
    pub centres: HashMap<String, CentreHandle>,
    /// Whether each instance's journal reaches its store.
    pub journals: HashMap<String, JournalHealth>,
    /// Where recordings lie.
    pub recordings: PathBuf,
    /// The built front end; none: the desk is not served, and its address says so.
    pub ui: Option<PathBuf>,
    /// Told to desks.
    pub ice_servers: Vec<IceServer>,
    /// Origins, beside our own, that may use sessions.
    pub origins: Vec<String>,
    /// Whether this is a demo.
    pub demo: bool,
    /// Time zones by instance.
    pub zones: HashMap<String, String>,
    /// Slows down wrong passwords.
    pub throttle: Throttle,
    /// One-use tickets for sockets.
    pub tickets: Tickets,
    /// What `/metrics` prints.
    pub metrics: PrometheusHandle,
}

/// Shared by all requests.
pub type Shared = Arc<Doors>;

/// Bodies are parameters of operations and flows; recordings go out, never in.
const MOST_BODY_BYTES: usize = 1 << 20;

/// All doors.
pub fn router(doors: Shared) -> Router {
    let api = Router::new()
        .route("/api/session", post(session::sign_in).get(session::who).delete(session::sign_out))
        .route("/api/ticket", post(session::ticket))
        .route("/api/operations/{action}", post(operations::call))
        .route_layer(middleware::from_fn_with_state(doors.clone(), origin::check))
        .route("/api/desk", get(socket::desk))
        .route("/api/recordings/{file}", get(recordings::wav))
        .route("/api/{*path}", axum::routing::any(answer::no_such_address));
    Router::new()
        .merge(api)
        .route("/healthz", get(health::healthz))
        .route("/metrics", get(health::metrics))
        .fallback_service(pages::service(&doors))
        .layer(DefaultBodyLimit::max(MOST_BODY_BYTES))
        .layer(SetResponseHeaderLayer::if_not_present(
            axum::http::header::X_CONTENT_TYPE_OPTIONS,
            axum::http::HeaderValue::from_static("nosniff"),
        ))
        .layer(SetResponseHeaderLayer::if_not_present(
            axum::http::header::REFERRER_POLICY,
            axum::http::HeaderValue::from_static("no-referrer"),
        ))
        .with_state(doors)
}

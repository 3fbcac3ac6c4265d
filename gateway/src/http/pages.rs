//! The front end: built files, the same page for every address of the desk, and the demo's CRM page.

use axum::{
    Router,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use tower_http::{services::ServeDir, set_header::SetResponseHeaderLayer};

use super::{Doors, Failure, Shared};

/// Scripts and styles only from here; frames from anywhere, because a CRM page is somebody else's.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; script-src 'self' blob:; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; media-src 'self' blob:; connect-src 'self' ws: wss:; frame-src *; frame-ancestors 'self'; \
     base-uri 'none'; object-src 'none'",
);

/// Everything that is not the API.
pub fn service(doors: &Shared) -> Router {
    let page = Router::new()
        .route("/", get(first_desk))
        .route("/workbench/{*path}", get(desk))
        .route("/crm", get(crm))
        .layer(SetResponseHeaderLayer::overriding(header::CONTENT_SECURITY_POLICY, POLICY));
    let page = match &doors.ui {
        Some(ui) => page.nest_service("/assets", assets(ui)).fallback_service(ServeDir::new(ui)),
        None => page.fallback(super::answer::no_such_address),
    };
    page.with_state(doors.clone())
}

/// Built files carry their hash in their names and never change.
fn assets(ui: &std::path::Path) -> Router {
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    Router::new()
        .fallback_service(ServeDir::new(ui.join("assets")))
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, forever))
}

async fn first_desk(State(doors): State<Shared>) -> Response {
    match doors.centres.keys().min() {
        Some(instance) => Redirect::temporary(&format!("/workbench/{instance}/agentdesk")).into_response(),
        None => super::answer::no_such_address().await.into_response(),
    }
}

async fn desk(State(doors): State<Shared>) -> Response {
    page(&doors, "index.html").await
}

async fn crm(State(doors): State<Shared>) -> Response {
    match doors.demo {
        true => page(&doors, "crm.html").await,
        false => super::answer::no_such_address().await.into_response(),
    }
}

async fn page(doors: &Doors, file: &str) -> Response {
    let Some(ui) = &doors.ui else {
        let message = "The front end is not built. Run `npm ci && npm run build` in ui/, or set http.ui to its folder.";
        return Failure::new(StatusCode::NOT_FOUND, "NotFound", message).into_response();
    };
    match tokio::fs::read(ui.join(file)).await {
        Ok(html) => {
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
                (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
            ];
            (headers, html).into_response()
        }
        Err(error) => {
            tracing::error!(file, %error, "a page of the front end cannot be read");
            Failure::new(StatusCode::NOT_FOUND, "NotFound", "This page is missing from the front end; build ui/ again.")
                .into_response()
        }
    }
}

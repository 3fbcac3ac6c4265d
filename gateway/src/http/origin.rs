//! Cookies come along with every request a browser makes, also with those another site's page asks it to make; the
//! Origin header tells them apart.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{Doors, Failure, Shared};

/// Refuses what a page of another origin asks to change.
pub async fn check(State(doors): State<Shared>, request: Request, next: Next) -> Response {
    if request.method() == Method::GET || allowed(&doors, request.headers()) {
        next.run(request).await
    } else {
        refusal().into_response()
    }
}

/// Whether the Origin, if there is one, is ours or a configured one.
pub fn allowed(doors: &Doors, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let (Ok(origin), Some(host)) = (origin.to_str(), headers.get(header::HOST).and_then(|host| host.to_str().ok()))
    else {
        return false;
    };
    let same_host = origin.split_once("://").is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(host));
    same_host || doors.origins.iter().any(|known| known == origin)
}

/// What another site's page is told.
pub fn refusal() -> Failure {
    let message = "This page's origin may not use sessions here. Open the desk at the gateway's own address, or add the \
                   origin to http.origins.";
    Failure::new(StatusCode::FORBIDDEN, "Permission.Origin", message)
}

//! Recordings for the page's player: `recording://localhost/CALL_ID.wav` is fetched from the gateway with the token.

use tauri::http::{Request, Response, StatusCode, header};
use tauri::{AppHandle, Manager, UriSchemeContext, UriSchemeResponder, Wry};

use crate::desk::Desk;

/// The scheme's name.
pub const SCHEME: &str = "recording";

/// Answers one request of the page's player.
#[allow(clippy::needless_pass_by_value, reason = "the signature is Tauri's")]
pub fn serve(context: UriSchemeContext<'_, Wry>, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let app = context.app_handle().clone();
    tauri::async_runtime::spawn(async move {
        let response = fetch(&app, &request).await.unwrap_or_else(|status| {
            let mut empty = Response::new(Vec::new());
            *empty.status_mut() = status;
            empty
        });
        responder.respond(response);
    });
}

async fn fetch(app: &AppHandle, request: &Request<Vec<u8>>) -> Result<Response<Vec<u8>>, StatusCode> {
    let call_id =
        request.uri().path().trim_start_matches('/').strip_suffix(".wav").ok_or(StatusCode::NOT_FOUND)?.to_owned();
    let (gateway, session) = app.state::<Desk>().signed_in().ok_or(StatusCode::UNAUTHORIZED)?;
    let range = request.headers().get(header::RANGE).and_then(|value| value.to_str().ok());
    let served = gateway.recording(&session, &call_id, range).await.map_err(|error| {
        tracing::info!(%error, "a recording was not served");
        StatusCode::NOT_FOUND
    })?;
    let mut response = Response::builder()
        .status(served.status)
        .header(header::CONTENT_TYPE, "audio/wav")
        .header(header::ACCEPT_RANGES, "bytes")
        .header(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    if let Some(range) = served.range {
        response = response.header(header::CONTENT_RANGE, range);
    }
    response.body(served.bytes).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

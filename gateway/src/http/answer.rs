//! Failures as every door answers them: JSON with the vendor's names, and a status that is not 200.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use cordboard_wire::ApiError;

/// A request that was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// HTTP status, 400 to 599.
    pub status: StatusCode,
    /// Stable code.
    pub code: String,
    /// What happened, why, what next.
    pub message: String,
}

impl Failure {
    /// A failure.
    pub fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into() }
    }

    /// Nobody is signed in, or the session is over.
    pub fn not_signed_in() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "SessionEnded",
            "You are not signed in, or your session has ended. Sign in again.",
        )
    }

    /// The store did not answer; the log has the reason under the request's id.
    pub fn store(error: &cordboard_store::StoreError) -> Self {
        tracing::error!(%error, "store");
        let message =
            "The database cannot be reached right now. Try again in a moment; if it stays so, tell your administrator.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "InternalService.DB", message)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let request_id = request_id();
        tracing::debug!(status = self.status.as_u16(), code = self.code, request_id, "refused a request");
        (self.status, Json(ApiError { code: self.code, message: self.message, request_id })).into_response()
    }
}

/// A request's id, to quote.
pub fn request_id() -> String {
    uuid::Uuid::new_v4().to_string().to_uppercase()
}

/// Addresses under `/api` that do not exist.
pub async fn no_such_address() -> Failure {
    Failure::new(
        StatusCode::NOT_FOUND,
        "NotFound",
        "There is nothing at this address. docs/protocol.md lists what there is.",
    )
}

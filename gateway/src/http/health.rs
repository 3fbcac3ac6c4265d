//! For whoever watches the node: `/healthz` says whether it works, `/metrics` what it does.

use axum::{Json, extract::State, http::StatusCode};
use serde_json::{Value, json};

use super::Shared;

/// 200 when every part works, 503 with the parts that do not.
pub async fn healthz(State(doors): State<Shared>) -> (StatusCode, Json<Value>) {
    let store = doors.store.ping().await.is_ok();
    let journals: serde_json::Map<String, Value> =
        doors.journals.iter().map(|(instance, healthy)| (instance.clone(), Value::Bool(*healthy.borrow()))).collect();
    let healthy = store && journals.values().all(|healthy| healthy == &Value::Bool(true));
    let status = if healthy { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (
        status,
        Json(json!({"healthy": healthy, "store": store, "journals": journals, "version": env!("CARGO_PKG_VERSION")})),
    )
}

/// Prometheus' text format.
pub async fn metrics(State(doors): State<Shared>) -> String {
    doors.metrics.render()
}

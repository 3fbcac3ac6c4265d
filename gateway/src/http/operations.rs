//! The signed-in door to the operations: `POST /api/operations/<Action>`, parameters as a JSON object.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value};

use super::{Shared, answer::request_id, session::Person};
use crate::{
    centre::{Input, clock::utc_ms},
    operations::{self, Context, OperationError},
};

/// Carries out one operation as the signed-in person.
pub async fn call(State(doors): State<Shared>, person: Person, Path(action): Path<String>, body: Bytes) -> Response {
    let request_id = request_id();
    let params = match parameters(&body) {
        Ok(params) => params,
        Err(error) => return failed(&error, &request_id),
    };
    let context = Context {
        store: doors.store.clone(),
        instance: person.instance.clone(),
        user_id: person.user_id.clone(),
        role: person.role,
        zone: doors.zones.get(&person.instance).cloned().unwrap_or_default(),
        now_ms: utc_ms(),
        request_id: request_id.clone(),
    };
    match operations::call(&context, &action, params).await {
        Ok(done) => {
            if done.directory_changed
                && let Some(centre) = doors.centres.get(&person.instance)
            {
                let _ = centre.send(Input::DirectoryChanged).await;
            }
            Json(operations::envelope(&request_id, done.data)).into_response()
        }
        Err(error) => failed(&error, &request_id),
    }
}

fn parameters(body: &Bytes) -> Result<Map<String, Value>, OperationError> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(params)) => Ok(params),
        Ok(_) | Err(_) => Err(OperationError::bad_body()),
    }
}

fn failed(error: &OperationError, request_id: &str) -> Response {
    let status = StatusCode::from_u16(error.http).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(operations::error_envelope(request_id, error))).into_response()
}

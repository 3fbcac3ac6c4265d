//! Recordings, to those who may hear them: managers all, agents their own calls'.

use axum::{
    body::Body,
    extract::{Path, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use cordboard_wire::Role;
use tower_http::services::ServeFile;

use super::{Failure, Shared, session::Person};

/// `GET /api/recordings/<call id>.wav`, with ranges, so that a player can seek.
pub async fn wav(
    State(doors): State<Shared>,
    person: Person,
    Path(file): Path<String>,
    request: Request,
) -> Result<Response, Failure> {
    let none = || {
        Failure::new(StatusCode::NOT_FOUND, "NotExists.JobId", "There is no such recording, or it is not finished yet.")
    };
    let call = file.strip_suffix(".wav").ok_or_else(none)?;
    let record = doors.store.record(&person.instance, call).await.map_err(|error| Failure::store(&error))?;
    let record = record.ok_or_else(none)?;
    if person.role == Role::Agent && !record.agents.contains(&person.user_id) {
        return Err(Failure::new(
            StatusCode::FORBIDDEN,
            "Permission.Common",
            "You may hear recordings of your own calls only.",
        ));
    }
    let recording = doors.store.recording(&person.instance, call).await.map_err(|error| Failure::store(&error))?;
    let recording = recording.filter(|recording| recording.ready).ok_or_else(none)?;
    let path = doors.recordings.join(&recording.file);
    let served = ServeFile::new(path).try_call(request).await;
    Ok(served.map_err(|_| none())?.map(Body::new).into_response())
}

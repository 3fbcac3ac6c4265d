//! Where a call's recording can be heard.

use serde_json::json;

use super::{Answer, OperationError, Request, call_record_detail::visible, words::seconds};

/// `GetMultiChannelRecording`: channel 1 the caller, channel 2 what the caller heard. The address wants the caller's
/// session, like every other.
pub(super) async fn get(request: &Request<'_>) -> Answer {
    let context = request.context;
    let row = visible(request, &request.parameters.required("ContactId")?).await?;
    let recording = context.store.recording(&context.instance, &row.call_id).await;
    let recording = recording.map_err(|e| request.store_error(e))?.filter(|recording| recording.ready);
    let Some(recording) = recording else {
        let message = format!("The call {} has no recording, or it is not finished yet.", row.call_id);
        return Err(OperationError::new(404, "NotExists.Recording", message));
    };
    Ok(json!({
        "FileName": format!("{}.wav", row.call_id),
        "FileUrl": format!("/api/recordings/{}.wav", row.call_id),
        "Duration": seconds(recording.duration_ms),
    }))
}

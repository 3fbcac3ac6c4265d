//! What is read through the gateway's door beside the view: operations and recordings.

use reqwest::header::RANGE;
use serde_json::Value;

use super::{Gateway, Session, innermost};
use crate::error::ConnectError;

/// A piece of a recording, as the gateway served it.
#[derive(Debug, Clone)]
pub struct Served {
    /// 200, or 206 for a range.
    pub status: u16,
    /// `Content-Range`, where a range was asked for.
    pub range: Option<String>,
    /// The bytes of a WAV file.
    pub bytes: Vec<u8>,
}

impl Gateway {
    /// Asks for one of the vendor-shaped operations and returns the vendor's envelope.
    ///
    /// # Errors
    /// The gateway's refusal with its code, or why it cannot be asked.
    pub async fn operation(&self, session: &Session, action: &str, parameters: &Value) -> Result<Value, ConnectError> {
        let mut address = self.at("api/operations/")?;
        if let Ok(mut path) = address.path_segments_mut() {
            path.pop_if_empty().push(action);
        }
        let response = self.client.post(address).bearer_auth(&session.token).json(parameters).send().await;
        self.read(response).await
    }

    /// Fetches a recording, or the range of it that is asked for.
    ///
    /// # Errors
    /// As for operations.
    pub async fn recording(
        &self,
        session: &Session,
        call_id: &str,
        range: Option<&str>,
    ) -> Result<Served, ConnectError> {
        let mut address = self.at("api/recordings/")?;
        if let Ok(mut path) = address.path_segments_mut() {
            path.pop_if_empty().push(&format!("{call_id}.wav"));
        }
        let mut request = self.client.get(address).bearer_auth(&session.token);
        if let Some(range) = range {
            request = request.header(RANGE, range);
        }
        let response = request.send().await;
        if !response.as_ref().is_ok_and(|response| response.status().is_success()) {
            return Err(self.read::<Value>(response).await.err().unwrap_or_else(|| self.strange("no recording")));
        }
        let response = response.map_err(|error| self.unreachable(innermost(&error)))?;
        let range = response.headers().get("content-range").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let status = response.status().as_u16();
        let bytes = response.bytes().await.map_err(|error| self.unreachable(innermost(&error)))?;
        Ok(Served { status, range, bytes: bytes.to_vec() })
    }
}

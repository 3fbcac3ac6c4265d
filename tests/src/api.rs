//! The HTTP doors, as another program would use them.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use cordboard_ear::Sound;
use cordboard_wire::{SignInAnswer, Ticket};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::lines::until;

/// A signed-in user.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who.
    pub who: SignInAnswer,
    base: String,
    token: String,
    client: reqwest::Client,
}

/// A client with bounded patience.
pub fn client() -> Result<reqwest::Client> {
    rustls::crypto::ring::default_provider().install_default().ok();
    Ok(reqwest::Client::builder().timeout(Duration::from_secs(15)).no_proxy().build()?)
}

impl Session {
    /// Signs in as a native client does.
    pub async fn sign_in(base: &str, login: &str, password: &str) -> Result<Session> {
        let client = client()?;
        let body = json!({ "instance": "demo", "login": login, "password": password, "kind": "native" });
        let answer = client.post(format!("{base}/api/session")).json(&body).send().await?;
        ensure!(answer.status().is_success(), "signing in as {login}: {} {}", answer.status(), answer.text().await?);
        let who: SignInAnswer = answer.json().await?;
        let token = who.token.clone().context("a native session without a token")?;
        Ok(Session { who, base: base.to_owned(), token, client })
    }

    /// The bearer token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// A one-use ticket for a socket.
    pub async fn ticket(&self) -> Result<String> {
        let answer = self.client.post(format!("{}/api/ticket", self.base)).bearer_auth(&self.token).send().await?;
        Ok(answer.error_for_status()?.json::<Ticket>().await?.ticket)
    }

    /// Signs out.
    pub async fn sign_out(&self) -> Result<StatusCode> {
        Ok(self.client.delete(format!("{}/api/session", self.base)).bearer_auth(&self.token).send().await?.status())
    }

    /// Any request with the session.
    pub async fn get(&self, path: &str) -> Result<reqwest::Response> {
        Ok(self.client.get(format!("{}{path}", self.base)).bearer_auth(&self.token).send().await?)
    }

    /// An operation; its whole envelope, whatever its status.
    pub async fn operation_raw(&self, action: &str, parameters: &Value) -> Result<(StatusCode, Value)> {
        let answer = self
            .client
            .post(format!("{}/api/operations/{action}", self.base))
            .bearer_auth(&self.token)
            .json(parameters)
            .send()
            .await?;
        let status = answer.status();
        let text = answer.text().await?;
        let body = serde_json::from_str(&text).with_context(|| format!("{action} answered {status}: {text}"))?;
        Ok((status, body))
    }

    /// An operation that has to succeed; its `Data`.
    pub async fn operation(&self, action: &str, parameters: &Value) -> Result<Value> {
        let (status, mut body) = self.operation_raw(action, parameters).await?;
        ensure!(status.is_success() && body["Code"] == "OK", "{action} answered {status}: {body}");
        Ok(body["Data"].take())
    }

    /// The record of a call, as soon as it stands.
    pub async fn record(&self, call_id: &str) -> Result<Value> {
        let parameters = json!({ "InstanceId": "demo", "ContactId": call_id });
        until(&format!("the record of {call_id}"), Duration::from_secs(10), || async {
            let (status, mut body) = self.operation_raw("GetCallDetailRecord", &parameters).await.ok()?;
            // A record appears when the call is over; before that it is unknown or has no end.
            let data = body["Data"].take();
            (status.is_success() && data.is_object() && !data["ReleaseTime"].is_null()).then_some(data)
        })
        .await
    }

    /// All records of the centre, newest first.
    pub async fn records(&self) -> Result<Vec<Value>> {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_millis() as u64;
        let parameters = json!({
            "InstanceId": "demo", "StartTime": now - 3_600_000, "EndTime": now + 60_000, "PageNumber": 1, "PageSize": 100
        });
        let mut data = self.operation("ListCallDetailRecordsV2", &parameters).await?;
        match data["List"].take() {
            Value::Array(list) => Ok(list),
            other => anyhow::bail!("ListCallDetailRecordsV2 gave {other}"),
        }
    }

    /// Both channels of a recording, the caller first, as soon as it stands.
    pub async fn recording(&self, call_id: &str) -> Result<[Sound; 2]> {
        let path = format!("/api/recordings/{call_id}.wav");
        let bytes = until(&format!("the recording of {call_id}"), Duration::from_secs(15), || async {
            let answer = self.get(&path).await.ok()?;
            if !answer.status().is_success() {
                return None;
            }
            answer.bytes().await.ok()
        })
        .await?;
        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), &bytes)?;
        let channels = Sound::channels(file.path())?;
        channels.try_into().map_err(|channels: Vec<Sound>| {
            anyhow::anyhow!("a recording has two channels, this one has {}", channels.len())
        })
    }
}

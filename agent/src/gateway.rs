//! The gateway's HTTP door: signing in and out, and the one-use tickets that open sockets.
//!
//! What is read through the same door (operations, recordings) is in `reading`.

mod reading;

pub use reading::Served;

use std::time::Duration;

use cordboard_wire::{ApiError, SessionKind, SignInAnswer, SignInRequest, Ticket};
use reqwest::{Client, Response, StatusCode, Url};

use crate::error::ConnectError;

const CONNECT_LIMIT: Duration = Duration::from_secs(5);
const ANSWER_LIMIT: Duration = Duration::from_secs(15);

/// Where the gateway is and how it is spoken to.
#[derive(Debug, Clone)]
pub struct Gateway {
    base: Url,
    client: Client,
    /// Opens a connection for each request: one that was kept may have died with the network, and nobody would say so.
    afresh: Client,
}

/// A session the gateway has granted.
#[derive(Clone)]
pub struct Session {
    /// Who is signed in; without the token.
    pub answer: SignInAnswer,
    token: String,
}

impl Session {
    /// Returns the bearer token, to be kept where secrets are kept and nowhere else.
    pub fn token(&self) -> &str {
        &self.token
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Session").field("user_id", &self.answer.user_id).finish_non_exhaustive()
    }
}

impl Gateway {
    /// Reads the gateway's address.
    ///
    /// # Errors
    /// [`ConnectError::BadAddress`] for anything but `http://…` and `https://…`.
    pub fn new(address: &str) -> Result<Gateway, ConnectError> {
        let bad = || ConnectError::BadAddress(address.to_owned());
        let mut base = Url::parse(address).map_err(|_| bad())?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none_or(str::is_empty) {
            return Err(bad());
        }
        if !base.path().ends_with('/') {
            let path = format!("{}/", base.path());
            base.set_path(&path);
        }
        base.set_query(None);
        base.set_fragment(None);
        // The application installs the provider it wants first; a library user who has none gets ring.
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let builder = || {
            Client::builder()
                .connect_timeout(CONNECT_LIMIT)
                .timeout(ANSWER_LIMIT)
                .redirect(reqwest::redirect::Policy::none())
        };
        let built = |client: reqwest::Result<Client>| {
            client.map_err(|error| ConnectError::Unreachable { gateway: base.to_string(), reason: innermost(&error) })
        };
        let client = built(builder().build())?;
        let afresh = built(builder().pool_max_idle_per_host(0).build())?;
        Ok(Gateway { base, client, afresh })
    }

    /// Signs in with the password.
    ///
    /// # Errors
    /// When the gateway cannot be reached, is none, or does not let this person in.
    pub async fn sign_in(&self, instance: &str, user: &str, password: &str) -> Result<Session, ConnectError> {
        let request = SignInRequest {
            instance: instance.to_owned(),
            login: user.to_owned(),
            password: password.to_owned(),
            kind: SessionKind::Native,
        };
        let response = self.client.post(self.at("api/session")?).json(&request).send().await;
        let mut answer: SignInAnswer = self.read(response).await?;
        let token = answer.token.take().ok_or_else(|| self.strange("it gave no token"))?;
        Ok(Session { answer, token })
    }

    /// Takes up a session that was granted before; none: it has ended.
    ///
    /// # Errors
    /// When the gateway cannot be asked.
    pub async fn resume(&self, token: &str) -> Result<Option<Session>, ConnectError> {
        let response = self.client.get(self.at("api/session")?).bearer_auth(token).send().await;
        if response.as_ref().is_ok_and(|response| response.status() == StatusCode::NO_CONTENT) {
            return Ok(None);
        }
        match self.read(response).await {
            Ok(answer) => Ok(Some(Session { answer, token: token.to_owned() })),
            Err(ConnectError::WrongPassword { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Fetches a ticket and returns the socket's whole address with it.
    pub(crate) async fn socket_address(&self, session: &Session) -> Result<String, ConnectError> {
        let response = self.afresh.post(self.at("api/ticket")?).bearer_auth(&session.token).send().await;
        let ticket: Ticket = self.read(response).await?;
        let mut address = self.at("api/desk")?;
        address.query_pairs_mut().append_pair("ticket", &ticket.ticket);
        let scheme = if self.base.scheme() == "https" { "wss" } else { "ws" };
        address.set_scheme(scheme).map_err(|()| ConnectError::BadAddress(self.base.to_string()))?;
        Ok(address.to_string())
    }

    /// Ends the session.
    pub async fn sign_out(&self, session: &Session) {
        let Ok(address) = self.at("api/session") else { return };
        if let Err(error) = self.client.delete(address).bearer_auth(&session.token).send().await {
            tracing::debug!(reason = innermost(&error), "the session could not be ended");
        }
    }

    /// Returns the address as it was given, for sentences.
    pub fn name(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Makes an error of a network failure.
    pub(crate) fn unreachable(&self, reason: impl std::fmt::Display) -> ConnectError {
        ConnectError::Unreachable { gateway: self.name().to_owned(), reason: reason.to_string() }
    }

    /// Makes an error of an answer no gateway gives.
    pub(crate) fn strange(&self, reason: impl std::fmt::Display) -> ConnectError {
        ConnectError::NotAGateway { gateway: self.name().to_owned(), reason: reason.to_string() }
    }

    fn at(&self, path: &str) -> Result<Url, ConnectError> {
        self.base.join(path).map_err(|_| ConnectError::BadAddress(self.base.to_string()))
    }

    async fn read<T: serde::de::DeserializeOwned>(
        &self,
        response: Result<Response, reqwest::Error>,
    ) -> Result<T, ConnectError> {
        let response = response.map_err(|error| self.unreachable(innermost(&error)))?;
        let status = response.status();
        let body = response.bytes().await.map_err(|error| self.unreachable(innermost(&error)))?;
        if status.is_success() {
            return serde_json::from_slice(&body).map_err(|error| self.strange(error));
        }
        match serde_json::from_slice::<ApiError>(&body) {
            Ok(error) if status == StatusCode::UNAUTHORIZED || status == StatusCode::FORBIDDEN => {
                Err(ConnectError::WrongPassword {
                    code: error.code,
                    message: error.message,
                    reference: error.request_id,
                })
            }
            Ok(error) => {
                Err(ConnectError::Refused { code: error.code, message: error.message, reference: error.request_id })
            }
            Err(_) => Err(self.strange(format!("it answered {status}"))),
        }
    }
}

/// Returns the cause at the bottom, which names what the network said; the outer ones only repeat the address.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn addresses_are_checked() {
        for good in ["http://127.0.0.1:8080", "https://desk.example.com/", "http://[::1]:80/under/a/path"] {
            assert!(Gateway::new(good).is_ok(), "{good}");
        }
        for bad in ["", "127.0.0.1:8080", "ws://a", "http://", "file:///etc", "not an address"] {
            assert!(matches!(Gateway::new(bad), Err(ConnectError::BadAddress(_))), "{bad}");
        }
    }
}

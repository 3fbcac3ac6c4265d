//! The session's token between two starts: in the system's keyring, or in memory only where there is none.

use std::sync::{Mutex, PoisonError};

use keyring::{Entry, Error};

const SERVICE: &str = "org.cordboard.desktop";

/// One secret for each gateway.
#[derive(Default)]
pub struct Secrets {
    /// The newest, so that it is there where no keyring is.
    memory: Mutex<Option<(String, String)>>,
}

impl Secrets {
    /// Returns the token kept for a gateway.
    pub async fn read(&self, gateway: &str) -> Option<String> {
        let remembered = self.memory.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((of, token)) = remembered
            && of == gateway
        {
            return Some(token);
        }
        in_keyring(gateway, |entry| entry.get_password()).await
    }

    /// Keeps a token.
    pub async fn keep(&self, gateway: &str, token: &str) {
        *self.memory.lock().unwrap_or_else(PoisonError::into_inner) = Some((gateway.to_owned(), token.to_owned()));
        let token = token.to_owned();
        in_keyring(gateway, move |entry| entry.set_password(&token)).await;
    }

    /// Forgets it.
    pub async fn forget(&self, gateway: &str) {
        *self.memory.lock().unwrap_or_else(PoisonError::into_inner) = None;
        in_keyring(gateway, |entry| entry.delete_credential()).await;
    }
}

/// A keyring may ask the person for its own password, so it gets a thread of its own and as long as that takes.
async fn in_keyring<T: Send + 'static>(
    gateway: &str,
    act: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
) -> Option<T> {
    let gateway = gateway.to_owned();
    let outcome = tokio::task::spawn_blocking(move || act(&Entry::new(SERVICE, &gateway)?)).await;
    match outcome {
        Ok(Ok(value)) => Some(value),
        Ok(Err(Error::NoEntry)) => None,
        Ok(Err(error)) => {
            tracing::info!(%error, "no keyring here: the session lasts until this program ends");
            None
        }
        Err(error) => {
            tracing::warn!(%error, "the keyring's thread broke off");
            None
        }
    }
}

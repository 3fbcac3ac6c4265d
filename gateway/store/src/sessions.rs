//! Signed-in people: opaque tokens, of which only the hash is kept.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::digest;

use crate::{
    Result, Store, StoreError, What,
    master_key::random,
    sql::{self, Row, values},
};

/// What holds the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionKind {
    /// A cookie.
    Browser,
    /// A bearer token in the system's keyring.
    Native,
}

impl SessionKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Native => "native",
        }
    }
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The token's hash: names the session without giving it away.
    pub id: String,
    /// The instance.
    pub instance_id: String,
    /// Who.
    pub user_id: String,
    /// What holds the token.
    pub kind: SessionKind,
    /// When it began.
    pub created_ms: i64,
    /// When it ends.
    pub expires_ms: i64,
    /// When it was last used.
    pub seen_ms: i64,
}

impl Store {
    /// Begins a session and returns its token, which is not kept.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the user.
    pub async fn create_session(
        &self,
        instance: &str,
        user_id: &str,
        kind: SessionKind,
        at_ms: i64,
        expires_ms: i64,
    ) -> Result<String> {
        let token = URL_SAFE_NO_PAD.encode(random::<32>());
        sql::run(
            &self.writer,
            "INSERT INTO sessions (token_hash, instance_id, user_id, kind, created_ms, expires_ms, seen_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $5)",
            values![token_hash(&token), instance, user_id, kind.as_str(), at_ms, expires_ms],
        )
        .await
        .map_err(|e| StoreError::naming(e, (What::User, user_id), (What::User, user_id)))?;
        Ok(token)
    }

    /// The session of a token, unless it is over.
    pub async fn session(&self, token: &str, at_ms: i64) -> Result<Option<Session>> {
        let sql = "SELECT * FROM sessions WHERE token_hash = $1 AND revoked_ms IS NULL AND expires_ms > $2";
        sql::one(&self.reader, sql, values![token_hash(token), at_ms]).await?.map(|row| read(&row)).transpose()
    }

    /// Notes that a session was used, and moves its end.
    pub async fn touch_session(&self, token: &str, at_ms: i64, expires_ms: i64) -> Result<()> {
        let sql = "UPDATE sessions SET seen_ms = $2, expires_ms = $3 WHERE token_hash = $1 AND revoked_ms IS NULL";
        sql::run(&self.writer, sql, values![token_hash(token), at_ms, expires_ms]).await?;
        Ok(())
    }

    /// Ends a session; says whether there was one.
    pub async fn revoke_session(&self, token: &str, at_ms: i64) -> Result<bool> {
        let sql = "UPDATE sessions SET revoked_ms = $2 WHERE token_hash = $1 AND revoked_ms IS NULL";
        Ok(sql::run(&self.writer, sql, values![token_hash(token), at_ms]).await? > 0)
    }

    /// Ends all sessions of a user; says how many.
    pub async fn revoke_sessions_of_user(&self, instance: &str, user_id: &str, at_ms: i64) -> Result<u64> {
        let sql = "UPDATE sessions SET revoked_ms = $3
             WHERE instance_id = $1 AND user_id = $2 AND revoked_ms IS NULL AND expires_ms > $3";
        Ok(sql::run(&self.writer, sql, values![instance, user_id, at_ms]).await?)
    }

    /// A user's sessions that are not over, last used first.
    pub async fn sessions_of_user(&self, instance: &str, user_id: &str, at_ms: i64) -> Result<Vec<Session>> {
        let sql = "SELECT * FROM sessions
             WHERE instance_id = $1 AND user_id = $2 AND revoked_ms IS NULL AND expires_ms > $3
             ORDER BY seen_ms DESC, token_hash";
        sql::all(&self.reader, sql, values![instance, user_id, at_ms]).await?.iter().map(read).collect()
    }

    /// Forgets sessions that ended before a time; says how many.
    pub async fn prune_sessions(&self, before_ms: i64) -> Result<u64> {
        let sql = "DELETE FROM sessions WHERE expires_ms < $1 OR revoked_ms < $1";
        Ok(sql::run(&self.writer, sql, values![before_ms]).await?)
    }
}

/// SHA-256 in hexadecimal. The token has 256 random bits, so no salt and no slow hash are needed.
fn token_hash(token: &str) -> String {
    digest::digest(&digest::SHA256, token.as_bytes()).as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

fn read(row: &Row) -> Result<Session> {
    let kind: String = row.get("kind")?;
    Ok(Session {
        id: row.get("token_hash")?,
        instance_id: row.get("instance_id")?,
        user_id: row.get("user_id")?,
        kind: match kind.as_str() {
            "browser" => SessionKind::Browser,
            "native" => SessionKind::Native,
            _ => return Err(StoreError::BadRow { reason: format!("session kind {kind}") }),
        },
        created_ms: row.get("created_ms")?,
        expires_ms: row.get("expires_ms")?,
        seen_ms: row.get("seen_ms")?,
    })
}

//! Passwords: argon2id, the same work whether the user exists or not, and a count of wrong ones in a row.
//!
//! How long somebody must wait after wrong passwords is not decided here.

use std::sync::LazyLock;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

use crate::{
    Result, Store, StoreError, User, What,
    sql::{self, values},
};

/// Longer ones are wrong without being hashed.
const MAX_PASSWORD_BYTES: usize = 1024;

/// What a password turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordCheck {
    /// The right one.
    Right(Box<User>),
    /// Wrong, or no such user, or a user without a password: nobody outside may tell these apart.
    Wrong {
        /// Wrong passwords in a row, this one included; 0 if there is no such user.
        in_a_row: u32,
    },
}

/// Hashed in place of the password of a user who does not exist.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash("nobody has this password").unwrap_or_default());

impl Store {
    /// Sets a user's password and forgets wrong ones. `must_change`: somebody else set it.
    /// Sessions stay; see [`Store::revoke_sessions_of_user`].
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn set_password(&self, instance: &str, user_id: &str, password: &str, must_change: bool) -> Result<()> {
        let password = password.to_owned();
        let hashed = self.hashing(move || hash(&password)).await??;
        let changed = sql::run(
            &self.writer,
            "UPDATE users SET password_hash = $3, must_change_password = $4, wrong_passwords = 0,
                 wrong_password_ms = NULL
             WHERE instance_id = $1 AND user_id = $2",
            values![instance, user_id, hashed, must_change],
        )
        .await?;
        if changed == 0 { Err(StoreError::not_found(What::User, user_id)) } else { Ok(()) }
    }

    /// Checks a password by login name, and counts wrong ones.
    pub async fn check_password(
        &self,
        instance: &str,
        login_name: &str,
        password: &str,
        at_ms: i64,
    ) -> Result<PasswordCheck> {
        let sql = "SELECT password_hash FROM users WHERE instance_id = $1 AND login_name = $2";
        let row = sql::one(&self.reader, sql, values![instance, login_name]).await?;
        let kept: Option<String> = row.as_ref().map(|row| row.get("password_hash")).transpose()?.flatten();
        let password = password.to_owned();
        let right = self.hashing(move || verify(&password, kept.as_deref())).await?;
        if right && let Some(user) = self.user_by_login(instance, login_name).await? {
            let sql = "UPDATE users SET wrong_passwords = 0, wrong_password_ms = NULL
                 WHERE instance_id = $1 AND login_name = $2 AND wrong_passwords > 0";
            sql::run(&self.writer, sql, values![instance, login_name]).await?;
            return Ok(PasswordCheck::Right(Box::new(user)));
        }
        let sql = "UPDATE users SET wrong_passwords = wrong_passwords + 1, wrong_password_ms = $3
             WHERE instance_id = $1 AND login_name = $2 RETURNING wrong_passwords";
        let row = sql::one(&self.writer, sql, values![instance, login_name, at_ms]).await?;
        let in_a_row = row.map(|row| row.get::<i64>("wrong_passwords")).transpose()?.unwrap_or(0);
        Ok(PasswordCheck::Wrong { in_a_row: u32::try_from(in_a_row).unwrap_or(u32::MAX) })
    }

    /// How many wrong passwords in a row a login name has seen, and when the last was; zero for nobody.
    pub async fn wrong_passwords(&self, instance: &str, login_name: &str) -> Result<(u32, Option<i64>)> {
        let sql = "SELECT wrong_passwords, wrong_password_ms FROM users WHERE instance_id = $1 AND login_name = $2";
        let Some(row) = sql::one(&self.reader, sql, values![instance, login_name]).await? else { return Ok((0, None)) };
        let count = u32::try_from(row.get::<i64>("wrong_passwords")?).unwrap_or(u32::MAX);
        Ok((count, row.get("wrong_password_ms")?))
    }

    /// Runs slow work off the runtime's threads, no more at once than there are cores.
    async fn hashing<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let unavailable = |reason: String| StoreError::Unavailable { reason };
        let permit = self.hashing.clone().acquire_owned().await.map_err(|e| unavailable(e.to_string()))?;
        let work = move || {
            let _permit = permit;
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(|e| unavailable(e.to_string()))
    }
}

fn hash(password: &str) -> Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|h| h.to_string()).map_err(|e| StoreError::BadRow { reason: format!("password: {e}") })
}

fn verify(password: &str, kept: Option<&str>) -> bool {
    let known = kept.is_some() && password.len() <= MAX_PASSWORD_BYTES;
    let against = if known { kept.unwrap_or(&NOBODY) } else { &NOBODY };
    let password = if known { password } else { "" };
    let right = PasswordHash::new(against)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
    right && known
}

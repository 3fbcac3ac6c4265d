//! Secrets that must be recoverable: access keys, trunk passwords, webhook secrets. Sealed under the master key.

use crate::{
    Result, Store, StoreError, What,
    master_key::random,
    sql::{self, values},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// What a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    /// A program's key to the API; its name is unique over all instances.
    AccessKey,
    /// A trunk's password towards its carrier.
    Trunk,
    /// What event pushes are signed with.
    Webhook,
}

impl SecretKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::AccessKey => "access_key",
            Self::Trunk => "trunk",
            Self::Webhook => "webhook",
        }
    }
}

/// That a secret exists; not what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretName {
    /// Its name: the access key's id, the trunk's id …
    pub name: String,
    /// Whose it is, for access keys.
    pub user_id: Option<String>,
    /// When it was set.
    pub created_ms: i64,
}

/// An access key with its secret.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessKey {
    /// Its id.
    pub id: String,
    /// Its instance.
    pub instance_id: String,
    /// On whose behalf it acts.
    pub user_id: String,
    /// The secret.
    pub secret: String,
}

impl std::fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessKey").field("id", &self.id).field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

impl Store {
    /// Makes an access key for a user. Its secret is shown now and only to signatures afterwards.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the user.
    pub async fn create_access_key(&self, instance: &str, user_id: &str, at_ms: i64) -> Result<AccessKey> {
        let key = AccessKey {
            id: format!("CB{}", hex(&random::<11>()).to_uppercase()),
            instance_id: instance.to_owned(),
            user_id: user_id.to_owned(),
            secret: URL_SAFE_NO_PAD.encode(random::<24>()),
        };
        self.put_access_key(&key, at_ms).await?;
        Ok(key)
    }

    /// Keeps a given access key; one of the same instance and id gets the new secret and user.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] if another instance has that id; [`StoreError::NotFound`] for the user.
    pub async fn put_access_key(&self, key: &AccessKey, at_ms: i64) -> Result<()> {
        let put = self.put(&key.instance_id, SecretKind::AccessKey, &key.id, Some(&key.user_id), &key.secret, at_ms);
        put.await.map_err(|e| StoreError::naming(e, (What::AccessKey, &key.id), (What::User, &key.user_id)))
    }

    /// The access key that a request names, of whatever instance.
    ///
    /// # Errors
    /// [`StoreError::SecretDamaged`].
    pub async fn access_key(&self, id: &str) -> Result<Option<AccessKey>> {
        let sql = "SELECT instance_id, user_id, sealed FROM secrets WHERE kind = 'access_key' AND name = $1";
        let Some(row) = sql::one(&self.reader, sql, values![id]).await? else { return Ok(None) };
        let instance_id: String = row.get("instance_id")?;
        let secret = self.unseal(&instance_id, SecretKind::AccessKey, id, &row.get::<String>("sealed")?)?;
        let user_id = row.get::<Option<String>>("user_id")?.unwrap_or_default();
        Ok(Some(AccessKey { id: id.to_owned(), instance_id, user_id, secret }))
    }

    /// Keeps a secret of an instance under a name.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the instance.
    pub async fn put_secret(
        &self,
        instance: &str,
        kind: SecretKind,
        name: &str,
        secret: &str,
        at_ms: i64,
    ) -> Result<()> {
        let put = self.put(instance, kind, name, None, secret, at_ms).await;
        put.map_err(|e| StoreError::naming(e, (What::AccessKey, name), (What::Instance, instance)))
    }

    /// A secret by name.
    ///
    /// # Errors
    /// [`StoreError::SecretDamaged`].
    pub async fn secret(&self, instance: &str, kind: SecretKind, name: &str) -> Result<Option<String>> {
        let sql = "SELECT sealed FROM secrets WHERE instance_id = $1 AND kind = $2 AND name = $3";
        let Some(row) = sql::one(&self.reader, sql, values![instance, kind.as_str(), name]).await? else {
            return Ok(None);
        };
        self.unseal(instance, kind, name, &row.get::<String>("sealed")?).map(Some)
    }

    /// Which secrets there are.
    pub async fn secret_names(&self, instance: &str, kind: SecretKind) -> Result<Vec<SecretName>> {
        let sql = "SELECT name, user_id, created_ms FROM secrets WHERE instance_id = $1 AND kind = $2 ORDER BY name";
        let rows = sql::all(&self.reader, sql, values![instance, kind.as_str()]).await?;
        let read = |row: &sql::Row| {
            Ok(SecretName { name: row.get("name")?, user_id: row.get("user_id")?, created_ms: row.get("created_ms")? })
        };
        rows.iter().map(read).collect()
    }

    /// Forgets a secret; says whether there was one.
    pub async fn remove_secret(&self, instance: &str, kind: SecretKind, name: &str) -> Result<bool> {
        let sql = "DELETE FROM secrets WHERE instance_id = $1 AND kind = $2 AND name = $3";
        Ok(sql::run(&self.writer, sql, values![instance, kind.as_str(), name]).await? > 0)
    }

    async fn put(
        &self,
        instance: &str,
        kind: SecretKind,
        name: &str,
        user_id: Option<&str>,
        secret: &str,
        at_ms: i64,
    ) -> Result<(), sea_orm::DbErr> {
        let sealed = self.sealer.seal(&sealed_name(instance, kind, name), secret.as_bytes());
        let sql = "INSERT INTO secrets (instance_id, kind, name, user_id, sealed, created_ms)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (instance_id, kind, name) DO UPDATE SET user_id = excluded.user_id, sealed = excluded.sealed,
                 created_ms = excluded.created_ms";
        let user_id = user_id.map(str::to_owned);
        sql::run(&self.writer, sql, values![instance, kind.as_str(), name, user_id, sealed, at_ms]).await.map(drop)
    }

    fn unseal(&self, instance: &str, kind: SecretKind, name: &str, sealed: &str) -> Result<String> {
        let plain = self.sealer.open(&sealed_name(instance, kind, name), sealed);
        plain
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(|| StoreError::SecretDamaged { name: name.to_owned() })
    }
}

fn sealed_name(instance: &str, kind: SecretKind, name: &str) -> String {
    format!("{instance}\0{}\0{name}", kind.as_str())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

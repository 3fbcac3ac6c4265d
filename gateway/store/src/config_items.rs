//! Settings: strings by name, of the instance, a skill group or a user.

use sea_orm::ConnectionTrait;

use crate::{
    Result, Store, StoreError, What,
    sql::{self, Row, values},
};

/// A setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigItem {
    /// `INSTANCE`, `SKILL_GROUP`, `USER` …
    pub object_type: String,
    /// Whose.
    pub object_id: String,
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl Store {
    /// The settings of one object, by name.
    pub async fn config_items(&self, instance: &str, object_type: &str, object_id: &str) -> Result<Vec<ConfigItem>> {
        let sql = "SELECT * FROM config_items
             WHERE instance_id = $1 AND object_type = $2 AND object_id = $3 ORDER BY name";
        sql::all(&self.reader, sql, values![instance, object_type, object_id]).await?.iter().map(read).collect()
    }

    /// One setting.
    pub async fn config_item(
        &self,
        instance: &str,
        object_type: &str,
        object_id: &str,
        name: &str,
    ) -> Result<Option<String>> {
        let sql = "SELECT value FROM config_items
             WHERE instance_id = $1 AND object_type = $2 AND object_id = $3 AND name = $4";
        let row = sql::one(&self.reader, sql, values![instance, object_type, object_id, name]).await?;
        row.map(|row| row.get("value")).transpose()
    }

    /// Sets settings: all or none.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the instance.
    pub async fn put_config_items(&self, instance: &str, items: &[ConfigItem]) -> Result<()> {
        let tx = self.begin().await?;
        for item in items {
            sql::run(
                &tx,
                "INSERT INTO config_items (instance_id, object_type, object_id, name, value)
                 VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (instance_id, object_type, object_id, name) DO UPDATE SET value = excluded.value",
                values![instance, &*item.object_type, &*item.object_id, &*item.name, &*item.value],
            )
            .await
            .map_err(|e| StoreError::naming(e, (What::Instance, instance), (What::Instance, instance)))?;
        }
        Ok(tx.commit().await?)
    }
}

/// All settings of an instance, for the directory.
pub(crate) async fn all<C: ConnectionTrait>(on: &C, instance: &str) -> Result<Vec<ConfigItem>> {
    let sql = "SELECT * FROM config_items WHERE instance_id = $1 ORDER BY object_type, object_id, name";
    sql::all(on, sql, values![instance]).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<ConfigItem> {
    Ok(ConfigItem {
        object_type: row.get("object_type")?,
        object_id: row.get("object_id")?,
        name: row.get("name")?,
        value: row.get("value")?,
    })
}

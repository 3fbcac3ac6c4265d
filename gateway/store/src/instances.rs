//! The instances (tenants) kept in this database.

use crate::{
    Result, Store, StoreError, What,
    sql::{self, Row, values},
};

/// An instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// The word in the desk's address: `demo`.
    pub instance_id: String,
    /// The name to show.
    pub display_name: String,
    /// A sentence about it; may be empty.
    pub description: String,
    /// The IANA zone that "today" and hours are meant in: `Asia/Shanghai`.
    pub zone: String,
    /// When it was made.
    pub created_ms: i64,
}

/// The first extension given out; 8 digits beginning with 80.
const FIRST_EXTENSION: i64 = 80_000_001;
const LAST_EXTENSION: i64 = 80_999_999;

impl Store {
    /// Makes an instance.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`].
    pub async fn create_instance(&self, instance: &Instance) -> Result<()> {
        let made = sql::run(
            &self.writer,
            "INSERT INTO instances (instance_id, display_name, description, zone, next_extension, created_ms)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (instance_id) DO NOTHING",
            values![
                &*instance.instance_id,
                &*instance.display_name,
                &*instance.description,
                &*instance.zone,
                FIRST_EXTENSION,
                instance.created_ms
            ],
        )
        .await?;
        if made == 0 { Err(StoreError::exists(What::Instance, &instance.instance_id)) } else { Ok(()) }
    }

    /// An instance by id.
    pub async fn instance(&self, instance: &str) -> Result<Option<Instance>> {
        let row = sql::one(&self.reader, "SELECT * FROM instances WHERE instance_id = $1", values![instance]).await?;
        row.map(|row| read(&row)).transpose()
    }

    /// All instances.
    pub async fn instances(&self) -> Result<Vec<Instance>> {
        let rows = sql::all(&self.reader, "SELECT * FROM instances ORDER BY instance_id", vec![]).await?;
        rows.iter().map(read).collect()
    }

    /// Changes an instance's name, description and zone.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn update_instance(&self, instance: &Instance) -> Result<()> {
        let changed = sql::run(
            &self.writer,
            "UPDATE instances SET display_name = $2, description = $3, zone = $4 WHERE instance_id = $1",
            values![&*instance.instance_id, &*instance.display_name, &*instance.description, &*instance.zone],
        )
        .await?;
        if changed == 0 { Err(StoreError::not_found(What::Instance, &instance.instance_id)) } else { Ok(()) }
    }
}

/// Takes the next extension. The row's lock makes it unique; a removed user's extension is not given out again.
pub(crate) async fn take_extension<C: sea_orm::ConnectionTrait>(on: &C, instance: &str) -> Result<String> {
    let row = sql::one(
        on,
        "UPDATE instances SET next_extension = next_extension + 1 WHERE instance_id = $1
         RETURNING next_extension - 1 AS extension",
        values![instance],
    )
    .await?;
    let Some(row) = row else { return Err(StoreError::not_found(What::Instance, instance)) };
    let extension: i64 = row.get("extension")?;
    if extension > LAST_EXTENSION {
        return Err(StoreError::NoExtensionLeft { instance: instance.to_owned() });
    }
    Ok(extension.to_string())
}

pub(crate) fn read(row: &Row) -> Result<Instance> {
    Ok(Instance {
        instance_id: row.get("instance_id")?,
        display_name: row.get("display_name")?,
        description: row.get("description")?,
        zone: row.get("zone")?,
        created_ms: row.get("created_ms")?,
    })
}

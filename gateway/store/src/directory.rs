//! Everything configured in an instance, read at once from one moment.

use std::collections::BTreeMap;

use sea_orm::{AccessMode, DbBackend, IsolationLevel, TransactionOptions, TransactionTrait};

use crate::{
    ConfigItem, Flow, Instance, LevelRow, NumberRow, Result, SkillGroup, Store, StoreError, User, What, config_items,
    flows, groups, instances, levels, numbers,
    sql::{self, values},
    users,
};

/// What is configured in an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryRows {
    /// The instance.
    pub instance: Instance,
    /// Its people.
    pub users: Vec<User>,
    /// Its skill groups.
    pub groups: Vec<SkillGroup>,
    /// Who is in which group.
    pub levels: Vec<LevelRow>,
    /// Its numbers.
    pub numbers: Vec<NumberRow>,
    /// By skill group: the numbers its people may call out with, in order of preference.
    pub numbers_of_groups: BTreeMap<String, Vec<String>>,
    /// Its flows, published or not.
    pub flows: Vec<Flow>,
    /// Its settings.
    pub config: Vec<ConfigItem>,
}

impl Store {
    /// Reads all that is configured in an instance.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn load_directory(&self, instance: &str) -> Result<DirectoryRows> {
        // SQLite's readers see one moment by nature; PostgreSQL has to be asked.
        let options = match self.reader.get_database_backend() {
            DbBackend::Postgres => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..Default::default()
            },
            _ => TransactionOptions::default(),
        };
        let tx = self.reader.begin_with_options(options).await?;
        let row = sql::one(&tx, "SELECT * FROM instances WHERE instance_id = $1", values![instance]).await?;
        let Some(row) = row else { return Err(StoreError::not_found(What::Instance, instance)) };
        let rows = DirectoryRows {
            instance: instances::read(&row)?,
            users: users::all(&tx, instance).await?,
            groups: groups::all(&tx, instance).await?,
            levels: levels::all(&tx, instance).await?,
            numbers: numbers::all(&tx, instance).await?,
            numbers_of_groups: numbers::bindings(&tx, instance).await?,
            flows: flows::all(&tx, instance).await?,
            config: config_items::all(&tx, instance).await?,
        };
        tx.rollback().await?;
        Ok(rows)
    }
}

//! Skill groups, each with one queue.

use crate::{
    Page, Paged, Result, Store, StoreError, What,
    sql::{self, Row, Where, values},
};

/// A skill group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SkillGroup {
    /// `name@instance`.
    pub group_id: String,
    /// The id's first part.
    pub name: String,
    /// The name to show.
    pub display_name: String,
    /// May be empty.
    pub description: String,
    /// What its calls are made of.
    pub media_type: String,
    /// When it was made.
    pub created_ms: i64,
    /// When it was last changed.
    pub updated_ms: i64,
}

/// A skill group to be made. The id is `name@instance`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewGroup {
    /// The id's first part.
    pub name: String,
    /// The name to show.
    pub display_name: String,
    /// May be empty.
    pub description: String,
    /// What its calls are made of.
    pub media_type: String,
    /// Now.
    pub at_ms: i64,
}

/// What to change of a skill group; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupChange {
    /// The name to show.
    pub display_name: Option<String>,
    /// The description.
    pub description: Option<String>,
}

/// A skill group with how much is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupCount {
    /// The group.
    pub group: SkillGroup,
    /// People in it.
    pub users: u64,
    /// Numbers its people may call out with.
    pub numbers: u64,
}

impl Store {
    /// Makes a skill group.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`]; [`StoreError::NotFound`] for the instance.
    pub async fn create_group(&self, instance: &str, group: &NewGroup) -> Result<SkillGroup> {
        let group_id = format!("{}@{instance}", group.name);
        let made = sql::one(
            &self.writer,
            "INSERT INTO skill_groups
                 (instance_id, group_id, name, display_name, description, media_type, created_ms, updated_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT (instance_id, group_id) DO NOTHING RETURNING *",
            values![
                instance,
                &*group_id,
                &*group.name,
                &*group.display_name,
                &*group.description,
                &*group.media_type,
                group.at_ms
            ],
        )
        .await
        .map_err(|e| StoreError::naming(e, (What::SkillGroup, &group_id), (What::Instance, instance)))?;
        made.map_or_else(|| Err(StoreError::exists(What::SkillGroup, &group_id)), |row| read(&row))
    }

    /// A skill group by id.
    pub async fn group(&self, instance: &str, group_id: &str) -> Result<Option<SkillGroup>> {
        let sql = "SELECT * FROM skill_groups WHERE instance_id = $1 AND group_id = $2";
        sql::one(&self.reader, sql, values![instance, group_id]).await?.map(|row| read(&row)).transpose()
    }

    /// Skill groups with their sizes, by id.
    pub async fn groups(
        &self,
        instance: &str,
        search: Option<&str>,
        media_type: Option<&str>,
        page: Page,
    ) -> Result<Paged<GroupCount>> {
        let mut condition = Where::instance("g.instance_id", instance);
        if let Some(media_type) = media_type {
            condition.and("g.media_type = ?", media_type);
        }
        if let Some(search) = search {
            condition.and_contains(&["g.name", "g.display_name", "g.description"], search);
        }
        let count = format!("SELECT COUNT(*) AS n FROM skill_groups g WHERE {}", condition.text());
        let total = sql::count(&self.reader, &count, condition.values()).await?;
        let list = format!(
            "SELECT g.*,
                 (SELECT COUNT(*) FROM user_skill_levels l
                  WHERE l.instance_id = g.instance_id AND l.group_id = g.group_id) AS users,
                 (SELECT COUNT(*) FROM number_groups n
                  WHERE n.instance_id = g.instance_id AND n.group_id = g.group_id) AS numbers
             FROM skill_groups g WHERE {} ORDER BY g.group_id{}",
            condition.text(),
            page.sql()
        );
        let rows = sql::all(&self.reader, &list, condition.values()).await?;
        let read = |row: &Row| {
            Ok(GroupCount { group: read(row)?, users: row.unsigned("users")?, numbers: row.unsigned("numbers")? })
        };
        Ok(Paged { rows: rows.iter().map(read).collect::<Result<_>>()?, total })
    }

    /// Changes a skill group.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn update_group(&self, instance: &str, group_id: &str, change: &GroupChange, at_ms: i64) -> Result<()> {
        let changed = sql::run(
            &self.writer,
            "UPDATE skill_groups SET display_name = COALESCE($3, display_name),
                 description = COALESCE($4, description), updated_ms = $5
             WHERE instance_id = $1 AND group_id = $2",
            values![instance, group_id, change.display_name.clone(), change.description.clone(), at_ms],
        )
        .await?;
        if changed == 0 { Err(StoreError::not_found(What::SkillGroup, group_id)) } else { Ok(()) }
    }

    /// Removes a skill group. Unless forced, only an empty one; forced, its people and numbers are unbound.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::InUse`].
    pub async fn remove_group(&self, instance: &str, group_id: &str, force: bool) -> Result<()> {
        let tx = self.begin().await?;
        let key = || values![instance, group_id];
        if !force {
            for (by, sql) in [
                ("agents", "SELECT COUNT(*) AS n FROM user_skill_levels WHERE instance_id = $1 AND group_id = $2"),
                ("numbers", "SELECT COUNT(*) AS n FROM number_groups WHERE instance_id = $1 AND group_id = $2"),
                (
                    "incoming numbers",
                    "SELECT COUNT(*) AS n FROM numbers WHERE instance_id = $1 AND route_group_id = $2",
                ),
            ] {
                let held = sql::count(&tx, sql, key()).await?;
                if held > 0 {
                    let by = format!("{held} {by}");
                    return Err(StoreError::InUse { what: What::SkillGroup, id: group_id.to_owned(), by });
                }
            }
        }
        let unroute = "UPDATE numbers SET route_group_id = NULL WHERE instance_id = $1 AND route_group_id = $2";
        sql::run(&tx, unroute, key()).await?;
        let remove = "DELETE FROM skill_groups WHERE instance_id = $1 AND group_id = $2";
        if sql::run(&tx, remove, key()).await? == 0 {
            return Err(StoreError::not_found(What::SkillGroup, group_id));
        }
        Ok(tx.commit().await?)
    }
}

/// All skill groups of an instance, for the directory.
pub(crate) async fn all<C: sea_orm::ConnectionTrait>(on: &C, instance: &str) -> Result<Vec<SkillGroup>> {
    let sql = "SELECT * FROM skill_groups WHERE instance_id = $1 ORDER BY group_id";
    sql::all(on, sql, values![instance]).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<SkillGroup> {
    Ok(SkillGroup {
        group_id: row.get("group_id")?,
        name: row.get("name")?,
        display_name: row.get("display_name")?,
        description: row.get("description")?,
        media_type: row.get("media_type")?,
        created_ms: row.get("created_ms")?,
        updated_ms: row.get("updated_ms")?,
    })
}

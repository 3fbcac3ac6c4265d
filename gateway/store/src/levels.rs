//! Who is in which skill group, and how well: 1 (takes most calls) to 10.

use sea_orm::ConnectionTrait;

use crate::{
    Page, Paged, Result, Store, StoreError, What,
    sql::{self, Row, Where, values},
};

/// A membership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelRow {
    /// The user.
    pub user_id: String,
    /// The skill group.
    pub group_id: String,
    /// 1 (strongest) to 10.
    pub level: u8,
}

/// A membership seen from the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelOfUser {
    /// The skill group.
    pub group_id: String,
    /// Its name to show.
    pub group_name: String,
    /// What its calls are made of.
    pub media_type: String,
    /// The level; none: not a member.
    pub level: Option<u8>,
}

/// A membership seen from the skill group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelOfGroup {
    /// The user.
    pub user_id: String,
    /// The login name.
    pub login_name: String,
    /// The name to show.
    pub display_name: String,
    /// The role.
    pub role: String,
    /// The level; none: not a member.
    pub level: Option<u8>,
}

impl Store {
    /// Puts people into groups, or changes their levels there: all or nothing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a user or group.
    pub async fn put_levels(&self, instance: &str, rows: &[LevelRow]) -> Result<()> {
        let tx = self.begin().await?;
        for row in rows {
            let found = sql::one(
                &tx,
                "SELECT 1 AS n FROM users WHERE instance_id = $1 AND user_id = $2",
                values![instance, &*row.user_id],
            );
            if found.await?.is_none() {
                return Err(StoreError::not_found(What::User, &row.user_id));
            }
            put(&tx, instance, &row.user_id, &row.group_id, row.level).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Takes people out of groups. Who was not in is passed over.
    pub async fn remove_levels(&self, instance: &str, pairs: &[(String, String)]) -> Result<()> {
        let tx = self.begin().await?;
        for (user_id, group_id) in pairs {
            sql::run(
                &tx,
                "DELETE FROM user_skill_levels WHERE instance_id = $1 AND user_id = $2 AND group_id = $3",
                values![instance, &**user_id, &**group_id],
            )
            .await?;
        }
        Ok(tx.commit().await?)
    }

    /// A user's groups (`member` true), or those the user is not in (false).
    pub async fn levels_of_user(
        &self,
        instance: &str,
        user_id: &str,
        member: bool,
        search: Option<&str>,
        page: Page,
    ) -> Result<Paged<LevelOfUser>> {
        let mut condition = Where::instance_and("g.instance_id", instance, user_id);
        let join = "FROM skill_groups g LEFT JOIN user_skill_levels l
            ON l.instance_id = g.instance_id AND l.group_id = g.group_id AND l.user_id = $2";
        condition.and_plain(if member { "l.level IS NOT NULL" } else { "l.level IS NULL" });
        if let Some(search) = search {
            condition.and_contains(&["g.name", "g.display_name"], search);
        }
        let count = format!("SELECT COUNT(*) AS n {join} WHERE {}", condition.text());
        let total = sql::count(&self.reader, &count, condition.values()).await?;
        let list = format!(
            "SELECT g.group_id, g.display_name, g.media_type, l.level {join} WHERE {} ORDER BY g.group_id{}",
            condition.text(),
            page.sql()
        );
        let rows = sql::all(&self.reader, &list, condition.values()).await?;
        let read = |row: &Row| {
            Ok(LevelOfUser {
                group_id: row.get("group_id")?,
                group_name: row.get("display_name")?,
                media_type: row.get("media_type")?,
                level: row.get::<Option<i64>>("level")?.map(read_level).transpose()?,
            })
        };
        Ok(Paged { rows: rows.iter().map(read).collect::<Result<_>>()?, total })
    }

    /// A group's people (`member` true), or those who are not in it (false).
    pub async fn levels_of_group(
        &self,
        instance: &str,
        group_id: &str,
        member: bool,
        search: Option<&str>,
        page: Page,
    ) -> Result<Paged<LevelOfGroup>> {
        let mut condition = Where::instance_and("u.instance_id", instance, group_id);
        let join = "FROM users u LEFT JOIN user_skill_levels l
            ON l.instance_id = u.instance_id AND l.user_id = u.user_id AND l.group_id = $2";
        condition.and_plain(if member { "l.level IS NOT NULL" } else { "l.level IS NULL" });
        if let Some(search) = search {
            condition.and_contains(&["u.login_name", "u.display_name"], search);
        }
        let count = format!("SELECT COUNT(*) AS n {join} WHERE {}", condition.text());
        let total = sql::count(&self.reader, &count, condition.values()).await?;
        let list = format!(
            "SELECT u.user_id, u.login_name, u.display_name, u.role, l.level {join} WHERE {} ORDER BY u.user_id{}",
            condition.text(),
            page.sql()
        );
        let rows = sql::all(&self.reader, &list, condition.values()).await?;
        let read = |row: &Row| {
            Ok(LevelOfGroup {
                user_id: row.get("user_id")?,
                login_name: row.get("login_name")?,
                display_name: row.get("display_name")?,
                role: row.get("role")?,
                level: row.get::<Option<i64>>("level")?.map(read_level).transpose()?,
            })
        };
        Ok(Paged { rows: rows.iter().map(read).collect::<Result<_>>()?, total })
    }

    /// The memberships of some people, in one query.
    pub async fn levels_of_users(&self, instance: &str, user_ids: &[String]) -> Result<Vec<LevelRow>> {
        let mut condition = Where::instance("instance_id", instance);
        condition.and_in("user_id", user_ids.iter().map(String::as_str));
        let sql = format!(
            "SELECT user_id, group_id, level FROM user_skill_levels WHERE {} ORDER BY user_id, group_id",
            condition.text()
        );
        sql::all(&self.reader, &sql, condition.values()).await?.iter().map(read).collect()
    }
}

pub(crate) async fn put<C: ConnectionTrait>(
    on: &C,
    instance: &str,
    user_id: &str,
    group_id: &str,
    level: u8,
) -> Result<()> {
    let put = sql::run(
        on,
        "INSERT INTO user_skill_levels (instance_id, user_id, group_id, level) VALUES ($1, $2, $3, $4)
         ON CONFLICT (instance_id, user_id, group_id) DO UPDATE SET level = excluded.level",
        values![instance, user_id, group_id, i64::from(level.clamp(1, 10))],
    );
    let missing = (What::SkillGroup, group_id);
    put.await.map(drop).map_err(|e| StoreError::naming(e, missing, missing))
}

/// All memberships of an instance, for the directory.
pub(crate) async fn all<C: ConnectionTrait>(on: &C, instance: &str) -> Result<Vec<LevelRow>> {
    let sql =
        "SELECT user_id, group_id, level FROM user_skill_levels WHERE instance_id = $1 ORDER BY user_id, group_id";
    sql::all(on, sql, values![instance]).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<LevelRow> {
    Ok(LevelRow { user_id: row.get("user_id")?, group_id: row.get("group_id")?, level: read_level(row.get("level")?)? })
}

fn read_level(level: i64) -> Result<u8> {
    u8::try_from(level).map_err(|_| StoreError::BadRow { reason: format!("skill level {level}") })
}

//! The people of an instance. Their passwords are in [`crate::passwords`], their skill levels in [`crate::levels`].

use crate::{
    Page, Paged, Result, Store, StoreError, What,
    instances::take_extension,
    levels,
    sql::{self, Row, Where, values},
};

/// A person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct User {
    /// `login@instance`.
    pub user_id: String,
    /// What the person types to sign in.
    pub login_name: String,
    /// The name to show.
    pub display_name: String,
    /// The name shown to customers; may be empty.
    pub nickname: String,
    /// May be empty.
    pub email: String,
    /// May be empty.
    pub mobile: String,
    /// The work number; may be empty.
    pub display_id: String,
    /// May be empty.
    pub avatar_url: String,
    /// The role's name, without instance.
    pub role: String,
    /// How the person takes calls.
    pub work_mode: String,
    /// Eight digits beginning with 80.
    pub extension: String,
    /// Whether a password was ever set.
    pub has_password: bool,
    /// The password was set by somebody else and must be changed at the next sign-in.
    pub must_change_password: bool,
    /// When the user was made.
    pub created_ms: i64,
    /// When the user was last changed.
    pub updated_ms: i64,
}

/// A person to be made. The id is `login@instance`; the extension is given out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewUser {
    /// What the person types to sign in.
    pub login_name: String,
    /// The name to show.
    pub display_name: String,
    /// The name shown to customers; may be empty.
    pub nickname: String,
    /// May be empty.
    pub email: String,
    /// May be empty.
    pub mobile: String,
    /// The work number; may be empty.
    pub display_id: String,
    /// May be empty.
    pub avatar_url: String,
    /// The role's name.
    pub role: String,
    /// How the person takes calls.
    pub work_mode: String,
    /// Skill groups with levels, 1 (strongest) to 10.
    pub levels: Vec<(String, u8)>,
    /// Now.
    pub at_ms: i64,
}

/// What to change of a person; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserChange {
    /// The name to show.
    pub display_name: Option<String>,
    /// The name shown to customers.
    pub nickname: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Mobile number.
    pub mobile: Option<String>,
    /// The work number.
    pub display_id: Option<String>,
    /// Picture.
    pub avatar_url: Option<String>,
    /// Role.
    pub role: Option<String>,
    /// How the person takes calls.
    pub work_mode: Option<String>,
}

/// Which people a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// Part of the login name, name, e-mail, work number or extension.
    pub search: Option<String>,
    /// Only members of this skill group.
    pub group_id: Option<String>,
    /// Only this role.
    pub role: Option<String>,
}

const COLUMNS: &str = "u.user_id, u.login_name, u.display_name, u.nickname, u.email, u.mobile, u.display_id, \
    u.avatar_url, u.role, u.work_mode, u.extension, u.password_hash IS NOT NULL AS has_password, \
    u.must_change_password, u.created_ms, u.updated_ms";

impl Store {
    /// Makes a person, with an extension of their own and their skill levels.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] for the login name; [`StoreError::NotFound`] for the instance or a skill group.
    pub async fn create_user(&self, instance: &str, user: &NewUser) -> Result<User> {
        let user_id = format!("{}@{instance}", user.login_name);
        let tx = self.begin().await?;
        let extension = take_extension(&tx, instance).await?;
        let made = sql::run(
            &tx,
            "INSERT INTO users (instance_id, user_id, login_name, display_name, nickname, email, mobile, display_id,
                 avatar_url, role, work_mode, extension, must_change_password, wrong_passwords, created_ms, updated_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, FALSE, 0, $13, $13)
             ON CONFLICT (instance_id, user_id) DO NOTHING",
            values![
                instance,
                &*user_id,
                &*user.login_name,
                &*user.display_name,
                &*user.nickname,
                &*user.email,
                &*user.mobile,
                &*user.display_id,
                &*user.avatar_url,
                &*user.role,
                &*user.work_mode,
                extension,
                user.at_ms
            ],
        )
        .await?;
        if made == 0 {
            return Err(StoreError::exists(What::User, &user_id));
        }
        for (group, level) in &user.levels {
            levels::put(&tx, instance, &user_id, group, *level).await?;
        }
        let sql = format!("SELECT {COLUMNS} FROM users u WHERE u.instance_id = $1 AND u.user_id = $2");
        let row = sql::one(&tx, &sql, values![instance, &*user_id]).await?;
        let made = row.map(|r| read(&r)).transpose()?.ok_or_else(|| StoreError::not_found(What::User, &user_id))?;
        tx.commit().await?;
        Ok(made)
    }

    /// A person by id.
    pub async fn user(&self, instance: &str, user_id: &str) -> Result<Option<User>> {
        self.user_where(instance, "u.user_id = ?", user_id).await
    }

    /// A person by login name.
    pub async fn user_by_login(&self, instance: &str, login_name: &str) -> Result<Option<User>> {
        self.user_where(instance, "u.login_name = ?", login_name).await
    }

    /// A person by extension.
    pub async fn user_by_extension(&self, instance: &str, extension: &str) -> Result<Option<User>> {
        self.user_where(instance, "u.extension = ?", extension).await
    }

    async fn user_where(&self, instance: &str, clause: &str, value: &str) -> Result<Option<User>> {
        let mut condition = Where::instance("u.instance_id", instance);
        condition.and(clause, value);
        let sql = format!("SELECT {COLUMNS} FROM users u WHERE {}", condition.text());
        let row = sql::one(&self.reader, &sql, condition.values()).await?;
        row.map(|row| read(&row)).transpose()
    }

    /// People, by login name.
    pub async fn users(&self, instance: &str, filter: &UserFilter, page: Page) -> Result<Paged<User>> {
        let mut condition = Where::instance("u.instance_id", instance);
        if let Some(search) = &filter.search {
            let columns = ["u.login_name", "u.display_name", "u.nickname", "u.email", "u.display_id", "u.extension"];
            condition.and_contains(&columns, search);
        }
        if let Some(role) = &filter.role {
            condition.and("u.role = ?", &**role);
        }
        if let Some(group) = &filter.group_id {
            condition.and(
                "u.user_id IN (SELECT l.user_id FROM user_skill_levels l WHERE l.instance_id = $1 AND l.group_id = ?)",
                &**group,
            );
        }
        let count = format!("SELECT COUNT(*) AS n FROM users u WHERE {}", condition.text());
        let total = sql::count(&self.reader, &count, condition.values()).await?;
        let list =
            format!("SELECT {COLUMNS} FROM users u WHERE {} ORDER BY u.login_name{}", condition.text(), page.sql());
        let rows = sql::all(&self.reader, &list, condition.values()).await?;
        Ok(Paged { rows: rows.iter().map(read).collect::<Result<_>>()?, total })
    }

    /// Changes a person.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn update_user(&self, instance: &str, user_id: &str, change: &UserChange, at_ms: i64) -> Result<()> {
        let changed = sql::run(
            &self.writer,
            "UPDATE users SET display_name = COALESCE($3, display_name), nickname = COALESCE($4, nickname),
                 email = COALESCE($5, email), mobile = COALESCE($6, mobile), display_id = COALESCE($7, display_id),
                 avatar_url = COALESCE($8, avatar_url), role = COALESCE($9, role),
                 work_mode = COALESCE($10, work_mode), updated_ms = $11
             WHERE instance_id = $1 AND user_id = $2",
            values![
                instance,
                user_id,
                change.display_name.clone(),
                change.nickname.clone(),
                change.email.clone(),
                change.mobile.clone(),
                change.display_id.clone(),
                change.avatar_url.clone(),
                change.role.clone(),
                change.work_mode.clone(),
                at_ms
            ],
        )
        .await?;
        if changed == 0 { Err(StoreError::not_found(What::User, user_id)) } else { Ok(()) }
    }

    /// Removes people with their levels, sessions and access keys: all of them or, if one does not exist, none.
    /// Call records keep their ids.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the first that does not exist.
    pub async fn remove_users(&self, instance: &str, user_ids: &[String]) -> Result<()> {
        let tx = self.begin().await?;
        for user_id in user_ids {
            let sql = "DELETE FROM users WHERE instance_id = $1 AND user_id = $2";
            if sql::run(&tx, sql, values![instance, &**user_id]).await? == 0 {
                return Err(StoreError::not_found(What::User, user_id));
            }
        }
        Ok(tx.commit().await?)
    }
}

/// All people of an instance, for the directory.
pub(crate) async fn all<C: sea_orm::ConnectionTrait>(on: &C, instance: &str) -> Result<Vec<User>> {
    let sql = format!("SELECT {COLUMNS} FROM users u WHERE u.instance_id = $1 ORDER BY u.user_id");
    sql::all(on, &sql, values![instance]).await?.iter().map(read).collect()
}

pub(crate) fn read(row: &Row) -> Result<User> {
    Ok(User {
        user_id: row.get("user_id")?,
        login_name: row.get("login_name")?,
        display_name: row.get("display_name")?,
        nickname: row.get("nickname")?,
        email: row.get("email")?,
        mobile: row.get("mobile")?,
        display_id: row.get("display_id")?,
        avatar_url: row.get("avatar_url")?,
        role: row.get("role")?,
        work_mode: row.get("work_mode")?,
        extension: row.get("extension")?,
        has_password: row.get("has_password")?,
        must_change_password: row.get("must_change_password")?,
        created_ms: row.get("created_ms")?,
        updated_ms: row.get("updated_ms")?,
    })
}

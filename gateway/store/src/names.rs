//! Names to show beside ids, many at once: for lists that hold only ids.

use std::collections::BTreeMap;

use crate::{
    Result, Store,
    sql::{self, Where},
};

/// More ids than a page of calls can name are not asked for in one statement.
const AT_ONCE: usize = 1000;

impl Store {
    /// The display names of users by id. Who is gone is left out.
    pub async fn user_names(&self, instance: &str, user_ids: &[String]) -> Result<BTreeMap<String, String>> {
        self.names(instance, "SELECT user_id AS id, display_name AS name FROM users", "user_id", user_ids).await
    }

    /// The display names of skill groups by id. What is gone is left out.
    pub async fn group_names(&self, instance: &str, group_ids: &[String]) -> Result<BTreeMap<String, String>> {
        self.names(instance, "SELECT group_id AS id, display_name AS name FROM skill_groups", "group_id", group_ids)
            .await
    }

    /// The names of flows by id. What is gone is left out.
    pub async fn flow_names(&self, instance: &str, flow_ids: &[String]) -> Result<BTreeMap<String, String>> {
        self.names(instance, "SELECT flow_id AS id, name FROM flows", "flow_id", flow_ids).await
    }

    async fn names(
        &self,
        instance: &str,
        select: &str,
        column: &str,
        ids: &[String],
    ) -> Result<BTreeMap<String, String>> {
        let mut names = BTreeMap::new();
        for ids in ids.chunks(AT_ONCE) {
            let mut condition = Where::instance("instance_id", instance);
            condition.and_in(column, ids.iter().map(String::as_str));
            let sql = format!("{select} WHERE {}", condition.text());
            for row in sql::all(&self.reader, &sql, condition.values()).await? {
                names.insert(row.get("id")?, row.get("name")?);
            }
        }
        Ok(names)
    }
}

//! Which skill groups' people may call out with which numbers, and in what order of preference.

use std::collections::BTreeMap;

use sea_orm::ConnectionTrait;

use super::{NumberRow, check_route};
use crate::{
    Page, Result, Store, StoreError, What,
    sql::{self, Where, values},
};

impl Store {
    /// Lets a group's people call out with numbers, in this order after those it has. Bound ones keep their place.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the group or a number.
    pub async fn bind_numbers(&self, instance: &str, group_id: &str, numbers: &[String]) -> Result<()> {
        let tx = self.begin().await?;
        check_route(&tx, instance, None, Some(group_id)).await?;
        for number in numbers {
            sql::run(
                &tx,
                "INSERT INTO number_groups (instance_id, number, group_id, position)
                 VALUES ($1, $2, $3, (SELECT COALESCE(MAX(position), 0) + 1 FROM number_groups
                                      WHERE instance_id = $1 AND group_id = $3))
                 ON CONFLICT (instance_id, number, group_id) DO NOTHING",
                values![instance, &**number, group_id],
            )
            .await
            .map_err(|e| StoreError::naming(e, (What::Number, number), (What::Number, number)))?;
        }
        Ok(tx.commit().await?)
    }

    /// Unbinds numbers from a group. Who was not bound is passed over.
    pub async fn unbind_numbers(&self, instance: &str, group_id: &str, numbers: &[String]) -> Result<()> {
        let mut condition = Where::instance("instance_id", instance);
        condition.and("group_id = ?", group_id);
        condition.and_in("number", numbers.iter().map(String::as_str));
        let sql = format!("DELETE FROM number_groups WHERE {}", condition.text());
        sql::run(&self.writer, &sql, condition.values()).await?;
        Ok(())
    }
}

/// Which numbers each group may call out with, in order of preference, for the directory.
pub(crate) async fn bindings<C: ConnectionTrait>(on: &C, instance: &str) -> Result<BTreeMap<String, Vec<String>>> {
    let sql = "SELECT group_id, number FROM number_groups WHERE instance_id = $1 ORDER BY group_id, position, number";
    let mut of_group: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in sql::all(on, sql, values![instance]).await? {
        of_group.entry(row.get("group_id")?).or_default().push(row.get("number")?);
    }
    Ok(of_group)
}

/// Adds its skill groups to each number.
pub(super) async fn add_groups<C: ConnectionTrait>(on: &C, instance: &str, rows: &mut [NumberRow]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut condition = Where::instance("instance_id", instance);
    // A page's numbers are named; all of a large instance's would not fit into one statement.
    if rows.len() <= Page::MAX_SIZE as usize {
        condition.and_in("number", rows.iter().map(|r| r.number.as_str()));
    }
    let sql = format!("SELECT number, group_id FROM number_groups WHERE {} ORDER BY group_id", condition.text());
    let mut of_number: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in sql::all(on, &sql, condition.values()).await? {
        of_number.entry(row.get("number")?).or_default().push(row.get("group_id")?);
    }
    for row in rows {
        row.groups = of_number.remove(&row.number).unwrap_or_default();
    }
    Ok(())
}

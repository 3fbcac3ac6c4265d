//! The centre's own numbers: what they may be used for, what a caller meets, who may call out with them.

mod bindings;

use sea_orm::ConnectionTrait;

use crate::{
    Page, Paged, Result, Store, StoreError, What,
    sql::{self, Row, Where, values},
};

use bindings::add_groups;
pub(crate) use bindings::bindings;

/// A number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NumberRow {
    /// The centre's one form of it (E.164 where there is one).
    pub number: String,
    /// As the person typed it.
    pub typed: String,
    /// `Inbound`, `Outbound` or `Bidirection`.
    pub usage: String,
    /// The flow that a caller meets.
    pub flow_id: Option<String>,
    /// The skill group whose queue a caller meets at once, when there is no flow.
    pub route_group_id: Option<String>,
    /// Most calls at once; none: no cap.
    pub cap: Option<u32>,
    /// May be empty.
    pub city: String,
    /// May be empty.
    pub province: String,
    /// The trunk that calls with it leave by.
    pub trunk: String,
    /// Skill groups whose people may call out with it.
    pub groups: Vec<String>,
    /// When it was added.
    pub created_ms: i64,
}

/// A number to be added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewNumber {
    /// The centre's one form of it.
    pub number: String,
    /// As the person typed it.
    pub typed: String,
    /// What it may be used for.
    pub usage: String,
    /// The flow that a caller meets.
    pub flow_id: Option<String>,
    /// The skill group whose queue a caller meets at once.
    pub route_group_id: Option<String>,
    /// Most calls at once.
    pub cap: Option<u32>,
    /// May be empty.
    pub city: String,
    /// May be empty.
    pub province: String,
    /// The trunk that calls with it leave by.
    pub trunk: String,
}

/// What to change of a number; the outer `None` leaves it as it is, the inner one clears it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NumberChange {
    /// What it may be used for.
    pub usage: Option<String>,
    /// The flow that a caller meets.
    pub flow_id: Option<Option<String>>,
    /// The skill group whose queue a caller meets at once.
    pub route_group_id: Option<Option<String>>,
    /// Most calls at once.
    pub cap: Option<Option<u32>>,
    /// City.
    pub city: Option<String>,
    /// Province.
    pub province: Option<String>,
    /// The trunk that calls with it leave by.
    pub trunk: Option<String>,
}

/// Which numbers a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NumberFilter {
    /// Part of the number in either form, or of the city.
    pub search: Option<String>,
    /// Only with one of these usages; empty: any.
    pub usages: Vec<String>,
    /// Only those bound to one of these skill groups; none: any, bound or not.
    pub group_ids: Option<Vec<String>>,
    /// Leaves out those bound to this skill group.
    pub not_in_group: Option<String>,
}

impl Store {
    /// Adds numbers: all or none.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] for the first that is there; [`StoreError::NotFound`] for a flow or group.
    pub async fn add_numbers(&self, instance: &str, numbers: &[NewNumber], at_ms: i64) -> Result<()> {
        let tx = self.begin().await?;
        for number in numbers {
            check_route(&tx, instance, number.flow_id.as_deref(), number.route_group_id.as_deref()).await?;
            let added = sql::run(
                &tx,
                "INSERT INTO numbers (instance_id, number, typed, usage, flow_id, route_group_id, cap, city, province,
                     trunk, created_ms)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (instance_id, number) DO NOTHING",
                values![
                    instance,
                    &*number.number,
                    &*number.typed,
                    &*number.usage,
                    number.flow_id.clone(),
                    number.route_group_id.clone(),
                    number.cap.map(i64::from),
                    &*number.city,
                    &*number.province,
                    &*number.trunk,
                    at_ms
                ],
            )
            .await
            .map_err(|e| StoreError::naming(e, (What::Number, &number.typed), (What::Instance, instance)))?;
            if added == 0 {
                return Err(StoreError::exists(What::Number, &number.typed));
            }
        }
        Ok(tx.commit().await?)
    }

    /// A number by the centre's form.
    pub async fn number(&self, instance: &str, number: &str) -> Result<Option<NumberRow>> {
        let sql = "SELECT * FROM numbers WHERE instance_id = $1 AND number = $2";
        let Some(row) = sql::one(&self.reader, sql, values![instance, number]).await? else { return Ok(None) };
        let mut rows = vec![read(&row)?];
        add_groups(&self.reader, instance, &mut rows).await?;
        Ok(rows.pop())
    }

    /// Numbers with their skill groups, by number.
    pub async fn numbers(&self, instance: &str, filter: &NumberFilter, page: Page) -> Result<Paged<NumberRow>> {
        let mut condition = Where::instance("n.instance_id", instance);
        if let Some(search) = &filter.search {
            condition.and_contains(&["n.number", "n.typed", "n.city"], search);
        }
        if !filter.usages.is_empty() {
            condition.and_in("n.usage", filter.usages.iter().map(String::as_str));
        }
        if let Some(groups) = &filter.group_ids {
            condition.and_plain(
                "EXISTS (SELECT 1 FROM number_groups b WHERE b.instance_id = n.instance_id AND b.number = n.number",
            );
            condition.and_in("b.group_id", groups.iter().map(String::as_str));
            condition.close();
        }
        if let Some(group) = &filter.not_in_group {
            condition.and(
                "NOT EXISTS (SELECT 1 FROM number_groups b
                 WHERE b.instance_id = n.instance_id AND b.number = n.number AND b.group_id = ?)",
                &**group,
            );
        }
        let count = format!("SELECT COUNT(*) AS n FROM numbers n WHERE {}", condition.text());
        let total = sql::count(&self.reader, &count, condition.values()).await?;
        let list = format!("SELECT n.* FROM numbers n WHERE {} ORDER BY n.number{}", condition.text(), page.sql());
        let rows = sql::all(&self.reader, &list, condition.values()).await?;
        let mut rows = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
        add_groups(&self.reader, instance, &mut rows).await?;
        Ok(Paged { rows, total })
    }

    /// Changes a number.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the number, a flow or a group.
    pub async fn update_number(&self, instance: &str, number: &str, change: &NumberChange) -> Result<()> {
        let tx = self.begin().await?;
        let sql = "SELECT * FROM numbers WHERE instance_id = $1 AND number = $2";
        let Some(row) = sql::one(&tx, sql, values![instance, number]).await? else {
            return Err(StoreError::not_found(What::Number, number));
        };
        let change = change.clone();
        let old = read(&row)?;
        let flow_id = change.flow_id.unwrap_or(old.flow_id);
        let route_group_id = change.route_group_id.unwrap_or(old.route_group_id);
        check_route(&tx, instance, flow_id.as_deref(), route_group_id.as_deref()).await?;
        sql::run(
            &tx,
            "UPDATE numbers SET usage = $3, flow_id = $4, route_group_id = $5, cap = $6, city = $7, province = $8,
                 trunk = $9
             WHERE instance_id = $1 AND number = $2",
            values![
                instance,
                number,
                change.usage.unwrap_or(old.usage),
                flow_id,
                route_group_id,
                change.cap.unwrap_or(old.cap).map(i64::from),
                change.city.unwrap_or(old.city),
                change.province.unwrap_or(old.province),
                change.trunk.unwrap_or(old.trunk)
            ],
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// Removes numbers with their bindings: all or, if one does not exist, none.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the first that does not exist.
    pub async fn remove_numbers(&self, instance: &str, numbers: &[String]) -> Result<()> {
        let tx = self.begin().await?;
        for number in numbers {
            let sql = "DELETE FROM numbers WHERE instance_id = $1 AND number = $2";
            if sql::run(&tx, sql, values![instance, &**number]).await? == 0 {
                return Err(StoreError::not_found(What::Number, number));
            }
        }
        Ok(tx.commit().await?)
    }
}

/// A caller can only be sent to what is there. Checked by name, since a broken foreign key does not say which.
async fn check_route<C: ConnectionTrait>(
    on: &C,
    instance: &str,
    flow_id: Option<&str>,
    group_id: Option<&str>,
) -> Result<()> {
    let flow = "SELECT COUNT(*) AS n FROM flows WHERE instance_id = $1 AND flow_id = $2";
    let group = "SELECT COUNT(*) AS n FROM skill_groups WHERE instance_id = $1 AND group_id = $2";
    for (what, id, sql) in [(What::Flow, flow_id, flow), (What::SkillGroup, group_id, group)] {
        let Some(id) = id else { continue };
        if sql::count(on, sql, values![instance, id]).await? == 0 {
            return Err(StoreError::not_found(what, id));
        }
    }
    Ok(())
}

/// All numbers of an instance with their groups in order of preference, for the directory.
pub(crate) async fn all<C: ConnectionTrait>(on: &C, instance: &str) -> Result<Vec<NumberRow>> {
    let sql = "SELECT * FROM numbers WHERE instance_id = $1 ORDER BY number";
    let rows = sql::all(on, sql, values![instance]).await?;
    let mut rows = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    add_groups(on, instance, &mut rows).await?;
    Ok(rows)
}

fn read(row: &Row) -> Result<NumberRow> {
    let cap = |cap: i64| u32::try_from(cap).map_err(|_| StoreError::BadRow { reason: format!("cap {cap}") });
    Ok(NumberRow {
        number: row.get("number")?,
        typed: row.get("typed")?,
        usage: row.get("usage")?,
        flow_id: row.get("flow_id")?,
        route_group_id: row.get("route_group_id")?,
        cap: row.get::<Option<i64>>("cap")?.map(cap).transpose()?,
        city: row.get("city")?,
        province: row.get("province")?,
        trunk: row.get("trunk")?,
        groups: Vec::new(),
        created_ms: row.get("created_ms")?,
    })
}

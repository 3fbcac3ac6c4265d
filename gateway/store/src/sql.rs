//! Statements for both databases: one text with `$1` placeholders, values beside it, rows read by column name.

use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement, TryGetable, Value};

use crate::{Result, StoreError};

/// The values of a statement, in the order of its placeholders.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$(sea_orm::Value::from($value)),*] };
}
pub(crate) use values;

/// Runs a statement and counts the rows it changed.
pub(crate) async fn run<C: ConnectionTrait>(on: &C, sql: &str, values: Vec<Value>) -> Result<u64, DbErr> {
    let statement = Statement::from_sql_and_values(on.get_database_backend(), sql, values);
    Ok(on.execute_raw(statement).await?.rows_affected())
}

/// Reads all rows.
pub(crate) async fn all<C: ConnectionTrait>(on: &C, sql: &str, values: Vec<Value>) -> Result<Vec<Row>, DbErr> {
    let statement = Statement::from_sql_and_values(on.get_database_backend(), sql, values);
    Ok(on.query_all_raw(statement).await?.into_iter().map(Row).collect())
}

/// Reads the first row, if any. Reads to the end: an `… RETURNING` statement is only done then.
pub(crate) async fn one<C: ConnectionTrait>(on: &C, sql: &str, values: Vec<Value>) -> Result<Option<Row>, DbErr> {
    Ok(all(on, sql, values).await?.into_iter().next())
}

/// Reads one number: a count or a sum.
pub(crate) async fn count<C: ConnectionTrait>(on: &C, sql: &str, values: Vec<Value>) -> Result<u64> {
    let found: i64 = one(on, sql, values).await?.map_or(Ok(0), |row| row.get("n"))?;
    Ok(u64::try_from(found).unwrap_or(0))
}

/// A row read.
pub(crate) struct Row(QueryResult);

impl Row {
    /// A column by name.
    pub(crate) fn get<T: TryGetable>(&self, column: &str) -> Result<T> {
        self.0.try_get::<T>("", column).map_err(|e| StoreError::BadRow { reason: format!("{column}: {e}") })
    }

    /// A column that holds a count or a size.
    pub(crate) fn unsigned(&self, column: &str) -> Result<u64> {
        let value: i64 = self.get(column)?;
        u64::try_from(value).map_err(|_| StoreError::BadRow { reason: format!("{column} is negative: {value}") })
    }

    /// A column that holds JSON text.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self, column: &str) -> Result<T> {
        let text: String = self.get(column)?;
        serde_json::from_str(&text).map_err(|e| StoreError::BadRow { reason: format!("{column}: {e}") })
    }
}

/// JSON text of plain data of ours.
pub(crate) fn json_text<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|e| StoreError::BadRow { reason: e.to_string() })
}

/// A condition that grows: text and values together.
pub(crate) struct Where {
    text: String,
    values: Vec<Value>,
}

impl Where {
    /// Begins with the instance.
    pub(crate) fn instance(column: &str, instance: &str) -> Self {
        Self { text: format!("{column} = $1"), values: values![instance] }
    }

    /// Begins with the instance, and binds `$2` for use elsewhere in the statement.
    pub(crate) fn instance_and(column: &str, instance: &str, second: &str) -> Self {
        Self { text: format!("{column} = $1"), values: values![instance, second] }
    }

    /// Adds `AND clause`, which has no value.
    pub(crate) fn and_plain(&mut self, clause: &str) {
        self.text.push_str(" AND ");
        self.text.push_str(clause);
    }

    /// Adds `AND clause`; each `?` in it stands for the value.
    pub(crate) fn and(&mut self, clause: &str, value: impl Into<Value>) {
        self.add(" AND ", clause, value.into());
    }

    /// Adds `OR clause`, inside a parenthesis that is open.
    pub(crate) fn or(&mut self, clause: &str, value: impl Into<Value>) {
        self.add(" OR ", clause, value.into());
    }

    fn add(&mut self, link: &str, clause: &str, value: Value) {
        self.values.push(value);
        let place = format!("${}", self.values.len());
        self.text.push_str(link);
        self.text.push_str(&clause.replace('?', &place));
    }

    /// Adds `AND column IN (…)`. An empty list matches nothing.
    pub(crate) fn and_in<'a>(&mut self, column: &str, list: impl IntoIterator<Item = &'a str>) {
        let mut places = Vec::new();
        for value in list {
            self.values.push(value.into());
            places.push(format!("${}", self.values.len()));
        }
        if places.is_empty() {
            self.text.push_str(" AND 1 = 0");
        } else {
            self.text.push_str(&format!(" AND {column} IN ({})", places.join(", ")));
        }
    }

    /// Adds `AND (a LIKE … OR b LIKE …)`: contains the text, whatever the case, taken literally.
    pub(crate) fn and_contains(&mut self, columns: &[&str], text: &str) {
        let pattern = format!("%{}%", escape_like(&text.to_lowercase()));
        let any: Vec<String> = columns.iter().map(|c| format!("LOWER({c}) LIKE ? ESCAPE '!'")).collect();
        self.and(&format!("({})", any.join(" OR ")), pattern);
    }

    /// Closes a parenthesis that an earlier clause left open.
    pub(crate) fn close(&mut self) {
        self.text.push(')');
    }

    /// The text after `WHERE`.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The values so far.
    pub(crate) fn values(&self) -> Vec<Value> {
        self.values.clone()
    }
}

fn escape_like(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

/// `($1, $2), ($3, $4)`: places for many rows at once.
pub(crate) fn places(rows: usize, columns: usize) -> String {
    let mut text = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            if column > 0 {
                text.push_str(", ");
            }
            text.push('$');
            text.push_str(&(row * columns + column + 1).to_string());
        }
        text.push(')');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_counted_over_rows() {
        assert_eq!(places(2, 3), "($1, $2, $3), ($4, $5, $6)");
    }

    #[test]
    fn a_condition_keeps_its_values_in_order() {
        let mut condition = Where::instance("i", "demo");
        condition.and("(a = ? OR b = ?)", "x");
        condition.and_in("c", ["1", "2"]);
        condition.and_contains(&["d"], "5%_!");
        assert_eq!(
            condition.text(),
            "i = $1 AND (a = $2 OR b = $2) AND c IN ($3, $4) AND (LOWER(d) LIKE $5 ESCAPE '!')"
        );
        assert_eq!(condition.values().len(), 5);
        assert_eq!(condition.values()[4], Value::from("%5!%!_!!%"));
    }

    #[test]
    fn an_empty_list_matches_nothing() {
        let mut condition = Where::instance("i", "demo");
        condition.and_in("c", []);
        assert_eq!(condition.text(), "i = $1 AND 1 = 0");
    }
}

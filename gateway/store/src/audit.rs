//! Who did what, and whether it was done.

use uuid::Uuid;

use crate::{
    Page, Paged, Result, Store,
    sql::{self, Row, Where, values},
};

/// An act.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at_ms: i64,
    /// Who: a user id.
    pub actor: String,
    /// How they came in: `session`, `access key` …
    pub door: String,
    /// What they asked for.
    pub operation: String,
    /// Of what: an id; may be empty.
    pub subject: String,
    /// `OK` or the error's code.
    pub outcome: String,
    /// To find it in the log.
    pub request_id: String,
}

impl Store {
    /// Writes an act down.
    pub async fn put_audit(&self, instance: &str, entry: &AuditEntry) -> Result<()> {
        let sql = "INSERT INTO audit_log
                 (instance_id, entry_id, at_ms, actor, door, operation, subject, outcome, request_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let values = values![
            instance,
            Uuid::new_v4().to_string(),
            entry.at_ms,
            &*entry.actor,
            &*entry.door,
            &*entry.operation,
            &*entry.subject,
            &*entry.outcome,
            &*entry.request_id
        ];
        sql::run(&self.writer, sql, values).await?;
        Ok(())
    }

    /// Acts, the last first; of one actor if given.
    pub async fn audit_log(&self, instance: &str, actor: Option<&str>, page: Page) -> Result<Paged<AuditEntry>> {
        let mut condition = Where::instance("instance_id", instance);
        if let Some(actor) = actor {
            condition.and("actor = ?", actor);
        }
        let count = format!("SELECT COUNT(*) AS n FROM audit_log WHERE {}", condition.text());
        let total = sql::count(&self.reader, &count, condition.values()).await?;
        let list =
            format!("SELECT * FROM audit_log WHERE {} ORDER BY at_ms DESC, entry_id{}", condition.text(), page.sql());
        let rows = sql::all(&self.reader, &list, condition.values()).await?;
        Ok(Paged { rows: rows.iter().map(read).collect::<Result<_>>()?, total })
    }
}

fn read(row: &Row) -> Result<AuditEntry> {
    Ok(AuditEntry {
        at_ms: row.get("at_ms")?,
        actor: row.get("actor")?,
        door: row.get("door")?,
        operation: row.get("operation")?,
        subject: row.get("subject")?,
        outcome: row.get("outcome")?,
        request_id: row.get("request_id")?,
    })
}

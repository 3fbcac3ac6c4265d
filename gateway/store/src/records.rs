//! Call records: what a call was, folded from its rows in the journal when it ended.

mod filter;

use sea_orm::ConnectionTrait;
use serde_json::Value as Json;

use crate::{
    Page, Paged, Result, Store, StoreError,
    sql::{self, Row, places, values},
};

pub use filter::{EndFilter, RecordFilter, RecordOrder};

/// A call record. Words (direction, disposition, ended by) are the core's; lengths are milliseconds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CallRecordRow {
    /// `job-<uuid>` inbound, `job-<digits>` outbound.
    pub call_id: String,
    /// `inbound` or `outbound`.
    pub direction: String,
    /// Who called.
    pub caller: String,
    /// Who was called.
    pub called: String,
    /// The caller's city; may be empty.
    pub caller_city: String,
    /// The called party's city; may be empty.
    pub called_city: String,
    /// The trunk.
    pub trunk: String,
    /// When it entered the flow, or dialling began.
    pub started_ms: i64,
    /// When the customer's leg was answered, by whichever side was asked.
    pub answered_ms: Option<i64>,
    /// When customer and agent could first talk.
    pub established_ms: Option<i64>,
    /// When it ended.
    pub ended_ms: i64,
    /// Time in flows.
    pub ivr_ms: i64,
    /// Time in queues, without ringing.
    pub queue_ms: i64,
    /// Time an agent, or the customer, was rung.
    pub ring_ms: i64,
    /// Time from dialling to ringing.
    pub dial_ms: i64,
    /// Time both talked, holds included.
    pub talk_ms: i64,
    /// Time the customer was held.
    pub held_ms: i64,
    /// Agents in the order they took part.
    pub agents: Vec<String>,
    /// Skill groups in the order they took part.
    pub groups: Vec<String>,
    /// How it ended.
    pub disposition: String,
    /// Whose doing.
    pub ended_by: String,
    /// The SIP status, where there was one.
    pub sip_status: Option<u16>,
    /// The far side's words.
    pub release_text: String,
    /// Keys the customer pressed.
    pub keys: String,
    /// How often it was transferred.
    pub transfers: u32,
    /// Whether it was recorded.
    pub recorded: bool,
    /// The rows it was folded from: an array of journal entries.
    pub timeline: Json,
}

const COLUMNS: [&str; 28] = [
    "instance_id",
    "call_id",
    "direction",
    "caller",
    "called",
    "caller_city",
    "called_city",
    "trunk",
    "started_ms",
    "answered_ms",
    "established_ms",
    "ended_ms",
    "ivr_ms",
    "queue_ms",
    "ring_ms",
    "dial_ms",
    "talk_ms",
    "held_ms",
    "agents",
    "skill_groups",
    "disposition",
    "ended_by",
    "sip_status",
    "release_text",
    "keys_pressed",
    "transfers",
    "recorded",
    "timeline",
];

impl Store {
    /// Keeps a record. A second one of the same call changes nothing; says whether it was the first.
    pub async fn put_record(&self, instance: &str, record: &CallRecordRow) -> Result<bool> {
        let tx = self.begin().await?;
        let first = put_in(&tx, instance, record).await?;
        tx.commit().await?;
        Ok(first)
    }

    /// A record.
    pub async fn record(&self, instance: &str, call_id: &str) -> Result<Option<CallRecordRow>> {
        let sql = "SELECT * FROM call_records WHERE instance_id = $1 AND call_id = $2";
        sql::one(&self.reader, sql, values![instance, call_id]).await?.map(|row| read(&row)).transpose()
    }

    /// Records, sorted by start.
    pub async fn records(&self, instance: &str, filter: &RecordFilter, page: Page) -> Result<Paged<CallRecordRow>> {
        let condition = filter.condition(instance);
        let count = format!("SELECT COUNT(*) AS n FROM call_records r WHERE {}", condition.text());
        let total = sql::count(&self.reader, &count, condition.values()).await?;
        let order = filter.order.sql();
        let list = format!("SELECT r.* FROM call_records r WHERE {} ORDER BY {order}{}", condition.text(), page.sql());
        let rows = sql::all(&self.reader, &list, condition.values()).await?;
        Ok(Paged { rows: rows.iter().map(read).collect::<Result<_>>()?, total })
    }

    /// When a number was last in contact, either way.
    pub async fn last_contact(&self, instance: &str, number: &str) -> Result<Option<i64>> {
        let sql = "SELECT MAX(at_ms) AS at_ms FROM
             (SELECT MAX(started_ms) AS at_ms FROM call_records WHERE instance_id = $1 AND caller = $2
              UNION ALL
              SELECT MAX(started_ms) AS at_ms FROM call_records WHERE instance_id = $1 AND called = $2) AS contacts";
        match sql::one(&self.reader, sql, values![instance, number]).await? {
            Some(row) => row.get("at_ms"),
            None => Ok(None),
        }
    }

    /// How many calls of one direction with a customer's number began in a span: for daily and monthly limits and
    /// the desk's "today". The caller knows the instance's zone and so when a day begins.
    pub async fn count_calls(
        &self,
        instance: &str,
        direction: &str,
        customer: &str,
        from_ms: i64,
        to_ms: i64,
    ) -> Result<u64> {
        let column = if direction == "outbound" { "called" } else { "caller" };
        let sql = format!(
            "SELECT COUNT(*) AS n FROM call_records
             WHERE instance_id = $1 AND direction = $2 AND {column} = $3 AND started_ms >= $4 AND started_ms < $5"
        );
        sql::count(&self.reader, &sql, values![instance, direction, customer, from_ms, to_ms]).await
    }
}

/// Keeps a record inside a transaction.
pub(crate) async fn put_in<C: ConnectionTrait>(on: &C, instance: &str, record: &CallRecordRow) -> Result<bool> {
    let sql = format!(
        "INSERT INTO call_records ({}) VALUES {} ON CONFLICT (instance_id, call_id) DO NOTHING",
        COLUMNS.join(", "),
        places(1, COLUMNS.len())
    );
    let r = record;
    let bound = values![
        instance,
        &*r.call_id,
        &*r.direction,
        &*r.caller,
        &*r.called,
        &*r.caller_city,
        &*r.called_city,
        &*r.trunk,
        r.started_ms,
        r.answered_ms,
        r.established_ms,
        r.ended_ms,
        r.ivr_ms,
        r.queue_ms,
        r.ring_ms,
        r.dial_ms,
        r.talk_ms,
        r.held_ms,
        sql::json_text(&r.agents)?,
        sql::json_text(&r.groups)?,
        &*r.disposition,
        &*r.ended_by,
        r.sip_status.map(i64::from),
        &*r.release_text,
        &*r.keys,
        i64::from(r.transfers),
        r.recorded,
        sql::json_text(&r.timeline)?,
    ];
    if sql::run(on, &sql, bound).await? == 0 {
        return Ok(false);
    }
    for (position, agent) in (0i64..).zip(&record.agents) {
        let sql = "INSERT INTO call_agents (instance_id, user_id, started_ms, call_id, position)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
        sql::run(on, sql, values![instance, &**agent, r.started_ms, &*r.call_id, position]).await?;
    }
    for group in &record.groups {
        let sql = "INSERT INTO call_groups (instance_id, group_id, started_ms, call_id)
             VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        sql::run(on, sql, values![instance, &**group, r.started_ms, &*r.call_id]).await?;
    }
    Ok(true)
}

fn read(row: &Row) -> Result<CallRecordRow> {
    let status = |status: i64| u16::try_from(status).map_err(|_| bad("sip_status", status));
    let transfers: i64 = row.get("transfers")?;
    Ok(CallRecordRow {
        call_id: row.get("call_id")?,
        direction: row.get("direction")?,
        caller: row.get("caller")?,
        called: row.get("called")?,
        caller_city: row.get("caller_city")?,
        called_city: row.get("called_city")?,
        trunk: row.get("trunk")?,
        started_ms: row.get("started_ms")?,
        answered_ms: row.get("answered_ms")?,
        established_ms: row.get("established_ms")?,
        ended_ms: row.get("ended_ms")?,
        ivr_ms: row.get("ivr_ms")?,
        queue_ms: row.get("queue_ms")?,
        ring_ms: row.get("ring_ms")?,
        dial_ms: row.get("dial_ms")?,
        talk_ms: row.get("talk_ms")?,
        held_ms: row.get("held_ms")?,
        agents: row.json("agents")?,
        groups: row.json("skill_groups")?,
        disposition: row.get("disposition")?,
        ended_by: row.get("ended_by")?,
        sip_status: row.get::<Option<i64>>("sip_status")?.map(status).transpose()?,
        release_text: row.get("release_text")?,
        keys: row.get("keys_pressed")?,
        transfers: u32::try_from(transfers).map_err(|_| bad("transfers", transfers))?,
        recorded: row.get("recorded")?,
        timeline: row.json("timeline")?,
    })
}

fn bad(column: &str, value: i64) -> StoreError {
    StoreError::BadRow { reason: format!("{column} {value}") }
}

//! Which call records a list shows, and in what order.

use crate::sql::Where;

/// Which records a list shows. Empty and `None` mean any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordFilter {
    /// Started at or after.
    pub from_ms: Option<i64>,
    /// Started before or at.
    pub to_ms: Option<i64>,
    /// The caller, whole.
    pub caller: Option<String>,
    /// The called number, whole.
    pub called: Option<String>,
    /// Either of them, whole.
    pub number: Option<String>,
    /// Part of either number or of the call id.
    pub search: Option<String>,
    /// An agent took part.
    pub agent: Option<String>,
    /// This agent was the first to take part.
    pub first_agent: Option<String>,
    /// One of these skill groups took part.
    pub groups: Vec<String>,
    /// One of these calls.
    pub call_ids: Vec<String>,
    /// One of these directions.
    pub directions: Vec<String>,
    /// One of these ends.
    pub ends: Vec<EndFilter>,
    /// One of these SIP statuses.
    pub sip_statuses: Vec<u16>,
    /// One of these culprits.
    pub ended_by: Vec<String>,
    /// How the list is sorted.
    pub order: RecordOrder,
}

/// Which ends of calls a list shows; `None` means any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EndFilter {
    /// The end.
    pub disposition: String,
    /// The direction.
    pub direction: Option<String>,
    /// Whether customer and agent had talked.
    pub established: Option<bool>,
}

/// How a list of records is sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RecordOrder {
    /// Last started first.
    #[default]
    StartDescending,
    /// First started first.
    StartAscending,
}

impl RecordOrder {
    pub(super) fn sql(self) -> &'static str {
        match self {
            Self::StartDescending => "r.started_ms DESC, r.call_id DESC",
            Self::StartAscending => "r.started_ms, r.call_id",
        }
    }
}

impl RecordFilter {
    pub(super) fn condition(&self, instance: &str) -> Where {
        let mut condition = Where::instance("r.instance_id", instance);
        if let Some(from_ms) = self.from_ms {
            condition.and("r.started_ms >= ?", from_ms);
        }
        if let Some(to_ms) = self.to_ms {
            condition.and("r.started_ms <= ?", to_ms);
        }
        for (clause, value) in [
            ("r.caller = ?", &self.caller),
            ("r.called = ?", &self.called),
            ("(r.caller = ? OR r.called = ?)", &self.number),
            (
                "r.call_id IN (SELECT a.call_id FROM call_agents a WHERE a.instance_id = $1 AND a.user_id = ?)",
                &self.agent,
            ),
            (
                "r.call_id IN (SELECT a.call_id FROM call_agents a
             WHERE a.instance_id = $1 AND a.user_id = ? AND a.position = 0)",
                &self.first_agent,
            ),
        ] {
            if let Some(value) = value {
                condition.and(clause, &**value);
            }
        }
        if let Some(search) = &self.search {
            condition.and_contains(&["r.caller", "r.called", "r.call_id"], search);
        }
        for (column, list) in
            [("r.call_id", &self.call_ids), ("r.direction", &self.directions), ("r.ended_by", &self.ended_by)]
        {
            if !list.is_empty() {
                condition.and_in(column, list.iter().map(String::as_str));
            }
        }
        if !self.ends.is_empty() {
            condition.and_plain("(1 = 0");
            for end in &self.ends {
                condition.or("(r.disposition = ?", &*end.disposition);
                if let Some(direction) = &end.direction {
                    condition.and("r.direction = ?", &**direction);
                }
                match end.established {
                    Some(true) => condition.and_plain("r.established_ms IS NOT NULL"),
                    Some(false) => condition.and_plain("r.established_ms IS NULL"),
                    None => {}
                }
                condition.close();
            }
            condition.close();
        }
        if !self.sip_statuses.is_empty() {
            let list: Vec<String> = self.sip_statuses.iter().map(u16::to_string).collect();
            condition.and_plain(&format!("r.sip_status IN ({})", list.join(", ")));
        }
        if !self.groups.is_empty() {
            condition.and_plain("r.call_id IN (SELECT g.call_id FROM call_groups g WHERE g.instance_id = $1");
            condition.and_in("g.group_id", self.groups.iter().map(String::as_str));
            condition.close();
        }
        condition
    }
}

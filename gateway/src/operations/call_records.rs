//! Lists of call records.

use std::collections::BTreeMap;

use cordboard_store::{CallRecordRow, Recording};
use serde_json::{Value, json};

use super::{
    Answer, OperationError, Request,
    dispositions::{End, release_reason},
    records_query,
    words::{paged, seconds, shown},
};

/// `ListRecentCallDetailRecords`
pub(super) async fn list_recent(request: &Request<'_>) -> Answer {
    let context = request.context;
    let page = request.parameters.page()?;
    let filter = records_query::recent(request)?;
    let found = context.store.records(&context.instance, &filter, page).await.map_err(|e| request.store_error(e))?;
    let describe = |row: &CallRecordRow| {
        json!({
            "InstanceId": context.instance,
            "ContactId": row.call_id,
            // Camel case here, capitals everywhere else: the vendor's forms.
            "ContactType": if row.direction == "outbound" { "Outbound" } else { "Inbound" },
            "CallingNumber": shown(&row.caller),
            "CalledNumber": shown(&row.called),
            "ContactDisposition": End::of(row).contact_disposition(),
            "StartTime": row.started_ms,
            "Duration": call_seconds(row),
            "CallDuration": call_seconds(row).to_string(),
            "AgentIds": row.agents.join(","),
            "SkillGroupIds": row.groups.join(","),
        })
    };
    Ok(paged(found.rows.iter().map(describe).collect(), page, found.total))
}

/// `ListCallDetailRecordsV2`
pub(super) async fn list(request: &Request<'_>) -> Answer {
    let context = request.context;
    let page = request.parameters.page()?;
    let Some(filter) = records_query::full(request)? else { return Ok(paged(Vec::new(), page, 0)) };
    let found = context.store.records(&context.instance, &filter, page).await.map_err(|e| request.store_error(e))?;
    let names = Names::of(request, &found.rows).await?;
    let call_ids: Vec<String> = found.rows.iter().map(|row| row.call_id.clone()).collect();
    let recordings = context.store.recordings_of(&context.instance, &call_ids).await;
    let recordings = recordings.map_err(|e| request.store_error(e))?;
    let recordings: BTreeMap<&str, &Recording> = recordings.iter().map(|r| (r.call_id.as_str(), r)).collect();
    let list = found.rows.iter().map(|row| {
        let mut described = common(row, &names, &context.instance);
        let recording = recordings.get(row.call_id.as_str()).filter(|recording| recording.ready);
        for (name, value) in [
            ("CallDuration", Value::from(call_seconds(row).to_string())),
            ("MediaType", Value::from("AUDIO")),
            ("DialingTime", Value::from(seconds(row.dial_ms))),
            ("IvrTime", Value::from(seconds(row.ivr_ms))),
            ("QueueTime", Value::from(seconds(row.queue_ms))),
            ("RingTime", Value::from(seconds(row.ring_ms))),
            ("WaitTime", Value::from(seconds(row.queue_ms + row.ring_ms))),
            ("TalkTime", Value::from(seconds(row.talk_ms))),
            ("HeldTime", Value::from(seconds(row.held_ms))),
            ("TransferCount", Value::from(row.transfers)),
            ("SatisfactionIndex", Value::from(super::call_record_detail::NOT_SENT)),
            ("RecordingReady", Value::from(recording.is_some())),
            ("RecordingDuration", Value::from(recording.map_or(0, |recording| seconds(recording.duration_ms)))),
        ] {
            described[name] = value;
        }
        described
    });
    Ok(paged(list.collect(), page, found.total))
}

/// What list and detail show alike.
pub(super) fn common(row: &CallRecordRow, names: &Names, instance: &str) -> Value {
    let end = End::of(row);
    let mut described = json!({
        "InstanceId": instance,
        "ContactId": row.call_id,
        "ContactType": row.direction.to_uppercase(),
        "CallingNumber": shown(&row.caller),
        "CalledNumber": shown(&row.called),
        "CallerLocation": row.caller_city,
        "CalleeLocation": row.called_city,
        "ContactDisposition": end.contact_disposition(),
        "ReleaseInitiator": end.release_initiator(),
        "ReleaseReason": release_reason(row),
        "StartTime": row.started_ms,
        "ReleaseTime": row.ended_ms,
        "AgentIds": row.agents.join(","),
        "AgentNames": names.of_users(&row.agents),
        "SkillGroupIds": row.groups.join(","),
        "SkillGroupNames": names.of_groups(&row.groups),
        "SatisfactionSurveyOffered": false,
        "AnalyticsReportReady": false,
    });
    if let Some(established_ms) = row.established_ms {
        described["EstablishedTime"] = Value::from(established_ms);
    }
    if let Some(state) = end.early_media_state() {
        described["EarlyMediaState"] = Value::from(state);
    }
    described
}

/// How long both sides were connected.
pub(super) fn call_seconds(row: &CallRecordRow) -> i64 {
    row.established_ms.map_or(0, |established_ms| seconds(row.ended_ms - established_ms))
}

/// Names of the people and groups in some records.
pub(super) struct Names {
    users: BTreeMap<String, String>,
    groups: BTreeMap<String, String>,
}

impl Names {
    pub(super) async fn of(request: &Request<'_>, rows: &[CallRecordRow]) -> Result<Self, OperationError> {
        let context = request.context;
        let mut users: Vec<String> = rows.iter().flat_map(|row| row.agents.clone()).collect();
        let mut groups: Vec<String> = rows.iter().flat_map(|row| row.groups.clone()).collect();
        for ids in [&mut users, &mut groups] {
            ids.sort_unstable();
            ids.dedup();
        }
        let store = &context.store;
        Ok(Self {
            users: store.user_names(&context.instance, &users).await.map_err(|e| request.store_error(e))?,
            groups: store.group_names(&context.instance, &groups).await.map_err(|e| request.store_error(e))?,
        })
    }

    /// A user's name; the id of one who is gone.
    pub(super) fn user<'a>(&'a self, user_id: &'a str) -> &'a str {
        self.users.get(user_id).map_or(user_id, String::as_str)
    }

    /// A group's name; the id of one that is gone.
    pub(super) fn group<'a>(&'a self, group_id: &'a str) -> &'a str {
        self.groups.get(group_id).map_or(group_id, String::as_str)
    }

    fn of_users(&self, user_ids: &[String]) -> String {
        user_ids.iter().map(|id| self.user(id)).collect::<Vec<_>>().join(",")
    }

    fn of_groups(&self, group_ids: &[String]) -> String {
        group_ids.iter().map(|id| self.group(id)).collect::<Vec<_>>().join(",")
    }
}

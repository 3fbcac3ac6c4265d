//! From the store's rows to the core's directory, and to what desks are told about the centre.

use std::{collections::BTreeMap, time::Duration};

use cordboard_core::{
    AgentEntry, AgentId, Directory, Flow, FlowId, GroupEntry, Number, NumberEntry, NumberRoute, NumberUsage, Settings,
    SkillGroupId, TrunkId,
};
use cordboard_store::{DirectoryRows, NumberRow, Store, StoreError};

use super::{Surroundings, pop};

/// Names of the instance's settings. The first three are the vendor's.
pub mod setting {
    /// How long an offer rings, seconds, 5 to 90.
    pub const RING_TIMEOUT: &str = "AgentRingingTimeoutSeconds";
    /// Whether an agent may hang up an inbound call: `true` or `false`.
    pub const ALLOW_HANG_UP: &str = "AllowHangup";
    /// After-call work: seconds, or `manual`.
    pub const AFTER_CALL: &str = "AfterCallRule";
    /// Break reasons, a JSON array of strings.
    pub const BREAK_CODES: &str = "BreakCodes";
    /// The page a call opens, with `{caller}` and so on.
    pub const POP_URL: &str = "ScreenPopUrl";
    /// The page shown when no call is up.
    pub const POP_HOME: &str = "ScreenPopHomeUrl";
    /// How long a desk may be away in a call, seconds.
    pub const DESK_GRACE: &str = "DeskGraceSeconds";
    /// How long an outbound call may ring, seconds.
    pub const DIAL_TIMEOUT: &str = "DialTimeoutSeconds";
    /// How long a caller waits when the flow does not say, seconds.
    pub const QUEUE_TIMEOUT: &str = "QueueTimeoutSeconds";
}

/// Reads an instance's configuration.
///
/// # Errors
/// The store's.
pub async fn load(store: &Store, instance: &str, demo: bool) -> Result<(Directory, Surroundings), StoreError> {
    let rows = store.load_directory(instance).await?;
    Ok((directory(&rows), surroundings(&rows, demo)))
}

fn directory(rows: &DirectoryRows) -> Directory {
    Directory {
        agents: rows.users.iter().map(|user| (AgentId(user.user_id.clone()), agent(rows, user))).collect(),
        groups: rows
            .groups
            .iter()
            .map(|group| (SkillGroupId(group.group_id.clone()), skill_group(rows, group)))
            .collect(),
        numbers: rows.numbers.iter().filter_map(|row| Some((Number(row.number.clone()), number(row)?))).collect(),
        flows: rows.flows.iter().filter_map(flow).collect(),
        settings: settings(rows),
    }
}

fn agent(rows: &DirectoryRows, user: &cordboard_store::User) -> AgentEntry {
    let levels = rows.levels.iter().filter(|level| level.user_id == user.user_id);
    AgentEntry {
        display_name: user.display_name.clone(),
        extension: user.extension.clone(),
        levels: levels.map(|level| (SkillGroupId(level.group_id.clone()), level.level)).collect(),
    }
}

fn skill_group(rows: &DirectoryRows, group: &cordboard_store::SkillGroup) -> GroupEntry {
    let calls_out = |number: &String| {
        rows.numbers.iter().any(|row| &row.number == number && matches!(row.usage.as_str(), "Outbound" | "Bidirection"))
    };
    let bound = rows.numbers_of_groups.get(&group.group_id).into_iter().flatten();
    GroupEntry {
        display_name: group.display_name.clone(),
        outbound_numbers: bound.filter(|number| calls_out(number)).map(|number| Number(number.clone())).collect(),
    }
}

/// A row with a usage this build does not know is left out, and said.
fn number(row: &NumberRow) -> Option<NumberEntry> {
    let usage = match row.usage.as_str() {
        "Inbound" => NumberUsage::Inbound,
        "Outbound" => NumberUsage::Outbound,
        "Bidirection" => NumberUsage::Bidirection,
        other => {
            tracing::error!(usage = other, "a number's usage is not known; the number is not used");
            return None;
        }
    };
    let route = match (&row.flow_id, &row.route_group_id) {
        (Some(flow), _) => Some(NumberRoute::Flow(FlowId(flow.clone()))),
        (None, Some(group)) => Some(NumberRoute::Group(SkillGroupId(group.clone()))),
        (None, None) => None,
    };
    let city = Some(row.city.clone()).filter(|city| !city.is_empty());
    Some(NumberEntry { usage, route, cap: row.cap, trunk: TrunkId(row.trunk.clone()), city })
}

/// A published flow. Publishing checks it, so one that cannot be read is a mistake that is said loudly.
fn flow(row: &cordboard_store::Flow) -> Option<(FlowId, Flow)> {
    let definition = row.published_definition.as_deref()?;
    match serde_json::from_str::<Flow>(definition) {
        Ok(flow) => Some((FlowId(row.flow_id.clone()), Flow { flow_id: FlowId(row.flow_id.clone()), ..flow })),
        Err(error) => {
            tracing::error!(flow = row.flow_id, %error, "a published flow cannot be read; calls to it will fail");
            None
        }
    }
}

/// The instance's own settings by name.
fn items(rows: &DirectoryRows) -> BTreeMap<&str, &str> {
    let own = rows.config.iter().filter(|item| item.object_type == "INSTANCE");
    own.map(|item| (item.name.as_str(), item.value.trim())).collect()
}

fn settings(rows: &DirectoryRows) -> Settings {
    let items = items(rows);
    let standard = Settings::default();
    let seconds = |name: &str, from: u64, to: u64| match items.get(name)?.parse::<u64>() {
        Ok(value) if (from..=to).contains(&value) => Some(Duration::from_secs(value)),
        Ok(_) | Err(_) => {
            tracing::warn!(name, "a setting is out of range; the default is used");
            None
        }
    };
    Settings {
        ring_timeout: seconds(setting::RING_TIMEOUT, 2, 90).unwrap_or(standard.ring_timeout),
        wrap_up: match items.get(setting::AFTER_CALL) {
            Some(&"manual") => None,
            Some(_) => seconds(setting::AFTER_CALL, 0, 3600).or(standard.wrap_up),
            None => standard.wrap_up,
        },
        desk_grace: seconds(setting::DESK_GRACE, 1, 120).unwrap_or(standard.desk_grace),
        dial_timeout: seconds(setting::DIAL_TIMEOUT, 5, 300).unwrap_or(standard.dial_timeout),
        queue_timeout: seconds(setting::QUEUE_TIMEOUT, 1, 3600).unwrap_or(standard.queue_timeout),
        queue_limit: standard.queue_limit,
        may_hang_up_inbound: items.get(setting::ALLOW_HANG_UP).is_none_or(|value| *value != "false" && *value != "0"),
    }
}

fn surroundings(rows: &DirectoryRows, demo: bool) -> Surroundings {
    let items = items(rows);
    let codes = items.get(setting::BREAK_CODES).and_then(|text| serde_json::from_str::<Vec<String>>(text).ok());
    let usable = |template: &&&str| {
        let values = pop::PopValues { caller: "", called: "", call_id: "", direction: "" };
        pop::fill(template, &values)
            .inspect_err(|error| tracing::error!(%error, "the screen pop's page cannot be used"))
            .is_ok()
    };
    Surroundings {
        instance: rows.instance.instance_id.clone(),
        break_codes: codes.unwrap_or_else(|| ["小休", "用餐", "培训", "会议"].map(str::to_owned).to_vec()),
        pop_template: items.get(setting::POP_URL).filter(usable).map(|template| (*template).to_owned()),
        pop_home_url: items.get(setting::POP_HOME).map(|url| (*url).to_owned()),
        demo,
        trunk_up: true,
        may_hang_up_inbound: settings(rows).may_hang_up_inbound,
    }
}

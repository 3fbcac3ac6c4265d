//! The vendor's words and forms for what the store keeps: roles, pages, numbers, times.

use cordboard_core::Number;
use cordboard_store::{NumberRow, Page, StoreError};
use serde_json::{Value, json};

use super::{Context, OperationError, Request};
use crate::numbers;

/// The roles' names, the highest first.
pub(super) const ROLES: [&str; 3] = ["Admin", "Manager", "Agent"];
/// How agents take calls.
pub(super) const WORK_MODES: [&str; 3] = ["ON_SITE", "OFF_SITE", "OFFICE_PHONE"];
/// What numbers may be used for.
pub(super) const USAGES: [&str; 3] = ["Inbound", "Outbound", "Bidirection"];

impl Request<'_> {
    /// The store's error in the vendor's words.
    pub(super) fn store_error(&self, error: StoreError) -> OperationError {
        OperationError::store(error, &self.context.instance)
    }
}

/// A page of a list.
pub(super) fn paged(list: Vec<Value>, page: Page, total: u64) -> Value {
    json!({"List": Value::Array(list), "PageNumber": page.number(), "PageSize": page.size(), "TotalCount": total})
}

/// `Agent@demo`.
pub(super) fn role_id(role: &str, context: &Context) -> String {
    format!("{role}@{}", context.instance)
}

/// The role's name out of `Agent@demo` or `Agent`.
pub(super) fn role_of(role_id: &str, context: &Context) -> Result<&'static str, OperationError> {
    let (name, instance) = role_id.split_once('@').unwrap_or((role_id, &context.instance));
    let role = ROLES.into_iter().find(|role| *role == name).filter(|_| instance == context.instance);
    role.ok_or_else(|| OperationError::no_such_role(role_id))
}

/// A number as people of the centre's country write it.
pub(super) fn shown(number: &str) -> String {
    numbers::national(&Number(number.to_owned()))
}

/// A number as typed, in the centre's form.
pub(super) fn read_number(parameter: &str, typed: &str) -> Result<String, OperationError> {
    let number = numbers::normalise(typed);
    number.map(|number| number.0).map_err(|_| OperationError::format(parameter, "A telephone number is expected."))
}

/// City and province of a number of the centre: what was typed, else what the area code says.
pub(super) fn place(row: &NumberRow) -> (String, String) {
    if !row.city.is_empty() {
        return (row.city.clone(), row.province.clone());
    }
    place_of(&row.number)
}

/// City and province of any number, as far as the area code says.
pub(super) fn place_of(number: &str) -> (String, String) {
    let (city, province) = numbers::city(&Number(number.to_owned())).unwrap_or_default();
    (city.to_owned(), province.to_owned())
}

/// Milliseconds as the vendor's whole seconds.
pub(super) fn seconds(ms: i64) -> i64 {
    (ms.max(0) + 500) / 1000
}

/// A moment as the flow lists write it, in the instance's zone: `2021-03-05 17:35:45.0`.
pub(super) fn written_time(ms: i64, context: &Context) -> String {
    let zone = jiff::tz::TimeZone::get(&context.zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let moment = jiff::Timestamp::from_millisecond(ms).unwrap_or_default().to_zoned(zone);
    format!("{}.0", moment.strftime("%Y-%m-%d %H:%M:%S"))
}

/// When today began in the instance's zone.
pub(super) fn midnight_ms(context: &Context) -> i64 {
    let zone = jiff::tz::TimeZone::get(&context.zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let now = jiff::Timestamp::from_millisecond(context.now_ms).unwrap_or_default().to_zoned(zone);
    now.start_of_day().map_or(context.now_ms, |midnight| midnight.timestamp().as_millisecond())
}

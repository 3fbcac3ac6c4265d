//! What callers of the call record lists ask for, as the store's filter; and whose calls they may see.

use cordboard_store::{EndFilter, RecordFilter, RecordOrder};
use cordboard_wire::Role;

use super::{
    OperationError, Request, access,
    dispositions::{CONTACT_DISPOSITIONS, culprits, ends_with_disposition, ends_with_early_media},
    parameters::Parameters,
};
use crate::numbers;

/// Filters about what the centre does not have: whoever asks for one gets an empty list, not the whole one.
const ABOUT_NOTHING: [&str; 6] = [
    "AccessChannelTypeList",
    "Broker",
    "SatisfactionRateList",
    "SatisfactionDescriptionList",
    "SatisfactionSurveyChannel",
    "AdditionalBroker",
];
/// The vendor's contact types that occur here, with the core's words.
const CONTACT_TYPES: [(&str, &str); 2] = [("INBOUND", "inbound"), ("OUTBOUND", "outbound")];

/// `ListRecentCallDetailRecords`: a span and a JSON object of numbers.
pub(super) fn recent(request: &Request<'_>) -> Result<RecordFilter, OperationError> {
    let parameters = &request.parameters;
    let mut filter = RecordFilter::default();
    span(parameters, &mut filter)?;
    if let Some(criteria) = parameters.object("Criteria")? {
        number(&criteria, "PhoneNumber", &mut filter.number, &mut filter.search)?;
        number(&criteria, "CallingNumber", &mut filter.caller, &mut filter.search)?;
        number(&criteria, "CalledNumber", &mut filter.called, &mut filter.search)?;
    }
    only_own(request, &mut filter)?;
    Ok(filter)
}

/// `ListCallDetailRecordsV2`. None: nothing can match.
pub(super) fn full(request: &Request<'_>) -> Result<Option<RecordFilter>, OperationError> {
    let parameters = &request.parameters;
    let mut filter = RecordFilter::default();
    span(parameters, &mut filter)?;
    number(parameters, "Number", &mut filter.number, &mut filter.search)?;
    number(parameters, "CallingNumber", &mut filter.caller, &mut filter.search)?;
    number(parameters, "CalledNumber", &mut filter.called, &mut filter.search)?;
    if let Some(pattern) = parameters.text_up_to("SearchPattern", 64)? {
        filter.search = Some(pattern);
    }
    filter.agent = parameters.text("AgentId")?;
    filter.first_agent = parameters.text("FirstAgentId")?;
    filter.groups = parameters.list("SkillGroupIdList")?.unwrap_or_default();
    filter.call_ids = parameters.list("ContactIdList")?.unwrap_or_default();
    if let Some(types) = parameters.list("ContactTypeList")? {
        let known = |wanted: &String| CONTACT_TYPES.iter().find(|(word, _)| word.eq_ignore_ascii_case(wanted));
        filter.directions = types.iter().filter_map(known).map(|(_, ours)| (*ours).to_owned()).collect();
        if filter.directions.is_empty() {
            return Ok(None);
        }
    }
    filter.ends = ends(parameters)?;
    for initiator in parameters.list("ReleaseInitiatorList")?.unwrap_or_default() {
        let culprits = culprits(&initiator.to_lowercase());
        if culprits.is_empty() {
            return Err(OperationError::enumeration("ReleaseInitiatorList", &["agent", "customer"]));
        }
        filter.ended_by.extend(culprits.iter().map(|word| (*word).to_owned()));
    }
    for reason in parameters.list("ReleaseReasonList")?.unwrap_or_default() {
        let digits: String = reason.chars().take_while(char::is_ascii_digit).collect();
        let status = digits.parse();
        let expected = "Reasons begin with a SIP status: 486 - Busy Here.";
        filter.sip_statuses.push(status.map_err(|_| OperationError::format("ReleaseReasonList", expected))?);
    }
    parameters.one_of("OrderByField", &["startTime"])?;
    if parameters.one_of("SortOrder", &["ASC", "DESC"])? == Some("ASC") {
        filter.order = RecordOrder::StartAscending;
    }
    let other_media = parameters.text("MediaType")?.is_some_and(|media| !media.eq_ignore_ascii_case("AUDIO"));
    let analysed = parameters.boolean("AnalyticsReportReady")? == Some(true);
    if other_media || analysed || ABOUT_NOTHING.iter().any(|name| matches!(parameters.list(name), Ok(Some(_)))) {
        return Ok(None);
    }
    only_own(request, &mut filter)?;
    Ok(Some(filter))
}

/// Agents see the calls they took part in, and no others.
fn only_own(request: &Request<'_>, filter: &mut RecordFilter) -> Result<(), OperationError> {
    let context = request.context;
    if access::has(context, Role::Manager) {
        return Ok(());
    }
    for asked in [&filter.agent, &filter.first_agent].into_iter().flatten() {
        access::check_user(context, asked)?;
    }
    filter.agent = Some(context.user_id.clone());
    Ok(())
}

fn span(parameters: &Parameters, filter: &mut RecordFilter) -> Result<(), OperationError> {
    (filter.from_ms, filter.to_ms) = (parameters.integer("StartTime")?, parameters.integer("EndTime")?);
    match (filter.from_ms, filter.to_ms) {
        (Some(from), Some(to)) if from > to => Err(OperationError::minimum("EndTime", from)),
        _ => Ok(()),
    }
}

/// A whole number is looked up, part of one is searched for.
fn number(
    parameters: &Parameters,
    name: &str,
    whole: &mut Option<String>,
    part: &mut Option<String>,
) -> Result<(), OperationError> {
    let Some(text) = parameters.text_up_to(name, 64)? else { return Ok(()) };
    match numbers::normalise(&text) {
        Ok(number) if number.as_str().starts_with('+') => *whole = Some(number.0),
        // National digits are searched in numbers kept with their country code: the leading 0 is not in them.
        _ => *part = Some(text.strip_prefix('0').unwrap_or(&text).to_owned()),
    }
    Ok(())
}

fn ends(parameters: &Parameters) -> Result<Vec<EndFilter>, OperationError> {
    let mut ends = Vec::new();
    if let Some(wanted) = parameters.list("ContactDispositionList")? {
        let known = |word: &String| CONTACT_DISPOSITIONS.iter().find(|known| known.eq_ignore_ascii_case(word)).copied();
        ends = ends_with_disposition(&wanted.iter().filter_map(known).collect::<Vec<_>>());
    }
    if let Some(states) = parameters.list("EarlyMediaStateList")? {
        let with_state = ends_with_early_media(&states);
        if ends.is_empty() {
            return Ok(with_state);
        }
        ends.retain(|end| with_state.contains(end));
        if ends.is_empty() {
            ends.push(EndFilter::default());
        }
    }
    Ok(ends)
}

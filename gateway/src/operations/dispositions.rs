//! How calls ended, in the vendor's words: disposition, why an outbound call failed, who released it and why.

use cordboard_core::{Direction, Disposition, WhoseDoing};
use cordboard_store::{CallRecordRow, EndFilter};

/// Every end there is, for filters that go the other way.
const ALL: [Disposition; 20] = [
    Disposition::Completed,
    Disposition::AbandonedInIvr,
    Disposition::AbandonedInQueue,
    Disposition::AbandonedInRing,
    Disposition::QueueTimeout,
    Disposition::QueueOverflow,
    Disposition::FlowEnded,
    Disposition::FlowFailed,
    Disposition::Refused,
    Disposition::Busy,
    Disposition::NoAnswer,
    Disposition::Rejected,
    Disposition::NotExist,
    Disposition::CarrierFailed,
    Disposition::TrunkDown,
    Disposition::Cancelled,
    Disposition::DeskLost,
    Disposition::MediaLost,
    Disposition::GatewayLost,
    Disposition::InternalError,
];

/// The vendor's `ContactDisposition`s that occur here.
pub(super) const CONTACT_DISPOSITIONS: [&str; 9] = [
    "Success",
    "NoAnswer",
    "Reject",
    "AbandonedInIVR",
    "AbandonedInQueue",
    "AbandonedInRing",
    "QueuingTimeout",
    "QueuingOverflow",
    "IVRException",
];

/// The end of a call as the store's rows know it.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    disposition: Disposition,
    direction: Direction,
    established: bool,
    by: WhoseDoing,
}

impl End {
    /// Of a row; words this build does not know read as our own mistake, which they would be.
    pub(super) fn of(row: &CallRecordRow) -> Self {
        Self {
            disposition: from_word(&row.disposition).unwrap_or(Disposition::InternalError),
            direction: if row.direction == "outbound" { Direction::Outbound } else { Direction::Inbound },
            established: row.established_ms.is_some(),
            by: from_word(&row.ended_by).unwrap_or(WhoseDoing::Gateway),
        }
    }

    /// The vendor's `ContactDisposition`.
    pub(super) fn contact_disposition(self) -> &'static str {
        match self.disposition {
            Disposition::Completed => "Success",
            Disposition::AbandonedInIvr | Disposition::FlowEnded | Disposition::Refused => "AbandonedInIVR",
            Disposition::AbandonedInQueue => "AbandonedInQueue",
            Disposition::AbandonedInRing => "AbandonedInRing",
            Disposition::QueueTimeout => "QueuingTimeout",
            Disposition::QueueOverflow => "QueuingOverflow",
            Disposition::FlowFailed => "IVRException",
            Disposition::Rejected => "Reject",
            Disposition::Busy
            | Disposition::NoAnswer
            | Disposition::NotExist
            | Disposition::CarrierFailed
            | Disposition::TrunkDown
            | Disposition::Cancelled => "NoAnswer",
            // The vendor has no word for a fault of the centre; what had been reached by then decides.
            Disposition::DeskLost | Disposition::MediaLost | Disposition::GatewayLost | Disposition::InternalError => {
                match (self.established, self.direction) {
                    (true, _) => "Success",
                    (false, Direction::Inbound) => "IVRException",
                    (false, Direction::Outbound) => "NoAnswer",
                }
            }
        }
    }

    /// The vendor's `EarlyMediaState`: why an outbound call came to nothing.
    pub(super) fn early_media_state(self) -> Option<&'static str> {
        if self.direction == Direction::Inbound || self.established {
            return None;
        }
        match self.disposition {
            Disposition::Busy | Disposition::Rejected => Some("Busy"),
            Disposition::NoAnswer => Some("NoAnswer"),
            Disposition::NotExist => Some("NotExist"),
            Disposition::CarrierFailed | Disposition::TrunkDown => Some("NotConnected"),
            Disposition::Completed
            | Disposition::AbandonedInIvr
            | Disposition::AbandonedInQueue
            | Disposition::AbandonedInRing
            | Disposition::QueueTimeout
            | Disposition::QueueOverflow
            | Disposition::FlowEnded
            | Disposition::FlowFailed
            | Disposition::Refused
            | Disposition::Cancelled
            | Disposition::DeskLost
            | Disposition::MediaLost
            | Disposition::GatewayLost
            | Disposition::InternalError => None,
        }
    }

    /// The vendor's `ReleaseInitiator` knows two; the carrier stands on the customer's side, we on the agent's.
    pub(super) fn release_initiator(self) -> &'static str {
        match self.by {
            WhoseDoing::Customer | WhoseDoing::Carrier => "customer",
            WhoseDoing::Agent | WhoseDoing::Gateway => "agent",
        }
    }
}

/// The vendor's `ReleaseReason`: `486 - Busy Here`. Ends that SIP has no status for are said in the
/// core's words for them: `desk lost`.
pub(super) fn release_reason(row: &CallRecordRow) -> String {
    match (row.sip_status, row.release_text.as_str()) {
        (Some(status), "") => status.to_string(),
        (Some(status), text) => format!("{status} - {text}"),
        (None, "") if row.disposition == "completed" => "200 - OK".to_owned(),
        (None, "") => row.disposition.replace('_', " "),
        (None, text) => text.to_owned(),
    }
}

/// Which culprits a `ReleaseInitiator` stands for.
pub(super) fn culprits(release_initiator: &str) -> &'static [&'static str] {
    match release_initiator {
        "customer" => &["customer", "carrier"],
        "agent" => &["agent", "gateway"],
        _ => &[],
    }
}

/// Which ends have one of these `ContactDisposition`s.
pub(super) fn ends_with_disposition(words: &[&str]) -> Vec<EndFilter> {
    ends_where(|end| words.contains(&end.contact_disposition()))
}

/// Which ends have one of these `EarlyMediaState`s.
pub(super) fn ends_with_early_media(words: &[String]) -> Vec<EndFilter> {
    ends_where(|end| end.early_media_state().is_some_and(|state| words.iter().any(|word| word == state)))
}

/// Every end that satisfies the condition; an impossible one if none does, for an empty list would mean any.
fn ends_where(wanted: impl Fn(End) -> bool) -> Vec<EndFilter> {
    let mut filters = Vec::new();
    for disposition in ALL {
        for (direction, word) in [(Direction::Inbound, "inbound"), (Direction::Outbound, "outbound")] {
            for established in [false, true] {
                if wanted(End { disposition, direction, established, by: WhoseDoing::Gateway }) {
                    filters.push(EndFilter {
                        disposition: crate::records::word(&disposition),
                        direction: Some(word.to_owned()),
                        established: Some(established),
                    });
                }
            }
        }
    }
    if filters.is_empty() {
        filters.push(EndFilter::default());
    }
    filters
}

fn from_word<T: serde::de::DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::from(word)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_has_a_word_that_can_be_searched() {
        for disposition in ALL {
            for direction in [Direction::Inbound, Direction::Outbound] {
                for established in [false, true] {
                    let end = End { disposition, direction, established, by: WhoseDoing::Agent };
                    assert!(CONTACT_DISPOSITIONS.contains(&end.contact_disposition()), "{end:?}");
                }
            }
        }
        let searchable: usize = CONTACT_DISPOSITIONS.iter().map(|word| ends_with_disposition(&[word]).len()).sum();
        assert_eq!(searchable, ALL.len() * 4, "each end under one word");
    }

    #[test]
    fn a_word_that_never_occurs_matches_nothing() {
        assert_eq!(ends_with_early_media(&["PowerOff".to_owned()]), [EndFilter::default()]);
        assert!(
            ends_with_early_media(&["Busy".to_owned()]).iter().all(|end| end.direction.as_deref() == Some("outbound"))
        );
    }

    #[test]
    fn reasons_are_status_and_words() {
        let row = |sip_status, text: &str, disposition: &str| {
            let release_text = text.to_owned();
            release_reason(&CallRecordRow {
                sip_status,
                release_text,
                disposition: disposition.to_owned(),
                ..CallRecordRow::default()
            })
        };
        assert_eq!(row(Some(486), "Busy Here", "busy"), "486 - Busy Here");
        assert_eq!(row(Some(200), "", "completed"), "200");
        assert_eq!(row(None, "", "completed"), "200 - OK");
        assert_eq!(row(None, "", "desk_lost"), "desk lost");
        assert_eq!(row(None, "no reply", "carrier_failed"), "no reply");
    }
}

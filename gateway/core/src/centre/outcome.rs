//! What the end of a leg means for its call: how it ended, and whose doing that was.

use super::{
    Centre,
    broken::Step,
    call::{Progress, Stage},
    calls::Party,
    ending::End,
    turn::Turn,
};
use crate::{Disposition, LegCause, LegEnd, LegId, WhoseDoing};

impl Centre {
    /// A leg is over. One that we ended, or that was never ours, is none of our business any more.
    pub(super) fn on_leg_ended(&mut self, turn: &mut Turn, leg: LegId, cause: &LegCause) -> Step {
        let Some((key, party)) = self.calls.of_leg(leg) else { return Ok(()) };
        let end = match party {
            Party::Agent(_) => End::new(Disposition::DeskLost, WhoseDoing::Gateway).with_text(&cause.text),
            Party::Customer => {
                let (disposition, by) = outcome(&self.calls.get(key)?.stage, cause);
                End::customer_gone(disposition, by, cause.sip_status, &cause.text)
            }
        };
        self.end_call(turn, key, end);
        Ok(())
    }
}

fn outcome(stage: &Stage, cause: &LegCause) -> (Disposition, WhoseDoing) {
    match stage {
        Stage::Dialing(dial) => dial_outcome(dial.progress, cause),
        Stage::Passing | Stage::InFlow(_) => abandoned(Disposition::AbandonedInIvr, cause),
        Stage::Waiting(_) => abandoned(Disposition::AbandonedInQueue, cause),
        Stage::Ringing(_) => abandoned(Disposition::AbandonedInRing, cause),
        Stage::Talking(_) => abandoned(Disposition::Completed, cause),
    }
}

/// The end of a customer's leg that was answered.
fn abandoned(by_customer: Disposition, cause: &LegCause) -> (Disposition, WhoseDoing) {
    match cause.kind {
        LegEnd::FarSideHungUp => (by_customer, WhoseDoing::Customer),
        LegEnd::Lost | LegEnd::NoAnswer => (Disposition::MediaLost, WhoseDoing::Carrier),
        LegEnd::Refused => (Disposition::CarrierFailed, WhoseDoing::Carrier),
        LegEnd::Failed => (Disposition::CarrierFailed, WhoseDoing::Gateway),
        LegEnd::WeHungUp => (Disposition::GatewayLost, WhoseDoing::Gateway),
    }
}

/// The end of a leg that we dialled and nobody answered.
fn dial_outcome(progress: Progress, cause: &LegCause) -> (Disposition, WhoseDoing) {
    match cause.kind {
        LegEnd::Refused | LegEnd::FarSideHungUp => match cause.sip_status {
            Some(status) => of_status(status),
            None => (Disposition::Rejected, WhoseDoing::Customer),
        },
        LegEnd::NoAnswer => (Disposition::NoAnswer, WhoseDoing::Customer),
        LegEnd::Lost | LegEnd::Failed => match (cause.sip_status, progress) {
            (Some(status), _) => of_status(status),
            (None, Progress::Nothing) => (Disposition::TrunkDown, WhoseDoing::Carrier),
            (None, Progress::Ringing | Progress::Speaking) => (Disposition::CarrierFailed, WhoseDoing::Carrier),
        },
        LegEnd::WeHungUp => (Disposition::GatewayLost, WhoseDoing::Gateway),
    }
}

/// What a SIP status says about a callee (RFC 3261 §21).
fn of_status(status: u16) -> (Disposition, WhoseDoing) {
    match status {
        486 | 600 => (Disposition::Busy, WhoseDoing::Customer),
        408 | 480 | 487 => (Disposition::NoAnswer, WhoseDoing::Customer),
        403 | 603 => (Disposition::Rejected, WhoseDoing::Customer),
        404 | 410 | 484 | 604 => (Disposition::NotExist, WhoseDoing::Carrier),
        _ => (Disposition::CarrierFailed, WhoseDoing::Carrier),
    }
}

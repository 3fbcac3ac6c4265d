//! The fold from a call's rows to its record: one pass, one clock for each thing that takes time.

mod blank;
mod moments;

use self::{
    blank::blank,
    moments::{moment, set_durations},
};
use super::{CallRecord, FlowEvents, Moment, QueueEvents};
use crate::{AgentId, Direction, Disposition, Fact, FlowId, JournalEntry, OfferEnd, SkillGroupId, UtcMs, WhoseDoing};

/// Folds the rows of one call to its record; none while the call has not begun or not ended.
///
/// Rows of other calls are passed over, and so is whatever stands after the end.
pub fn fold_record(entries: &[JournalEntry]) -> Option<CallRecord> {
    let mut rows = entries.iter();
    let mut fold = rows.by_ref().find_map(Fold::begin)?;
    for entry in rows {
        if entry.call.as_ref() != Some(&fold.record.call) {
            continue;
        }
        if fold.take(entry) {
            return Some(fold.finish(entry.at));
        }
    }
    None
}

/// The row that closes a call which the gateway lost: it stood unfinished in the journal when a new process took
/// over. Its time is `at`, the last evidence of the call, but never before its last row.
pub fn end_lost(entries: &[JournalEntry], at: UtcMs) -> JournalEntry {
    let last = entries.iter().map(|entry| entry.at).max().unwrap_or(at);
    JournalEntry {
        at: last.max(at),
        call: entries.iter().find_map(|entry| entry.call.clone()),
        fact: Fact::CallEnded {
            disposition: Disposition::GatewayLost,
            by: WhoseDoing::Gateway,
            sip_status: None,
            text: String::new(),
        },
    }
}

/// A clock that runs while something goes on.
#[derive(Debug, Default)]
struct Clock {
    since: Option<UtcMs>,
    total_ms: i64,
}

impl Clock {
    fn start(&mut self, at: UtcMs) {
        self.since.get_or_insert(at);
    }

    fn stop(&mut self, at: UtcMs) {
        if let Some(since) = self.since.take() {
            self.total_ms += (at.0 - since.0).max(0);
        }
    }
}

struct Fold {
    record: CallRecord,
    ivr: Clock,
    queue: Clock,
    ring: Clock,
    dial: Clock,
    talk: Clock,
    held: Clock,
    recording: Clock,
}

impl Fold {
    fn begin(entry: &JournalEntry) -> Option<Self> {
        let call = entry.call.clone()?;
        match &entry.fact {
            Fact::CallArrived { leg, trunk, caller, called } => {
                let mut record = blank(call, Direction::Inbound, entry.at);
                record.customer_leg = *leg;
                record.trunk = trunk.clone();
                record.caller = caller.clone();
                record.called = called.clone();
                Some(Self::of(record))
            }
            Fact::CallDialled { leg, trunk, caller, callee, agent, group } => {
                let mut record = blank(call, Direction::Outbound, entry.at);
                record.customer_leg = *leg;
                record.trunk = trunk.clone();
                record.caller = caller.clone();
                record.called = callee.clone();
                let mut fold = Self::of(record);
                fold.dial.start(entry.at);
                fold.group(group.as_ref());
                fold.agent_moment(agent, group.as_ref(), Moment::Dialing, entry.at);
                fold.customer_moment(Moment::Dialing, entry.at);
                Some(fold)
            }
            _ => None,
        }
    }

    fn of(record: CallRecord) -> Self {
        Self {
            record,
            ivr: Clock::default(),
            queue: Clock::default(),
            ring: Clock::default(),
            dial: Clock::default(),
            talk: Clock::default(),
            held: Clock::default(),
            recording: Clock::default(),
        }
    }

    /// Takes a row in; true at the end of the call.
    fn take(&mut self, entry: &JournalEntry) -> bool {
        let at = entry.at;
        match &entry.fact {
            Fact::CallArrived { .. } | Fact::CallDialled { .. } | Fact::DialogKnown { .. } => {}
            Fact::CallRefused { sip_status } => self.record.sip_status = Some(*sip_status),
            Fact::AgentChanged { .. } => {}
            Fact::CustomerRinging { early_media } => {
                self.record.early_media |= *early_media;
                self.customer_moment(Moment::Ringing, at);
            }
            Fact::CustomerAnswered => {
                self.record.answered.get_or_insert(at);
                self.dial.stop(at);
                self.customer_moment(Moment::Established, at);
            }
            Fact::FlowEntered { flow } => self.flow_entered(flow, at),
            Fact::NodeEntered { node } => self.flow_moment(Moment::NodeEntered, at, Some(node.clone())),
            Fact::PromptMissing { node } => self.flow_moment(Moment::PromptMissing, at, Some(node.clone())),
            Fact::KeyPressed { digit } => {
                self.record.keys.push(*digit);
                self.flow_moment(Moment::KeyPressed, at, Some(digit.to_string()));
            }
            Fact::Enqueued { group, .. } => self.enqueued(group, at),
            Fact::QueueTimedOut { group } => {
                self.queue.stop(at);
                self.queue_moment(group, Moment::QueueTimedOut, at);
                self.back_to_flow(at);
            }
            Fact::QueueOverflowed { group } => {
                self.group(Some(group));
                self.queue_moment(group, Moment::QueueOverflowed, at);
            }
            Fact::Offered { agent, group } => {
                self.queue.stop(at);
                self.ring.start(at);
                self.queue_moment(group, Moment::Assigned, at);
                self.agent_moment(agent, Some(group), Moment::Ringing, at);
            }
            Fact::OfferEnded { agent, how } => self.offer_ended(agent, *how, at),
            Fact::Bridged { agent } => {
                self.ring.stop(at);
                self.dial.stop(at);
                self.talk.start(at);
                self.record.established.get_or_insert(at);
                self.record.talked_with = Some(agent.clone());
                self.agent_moment(agent, None, Moment::Established, at);
            }
            Fact::RecordingStarted => {
                self.record.recorded = true;
                self.recording.start(at);
            }
            Fact::RecordingStopped => self.recording.stop(at),
            Fact::Held { agent } => {
                self.held.start(at);
                self.agent_moment(agent, None, Moment::Held, at);
                self.customer_moment(Moment::Held, at);
            }
            Fact::Retrieved { agent } => {
                self.held.stop(at);
                self.agent_moment(agent, None, Moment::Retrieved, at);
                self.customer_moment(Moment::Retrieved, at);
            }
            Fact::Muted { agent } => self.agent_moment(agent, None, Moment::Muted, at),
            Fact::Unmuted { agent } => self.agent_moment(agent, None, Moment::Unmuted, at),
            Fact::HeldByFarSide => self.customer_moment(Moment::HeldByFarSide, at),
            Fact::RetrievedByFarSide => self.customer_moment(Moment::RetrievedByFarSide, at),
            Fact::DeskLost { agent } => self.agent_moment(agent, None, Moment::DeskLost, at),
            Fact::DeskReturned { agent } => self.agent_moment(agent, None, Moment::DeskReturned, at),
            Fact::CallEnded { disposition, by, sip_status, text } => {
                self.record.disposition = *disposition;
                self.record.by = *by;
                self.record.sip_status = sip_status.or(self.record.sip_status);
                self.record.text.clone_from(text);
                self.released(*disposition, at);
                return true;
            }
        }
        false
    }

    fn flow_entered(&mut self, flow: &FlowId, at: UtcMs) {
        self.ivr.start(at);
        if !self.record.flows.contains(flow) {
            self.record.flows.push(flow.clone());
        }
        let event = moment(Moment::FlowEntered, at, None);
        self.record.flow_events.push(FlowEvents { flow: flow.clone(), events: vec![event] });
    }

    fn back_to_flow(&mut self, at: UtcMs) {
        if !self.record.flow_events.is_empty() {
            self.ivr.start(at);
        }
    }

    fn enqueued(&mut self, group: &SkillGroupId, at: UtcMs) {
        self.ivr.stop(at);
        self.queue.start(at);
        self.group(Some(group));
        let flow = self.record.flow_events.last().map(|events| events.flow.clone());
        let event = moment(Moment::Enqueued, at, None);
        self.record.queue_events.push(QueueEvents { group: group.clone(), flow, events: vec![event] });
    }

    fn offer_ended(&mut self, agent: &AgentId, how: OfferEnd, at: UtcMs) {
        self.ring.stop(at);
        let moment = match how {
            OfferEnd::TimedOut => {
                self.record.missed_offers += 1;
                Moment::RingingTimedOut
            }
            OfferEnd::Declined => {
                self.record.declined_offers += 1;
                Moment::Declined
            }
            OfferEnd::Abandoned => Moment::Abandoned,
            OfferEnd::DeskLost => Moment::DeskLost,
            OfferEnd::QueueTimedOut => Moment::OfferWithdrawn,
        };
        self.agent_moment(agent, None, moment, at);
        self.agent_moment(agent, None, Moment::Released, at);
        match how {
            OfferEnd::TimedOut | OfferEnd::Declined | OfferEnd::DeskLost => {
                self.queue.start(at);
                if let Some(group) = self.record.queue_events.last().map(|events| events.group.clone()) {
                    self.queue_moment(&group, Moment::Returned, at);
                }
            }
            OfferEnd::Abandoned | OfferEnd::QueueTimedOut => {}
        }
    }

    fn released(&mut self, disposition: Disposition, at: UtcMs) {
        match disposition {
            Disposition::AbandonedInIvr => self.flow_moment(Moment::Abandoned, at, None),
            Disposition::AbandonedInQueue | Disposition::AbandonedInRing => {
                if let Some(group) = self.record.queue_events.last().map(|events| events.group.clone()) {
                    self.queue_moment(&group, Moment::Abandoned, at);
                }
            }
            _ => {}
        }
        if let Some(agent) = self.record.agent_events.last().map(|events| events.agent.clone())
            && self.record.agent_events.last().and_then(|events| events.events.last()).map(|event| event.moment)
                != Some(Moment::Released)
        {
            self.agent_moment(&agent, None, Moment::Released, at);
        }
        self.customer_moment(Moment::Released, at);
    }

    fn finish(mut self, at: UtcMs) -> CallRecord {
        let clocks = [
            &mut self.ivr,
            &mut self.queue,
            &mut self.ring,
            &mut self.dial,
            &mut self.talk,
            &mut self.held,
            &mut self.recording,
        ];
        clocks.into_iter().for_each(|clock| clock.stop(at));
        let mut record = self.record;
        record.released = at;
        record.duration_ms = (at.0 - record.started.0).max(0);
        record.ivr_ms = self.ivr.total_ms;
        record.queue_ms = self.queue.total_ms;
        record.ring_ms = self.ring.total_ms;
        record.dial_ms = self.dial.total_ms;
        record.talk_ms = self.talk.total_ms;
        record.held_ms = self.held.total_ms;
        record.recorded_ms = self.recording.total_ms;
        record.agent_events.iter_mut().for_each(|party| set_durations(&mut party.events, at));
        record.queue_events.iter_mut().for_each(|party| set_durations(&mut party.events, at));
        record.flow_events.iter_mut().for_each(|party| set_durations(&mut party.events, at));
        set_durations(&mut record.customer_events, at);
        record
    }
}

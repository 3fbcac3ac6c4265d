//! Calls that come in: which number, whether it takes the call, and what the call meets.

use super::{
    Centre,
    broken::Step,
    call::{Armed, Call, Stage},
    queue::QueueWish,
    turn::Turn,
};
use crate::{Arrival, CallId, Direction, Disposition, Effect, Fact, LegId, NumberRoute, NumberUsage, WhoseDoing};

/// SIP: no such number here, or not for calls in.
const NOT_FOUND: u16 = 404;
/// SIP: the number's lines are all in use.
const BUSY_HERE: u16 = 486;
/// SIP: the number leads to a flow or group that does not exist.
const UNAVAILABLE: u16 = 480;
/// SIP: two calls under one id.
const SERVER_ERROR: u16 = 500;

impl Centre {
    /// A call came in. It is answered at once, so that prompts and music can be heard.
    pub(super) fn on_call_arrived(&mut self, turn: &mut Turn, arrival: Arrival) -> Step {
        if !self.calls.arrives(arrival.leg) {
            return Ok(());
        }
        if self.calls.find(&arrival.call).is_some() {
            turn.push(Effect::RefuseLeg { leg: arrival.leg, sip_status: SERVER_ERROR });
            return Ok(());
        }
        turn.journal(
            &arrival.call,
            Fact::CallArrived {
                leg: arrival.leg,
                trunk: arrival.trunk.clone(),
                caller: arrival.caller.clone(),
                called: arrival.called.clone(),
            },
        );
        match self.route_of(&arrival) {
            Err(sip_status) => {
                refuse(turn, &arrival.call, arrival.leg, sip_status);
                Ok(())
            }
            Ok(route) => self.take_in(turn, arrival, route),
        }
    }

    fn route_of(&self, arrival: &Arrival) -> Result<NumberRoute, u16> {
        let entry = self.directory.numbers.get(&arrival.called).ok_or(NOT_FOUND)?;
        match entry.usage {
            NumberUsage::Inbound | NumberUsage::Bidirection => {}
            NumberUsage::Outbound => return Err(NOT_FOUND),
        }
        let route = entry.route.clone().ok_or(NOT_FOUND)?;
        let exists = match &route {
            NumberRoute::Flow(flow) => self.flows.get(flow).is_some(),
            NumberRoute::Group(group) => self.directory.groups.contains_key(group),
        };
        if !exists {
            return Err(UNAVAILABLE);
        }
        if !self.lines.has_room(&arrival.called, entry) && !planted!(self, CapOffByOne) {
            return Err(BUSY_HERE);
        }
        Ok(route)
    }

    fn take_in(&mut self, turn: &mut Turn, arrival: Arrival, route: NumberRoute) -> Step {
        let key = self.counters.call();
        let id = arrival.call.clone();
        self.lines.take(&arrival.called);
        self.calls.insert(
            key,
            Call {
                id: arrival.call,
                direction: Direction::Inbound,
                trunk: arrival.trunk,
                caller: arrival.caller,
                called: arrival.called,
                city: arrival.city,
                last_contact: arrival.last_contact,
                started: turn.now.utc,
                customer: arrival.leg,
                held_by_far_side: false,
                keys: String::new(),
                group: None,
                walk: None,
                stage: Stage::Passing,
                recorded: false,
                told: Vec::new(),
                armed: Armed::default(),
            },
        );
        turn.push(Effect::AnswerLeg { leg: arrival.leg });
        turn.journal(&id, Fact::CustomerAnswered);
        let taken = match route {
            NumberRoute::Flow(flow) => self.begin_flow(turn, key, &flow),
            NumberRoute::Group(group) => self.queue_or_end(turn, key, QueueWish::of_group(group)),
        };
        taken.map_err(|broken| broken.of(key))
    }
}

fn refuse(turn: &mut Turn, call: &CallId, leg: LegId, sip_status: u16) {
    turn.push(Effect::RefuseLeg { leg, sip_status });
    turn.journal(call, Fact::CallRefused { sip_status });
    turn.journal(
        call,
        Fact::CallEnded {
            disposition: Disposition::Refused,
            by: WhoseDoing::Gateway,
            sip_status: Some(sip_status),
            text: String::new(),
        },
    );
}

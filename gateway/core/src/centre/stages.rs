//! The one place where a call's stage changes, and what follows from a stage.

use super::{
    Centre,
    broken::{Broken, Step},
    call::{Stage, deadlines},
    keys::CallKey,
    timers::{CallTimer, Timer},
    turn::Turn,
};
use crate::{Effect, Fact};

impl Centre {
    /// Moves a call to another stage.
    pub(super) fn change_stage(&mut self, turn: &mut Turn, key: CallKey, next: Stage) -> Step {
        let call = self.calls.get_mut(key)?;
        if !call.stage.may_become(&next) {
            return Err(Broken::rule("a call's stage follows from the one before").of(key));
        }
        tracing::info!(call = %call.id, from = call.stage.name(), to = next.name(), "call moved");
        let before = std::mem::replace(&mut call.stage, next);
        if let Stage::Waiting(place) = &before {
            let order = place.order(key);
            turn.queue(place.group);
            self.groups.change(place.group, |group| {
                group.waiting.remove(&order);
            })?;
        }
        let call = self.calls.get(key)?;
        if let Stage::Waiting(place) = &call.stage {
            let order = place.order(key);
            turn.queue(place.group);
            self.groups.change(place.group, |group| {
                group.waiting.insert(order);
            })?;
        }
        if let Some(agent) = before.agent() {
            turn.view(agent);
        }
        self.call_touched(turn, key)
    }

    /// Brings everything that follows from a call's state up to it: deadlines, recording, hearing, view.
    pub(super) fn call_touched(&mut self, turn: &mut Turn, key: CallKey) -> Step {
        self.arm_deadlines(turn, key)?;
        let call = self.calls.get_mut(key)?;
        let record = matches!(call.stage, Stage::Talking(_));
        if record != call.recorded {
            call.recorded = record;
            let (leg, id) = (call.customer, call.id.clone());
            if record {
                turn.journal(&id, Fact::RecordingStarted);
                turn.push(Effect::StartRecording { leg, call: id });
            } else {
                turn.push(Effect::StopRecording { leg, call: id.clone() });
                turn.journal(&id, Fact::RecordingStopped);
            }
        }
        if let Some(agent) = call.stage.agent() {
            turn.view(agent);
        }
        self.tell_hearing(turn, key)
    }

    fn arm_deadlines(&mut self, turn: &Turn, key: CallKey) -> Step {
        let call = self.calls.get_mut(key)?;
        for (timer, wanted) in deadlines(&call.stage) {
            let forgotten = match timer {
                CallTimer::Ring => planted!(self, ForgetsRingTimeout),
                CallTimer::Grace => planted!(self, ForgetsDeskGrace),
                CallTimer::Queue | CallTimer::Menu | CallTimer::Dial => false,
            };
            let wanted = if forgotten { None } else { wanted };
            self.timers.arm(turn.now.mono, Timer::Call(key, timer), call.armed.slot(timer), wanted);
        }
        Ok(())
    }
}

//! Deadlines in their order. Their owners say what is armed; nothing here knows why.

use std::{collections::BTreeSet, time::Duration};

use super::{
    Centre,
    keys::{AgentKey, CallKey},
};
use crate::{DeadlineReason, Mono};

/// A deadline's owner and reason; at most one of each stands armed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Timer {
    /// Something of a call.
    Call(CallKey, CallTimer),
    /// The after-call work of an agent.
    WrapUp(AgentKey),
}

/// What of a call has a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum CallTimer {
    /// Its offer.
    Ring,
    /// Its wait in a queue.
    Queue,
    /// The menu it is in.
    Menu,
    /// Its dial.
    Dial,
    /// The absence of its desk.
    Grace,
}

impl Timer {
    fn reason(self) -> DeadlineReason {
        match self {
            Timer::Call(_, CallTimer::Ring) => DeadlineReason::RingTimeout,
            Timer::Call(_, CallTimer::Queue) => DeadlineReason::QueueTimeout,
            Timer::Call(_, CallTimer::Menu) => DeadlineReason::MenuTimeout,
            Timer::Call(_, CallTimer::Dial) => DeadlineReason::DialTimeout,
            Timer::Call(_, CallTimer::Grace) => DeadlineReason::DeskGrace,
            Timer::WrapUp(_) => DeadlineReason::WrapUp,
        }
    }
}

/// All deadlines.
#[derive(Debug, Default)]
pub(super) struct Timers {
    due: BTreeSet<(Mono, Timer)>,
}

/// The shortest time a deadline may lie ahead. An owner that should have moved on and did not is asked again, but
/// cannot keep the step from ending.
const SHORTEST: Duration = Duration::from_millis(1);

impl Timers {
    /// Moves a deadline from where it stands (`armed`) to where it is wanted.
    pub fn arm(&mut self, now: Mono, timer: Timer, armed: &mut Option<Mono>, wanted: Option<Mono>) {
        if *armed == wanted {
            return;
        }
        let wanted = wanted.map(|at| at.max(now + SHORTEST));
        if let Some(at) = armed.take() {
            self.due.remove(&(at, timer));
        }
        if let Some(at) = wanted {
            self.due.insert((at, timer));
        }
        *armed = wanted;
    }

    /// Takes the earliest deadline that has come.
    pub fn take_due(&mut self, now: Mono) -> Option<Timer> {
        let first = *self.due.first()?;
        if first.0 > now {
            return None;
        }
        self.due.remove(&first);
        Some(first.1)
    }

    /// The earliest deadline.
    pub fn next(&self) -> Option<(Mono, DeadlineReason)> {
        self.due.first().map(|(at, timer)| (*at, timer.reason()))
    }
}

impl Centre {
    /// Tells the owner of a deadline that it is no longer armed.
    pub(super) fn disarmed(&mut self, timer: Timer) {
        match timer {
            Timer::Call(call, which) => {
                if let Ok(call) = self.calls.get_mut(call) {
                    *call.armed.slot(which) = None;
                }
            }
            Timer::WrapUp(agent) => {
                if let Ok(agent) = self.agents.get_mut(agent) {
                    agent.armed = None;
                }
            }
        }
    }
}

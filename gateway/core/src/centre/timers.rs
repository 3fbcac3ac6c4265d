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
    /// The offer of a call.
    Ring(CallKey),
    /// The wait of a call.
    Queue(CallKey),
    /// The menu a call is in.
    Menu(CallKey),
    /// The dial of a call.
    Dial(CallKey),
    /// The absence of a call's desk.
    Grace(CallKey),
    /// The after-call work of an agent.
    WrapUp(AgentKey),
}

impl Timer {
    fn reason(self) -> DeadlineReason {
        match self {
            Timer::Ring(_) => DeadlineReason::RingTimeout,
            Timer::Queue(_) => DeadlineReason::QueueTimeout,
            Timer::Menu(_) => DeadlineReason::MenuTimeout,
            Timer::Dial(_) => DeadlineReason::DialTimeout,
            Timer::Grace(_) => DeadlineReason::DeskGrace,
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
            Timer::Ring(call) | Timer::Queue(call) | Timer::Menu(call) | Timer::Dial(call) | Timer::Grace(call) => {
                if let Ok(call) = self.calls.get_mut(call) {
                    call.armed.slot(timer).take();
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

//! Deadlines of everything, in one queue. A deadline that is no longer wanted is taken out at once, so the queue is
//! as long as what is alive.

use std::collections::BTreeMap;
use std::time::Instant;

use crate::event::DialogId;
use crate::transaction::{ClientAlarm, ClientId, ServerAlarm, ServerId};

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alarm {
    Client(ClientId, ClientAlarm),
    Server(ServerId, ServerAlarm),
    Leg(DialogId, LegAlarm),
    /// Time to ask a trunk's peer whether it is there.
    Options(usize),
}

/// What is due for a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LegAlarm {
    /// Nobody answered our call in time.
    NoAnswer,
    /// Nothing final came after CANCEL.
    CancelUnanswered,
    /// An unanswered inbound call says again that it is alive.
    RepeatProvisional,
    /// No ACK yet: the 2xx goes out again.
    RepeatSuccess,
    /// No ACK at all.
    AckMissing,
    /// The wait after 491 is over.
    RetryReinvite,
}

/// A deadline that was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimerId(Instant, u64);

#[derive(Debug, Default)]
pub(crate) struct Timers {
    queue: BTreeMap<(Instant, u64), Alarm>,
    next: u64,
}

impl Timers {
    pub(crate) fn set(&mut self, at: Instant, alarm: Alarm) -> TimerId {
        self.next += 1;
        self.queue.insert((at, self.next), alarm);
        TimerId(at, self.next)
    }

    /// Takes a deadline out; does nothing if it is over or there was none.
    pub(crate) fn cancel(&mut self, timer: &mut Option<TimerId>) {
        if let Some(TimerId(at, number)) = timer.take() {
            self.queue.remove(&(at, number));
        }
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.queue.keys().next().map(|(at, _)| *at)
    }

    pub(crate) fn pop_due(&mut self, now: Instant) -> Option<Alarm> {
        let first = self.queue.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Alarm, Timers};

    #[test]
    fn in_order_and_taken_back() {
        let (mut timers, now) = (Timers::default(), Instant::now());
        let second = Duration::from_secs(1);
        timers.set(now + second, Alarm::Options(1));
        let mut gone = Some(timers.set(now, Alarm::Options(0)));
        timers.set(now + second, Alarm::Options(2));
        timers.cancel(&mut gone);
        timers.cancel(&mut gone);
        assert_eq!(timers.next_deadline(), Some(now + second));
        assert_eq!(timers.pop_due(now), None);
        assert_eq!(timers.pop_due(now + second), Some(Alarm::Options(1)));
        assert_eq!(timers.pop_due(now + second), Some(Alarm::Options(2)));
        assert_eq!(timers.next_deadline(), None);
    }
}

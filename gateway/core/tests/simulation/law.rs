//! The laws of the centre, by name, and what is said when one is broken.

use std::fmt;

macro_rules! laws {
    ($($name:ident: $words:literal;)+) => {
        /// A law that holds after every step.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Law { $($name,)+ }

        impl Law {
            pub const ALL: &'static [Law] = &[$(Law::$name,)+];

            pub fn words(self) -> &'static str {
                match self { $(Law::$name => $words,)+ }
            }
        }
    };
}

laws! {
    OneOffer: "an agent has at most one call, be it offered, dialled or talked on";
    NobodyIdles: "no ready, skilled, connected agent idles while a matching caller waits";
    BestAgent: "an offer goes to the strongest level and in it to the longest idle";
    QueueOrder: "of the calls that could be served the first in order is";
    PlaceKept: "a returned call keeps its place, and waiting calls stand in their order";
    LegsEnd: "with its call every leg ends, once";
    EndedOnce: "a call ends once, and nothing is written of it afterwards";
    OneRecord: "an ended call folds to one record whose times add up";
    StatesAddUp: "the times an agent is seen in each state are those of the journal";
    StateIsJournalled: "an agent is what the journal last said, since when it said so";
    NoCrossedLegs: "nobody hears a leg of another call, a leg that is over, or themselves";
    MutedIsNotHeard: "a muted agent is not heard";
    HeldHearsMusic: "a held customer hears music only, and the agent nothing";
    TalkersHear: "who talks is heard, and nobody else is";
    WaitersHearMusic: "who waits or rings hears music, who is not yet answered nothing of the agent";
    OnlyChanges: "a leg is told what it hears only when that changes";
    RecordingBalanced: "recording goes on exactly while agent and customer are connected";
    DeadlinesAhead: "after a step every deadline lies ahead";
    NothingOverdue: "nothing rings, waits, dials, wraps up or misses its desk longer than it may";
    CapsHold: "no call is taken beyond a number's cap, and none refused below it";
    NothingAfterTheEnd: "nothing is done to a leg that has not begun or is over";
    AnsweredOnce: "every command is answered once, in its step";
    RefusedIsNothing: "a refused command does nothing else";
    StaleIsNothing: "an event about something that is over does nothing";
    ViewIsTold: "what an agent sees changes only with a new view";
    QueueIsTold: "a queue's length is told exactly when it changes";
    WishComesTrue: "presence is what the agent chose, wished for or earned";
    FlowsFollowExits: "a call goes through a flow by its exits";
    FitsTheState: "facts about calls and agents follow from those before";
    NoInternalError: "no rule inside the centre is broken";
    CallsAreCounted: "the centre has as many calls as have begun and not ended";
    TimesAreNow: "every row has the time of its step";
}

/// A law that was broken.
#[derive(Debug)]
pub struct Violation {
    pub law: Law,
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} ({}): {}", self.law, self.law.words(), self.what)
    }
}

/// What a check gives.
pub type Checked = Result<(), Violation>;

/// Holds, or names the law that does not.
macro_rules! hold {
    ($law:ident, $holds:expr, $($what:tt)+) => {
        if !$holds {
            return Err($crate::law::Violation { law: $crate::law::Law::$law, what: format!($($what)+) });
        }
    };
}

pub(crate) use hold;

//! Rules that must hold inside the centre. One that does not ends the call it is about, never the process.

use super::keys::CallKey;

/// A rule was found broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken {
    /// The call to end, where it is about one.
    pub call: Option<CallKey>,
    /// The rule, for the log.
    pub rule: &'static str,
}

impl Broken {
    /// A rule about no call.
    pub fn rule(rule: &'static str) -> Self {
        Self { call: None, rule }
    }

    /// The same, about a call.
    pub fn of(self, call: CallKey) -> Self {
        Self { call: Some(call), rule: self.rule }
    }
}

/// What a step of the centre gives: effects go into the turn, a broken rule comes back.
pub(super) type Step = Result<(), Broken>;

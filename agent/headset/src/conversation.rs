//! From reports to what the person wants, in the light of the call.
//!
//! The hook switch is a conversation. The desk tells the headset the state of the line by the off-hook light, and the
//! headset answers by its hook switch; the person moves it, and the desk answers by the light. So a report may be a wish,
//! an echo, or neither:
//!
//! ```text
//! rings      hook 1                      a wish: answer. The off-hook light follows when the call is answered
//! answered   light 1 ─▶ hook 1           an echo: the two agree
//!            hook 0 soon after light 1   neither: a button let go (Poly, 50 ms), or an echo of the call before
//! in a call  hook 0 after they agreed    a wish: hang up
//! hung up    light 0 ─▶ hook 0           an echo
//! no answer  hook 0, 2 s after hook 1    neither: a headset that was not answered gives up (Jabra)
//! ```
//!
//! A held call keeps the off-hook light: some Jabra devices answer its end with hook 0, which would hang up.
//!
//! Sources: HID Usage Tables 1.5, sections 3.4.1.2 and 14; WICG/webhid issues 61 and 72 (what Jabra and Plantronics send
//! when nobody answers, mute in step by its light); gonicus/gonnect pull request 52 (hold); the HID pages of Gigaset's
//! and Yealink's integrations (button 7 rejects).

use std::time::{Duration, Instant};

use crate::layout::{Layout, Manner};
use crate::reports::Said;
use crate::usage::Control;

/// For this long after the off-hook light came on, hook 0 is no wish unless the headset agreed by hook 1 before.
const SETTLING: Duration = Duration::from_millis(500);

/// What the desk's calls are to a headset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CallState {
    /// A call rings here.
    pub ringing: bool,
    /// A call is dialled, talked on or held.
    pub off_hook: bool,
    /// The agent is muted in it.
    pub muted: bool,
    /// It is on hold.
    pub held: bool,
}

/// What the person wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// Answer the call that rings.
    Answer,
    /// Hang up, or give up a dial.
    HangUp,
    /// Decline the call that rings.
    Decline,
    /// Mute, or end that.
    MuteToggled,
    /// Mute or not: the headset's own switch stands so.
    MuteSet(bool),
    /// Hold, or take back.
    HoldToggled,
}

/// Where the conversation stands.
#[derive(Debug)]
pub struct Conversation {
    call: CallState,
    /// Controls that were on when they were last told of.
    on: Vec<Control>,
    off_hook_since: Option<Instant>,
    /// Whether the headset said off hook since the desk did.
    agreed: bool,
}

impl Default for Conversation {
    fn default() -> Conversation {
        Conversation::new()
    }
}

impl Conversation {
    /// Begins, on the hook.
    #[must_use]
    pub fn new() -> Conversation {
        Conversation { call: CallState::default(), on: Vec::new(), off_hook_since: None, agreed: false }
    }

    /// Takes the desk's state.
    pub fn call_is(&mut self, call: CallState, now: Instant) {
        match (self.call.off_hook, call.off_hook) {
            (false, true) => {
                self.off_hook_since = Some(now);
                self.agreed = false;
            }
            (true, false) => self.off_hook_since = None,
            (false, false) | (true, true) => {}
        }
        self.call = call;
    }

    /// Takes what a report said; returns what the person wants.
    pub fn hear(&mut self, layout: &Layout, said: &[Said], now: Instant) -> Vec<Press> {
        let changes = said.iter().filter_map(|said| {
            let was_on = self.note(*said);
            // Also where it says nothing new: a headset that answered by itself echoes what it said before.
            self.agreed |= said.control == Control::HookSwitch && said.on && self.call.off_hook;
            let manner = layout.input(said.control).map_or(Manner::Press, |field| field.manner);
            self.meaning(*said, was_on, manner, now)
        });
        changes.collect()
    }

    fn note(&mut self, said: Said) -> bool {
        let known = self.on.iter().position(|control| *control == said.control);
        match (known, said.on) {
            (Some(at), false) => drop(self.on.swap_remove(at)),
            (None, true) => self.on.push(said.control),
            (Some(_), true) | (None, false) => {}
        }
        known.is_some()
    }

    fn meaning(&self, said: Said, was_on: bool, manner: Manner, now: Instant) -> Option<Press> {
        if said.on == was_on {
            return None;
        }
        match (said.control, manner, said.on) {
            (Control::HookSwitch, Manner::Level, true) => self.hook_off(),
            (Control::HookSwitch, Manner::Level, false) => self.hook_on(now),
            (Control::HookSwitch, Manner::Press, true) => match self.call {
                CallState { off_hook: true, .. } => Some(Press::HangUp),
                CallState { ringing: true, .. } => Some(Press::Answer),
                CallState { .. } => None,
            },
            (Control::PhoneMute, Manner::Press, true) if self.call.off_hook => Some(Press::MuteToggled),
            (Control::PhoneMute, Manner::Level, muted) if self.call.off_hook && muted != self.call.muted => {
                Some(Press::MuteSet(muted))
            }
            (Control::Flash, _, true) if self.call.off_hook => Some(Press::HoldToggled),
            (Control::Drop | Control::Reject, _, true) if self.call.ringing => Some(Press::Decline),
            (Control::Drop, _, true) if self.call.off_hook => Some(Press::HangUp),
            (
                Control::HookSwitch
                | Control::PhoneMute
                | Control::Flash
                | Control::Drop
                | Control::Reject
                | Control::Redial
                | Control::LineBusyTone,
                _,
                _,
            ) => None,
        }
    }

    fn hook_off(&self) -> Option<Press> {
        (self.call.ringing && !self.call.off_hook).then_some(Press::Answer)
    }

    fn hook_on(&self, now: Instant) -> Option<Press> {
        let since = self.off_hook_since?;
        let settled = self.agreed || now.saturating_duration_since(since) >= SETTLING;
        settled.then_some(Press::HangUp)
    }
}

#[cfg(test)]
mod tests;

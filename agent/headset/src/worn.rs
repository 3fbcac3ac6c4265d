//! One open headset: its layout, the conversation with it, and its link.

use std::time::{Duration, Instant};

use crate::conversation::{CallState, Conversation, Press};
use crate::descriptor::parse;
use crate::headset::Shown;
use crate::layout::Layout;
use crate::lights::reports_for;
use crate::port::{Found, HidLink, HidPort, PortError};
use crate::reports::read;

/// The longest input report that is read; a headset's has a few bytes, a vendor's on the same device up to 64.
const LONGEST_REPORT_BYTES: usize = 1_025;

/// Why a device is not used.
pub(crate) enum Unusable {
    /// It could not be opened; that may change.
    Barred(PortError),
    /// It has nothing to press here, or nothing that can be understood.
    Useless(String),
}

/// An open headset.
pub(crate) struct Worn {
    pub found: Found,
    link: Box<dyn HidLink>,
    layout: Layout,
    conversation: Conversation,
    shown: Option<Shown>,
}

impl Worn {
    /// Opens a device and reads what it has.
    pub(crate) fn open(port: &mut dyn HidPort, found: &Found) -> Result<Worn, Unusable> {
        let mut link = port.open(found).map_err(Unusable::Barred)?;
        let descriptor = link.descriptor().map_err(Unusable::Barred)?;
        let layout = parse(&descriptor).map_err(|error| Unusable::Useless(error.to_string()))?;
        if !layout.is_useful() {
            return Err(Unusable::Useless("it has neither hook switch nor mute button".to_owned()));
        }
        Ok(Worn { found: found.clone(), link, layout, conversation: Conversation::new(), shown: None })
    }

    /// How well it serves.
    pub(crate) fn rank(&self) -> u8 {
        self.layout.rank()
    }

    /// Shows the desk's state if it has not been shown yet.
    pub(crate) fn show_if_new(&mut self, shown: Shown, now: Instant) {
        if self.shown != Some(shown) {
            self.shown = Some(shown);
            self.show(shown.call, now);
        }
    }

    /// Shows a state of calls.
    pub(crate) fn show(&mut self, call: CallState, now: Instant) {
        self.conversation.call_is(call, now);
        for report in reports_for(&self.layout, call) {
            if let Err(error) = self.link.write(&report) {
                // One that is gone is noticed at the next read; one that refuses a light has buttons all the same.
                tracing::debug!(%error, headset = self.found.name, "a headset's light could not be set");
            }
        }
    }

    /// Listens for so long; returns what the person wants.
    pub(crate) fn listen(&mut self, limit: Duration) -> Result<Vec<Press>, PortError> {
        let mut report = [0; LONGEST_REPORT_BYTES];
        let length = self.link.read(&mut report, limit)?;
        let Some(report) = report.get(..length).filter(|report| !report.is_empty()) else { return Ok(Vec::new()) };
        let said = read(&self.layout, report);
        Ok(self.conversation.hear(&self.layout, &said, Instant::now()))
    }
}

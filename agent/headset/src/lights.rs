//! What a headset is to show of the desk's calls.

use crate::conversation::CallState;
use crate::layout::Layout;
use crate::reports;
use crate::usage::Light;

/// Makes the output reports for a state of calls.
#[must_use]
pub fn reports_for(layout: &Layout, call: CallState) -> Vec<Vec<u8>> {
    let has_ring_light = layout.output(Light::Ring).is_some();
    reports::write(layout, |light| match light {
        // Also while the call is held: to a headset this is the line.
        Light::OffHook => call.off_hook,
        Light::Ring => call.ringing,
        // The desk has a ringer of its own; this one only where nothing else would show.
        Light::Ringer => call.ringing && !has_ring_light,
        Light::Mute => call.off_hook && call.muted,
        Light::Hold => call.held,
    })
}

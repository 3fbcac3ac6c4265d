//! What the view means for microphone and speaker: open from ring or dial to the call's end, heard while talking. And
//! for the ringer: aloud while a call rings, softly in the ear of who is talking to somebody else.

use cordboard_engine::Ring;
use cordboard_wire::{CallPhase, DeskView};

/// What is to be done with the sound path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SoundAct {
    /// Open the microphone, muted, and the speaker.
    Open,
    /// The agent is heard in this call for the first time.
    Begin(String),
    /// Let the agent be heard, or not.
    Heard(bool),
    /// Ring, knock, or stop.
    Ring(Ring),
    /// Close both.
    Close,
}

/// Where the sound path stands.
#[derive(Debug, Default)]
pub(super) struct Sounding {
    open: bool,
    heard: bool,
    begun: Option<String>,
    ring: Ring,
}

impl Sounding {
    /// Returns what is to be done so that the sound is as `view` wants it.
    pub(super) fn follow(&mut self, view: &DeskView) -> Vec<SoundAct> {
        let mut acts = Vec::new();
        if view.calls.is_empty() {
            return self.close();
        }
        if !self.open {
            self.open = true;
            acts.push(SoundAct::Open);
        }
        let talked_on = view.calls.iter().find(|call| call.phase == CallPhase::Talking);
        if let Some(call) = talked_on
            && self.begun.as_ref() != Some(&call.call_id)
        {
            self.begun = Some(call.call_id.clone());
            acts.push(SoundAct::Begin(call.call_id.clone()));
        }
        let heard = talked_on.is_some_and(|call| !call.muted);
        if heard != self.heard {
            self.heard = heard;
            acts.push(SoundAct::Heard(heard));
        }
        let ring = ring(view);
        if ring != self.ring {
            self.ring = ring;
            acts.push(SoundAct::Ring(ring));
        }
        acts
    }

    /// Whether microphone and speaker are open.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// Returns what is to be done so that nothing is open.
    pub(super) fn close(&mut self) -> Vec<SoundAct> {
        let was = std::mem::take(self);
        let mut acts = Vec::new();
        if was.ring != Ring::Off {
            acts.push(SoundAct::Ring(Ring::Off));
        }
        if was.open {
            acts.push(SoundAct::Close);
        }
        acts
    }
}

fn ring(view: &DeskView) -> Ring {
    let in_phase = |phase| view.calls.iter().any(|call| call.phase == phase);
    match (in_phase(CallPhase::Ringing), in_phase(CallPhase::Talking)) {
        (false, _) => Ring::Off,
        (true, false) => Ring::Aloud,
        (true, true) => Ring::Knocking,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::views::{a_call, a_view};

    #[test]
    fn the_microphone_opens_at_the_ring_and_is_heard_at_the_answer() {
        let mut sounding = Sounding::default();
        let mut view = a_view();
        assert_eq!(sounding.follow(&view), []);
        view.calls.push(a_call("job-1", CallPhase::Ringing));
        assert_eq!(sounding.follow(&view), [SoundAct::Open, SoundAct::Ring(Ring::Aloud)]);
        assert_eq!(sounding.follow(&view), []);
        view.calls[0].phase = CallPhase::Talking;
        let answered = [SoundAct::Begin("job-1".to_owned()), SoundAct::Heard(true), SoundAct::Ring(Ring::Off)];
        assert_eq!(sounding.follow(&view), answered);
        view.calls[0].muted = true;
        assert_eq!(sounding.follow(&view), [SoundAct::Heard(false)]);
        view.calls[0].muted = false;
        view.calls[0].phase = CallPhase::Held;
        assert_eq!(sounding.follow(&view), []);
        view.calls[0].phase = CallPhase::Talking;
        assert_eq!(sounding.follow(&view), [SoundAct::Heard(true)]);
        view.calls.clear();
        assert_eq!(sounding.follow(&view), [SoundAct::Close]);
        assert_eq!(sounding.follow(&view), []);
    }

    #[test]
    fn a_dial_is_heard_only_when_the_far_side_answers() {
        let mut sounding = Sounding::default();
        let mut view = a_view();
        view.calls.push(a_call("job-7", CallPhase::Dialing));
        assert_eq!(sounding.follow(&view), [SoundAct::Open]);
        view.calls[0].phase = CallPhase::Alerting;
        assert_eq!(sounding.follow(&view), []);
        view.calls[0].phase = CallPhase::Talking;
        assert_eq!(sounding.follow(&view), [SoundAct::Begin("job-7".to_owned()), SoundAct::Heard(true)]);
    }

    #[test]
    fn a_second_call_knocks_and_a_call_that_is_gone_rings_no_more() {
        let mut sounding = Sounding::default();
        let mut view = a_view();
        view.calls.push(a_call("job-1", CallPhase::Talking));
        sounding.follow(&view);
        view.calls.push(a_call("job-2", CallPhase::Ringing));
        assert_eq!(sounding.follow(&view), [SoundAct::Ring(Ring::Knocking)]);
        view.calls.remove(0);
        assert_eq!(sounding.follow(&view), [SoundAct::Heard(false), SoundAct::Ring(Ring::Aloud)]);
        view.calls.clear();
        assert_eq!(sounding.follow(&view), [SoundAct::Ring(Ring::Off), SoundAct::Close]);
    }

    #[test]
    fn each_call_begins_anew() {
        let mut sounding = Sounding::default();
        let mut view = a_view();
        view.calls.push(a_call("job-1", CallPhase::Talking));
        sounding.follow(&view);
        view.calls[0] = a_call("job-2", CallPhase::Talking);
        assert_eq!(sounding.follow(&view), [SoundAct::Begin("job-2".to_owned())]);
    }
}

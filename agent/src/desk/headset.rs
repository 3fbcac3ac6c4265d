//! The desk's headset, if it has one: its lights follow the view, and its buttons are the commands that a click would be.

use cordboard_headset::{CallState, Headset, HeadsetEvent, Press};
use cordboard_wire::{CallPhase, CallView, Command, DeskView};

/// A headset, or none where nobody asked for its buttons.
#[derive(Default)]
pub(super) struct DeskHeadset {
    headset: Option<Headset>,
    /// The command a button gave last, until it is answered.
    asked: Option<u32>,
}

impl DeskHeadset {
    pub(super) fn new(headset: Option<Headset>) -> DeskHeadset {
        DeskHeadset { headset, asked: None }
    }

    /// Waits for the next thing it tells; for ever without one.
    pub(super) async fn next(&mut self) -> HeadsetEvent {
        match &mut self.headset {
            Some(headset) => headset.next().await,
            None => std::future::pending().await,
        }
    }

    /// Shows what the view says.
    pub(super) fn follow(&self, view: &DeskView) {
        if let Some(headset) = &self.headset {
            headset.show(calls(view));
        }
    }

    /// A button gave a command with this id.
    pub(super) fn asked(&mut self, id: u32) {
        self.asked = Some(id);
    }

    /// A command was refused: had a button given it, the headset may believe that it was done.
    pub(super) fn refused(&mut self, id: u32) {
        if self.asked == Some(id) {
            self.nothing_came_of_it();
        }
    }

    /// A button gave no command, or one that never got away.
    pub(super) fn nothing_came_of_it(&mut self) {
        self.asked = None;
        if let Some(headset) = &self.headset {
            headset.show_again();
        }
    }
}

/// What a view's calls are to a headset.
fn calls(view: &DeskView) -> CallState {
    let taken = taken(view);
    CallState {
        ringing: ringing(view).is_some(),
        off_hook: taken.is_some(),
        muted: taken.is_some_and(|call| call.muted),
        held: taken.is_some_and(|call| call.phase == CallPhase::Held),
    }
}

/// The command that a press means, if it means any in this view.
pub(super) fn command(press: Press, view: &DeskView) -> Option<Command> {
    let id = |call: &CallView| call.call_id.clone();
    match press {
        Press::Answer => ringing(view).map(|call| Command::Answer { call_id: id(call) }),
        Press::Decline => ringing(view).map(|call| Command::Decline { call_id: id(call) }),
        Press::HangUp => taken(view).map(|call| Command::HangUp { call_id: id(call) }),
        Press::MuteToggled => taken(view).map(|call| Command::Mute { call_id: id(call), muted: !call.muted }),
        Press::MuteSet(muted) => taken(view).map(|call| Command::Mute { call_id: id(call), muted }),
        Press::HoldToggled => taken(view).and_then(|call| match call.phase {
            CallPhase::Talking => Some(Command::Hold { call_id: id(call) }),
            CallPhase::Held => Some(Command::Retrieve { call_id: id(call) }),
            CallPhase::Ringing | CallPhase::Dialing | CallPhase::Alerting => None,
        }),
    }
}

fn ringing(view: &DeskView) -> Option<&CallView> {
    view.calls.iter().find(|call| call.phase == CallPhase::Ringing)
}

/// The call that the headset is about: the one talked on before the one dialled before the one held.
fn taken(view: &DeskView) -> Option<&CallView> {
    let weight = |phase| match phase {
        CallPhase::Ringing => None,
        CallPhase::Talking => Some(0),
        CallPhase::Dialing | CallPhase::Alerting => Some(1),
        CallPhase::Held => Some(2),
    };
    view.calls.iter().filter(|call| weight(call.phase).is_some()).min_by_key(|call| weight(call.phase))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::views::{a_call, a_view};

    fn with(calls: &[(&str, CallPhase)]) -> DeskView {
        let calls = calls.iter().map(|(id, phase)| a_call(id, *phase)).collect();
        DeskView { calls, ..a_view() }
    }

    #[test]
    fn lights_are_those_of_the_view() {
        let state = |ringing, off_hook, held| CallState { ringing, off_hook, muted: false, held };
        assert_eq!(calls(&a_view()), state(false, false, false));
        assert_eq!(calls(&with(&[("a", CallPhase::Ringing)])), state(true, false, false));
        assert_eq!(calls(&with(&[("a", CallPhase::Dialing)])), state(false, true, false));
        assert_eq!(calls(&with(&[("a", CallPhase::Held)])), state(false, true, true));
        let second = with(&[("a", CallPhase::Ringing), ("b", CallPhase::Talking)]);
        assert_eq!(calls(&second), state(true, true, false));
    }

    #[test]
    fn a_press_is_the_click_it_stands_for() {
        let view = with(&[("held", CallPhase::Held), ("new", CallPhase::Ringing), ("talk", CallPhase::Talking)]);
        let said = |press| command(press, &view);
        assert_eq!(said(Press::Answer), Some(Command::Answer { call_id: "new".to_owned() }));
        assert_eq!(said(Press::Decline), Some(Command::Decline { call_id: "new".to_owned() }));
        assert_eq!(said(Press::HangUp), Some(Command::HangUp { call_id: "talk".to_owned() }));
        assert_eq!(said(Press::MuteToggled), Some(Command::Mute { call_id: "talk".to_owned(), muted: true }));
        assert_eq!(said(Press::MuteSet(false)), Some(Command::Mute { call_id: "talk".to_owned(), muted: false }));
        assert_eq!(said(Press::HoldToggled), Some(Command::Hold { call_id: "talk".to_owned() }));
        let held = with(&[("held", CallPhase::Held)]);
        let retrieve = Command::Retrieve { call_id: "held".to_owned() };
        assert_eq!(command(Press::HoldToggled, &held), Some(retrieve));
        assert_eq!(command(Press::HoldToggled, &with(&[("dial", CallPhase::Dialing)])), None);
        assert_eq!(command(Press::HangUp, &a_view()), None);
    }
}

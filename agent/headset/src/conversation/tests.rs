#![allow(clippy::unwrap_used)]
use super::*;
use crate::layout::{InputField, Place};

const IDLE: CallState = CallState { ringing: false, off_hook: false, muted: false, held: false };
const RINGING: CallState = CallState { ringing: true, ..IDLE };
const TALKING: CallState = CallState { off_hook: true, ..IDLE };

/// A headset with these manners, a conversation with it, and a clock.
struct Talk {
    layout: Layout,
    conversation: Conversation,
    now: Instant,
}

impl Talk {
    fn with(hook: Manner, mute: Manner) -> Talk {
        let field = |control, bit, manner| InputField { control, place: Place { report_id: 0, bit, bits: 1 }, manner };
        let inputs = vec![
            field(Control::HookSwitch, 0, hook),
            field(Control::PhoneMute, 1, mute),
            field(Control::Flash, 2, Manner::Press),
            field(Control::Reject, 3, Manner::Press),
        ];
        let layout = Layout { inputs, ..Layout::default() };
        Talk { layout, conversation: Conversation::new(), now: Instant::now() }
    }

    fn call(&mut self, call: CallState) -> &mut Talk {
        self.conversation.call_is(call, self.now);
        self
    }

    fn after_ms(&mut self, pause_ms: u64) -> &mut Talk {
        self.now += Duration::from_millis(pause_ms);
        self
    }

    /// A report with these bits: hook, mute, flash, reject from the lowest on.
    fn report(&mut self, bits: u8) -> Vec<Press> {
        let said = crate::reports::read(&self.layout, &[bits]);
        self.conversation.hear(&self.layout, &said, self.now)
    }
}

#[test]
fn a_hook_that_stays_answers_and_hangs_up() {
    let mut jabra = Talk::with(Manner::Level, Manner::Press);
    assert_eq!(jabra.report(1), [], "nothing rings");
    assert_eq!(jabra.report(0), []);
    assert_eq!(jabra.call(RINGING).report(1), [Press::Answer]);
    assert_eq!(jabra.after_ms(20).call(TALKING).report(1), [], "the same once more");
    assert_eq!(jabra.after_ms(5_000).report(0), [Press::HangUp]);
    assert_eq!(jabra.call(IDLE).report(0), []);
}

#[test]
fn echoes_of_the_desk_s_own_acts_are_no_wishes() {
    let mut jabra = Talk::with(Manner::Level, Manner::Press);
    assert_eq!(jabra.call(RINGING).call(TALKING).after_ms(80).report(1), [], "answered by mouse, echoed");
    assert_eq!(jabra.after_ms(100).call(IDLE).after_ms(80).report(0), [], "hung up by mouse, echoed");
    assert_eq!(jabra.call(TALKING).after_ms(80).report(1), []);
    // Hung up and dialled again before the first echo came.
    assert_eq!(jabra.call(IDLE).after_ms(10).call(TALKING).after_ms(70).report(0), []);
    assert_eq!(jabra.after_ms(10).report(1), []);
    assert_eq!(jabra.after_ms(10).report(0), [Press::HangUp], "they had agreed");
}

#[test]
fn a_button_that_springs_back_at_once_does_not_hang_up_what_it_answered() {
    let mut poly = Talk::with(Manner::Level, Manner::Press);
    assert_eq!(poly.call(RINGING).report(1), [Press::Answer]);
    assert_eq!(poly.after_ms(5).call(TALKING).after_ms(45).report(0), []);
    assert_eq!(poly.after_ms(3_000).report(1), []);
    assert_eq!(poly.after_ms(50).report(0), [Press::HangUp]);
}

#[test]
fn a_headset_that_gives_up_waiting_hangs_nothing_up() {
    let mut jabra = Talk::with(Manner::Level, Manner::Press);
    assert_eq!(jabra.call(RINGING).report(1), [Press::Answer]);
    assert_eq!(jabra.after_ms(2_000).report(0), [], "the answer was refused and it still rings");
    assert_eq!(jabra.after_ms(1_000).report(1), [Press::Answer], "and may be tried again");
}

#[test]
fn a_hook_that_tells_presses_only() {
    let mut headset = Talk::with(Manner::Press, Manner::Press);
    assert_eq!(headset.report(1), []);
    assert_eq!(headset.report(0), []);
    assert_eq!(headset.call(RINGING).report(1), [Press::Answer]);
    assert_eq!(headset.call(TALKING).report(0), []);
    assert_eq!(headset.after_ms(100).report(1), [Press::HangUp]);
}

#[test]
fn the_microphone_is_muted_in_calls_only() {
    let mut headset = Talk::with(Manner::Level, Manner::Press);
    assert_eq!(headset.report(2), []);
    assert_eq!(headset.call(TALKING).report(0), []);
    assert_eq!(headset.after_ms(900).report(3), [Press::MuteToggled], "the hook's echo comes along");
    assert_eq!(headset.report(1), []);
    assert_eq!(headset.report(3), [Press::MuteToggled]);
}

#[test]
fn a_mute_switch_that_stays_sets_and_does_not_toggle() {
    let mut headset = Talk::with(Manner::Level, Manner::Level);
    assert_eq!(headset.call(TALKING).report(3), [Press::MuteSet(true)]);
    headset.call(CallState { muted: true, ..TALKING });
    assert_eq!(headset.report(1), [Press::MuteSet(false)]);
    // The desk muted by mouse; the headset's switch follows the light.
    assert_eq!(headset.report(3), [], "an echo: muted is what the desk knows");
}

#[test]
fn flash_holds_and_the_seventh_button_declines() {
    let mut headset = Talk::with(Manner::Level, Manner::Press);
    assert_eq!(headset.call(RINGING).report(4), []);
    assert_eq!(headset.report(8), [Press::Decline]);
    assert_eq!(headset.call(TALKING).report(0), []);
    assert_eq!(headset.report(5), [Press::HoldToggled]);
    assert_eq!(headset.report(1), []);
    headset.call(CallState { held: true, ..TALKING });
    assert_eq!(headset.report(5), [Press::HoldToggled]);
    assert_eq!(headset.report(9), [], "nothing rings");
}

mod hostile {
    use proptest::prelude::{any, prop, proptest};

    use super::*;

    proptest! {
        /// Whatever a headset says, nothing is answered that does not ring, and nothing hung up that is not there.
        #[test]
        fn no_headset_wishes_for_what_cannot_be(
            steps in prop::collection::vec((any::<u8>(), any::<(bool, bool, bool, bool)>(), 0_u64..3_000), 0..100),
            hook_springs in any::<bool>(),
            mute_springs in any::<bool>(),
        ) {
            let manner = |springs| if springs { Manner::Press } else { Manner::Level };
            let mut talk = Talk::with(manner(hook_springs), manner(mute_springs));
            for (bits, (ringing, off_hook, muted, held), pause_ms) in steps {
                let call = CallState { ringing, off_hook, muted, held };
                for press in talk.after_ms(pause_ms).call(call).report(bits) {
                    match press {
                        Press::Answer => assert!(ringing && !off_hook),
                        Press::Decline => assert!(ringing),
                        Press::HangUp | Press::MuteToggled | Press::HoldToggled => assert!(off_hook),
                        Press::MuteSet(wanted) => assert!(off_hook && wanted != muted),
                    }
                }
            }
        }
    }
}
